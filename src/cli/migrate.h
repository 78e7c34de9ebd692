/* SPDX-License-Identifier: BSD-2-Clause
 *
 * migrate: objects on their way into a token, whatever they come from, and
 * what is told of each.
 */
#ifndef CNG_CLI_MIGRATE_H
#define CNG_CLI_MIGRATE_H

#include "cli/print.h"
#include "cli/select.h"
#include "cli/target.h"
#include "core/prop.h"

#define MIGRANT_LINES 32

/* One object that is to be copied; all is borrowed. */
struct migrant {
	enum obj_class class;
	enum key_family family;  /* of keys */
	struct span value;       /* PKCS#8, SubjectPublicKeyInfo, contents */
	struct prop line[MIGRANT_LINES]; /* of the new object's template */
	size_t count;
	const char *from;        /* the file, or NULL */
	bool wrapped;            /* came out under another key */
};

/* What the token has: fingerprints, by hashing. */
#define FINGERPRINT 32

/* A public key that came with its private one waits for its own label. */
enum known_half {
	HALF_NONE = 0,
	HALF_OLD,                /* since a run that was interrupted */
	HALF_NEW,                /* since this one */
};

struct known {
	uint8_t print[FINGERPRINT];
	obj_id id;               /* 0: free */
	enum known_half half;
};

struct migration {
	const struct args *args;
	struct target *target;
	struct known *known;
	size_t known_count, known_room;
	json_t *rows;
	size_t total, done;      /* for the progress bar; 0: not known */
	bool bar;
	size_t copied, present, failed;
	enum cng_status worst;   /* that failed: what no policy forbids
	                          * goes before the rest */
};

/* --- what the token has (migrate_known.c) --------------------------------- */

enum cng_status known_fill(struct migration *mig) CNG_MUST_CHECK;
const struct known *known_find(const struct migration *mig,
    const uint8_t print[FINGERPRINT]);
enum cng_status known_add(struct migration *mig,
    const uint8_t print[FINGERPRINT], obj_id id, enum known_half half)
    CNG_MUST_CHECK;

/* Of a key pair, from its SubjectPublicKeyInfo, as one class or the other. */
enum cng_status print_of_public(uint8_t out[FINGERPRINT],
    enum obj_class class, struct span info) CNG_MUST_CHECK;
/* Of an object of the token. */
enum cng_status print_of_object(uint8_t out[FINGERPRINT],
    const struct object *object) CNG_MUST_CHECK;
/* Of a certificate or data on its way. */
enum cng_status print_of_contents(uint8_t out[FINGERPRINT],
    const struct migrant *m) CNG_MUST_CHECK;

/* --- one object (migrate_put.c) ------------------------------------------- */

/* Copies it, or sees that it is there, and notes what came of it.  Only what
 * ends everything is a failure; it has been said. */
enum exit_code migrate_put(struct migration *mig, const struct migrant *m);

/* --- the report (migrate_report.c) ---------------------------------------- */

/* Notes that it cannot be copied. */
void migrate_refuse(struct migration *mig, const struct migrant *m,
    enum cng_status st, const char *reason);
/* That the token had it. */
void migrate_note_present(struct migration *mig, const struct migrant *m);
/* id: what it is there, 0 if nothing is kept; remark: what did not come along,
 * or NULL. */
void migrate_note_copied(struct migration *mig, const struct migrant *m,
    obj_id id, const char *remark);

/* --- where from ----------------------------------------------------------- */

enum exit_code migrate_module(struct migration *mig,
    struct targets *targets);
enum exit_code migrate_files(struct migration *mig, struct targets *targets);

/* Chooses the token, logs in, and looks at what is there. */
enum exit_code migrate_begin(struct migration *mig, struct targets *targets);

/* --- the bar (cmd_migrate.c) ---------------------------------------------- */

void migrate_progress(struct migration *mig);
/* Before anything else is written to the terminal. */
void migrate_progress_clear(const struct migration *mig);

#endif
