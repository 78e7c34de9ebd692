/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A key in a file, whatever its format: CNG blob, PEM, DER, PFX, PVK, JSON Web
 * Key, raw bytes.
 */
#ifndef CNG_CLI_KEYFILE_H
#define CNG_CLI_KEYFILE_H

#include "blob/blob.h"
#include "cli/args.h"
#include "cli/format.h"

struct keyfile {
	const char *name;          /* for messages */
	struct secret data;        /* as read */
	struct format format;
	enum blob_type type;       /* BLOB_ANY: not a blob */
	struct span curve;         /* --curve */
	struct secret roots;       /* --kds-root-key */
	bool as_is;                /* data is a plain blob of that type */
	bool encrypted;            /* was protected by a password */
	struct secret password;    /* that opened it */
	bool sealed;               /* by a token: key is empty */
	bool enveloped;            /* not opened: no key */
	bool certs_only;           /* no key, but certificates in the box */
	struct keybox box;         /* all that is in the file, but the key */
	struct keybox_key chosen;
};

void keyfile_free(struct keyfile *kf);

/* Reads and decodes; a password is asked for when one is needed.  The one key,
 * or that of --key, is taken out of the box.  Failures have been said. */
enum exit_code keyfile_read(struct keyfile *kf, const struct args *args,
    const char *path);

/* The same, but all keys stay in the box unless --key is given. */
enum exit_code keyfile_read_all(struct keyfile *kf, const struct args *args,
    const char *path);

/* Either of these, where certificates alone will do, too: then certs_only is
 * set, and there is no key. */
enum exit_code keyfile_read_any(struct keyfile *kf, const struct args *args,
    const char *path, bool all);

/* Puts a key of the box in the place of the chosen one. */
enum exit_code keyfile_take(struct keyfile *kf, size_t number);

/* A type the user wrote, in any case.  Failures have been said. */
enum exit_code keyfile_type(enum blob_type *out, const char *text);

/* The curve the user wrote, in any case, as the blob layer wants it; empty
 * when none was given.  Failures have been said. */
enum exit_code keyfile_curve(struct span *out, const struct args *args);

/* What the file of --kds-root-key holds; empty when none was given.  Failures
 * have been said. */
enum exit_code keyfile_roots(struct secret *out, const struct args *args);

/* The name under which a curve can be found again; empty when it has none. */
struct span keyfile_curve_name(const struct key_material *key);

/* Says one line about bytes that do not decode. */
enum exit_code keyfile_complain(enum cng_status st, const char *name,
    enum blob_type type, struct span data);

#endif
