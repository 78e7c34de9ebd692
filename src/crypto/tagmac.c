/* SPDX-License-Identifier: BSD-2-Clause
 *
 * HMAC-SHA-256 of short texts with a key that stays.  What is kept is plain
 * memory that may be copied, shared by threads and taken through a fork, and
 * that its owner wipes.
 */
#include "crypto/crypto.h"

#include <string.h>

#include "crypto/hmac.h"

_Static_assert(sizeof(((struct crypto_hmac *)0)->state) >=
    sizeof(struct hmac_pads), "both halves have room");

enum cng_status
crypto_hmac_begin(struct crypto_hmac *hmac, struct span key)
{
	struct hmac_pads pads;
	bool ok = hmac_pads(&pads, HASH_SHA256, key);

	memset(hmac, 0, sizeof *hmac);
	memcpy(hmac->state, &pads, sizeof pads);
	wipe(&pads, sizeof pads);
	return ok ? CNG_OK : CNG_ERR_INTERNAL;
}

static bool
take_parts(struct sha_run *run, const struct span *parts, size_t count)
{
	bool ok = true;

	for (size_t i = 0; ok && i < count; i++)
		ok = parts[i].len == 0 || sha_update(run, parts[i]);
	return ok;
}

enum cng_status
crypto_hmac_parts(const struct crypto_hmac *hmac, const struct span *parts,
    size_t count, uint8_t out[32])
{
	struct hmac_pads run;
	bool ok;

	memcpy(&run, hmac->state, sizeof run);
	ok = take_parts(&run.inner, parts, count) && hmac_final(&run, out);
	wipe(&run, sizeof run);
	return ok ? CNG_OK : CNG_ERR_INTERNAL;
}

enum cng_status
crypto_sha256_parts(const struct span *parts, size_t count, uint8_t out[32])
{
	struct sha_run run;

	return sha_start(&run, HASH_SHA256) &&
		take_parts(&run, parts, count) && sha_final(&run, out) ?
	    CNG_OK : CNG_ERR_INTERNAL;
}
