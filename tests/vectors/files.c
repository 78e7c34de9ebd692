/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Key files that are no blobs.
 */
#include "files.h"

#include "base/util.h"
#include "blob/pvk.h"
#include "crypto/crypto.h"
#include "crypto/pfx.h"

static const char *const types[] = { "(PKCS#12)", "(PVK)", "(PEM)" };

bool
files_known(const char *type)
{
	for (size_t i = 0; i < ARRAY_LEN(types); i++)
		if (strcmp(types[i], type) == 0)
			return true;
	return false;
}

static enum cng_status
judge(struct key_material *key)
{
	enum cng_status st = crypto_complete(key);

	if (st == CNG_OK)
		st = crypto_check_public(key);
	if (st == CNG_OK && key->has_private)
		st = crypto_check_pair(key);
	return st;
}

static bool
same_item(const struct pfx_item *a, const struct pfx_item *b)
{
	return a->kind == b->kind && a->machine == b->machine &&
	    secret_equal(secret_span(&a->der), secret_span(&b->der)) &&
	    span_equal(secret_span(&a->name), secret_span(&b->name)) &&
	    span_equal(secret_span(&a->id), secret_span(&b->id)) &&
	    span_equal(secret_span(&a->provider), secret_span(&b->provider));
}

/* Certificates come first when they are written. */
static bool
same_items(const struct pfx *a, const struct pfx *b)
{
	size_t found = 0;

	for (size_t i = 0; i < a->count; i++)
		for (size_t j = 0; j < b->count; j++)
			if (same_item(&a->item[i], &b->item[j])) {
				found++;
				break;
			}
	return found == a->count && a->count == b->count;
}

static enum cng_status
run_pfx(struct span in, const struct pbe *pbe, const char **what)
{
	struct pbe seal = { .kind = PBE_PBES2_AES256, .has_password = true,
		.password = span_str("other"), .iterations = 100 };
	struct pfx pfx, again = { 0 };
	struct secret out = { 0 };
	enum cng_status st = pfx_read(&pfx, in, pbe);

	*what = "read";
	for (size_t i = 0; st == CNG_OK && i < pfx.count; i++) {
		struct key_material key;

		if (pfx.item[i].kind != PFX_KEY)
			continue;
		st = pkcs8_decode(&key, secret_span(&pfx.item[i].der), NULL);
		if (st == CNG_OK)
			st = judge(&key);
		key_free(&key);
	}
	if (st == CNG_OK) {
		*what = "write";
		st = pfx_write(&out, &pfx, &seal);
	}
	if (st == CNG_OK) {
		*what = "read again";
		st = pfx_read(&again, secret_span(&out), &seal);
		if (st == CNG_OK && !same_items(&pfx, &again))
			st = CNG_ERR_INTERNAL;
	}
	pfx_free(&pfx);
	pfx_free(&again);
	secret_free(&out);
	return st;
}

static enum cng_status
run_pvk(struct span in, const struct pbe *pbe, const char **what)
{
	struct key_material key = { 0 };
	uint8_t room[4096];
	struct wr w = wr_of(room, sizeof room);
	struct span salt = { 0 };
	struct pbe seal = { 0 };
	enum cng_status st = pvk_decode(&key, in, pbe);

	*what = "read";
	if (st == CNG_OK)
		st = judge(&key);
	/* with the same salt the same bytes */
	if (st == CNG_OK && in.ptr[12] == 1) {
		salt = span_of(in.ptr + 24, 16);
		seal = *pbe;
		seal.salt = salt;
	}
	if (st == CNG_OK) {
		*what = "write";
		st = pvk_encode(&key, &seal, &w);
	}
	key_free(&key);
	if (st == CNG_OK && !span_equal(in, span_of(room, w.len))) {
		/* a weak key is read, not written */
		*what = "read again";
		st = pvk_decode(&key, span_of(room, w.len), pbe);
		key_free(&key);
	}
	return st;
}

static enum cng_status
run_pem(struct span in, const struct pbe *pbe, const char **what)
{
	struct key_material key = { 0 }, again = { 0 };
	uint8_t room[4096];
	struct wr w = wr_of(room, sizeof room);
	const char *label;
	enum cng_status st = key_decode_any(&key, in, pbe);

	*what = "read";
	if (st == CNG_OK)
		st = judge(&key);
	if (st == CNG_OK) {
		*what = "write";
		st = key_encode_old(&key, &label, &w);
	}
	if (st == CNG_OK) {
		*what = "read again";
		st = key_decode_any(&again, span_of(room, w.len), NULL);
	}
	if (st == CNG_OK && !key_same_public(&key, &again))
		st = CNG_ERR_INTERNAL;
	key_free(&key);
	key_free(&again);
	return st;
}

enum cng_status
files_run(const char *type, struct span in, const struct pbe *pbe,
    const char **what)
{
	if (strcmp(type, "(PKCS#12)") == 0)
		return run_pfx(in, pbe, what);
	return strcmp(type, "(PVK)") == 0 ? run_pvk(in, pbe, what) :
					    run_pem(in, pbe, what);
}
