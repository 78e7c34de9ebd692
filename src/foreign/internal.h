/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What the two ends share, and what the end with the module is made of.
 */
#ifndef CNG_FOREIGN_INTERNAL_H
#define CNG_FOREIGN_INTERNAL_H

#include "foreign/foreign.h"

#include "base/wr.h"
#include "crypto/crypto.h"
#include "pkcs11/cryptoki.h"
#include "pkcs11/cryptoki_calls.h"

/* --- messages (message.c) ------------------------------------------------- */

enum message {
	MESSAGE_TOKEN = 1,       /* foreign_token; the module's end first */
	MESSAGE_PIN,             /* u8: given?  PIN */
	MESSAGE_COUNT,           /* u64 */
	MESSAGE_OBJECT,          /* u32 status, u8 wrapped, reason, lines */
	MESSAGE_FAILED,          /* u32 status, text */
	MESSAGE_END,
};

/* False: the other end has gone. */
bool message_send(int fd, enum message type, struct span body);
enum cng_status message_receive(int fd, enum message *type,
    struct secret *body) CNG_MUST_CHECK;

/* --- the module's end ----------------------------------------------------- */

/* A key of ours in the other token, to wrap with. */
struct wrapping {
	bool tried;
	CK_OBJECT_HANDLE key;    /* CK_INVALID_HANDLE: could not be made */
	struct crypto_key *own;  /* that unwraps */
};

enum wrapping_kind { WRAPPING_AES = 0, WRAPPING_RSA, WRAPPING_KINDS };

#define MECHANISMS_MAX 1024

struct module {
	int fd;
	CK_FUNCTION_LIST *call;
	bool started;
	CK_SLOT_ID slot;
	CK_SESSION_HANDLE session;
	bool has_session;
	CK_MECHANISM_TYPE mechanism[MECHANISMS_MAX];
	CK_ULONG mechanism_count;
	struct wrapping wrapping[WRAPPING_KINDS];
	size_t wrap_way;         /* that worked last */
};

/* Never returns. */
void module_run(int fd, const struct foreign_source *source)
    __attribute__((noreturn));

bool module_has(const struct module *m, CK_MECHANISM_TYPE type);

/* An object on its way: lines of properties, packed. */
struct record {
	struct secret lines;
	enum cng_status st;
	bool wrapped;
	char reason[FOREIGN_TEXT];
};

enum cng_status record_bytes(struct record *rec, enum prop_id id,
    struct span bytes) CNG_MUST_CHECK;
enum cng_status record_number(struct record *rec, enum prop_id id,
    uint64_t number) CNG_MUST_CHECK;
/* Why the object stays; gives st back. */
enum cng_status record_refuse(struct record *rec, enum cng_status st,
    const char *format, ...) __attribute__((format(printf, 3, 4)));

/* read.c: fills the record; only CNG_ERR_NO_MEMORY ends it all. */
enum cng_status object_read(struct module *m, CK_OBJECT_HANDLE object,
    CK_OBJECT_CLASS class, struct record *rec) CNG_MUST_CHECK;

/* attr.c: one attribute; CKR_ATTRIBUTE_VALUE_INVALID: the module answered
 * with nonsense. */
CK_RV attr_bytes(struct module *m, CK_OBJECT_HANDLE object,
    CK_ATTRIBUTE_TYPE type, struct secret *out);
CK_RV attr_number(struct module *m, CK_OBJECT_HANDLE object,
    CK_ATTRIBUTE_TYPE type, CK_ULONG *out);
CK_RV attr_flag(struct module *m, CK_OBJECT_HANDLE object,
    CK_ATTRIBUTE_TYPE type, bool *out);
/* Does that answer mean that the object has no such attribute to show?  Any
 * other failure leaves open what it is. */
bool attr_is_none(CK_RV rv);
/* Where it cannot be read: fallback. */
bool attr_bool(struct module *m, CK_OBJECT_HANDLE object,
    CK_ATTRIBUTE_TYPE type, bool fallback);

/* wrap.c: the key as C_WrapKey gives it, in clear again: PKCS#8 or the value.
 * find tells how many of the bytes that came out are a key.
 * CNG_ERR_NOT_SUPPORTED: no way is left; *rv is the answer of the first that
 * was tried, CKR_MECHANISM_INVALID: none. */
enum cng_status wrap_out(struct module *m, CK_OBJECT_HANDLE object,
    bool pair, size_t (*find)(struct span plain, const void *arg),
    const void *arg, struct secret *out, CK_RV *rv) CNG_MUST_CHECK;
void wrap_end(struct module *m);

#endif
