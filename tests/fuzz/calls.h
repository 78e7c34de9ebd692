/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Fuzz target "calls": what its parts share.  An input is read byte by byte;
 * what is missing at its end is zeros.
 */
#ifndef CNG_TESTS_FUZZ_CALLS_H
#define CNG_TESTS_FUZZ_CALLS_H

#include "base/span.h"
#include "pkcs11/cryptoki3_calls.h"
#include "pkcs11/cryptoki_mechs.h"

#define USER_PIN "userpin1"
#define SO_PIN "so-pin-12"

/* --- the world: a token, keys that stay, what the calls have made --- */

#define KEYS_MAX 16
#define SESSIONS_MAX 8
#define OBJECTS_MAX 24
#define KEPT_MAX 4
#define KEPT_BYTES 4096

struct kept {
	CK_ULONG len;
	CK_BYTE bytes[KEPT_BYTES];
};

struct world {
	CK_FUNCTION_LIST_3_2 *list;
	CK_SLOT_ID slot;
	CK_OBJECT_HANDLE key[KEYS_MAX];   /* 0: libcrypto is too old for it */
	size_t keys;
	/* of one input */
	CK_SESSION_HANDLE session[SESSIONS_MAX];
	size_t sessions;
	CK_OBJECT_HANDLE object[OBJECTS_MAX];
	size_t objects;
	struct kept kept[KEPT_MAX];       /* what was written before */
	size_t kept_next;
};

extern struct world world;

/* Before and after an input: everything is as it was. */
void world_begin(void);
void world_end(void);

/* --- the input --- */

struct input {
	const uint8_t *ptr;
	size_t len;
};

unsigned input_byte(struct input *in);
/* Below limit. */
size_t input_below(struct input *in, size_t limit);
bool input_rarely(struct input *in);
/* A number that means something somewhere, or one that cannot be. */
CK_ULONG input_number(struct input *in);

/* --- memory of one call: each piece ends where it says --- */

/* Bytes to read. */
CK_BYTE *memory_bytes(const void *from, size_t len);
/* The same for as many that the input has. */
CK_BYTE *memory_from(struct input *in, size_t len);
/* Bytes to write: looked after. */
CK_BYTE *memory_room(size_t len);
/* Nobody has written where there was no room; frees all. */
void memory_done(void);

/* --- arguments --- */

/* A mechanism for that call, most of the time, with the parameter that it
 * takes, more or less; and a key that goes with it, more or less. */
CK_MECHANISM *args_mechanism(struct input *in, const char *call);
CK_OBJECT_HANDLE args_key(struct input *in, const char *call);
void *args_message(struct input *in, CK_ULONG *len);
/* Lines to read, or to be filled in. */
CK_ATTRIBUTE *args_template(struct input *in, CK_ULONG *count);
CK_ATTRIBUTE *args_wanted(struct input *in, CK_ULONG *count);
CK_OBJECT_HANDLE args_object(struct input *in);
CK_MECHANISM_TYPE args_type(struct input *in);

#define must(condition) ((condition) ? (void)0 : __builtin_trap())

#endif
