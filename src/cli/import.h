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
	json_t *rows;              /* of --json with several keys; or NULL */
};

void import_job_free(struct import_job *job);

/* The chosen key of the file, as the core wants it. */
enum exit_code import_prepare(struct import_job *job);

/* It borrows from the job. */
struct import_request import_request_of(const struct import_job *job);

enum exit_code import_report(struct import_job *job, struct target *target,
    obj_id id);
enum exit_code import_complain(enum cng_status st,
    const struct import_job *job, const struct target *target);

/* One key, and on a card its certificate; said and reported. */
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

/* Several files, or a folder of them: all or none.  Failures have been said,
 * each file's own. */
bool import_is_many(const struct args *args);
enum exit_code import_many(const struct args *args, struct targets *targets);

#endif
