/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What importing one key takes, and many at once.
 */
#ifndef CNG_CLI_IMPORT_H
#define CNG_CLI_IMPORT_H

#include "cli/keyfile.h"
#include "cli/keytext.h"
#include "cli/print.h"
#include "cli/target.h"
#include "cli/usage.h"
#include "core/transfer.h"

#define IMPORT_TEMPLATE_MAX (8 + USAGE_PROPS_MAX)

struct import_job {
	const struct args *args;
	struct keyfile file;
	struct secret blob;        /* what goes to the core */
	struct span curve;         /* that it does not say itself */
	enum blob_type type;
	enum obj_class class;
	struct secret id;          /* --id */
	struct span fallback;      /* the label of a key that has no name */
	struct object *wrapping;   /* or NULL */
	struct prop tmpl[IMPORT_TEMPLATE_MAX];
	size_t tmpl_count;
	size_t certs_kept;         /* of those in the file */
	size_t certs_known;        /* that the token had already */
	json_t *rows;              /* of --json with several keys; or NULL */
};

void import_job_free(struct import_job *job);

/* The chosen key of the file, as the core wants it. */
enum exit_code import_prepare(struct import_job *job);

/* It borrows from the job. */
struct import_request import_request_of(const struct import_job *job);

/* What tells a key that the token has. */
struct import_own {
	struct key_material public;
	struct secret id, label;
};
enum cng_status import_look_at(struct token *token, obj_id id,
    struct import_own *out) CNG_MUST_CHECK;
void import_own_free(struct import_own *own);
/* Is the certificate, or that object of the token, of that key? */
bool import_is_for(struct span der, const struct key_material *public);
bool import_is_cert_of(struct token *token, obj_id id,
    const struct key_material *public);

/* Certificates on their way into a store.  All zero is none. */
struct import_bag {
	struct import_cert *cert;
	struct secret *label;      /* these and the ids are borrowed */
	struct secret *key_id;
	size_t count;
	size_t room;
};
void import_bag_free(struct import_bag *bag);

/* Those of the file that --certs lets in: the key's own, and what belongs to
 * none of the file's keys. */
enum exit_code import_gather(struct import_bag *bag,
    const struct import_job *job, struct target *target);

/* Rows or lines about a key, and what came along; id 0: no key. */
enum exit_code import_report(struct import_job *job, struct target *target,
    obj_id id, const struct import_bag *bag);
enum exit_code import_complain_cert(const struct import_bag *bag,
    const struct import_job *job);
enum exit_code import_complain(enum cng_status st,
    const struct import_job *job, const struct target *target);

/* One key and its certificates, or certificates alone: together. */
enum exit_code import_to_store(struct import_job *job,
    struct target *target);

/* The same wherever it goes; said and reported. */
enum exit_code import_run(struct import_job *job, struct target *target);

/* A card keeps no policy, and may not take keys at all: before the PIN. */
enum exit_code import_check_card(const struct import_job *job,
    const struct target *target);

/* The certificate in the file that belongs to the key, which a card takes with
 * it; empty: there is none, or nobody can say before the key is there. */
struct span import_own_certificate(const struct import_job *job);
/* That one, unless it is there: a card keeps the two together.  When it cannot
 * be written, the key goes again. */
enum exit_code import_certificate(struct import_job *job,
    struct target *target, obj_id id, bool is_there);

/* Certificates alone, each for a key that the card has. */
enum exit_code import_certificates_only(struct import_job *job,
    struct target *target);

/* What a certificate has not, and --certs. */
enum exit_code import_check_options(const struct import_job *job);

/* Several files, or a folder of them: all or none.  Failures have been said,
 * each file's own. */
bool import_is_many(const struct args *args);
enum exit_code import_many(const struct args *args, struct targets *targets);

#endif
