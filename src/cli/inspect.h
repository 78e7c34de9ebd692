/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What the files of inspect share.
 */
#ifndef CNG_CLI_INSPECT_H
#define CNG_CLI_INSPECT_H

#include "cli/format.h"
#include "cli/print.h"

struct inspection {
	const char *name;
	struct secret file;        /* as read */
	struct secret der;         /* of a PEM file */
	char pem_label[64];
	bool old_pem;              /* encrypted by its headers */
	struct format format;
	enum blob_type type;
	struct span curve;         /* --curve */
	struct secret roots;       /* --kds-root-key */
	struct secret password;
	struct pbe pbe;            /* without a password: none was given */
	bool show_secrets;
	bool json;
	json_t *fields;
};

/* A blob_field_sink; arg is the inspection. */
void inspect_add_field(void *arg, const struct blob_field *field);

/* Do the numbers of a key, which was read with that status, belong
 * together? */
enum cng_status inspect_judge(struct key_material *key, enum cng_status st);

/* PFX, PVK and JSON Web Keys: their fields; *key is the key if there is one
 * only, and text says so if there are more. */
bool inspect_is_more(const struct format *format);
const char *inspect_more_name(const struct format *format);
enum cng_status inspect_more(struct inspection *in, struct key_material *key,
    char *text, size_t size);

#endif
