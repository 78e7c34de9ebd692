/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Two PKCS#11 modules in one process: what the cross tests share.  Every
 * check is a line of TAP.
 */
#ifndef CNG_TESTS_COMPAT_PEER_H
#define CNG_TESTS_COMPAT_PEER_H

#include <stdbool.h>
#include <stddef.h>

#include "pkcs11/cryptoki.h"
#include "pkcs11/cryptoki_calls.h"

#define BYTES_MAX 1536

struct bytes {
	CK_BYTE data[BYTES_MAX];
	CK_ULONG len;
};

/* One module with a session that is logged in. */
struct side {
	const char *name;
	bool is_peer;                /* its known faults are forgiven */
	void *lib;
	CK_FUNCTION_LIST *f;
	CK_SLOT_ID slot;
	CK_SESSION_HANDLE s;
};

bool side_open(struct side *side, const char *path, const char *label,
    const char *pin);
void side_close(struct side *side);

/* ok or not ok, and the text; rv is told when it is not CKR_OK. */
void report(bool good, CK_RV rv, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
int report_end(void);

bool bytes_equal(const struct bytes *a, const struct bytes *b);

/* --- keys: session objects that may be read and taken out --------------- */

CK_RV key_secret(struct side *side, CK_KEY_TYPE type, const CK_BYTE *value,
    CK_ULONG len, CK_OBJECT_HANDLE *out);
CK_RV key_wrapping(struct side *side, const CK_BYTE *value, CK_ULONG len,
    CK_OBJECT_HANDLE *out);

struct pair {
	CK_OBJECT_HANDLE public_key;
	CK_OBJECT_HANDLE private_key;
};

CK_RV key_rsa(struct side *side, CK_ULONG bits, struct pair *out);
CK_RV key_ec(struct side *side, const CK_BYTE *oid, CK_ULONG oid_len,
    struct pair *out);

/* The same public key on the other side. */
CK_RV key_carry_rsa(struct side *from, CK_OBJECT_HANDLE key, struct side *to,
    CK_OBJECT_HANDLE *out);
CK_RV key_carry_ec(struct side *from, CK_OBJECT_HANDLE key, struct side *to,
    CK_OBJECT_HANDLE *out);

CK_RV key_read(struct side *side, CK_OBJECT_HANDLE key,
    CK_ATTRIBUTE_TYPE what, struct bytes *out);

/* --- one-shot operations ------------------------------------------------ */

CK_RV do_sign(struct side *side, CK_MECHANISM *m, CK_OBJECT_HANDLE key,
    struct bytes *in, struct bytes *out);
CK_RV do_verify(struct side *side, CK_MECHANISM *m, CK_OBJECT_HANDLE key,
    struct bytes *in, struct bytes *signature);
CK_RV do_encrypt(struct side *side, CK_MECHANISM *m, CK_OBJECT_HANDLE key,
    struct bytes *in, struct bytes *out);
CK_RV do_decrypt(struct side *side, CK_MECHANISM *m, CK_OBJECT_HANDLE key,
    struct bytes *in, struct bytes *out);
CK_RV do_wrap(struct side *side, CK_MECHANISM *m, CK_OBJECT_HANDLE wrapping,
    CK_OBJECT_HANDLE key, struct bytes *out);
CK_RV do_unwrap(struct side *side, CK_MECHANISM *m, CK_OBJECT_HANDLE wrapping,
    struct bytes *in, CK_OBJECT_CLASS class, CK_KEY_TYPE type,
    CK_OBJECT_HANDLE *out);
CK_RV do_derive(struct side *side, CK_OBJECT_HANDLE key,
    struct bytes *point, struct bytes *out);

bool side_has(struct side *side, CK_MECHANISM_TYPE type, CK_FLAGS flags);

#endif
