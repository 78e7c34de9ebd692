/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What the fuzz targets share.
 */
#include "fuzz.h"

#include <stdlib.h>

static void
must(bool condition)
{
	if (!condition)
		abort();
}

static void
must_be_empty(const struct key_material *key)
{
	for (size_t i = 0; i < KEY_PART_MAX; i++)
		must(key->part[i].ptr == NULL);
}

/* A form that is written may hold fewer numbers than the one that was read
 * (PRIVATEBLOB takes a full RSA key), but no other ones. */
static void
must_be_same(const struct key_material *a, const struct key_material *b)
{
	must(a->family == b->family && a->curve == b->curve);
	must(a->set == b->set);
	must(a->role == b->role && a->has_private == b->has_private);
	for (size_t i = 0; i < KEY_PART_MAX; i++)
		must(b->part[i].len == 0 ||
		    secret_equal(secret_span(&a->part[i]),
			secret_span(&b->part[i])));
}

/* --- any codec -------------------------------------------------------- */

static void
write_and_read(fuzz_decode *decode, fuzz_encode *encode,
    const struct key_material *key)
{
	struct key_material again;
	struct wr w = wr_of(NULL, 0);
	struct secret out;
	size_t len;

	/* a part may be missing that this form needs */
	if (encode(key, &w) != CNG_OK)
		return;
	len = w.len;
	must(secret_new(&out, len) == CNG_OK);
	w = wr_of(out.ptr, out.len);
	must(encode(key, &w) == CNG_OK && w.len == len);
	must(decode(&again, secret_span(&out)) == CNG_OK);
	must_be_same(key, &again);
	key_free(&again);
	secret_free(&out);
}

void
fuzz_round_trip(fuzz_decode *decode, fuzz_encode *encode, struct span in)
{
	struct key_material key;

	if (decode(&key, in) == CNG_OK)
		write_and_read(decode, encode, &key);
	else
		must_be_empty(&key);
	key_free(&key);
}

/* --- blobs ------------------------------------------------------------ */

static enum blob_type blob_type;
static const struct blob_params *blob_params;

static enum cng_status
decode_blob(struct key_material *out, struct span in)
{
	return blob_decode(blob_type, in, blob_params, out);
}

static enum cng_status
encode_blob(const struct key_material *key, struct wr *out)
{
	return blob_encode(blob_type, key, NULL, out);
}

static void
follow(void *arg, const struct blob_field *field)
{
	const struct span *in = arg;

	must(field->offset <= in->len &&
	    field->size <= in->len - field->offset);
	must(field->bytes.len == 0 ||
	    field->bytes.ptr == in->ptr + field->offset);
}

void
fuzz_blob(enum blob_type type, const struct blob_params *params,
    struct span in)
{
	enum cng_status told = blob_describe(type, in, follow, &in);
	struct key_material key;

	(void)blob_foreign_name(in);
	blob_type = type;
	blob_params = params;
	if (blob_decode(type, in, params, &key) == CNG_OK)
		must(told == CNG_OK);
	key_free(&key);
	fuzz_round_trip(decode_blob, encode_blob, in);
}
