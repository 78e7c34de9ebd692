/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Another maker's PKCS#11 module, read from outside: the token that is meant,
 * and its objects one after the other, with the keys that it lets go.  The
 * module is loaded in a process of its own, so that one that crashes, exits
 * or writes to standard output does no harm.  Nothing is changed in its
 * token: what is needed for wrapping lives in a session and is removed.
 */
#ifndef CNG_FOREIGN_H
#define CNG_FOREIGN_H

#include "base/secret.h"
#include "core/prop.h"
#include "core/shown.h"

#include <sys/types.h>

struct foreign_token {
	struct shown shown;      /* trimmed */
	unsigned long slot;
	bool needs_login;
};

struct foreign_source {
	const char *module;      /* path */
	/* Is it the token that is meant?  Runs in the module's process. */
	bool (*is_wanted)(const struct foreign_token *token, const void *arg);
	const void *arg;
};

#define FOREIGN_TEXT 256

/* The reader's end.  All zero is none. */
struct foreign {
	int fd;
	pid_t pid;               /* 0: none */
	size_t count;            /* objects that there are; after the login */
	char error[FOREIGN_TEXT]; /* what was wrong, in words */
};

/* To be called before this process has opened stores or started cryptography.
 * CNG_ERR_NO_TOKEN: not exactly one is meant; CNG_ERR_NOT_SUPPORTED: this is
 * no module.  foreign_close in any case. */
enum cng_status foreign_open(struct foreign *out,
    const struct foreign_source *source, struct foreign_token *token)
    CNG_MUST_CHECK;

/* Without a PIN: only what everybody sees, unless the token asks for none. */
enum cng_status foreign_login(struct foreign *f, struct span pin,
    bool has_pin) CNG_MUST_CHECK;

/*
 * One object.  lines are properties that a new object may have; of a key that
 * could be read PROP_VALUE is there, too: PKCS#8 of a private key, the value
 * of a secret one, SubjectPublicKeyInfo of a public one; certificates and
 * data have their contents there.
 */
struct foreign_object {
	struct secret bytes;     /* what the lines borrow from */
	struct prop item[PROPS_MAX];
	size_t count;
	bool wrapped;            /* came out under another key */
	enum cng_status st;      /* why it could not be read, or CNG_OK */
	char reason[FOREIGN_TEXT];
};
void foreign_object_free(struct foreign_object *object);

/* Private keys come first, then secret and public ones, certificates, data.
 * CNG_ERR_NOT_FOUND: that was all. */
enum cng_status foreign_next(struct foreign *f, struct foreign_object *out)
    CNG_MUST_CHECK;

/* Ends the module's process, also in the middle. */
void foreign_close(struct foreign *f);

#endif
