/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Somebody who has a private key.
 */
#include "config.h"

#include "holder.h"

#include <check.h>

#include "sample.h"

struct holder
holder_of(const char *file)
{
	struct holder h = { 0 };
	struct secret bytes = sample_read(file);

	ck_assert_int_eq(blob_decode(BLOB_ANY, secret_span(&bytes), NULL,
	    &h.material), CNG_OK);
	ck_assert_int_eq(crypto_complete(&h.material), CNG_OK);
	ck_assert_int_eq(crypto_key_new(&h.key, &h.material), CNG_OK);
	secret_free(&bytes);
	return h;
}

void
holder_free(struct holder *h)
{
	key_free(&h->material);
	crypto_key_free(h->key);
}

static enum cng_status
unwrap(void *arg, const struct key_op *op, struct span cipher,
    struct secret *out)
{
	struct holder *h = arg;

	h->calls++;
	return crypto_unwrap(h->key, op, cipher, out);
}

enum cng_status
open_as(struct holder *h, struct span in, struct key_material *out)
{
	struct envelope *e;
	enum cng_status st = envelope_read(&e, in);

	*out = (struct key_material){ 0 };
	if (st == CNG_OK)
		st = blob_envelope_open(e, h->material.family, unwrap, h,
		    NULL, out);
	envelope_free(e);
	return st;
}
