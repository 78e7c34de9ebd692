/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What is lost when a key file becomes another: the result is read back and
 * compared.
 */
#include "cli/losses.h"

#include "base/util.h"
#include "cli/keytext.h"
#include "crypto/crypto.h"
#include "key/set.h"

static void
tell_role(const struct keyfile *file, const struct key_material *from,
    const struct key_material *back)
{
	char was[64], is[64];

	if (from->role == back->role)
		return;
	role_text(was, sizeof(was), from->family, from->role);
	role_text(is, sizeof(is), back->family, back->role);
	if (from->role == 0)
		note("%s does not say what the key is for; the result says "
		    "%s", file->name, is);
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
tell_curve(const struct key_material *from, const struct format *to,
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

static void
tell_names(const struct keybox_key *from, const struct keybox_key *back)
{
	if (from->name.len > 0 && back->name.len == 0)
		note("lost: the name '%.*s'", (int)from->name.len,
		    (const char *)from->name.ptr);
	if (from->id.len > 0 && back->id.len == 0)
		note("lost: the id that joins key and certificate");
	if (from->provider.len > 0 && back->provider.len == 0)
		note("lost: that it was kept by '%.*s'",
		    (int)from->provider.len,
		    (const char *)from->provider.ptr);
	if (from->machine && !back->machine)
		note("lost: that it was a key of the machine");
}

static size_t
count_kind(const struct pfx *pfx, enum pfx_kind kind)
{
	size_t count = 0;

	for (size_t i = 0; i < pfx->count; i++)
		count += pfx->item[i].kind == kind;
	return count;
}

static void
tell_certificates(const struct keyfile *from, const struct keybox *back)
{
	size_t had = count_kind(&from->box.certs, PFX_CERT);
	size_t has = count_kind(&back->certs, PFX_CERT);
	size_t others = count_kind(&from->box.certs, PFX_OTHER);

	if (has < had)
		note("lost: %zu certificate%s", had - has,
		    had - has == 1 ? "" : "s");
	if (others > 0)
		note("lost: %zu other object%s", others,
		    others == 1 ? "" : "s");
}

static void
tell_key(const struct keyfile *file, const struct format *to,
    struct span result, const struct keybox_key *from,
    struct keybox_key *back)
{
	if (from->key.has_private && !back->key.has_private)
		note("lost: the private part");
	if (from->key.family != back->key.family)
		note("changed: the result is read as %s key",
		    family_text(back->key.family));
	tell_names(from, back);
	tell_curve(&from->key, to, result);
	tell_role(file, &from->key, &back->key);
	tell_numbers(&from->key, &back->key);
	tell_extras(&from->key, &back->key);
	if (key_family_has_sets(from->key.family) && back->key.has_private &&
	    from->key.part[PQ_SEED].len > 0 &&
	    back->key.part[PQ_SEED].len == 0)
		note("lost: the seed, which nothing computes again");
}

enum exit_code
losses_tell(const struct keyfile *from, const struct format *to,
    struct span result, const struct format_source *written)
{
	struct blob_params params = {
		.curve_name = keyfile_curve_name(&written->key->key),
	};
	bool one = written->count == 1;
	struct keybox back = { 0 };
	struct format settled = *to;
	enum cng_status st;

	if (to->form == FORM_RAW) {
		note("lost: what kind of key the value is");
		return EXIT_DONE;
	}
	format_settle(&settled, &written->key->key);
	if (written->pbe != NULL)
		params.pbe = *written->pbe;
	st = format_read(&back, &settled, result, &params);
	if (st != CNG_OK || back.count != written->count) {
		keybox_free(&back);
		return fail(CNG_ERR_INTERNAL, "the result does not read back");
	}
	for (size_t i = 0; i < written->count; i++)
		tell_key(from, &settled, result, one && from->chosen.st ==
		    CNG_OK && from->chosen.key.family != KEY_NONE ?
		    &from->chosen : &written->key[i], &back.key[i]);
	tell_certificates(from, &back);
	if (from->encrypted && written->pbe == NULL &&
	    back.key[0].key.has_private)
		note("lost: the protection by a password");
	if (from->type == BLOB_PROTECTEDKEY && back.key[0].key.has_private)
		note("lost: the protection by its descriptor");
	if (from->type == BLOB_PKCS7ENVELOPE && back.key[0].key.has_private)
		note("lost: the envelope around the key");
	keybox_free(&back);
	return EXIT_DONE;
}
