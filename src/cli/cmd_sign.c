/* SPDX-License-Identifier: BSD-2-Clause
 *
 * sign and verify: does the key work?  Signatures are as openssl writes and
 * reads them.
 */
#include "cli/cmd.h"

#include "base/util.h"
#include "cli/io.h"
#include "cli/pin.h"
#include "cli/select.h"
#include "cli/written.h"
#include "core/operation.h"
#include "crypto/halves.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

enum digest { SHA1 = 0, SHA224, SHA256, SHA384, SHA512, DIGESTS };

static const struct {
	const char *name;
	enum key_hash hash;
} digests[DIGESTS] = {
	[SHA1] = { "sha1", HASH_SHA1 },
	[SHA224] = { "sha224", HASH_SHA224 },
	[SHA256] = { "sha256", HASH_SHA256 },
	[SHA384] = { "sha384", HASH_SHA384 },
	[SHA512] = { "sha512", HASH_SHA512 },
};

/* The numbers of the standard's mechanisms, with each digest. */
struct signing {
	enum key_family family;
	bool pss;
	bool whole;              /* takes the message, not a digest */
	enum op_scheme scheme;
	uint64_t mechanism[DIGESTS];
};

static const struct signing signings[] = {
	{ KEY_RSA, false, false, OP_RSA_PKCS1,
	    { 0x06, 0x46, 0x40, 0x41, 0x42 } },
	{ KEY_RSA, true, false, OP_RSA_PSS,
	    { 0x0e, 0x47, 0x43, 0x44, 0x45 } },
	{ KEY_EC, false, false, OP_ECDSA,
	    { 0x1042, 0x1043, 0x1044, 0x1045, 0x1046 } },
	{ KEY_DSA, false, false, OP_DSA,
	    { 0x12, 0x13, 0x14, 0x15, 0x16 } },
	{ KEY_GENERIC, false, false, OP_HMAC,
	    { 0x221, 0x256, 0x251, 0x261, 0x271 } },
	{ KEY_EDWARDS, false, true, OP_EDDSA, { 0x1057 } },
	{ KEY_MLDSA, false, true, OP_MLDSA, { 0x1d } },
	{ KEY_SLHDSA, false, true, OP_SLHDSA, { 0x2e } },
};

struct job {
	const struct args *args;
	struct object *object;
	enum key_family family;
	struct key_op op;
	uint64_t mechanism;
	struct secret data, signature;
};

static void
job_free(struct job *job)
{
	object_free(job->object);
	secret_free(&job->data);
	secret_free(&job->signature);
}

/* --- what is to be done --------------------------------------------------- */

/* As strong as the curve, unless it is said. */
static enum exit_code
choose_digest(enum digest *out, const struct job *job)
{
	const char *text = job->args->value[OPT_DIGEST];
	size_t bits = object_key_bits(job->object);

	*out = job->family == KEY_EC && bits > 384 ? SHA512 :
	    job->family == KEY_EC && bits > 256 ? SHA384 : SHA256;
	if (text == NULL)
		return EXIT_DONE;
	for (int i = 0; i < DIGESTS; i++) {
		if (strcasecmp(digests[i].name, text) != 0)
			continue;
		*out = (enum digest)i;
		return EXIT_DONE;
	}
	return fail_usage("no digest %s, but sha1, sha224, sha256, sha384 "
	    "and sha512", text);
}

static const struct signing *
find_signing(enum key_family family, bool pss)
{
	for (size_t i = 0; i < ARRAY_LEN(signings); i++)
		if (signings[i].family == family && signings[i].pss == pss)
			return &signings[i];
	return NULL;
}

static enum exit_code
choose_op(struct job *job)
{
	bool pss = args_has(job->args, OPT_PSS);
	const struct signing *row;
	enum exit_code code;
	enum digest digest;
	char what[256];

	job->family = object_family(job->object);
	row = find_signing(job->family, pss);
	if (row == NULL) {
		object_summary(what, sizeof(what), job->object);
		return fail_advise(CNG_ERR_KEY_TYPE, "choose another key",
		    pss ? "%s: --pss is for RSA keys" :
			  "%s: makes no signatures", what);
	}
	if (row->whole && args_has(job->args, OPT_DIGEST))
		return fail_usage("this kind of key takes no --digest");
	code = choose_digest(&digest, job);
	if (code != EXIT_DONE)
		return code;
	job->op = (struct key_op){ .scheme = row->scheme };
	job->mechanism = row->mechanism[row->whole ? 0 : digest];
	if (row->whole)
		return EXIT_DONE;
	job->op.hash = digests[digest].hash;
	if (pss) {
		job->op.pad_hash = job->op.mgf_hash = job->op.hash;
		job->op.salt_len = hash_info(job->op.hash)->size;
	}
	return EXIT_DONE;
}

/* --- two numbers, as ASN.1 has them --------------------------------------- */

static bool
has_halves(const struct job *job)
{
	return job->family == KEY_EC || job->family == KEY_DSA;
}

static enum cng_status
to_der(struct secret *signature)
{
	uint8_t der[HALVES_DER_MAX];
	size_t len = halves_to_der(der, secret_span(signature));

	secret_free(signature);
	return len == 0 ? CNG_ERR_NO_MEMORY :
	    secret_copy(signature, span_of(der, len));
}

/* The width is that of a signature of the key. */
static enum cng_status
from_der(struct secret *signature, size_t width)
{
	uint8_t halves[2 * HALVES_WIDTH_MAX];
	bool good = width <= HALVES_WIDTH_MAX &&
	    halves_from_der(halves, width, secret_span(signature));

	secret_free(signature);
	return !good ? CNG_ERR_SIGNATURE :
	    secret_copy(signature, span_of(halves, 2 * width));
}

/* --- the work ------------------------------------------------------------- */

static enum exit_code
complain(enum cng_status st, const struct job *job, const char *verb)
{
	char what[256];

	object_summary(what, sizeof(what), job->object);
	return fail(st, "%s: cannot %s: %s", what, verb,
	    cng_status_text(st));
}

/* A key may want its PIN again for each use. */
static enum exit_code
give_pin(struct operation *o, const struct target *target,
    const struct args *args)
{
	enum exit_code code;

	if (!operation_needs_pin(o))
		return EXIT_DONE;
	code = target_check_pin(target, args);
	if (code == EXIT_DONE)
		operation_pin_given(o);
	return code;
}

static enum cng_status
run(struct job *job, struct operation *o)
{
	struct wr w = wr_of(NULL, 0);
	enum cng_status st = operation_run(o, secret_span(&job->data), &w);

	if (st != CNG_OK)
		return st;
	st = secret_new(&job->signature, w.len);
	if (st != CNG_OK)
		return st;
	w = wr_of(job->signature.ptr, job->signature.len);
	st = operation_run(o, secret_span(&job->data), &w);
	if (st == CNG_OK)
		secret_truncate(&job->signature, w.len);
	if (st == CNG_OK && has_halves(job))
		st = to_der(&job->signature);
	return st;
}

static enum exit_code
sign(struct job *job, struct target *target)
{
	struct operation *o = NULL;
	enum exit_code code;
	enum cng_status st = operation_new(&o, job->object, &job->op, USE_SIGN,
	    job->mechanism);

	if (st != CNG_OK)
		return complain(st, job, "sign");
	code = give_pin(o, target, job->args);
	if (code == EXIT_DONE) {
		st = run(job, o);
		if (st != CNG_OK)
			code = complain(st, job, "sign");
	}
	operation_free(o);
	return code == EXIT_DONE ? written_put(job->args,
	    secret_span(&job->signature), &(struct written){
		.type = "signature", .object = job->object,
		.token = &target->info }) : code;
}

/* The public half has the numbers, and the right. */
static enum cng_status
take_public_half(struct job *job)
{
	struct object *half = NULL;
	enum cng_status st;

	if (object_class(job->object) != OBJ_PRIVATE)
		return CNG_OK;
	st = object_public_half(job->object, &half);
	if (st == CNG_OK) {
		object_free(job->object);
		job->object = half;
	}
	return st;
}

/* Each half of a signature: of DSA as long as q. */
static size_t
half_width(const struct job *job)
{
	const struct curve_info *curve = curve_info(object_curve(
	    job->object));
	struct secret q = { 0 };
	size_t width = (object_key_bits(job->object) + 7) / 8;

	if (curve != NULL)
		return curve->order_bytes;
	if (job->family == KEY_DSA &&
	    object_text(&q, job->object, PROP_SUBPRIME) == CNG_OK)
		width = span_trim(secret_span(&q)).len;
	secret_free(&q);
	return width;
}

static enum exit_code
tell_bad(const struct job *job)
{
	json_t *all;
	enum exit_code code = EXIT_DONE;

	if (args_has(job->args, OPT_JSON)) {
		all = json_object();
		print_set_bool(all, "good", false);
		code = print_json(all);
		json_decref(all);
	}
	return code != EXIT_DONE ? code : fail_advise(CNG_ERR_SIGNATURE,
	    "another key, another --digest, or the file was changed",
	    "%s: not a signature of this key",
	    job->args->value[OPT_SIGNATURE]);
}

static enum exit_code
verify(struct job *job)
{
	struct operation *o = NULL;
	enum cng_status st = take_public_half(job);
	char what[256];

	if (st == CNG_OK)
		st = operation_new(&o, job->object, &job->op, USE_VERIFY,
		    job->mechanism);
	if (st != CNG_OK)
		return complain(st, job, "verify");
	if (has_halves(job))
		st = from_der(&job->signature, half_width(job));
	if (st == CNG_OK)
		st = operation_verify(o, secret_span(&job->data),
		    secret_span(&job->signature));
	operation_free(o);
	if (st == CNG_ERR_SIGNATURE || st == CNG_ERR_SIGNATURE_SIZE)
		return tell_bad(job);
	if (st != CNG_OK)
		return complain(st, job, "verify");
	object_summary(what, sizeof(what), job->object);
	if (!args_has(job->args, OPT_JSON))
		print_line("good signature of %s", what);
	return EXIT_DONE;
}

static enum exit_code
print_verified(const struct job *job, const struct target *target)
{
	json_t *all, *row = NULL;
	enum exit_code code;

	if (!args_has(job->args, OPT_JSON))
		return EXIT_DONE;
	all = json_object();
	code = object_row(&row, job->object, &target->info);
	print_set_bool(all, "good", true);
	if (row != NULL)
		print_set_array(all, "key", row);
	if (code == EXIT_DONE)
		code = print_json(all);
	json_decref(row);
	json_decref(all);
	return code;
}

static enum exit_code
begin(struct job *job, struct target **target, struct targets *targets,
    bool signing)
{
	const struct args *args = job->args;
	struct selected found = { 0 };
	enum exit_code code = io_read(&job->data, args->operand[0]);

	if (code == EXIT_DONE && !signing)
		code = io_read(&job->signature, args->value[OPT_SIGNATURE]);
	if (code == EXIT_DONE)
		code = targets_one(target, targets, args);
	/* what is public needs no PIN */
	if (code == EXIT_DONE && (signing || pin_given(args, PIN_USER)))
		code = target_login(*target, args);
	if (code == EXIT_DONE)
		code = select_one(&found, (*target)->token, args);
	job->object = found.object;
	return code == EXIT_DONE ? choose_op(job) : code;
}

enum exit_code
cmd_sign(const struct args *args)
{
	struct job job = { .args = args };
	struct targets targets = { 0 };
	struct target *target = NULL;
	enum exit_code code = written_check(args);

	if (code == EXIT_DONE)
		code = begin(&job, &target, &targets, true);
	if (code == EXIT_DONE)
		code = sign(&job, target);
	job_free(&job);
	targets_close(&targets);
	return code;
}

enum exit_code
cmd_verify(const struct args *args)
{
	struct job job = { .args = args };
	struct targets targets = { 0 };
	struct target *target = NULL;
	enum exit_code code;

	if (!args_has(args, OPT_SIGNATURE))
		return fail_usage("needs --signature");
	code = begin(&job, &target, &targets, false);
	if (code == EXIT_DONE)
		code = verify(&job);
	if (code == EXIT_DONE)
		code = print_verified(&job, target);
	job_free(&job);
	targets_close(&targets);
	return code;
}
