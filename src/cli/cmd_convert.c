/* SPDX-License-Identifier: BSD-2-Clause
 *
 * convert: a key file in one format becomes one in another.  The result is
 * read back, and whatever it no longer says is said on stderr.
 */
#include "cli/cmd.h"

#include "base/util.h"
#include "cli/io.h"
#include "cli/keyfile.h"
#include "cli/keytext.h"
#include "crypto/crypto.h"
#include "key/set.h"

#include <string.h>
#include <strings.h>

enum form {
	FORM_BLOB = 0,
	FORM_PEM,
	FORM_DER,
	FORM_SPKI,
	FORM_RAW,
	FORM_COUNT
};

static const char *const form_names[FORM_COUNT] = {
	[FORM_PEM] = "pem",
	[FORM_DER] = "der",
	[FORM_SPKI] = "spki",
	[FORM_RAW] = TYPE_RAW,
};

struct target {
	const char *name;
	enum form form;
	enum blob_type type;
};

static enum exit_code
target_parse(struct target *out, const char *text)
{
	enum exit_code code;

	if (text == NULL)
		return fail_usage("needs --to");
	memset(out, 0, sizeof(*out));
	out->name = text;
	for (size_t i = 0; i < ARRAY_LEN(form_names); i++) {
		if (form_names[i] != NULL &&
		    strcasecmp(form_names[i], text) == 0) {
			out->form = (enum form)i;
			return EXIT_DONE;
		}
	}
	code = keyfile_type(&out->type, text);
	if (code == EXIT_DONE && blob_is_closed(out->type))
		return fail_usage("%s is made by 'cngtool export'",
		    blob_info(out->type)->name);
	return code;
}

static bool
is_symmetric(const struct key_material *key)
{
	return key->family == KEY_AES || key->family == KEY_GENERIC;
}

static enum cng_status
write_der(const struct key_material *key, struct wr *out)
{
	if (is_symmetric(key))
		return CNG_ERR_BAD_TYPE;
	return key->has_private ? pkcs8_encode(key, NULL, out) :
				  spki_encode(key, out);
}

static enum cng_status
write_binary(const struct target *to, const struct key_material *key,
    struct wr *out)
{
	switch (to->form) {
	case FORM_BLOB:
		return blob_encode(to->type, key, NULL, out);
	case FORM_SPKI:
		return is_symmetric(key) ? CNG_ERR_BAD_TYPE :
					   spki_encode(key, out);
	case FORM_RAW:
		if (!is_symmetric(key))
			return CNG_ERR_BAD_TYPE;
		wr_bytes(out, key_part(key, SYM_VALUE));
		return wr_status(out);
	case FORM_PEM:
	case FORM_DER:
		return write_der(key, out);
	case FORM_COUNT:
		break;
	}
	return CNG_ERR_INTERNAL;
}

static enum cng_status
make_binary(struct secret *out, const struct target *to,
    const struct key_material *key)
{
	struct wr w = wr_of(NULL, 0);
	enum cng_status st;

	st = write_binary(to, key, &w);
	if (st == CNG_OK)
		st = secret_new(out, w.len);
	if (st != CNG_OK)
		return st;
	w = wr_of(out->ptr, out->len);
	st = write_binary(to, key, &w);
	if (st == CNG_OK)
		secret_truncate(out, w.len);
	return st;
}

static enum cng_status
make_pem(struct secret *out, const char *label, struct span der)
{
	struct wr w = wr_of(NULL, 0);
	enum cng_status st;

	st = pem_encode(&w, label, der);
	if (st == CNG_OK)
		st = secret_new(out, w.len);
	if (st != CNG_OK)
		return st;
	w = wr_of(out->ptr, out->len);
	return pem_encode(&w, label, der);
}

/* --- what is lost -------------------------------------------------------- */

static enum cng_status
read_back(struct key_material *out, const struct target *to,
    struct span binary, const struct key_material *from)
{
	const struct blob_params params = {
		.curve_name = keyfile_curve_name(from),
	};

	if (to->form == FORM_BLOB)
		return blob_decode(to->type, binary, &params, out);
	return key_decode_any(out, binary, NULL);
}

static void
tell_role(const struct keyfile *from, const struct key_material *back)
{
	char was[64], is[64];

	if (from->key.role == back->role)
		return;
	role_text(was, sizeof(was), from->key.family, from->key.role);
	role_text(is, sizeof(is), back->family, back->role);
	if (from->key.role == 0)
		note("%s does not say what the key is for; the result says "
		    "%s", from->name, is);
	else if (back->role == 0)
		note("lost: that the key is for %s", was);
	else
		note("changed: the key was for %s, the result says %s", was,
		    is);
}

/* Numbers that the result does not hold, or holds otherwise. */
static void
tell_numbers(const struct key_material *from, struct key_material *back)
{
	static const char *const rsa[KEY_PART_MAX] = { "n", "e", "d", "p",
		"q", "dp", "dq", "qinv" };

	if (from->family != KEY_RSA || !from->has_private ||
	    !back->has_private || crypto_complete(back) != CNG_OK)
		return;
	for (size_t i = 0; i < KEY_PART_MAX; i++) {
		struct span was = secret_span(&from->part[i]);

		if (was.len > 0 &&
		    !secret_equal(was, secret_span(&back->part[i])))
			note("lost: the number %s as it was; an equivalent "
			    "one is computed from the primes", rsa[i]);
	}
}

/* The generic magics leave the curve to be known elsewhere. */
static void
tell_curve(const struct key_material *from, const struct target *to,
    struct span binary)
{
	struct key_material nameless = { 0 };

	if (to->form == FORM_BLOB &&
	    blob_decode(to->type, binary, NULL, &nameless) ==
		CNG_ERR_BAD_CURVE)
		note("lost: the name of the curve; read it with --curve %s",
		    (const char *)keyfile_curve_name(from).ptr);
	key_free(&nameless);
}

/* Numbers that are not the key itself. */
static void
tell_extras(const struct key_material *from, const struct key_material *back)
{
	static const struct {
		enum key_family family;
		enum key_part part;
		const char *what;
	} rows[] = {
		{ KEY_DSA, DSA_SEED, "the seed that proves p and q" },
		{ KEY_DSA, DSA_INFO, "by which standard p and q were made" },
		{ KEY_DSA, DSA_J, "the cofactor j" },
		{ KEY_DH, DH_Q, "the order q of the group" },
		{ KEY_DH, DH_J, "the cofactor j" },
		{ KEY_DH, DH_SEED, "the seed that p was made from" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (rows[i].family == from->family &&
		    key_part(from, rows[i].part).len > 0 &&
		    key_part(back, rows[i].part).len == 0)
			note("lost: %s", rows[i].what);
}

static enum exit_code
tell_losses(const struct keyfile *from, const struct target *to,
    struct span binary)
{
	struct key_material back = { 0 };
	enum cng_status st;

	if (to->form == FORM_RAW) {
		note("lost: what kind of key the value is");
		return EXIT_DONE;
	}
	st = read_back(&back, to, binary, &from->key);
	if (st != CNG_OK) {
		key_free(&back);
		return fail(CNG_ERR_INTERNAL, "the result does not read back");
	}
	if (from->key.has_private && !back.has_private)
		note("lost: the private part");
	if (from->encrypted && back.has_private)
		note("lost: the protection by a password");
	if (from->type == BLOB_PROTECTEDKEY && back.has_private)
		note("lost: the protection by its descriptor");
	tell_curve(&from->key, to, binary);
	tell_role(from, &back);
	tell_numbers(&from->key, &back);
	tell_extras(&from->key, &back);
	if (key_family_has_sets(from->key.family) && back.has_private &&
	    from->key.part[PQ_SEED].len > 0 && back.part[PQ_SEED].len == 0)
		note("lost: the seed, which nothing computes again");
	key_free(&back);
	return EXIT_DONE;
}

/* --- the command --------------------------------------------------------- */

static enum exit_code
complain(enum cng_status st, const struct keyfile *kf,
    const struct target *to)
{
	char text[64];

	key_text(text, sizeof(text), &kf->key);
	if (st == CNG_ERR_BAD_TYPE && !kf->key.has_private)
		return fail(st, "%s: a public %s key has no %s form",
		    kf->name, text, to->name);
	if (st == CNG_ERR_BAD_TYPE)
		return fail(st, "%s: %s key has no %s form", kf->name, text,
		    to->name);
	return fail(st, "%s: %s", kf->name, cng_status_text(st));
}

static enum exit_code
put_out(const struct keyfile *kf, const struct target *to,
    const struct key_material *key, const char *path)
{
	enum io_privacy privacy = to->form == FORM_SPKI ? IO_PUBLIC :
							  IO_PRIVATE;
	struct secret binary = { 0 }, pem = { 0 };
	enum exit_code code;
	enum cng_status st;

	if (!key->has_private)
		privacy = IO_PUBLIC;
	st = make_binary(&binary, to, key);
	if (st == CNG_OK && to->form == FORM_PEM)
		st = make_pem(&pem,
		    key->has_private ? "PRIVATE KEY" : "PUBLIC KEY",
		    secret_span(&binary));
	if (st != CNG_OK)
		code = complain(st, kf, to);
	else
		code = tell_losses(kf, to, secret_span(&binary));
	if (code == EXIT_DONE)
		code = io_write(path, secret_span(to->form == FORM_PEM ?
		    &pem : &binary), privacy);
	secret_free(&binary);
	secret_free(&pem);
	return code;
}

static enum cng_status
choose_numbers(struct key_material *out, const struct key_material *from,
    bool public_only)
{
	struct key_material whole = { 0 };
	enum cng_status st;

	if (is_symmetric(from))
		return public_only ? CNG_ERR_BAD_TYPE : key_copy(out, from);
	st = key_copy(&whole, from);
	if (st == CNG_OK)
		st = crypto_complete(&whole);
	/* what libcrypto cannot compute may not be wanted either */
	if (st == CNG_ERR_NOT_SUPPORTED)
		st = CNG_OK;
	if (st == CNG_OK)
		st = public_only ? key_copy_public(out, &whole) :
				   key_copy(out, &whole);
	key_free(&whole);
	return st;
}

enum exit_code
cmd_convert(const struct args *args)
{
	struct key_material key = { 0 };
	struct keyfile kf = { 0 };
	struct target to;
	enum exit_code code;
	enum cng_status st;

	code = target_parse(&to, args->value[OPT_TO]);
	if (code != EXIT_DONE)
		return code;
	code = keyfile_read(&kf, args, args->operand[0]);
	if (code == EXIT_DONE && kf.sealed)
		code = fail_advise(CNG_ERR_NOT_SUPPORTED,
		    "import it into the token that made it",
		    "%s: the key is sealed by a token", kf.name);
	if (code != EXIT_DONE)
		goto out;
	st = choose_numbers(&key, &kf.key, args_has(args, OPT_PUBLIC));
	if (st != CNG_OK)
		code = complain(st, &kf, &to);
	else
		code = put_out(&kf, &to, &key, args->value[OPT_OUTPUT]);
out:
	key_free(&key);
	keyfile_free(&kf);
	return code;
}
