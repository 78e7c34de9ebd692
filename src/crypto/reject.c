/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Implicit rejection for RSA PKCS#1 v1.5 decryption, after
 * draft-irtf-cfrg-rsa-guidance.  libcrypto 3.0 has none, so that every
 * version gets ours.
 */
#include "crypto/rsa.h"

#include "crypto/mac.h"

#define PADDING_MIN 8           /* random bytes between 00 02 and 00 */
#define LENGTH_CANDIDATES 128

/* --- all ones or all zeros, without a branch -------------------------- */

/* The compiler must not learn that a mask is a yes or no. */
static uint32_t
opaque(uint32_t v)
{
	__asm__("" : "+r"(v));
	return v;
}

/* a and b below 2^31 */
static uint32_t
mask_less(uint32_t a, uint32_t b)
{
	return opaque((uint32_t)0 - ((a - b) >> 31));
}

static uint32_t
mask_zero(uint32_t v)
{
	return mask_less(v, 1);
}

static uint32_t
pick(uint32_t mask, uint32_t yes, uint32_t no)
{
	return (mask & yes) | (~mask & no);
}

/* --- the message that stands in --------------------------------------- */

/* HMAC of a counter, the label and the length in bits, as often as needed. */
static enum cng_status
expand(struct crypto_lib *lib, const uint8_t kdk[32], const char *label,
    uint8_t *out, size_t len)
{
	uint8_t counter[2], bits[2], block[32];
	const struct span parts[] = {
		span_of(counter, sizeof counter),
		span_str(label),
		span_of(bits, sizeof bits),
	};
	enum cng_status st = CNG_OK;

	bits[0] = (uint8_t)(len * 8 >> 8);
	bits[1] = (uint8_t)(len * 8);
	for (size_t i = 0; st == CNG_OK && i * 32 < len; i++) {
		size_t rest = len - i * 32;

		counter[0] = (uint8_t)(i >> 8);
		counter[1] = (uint8_t)i;
		st = hmac_sha256_parts(lib, span_of(kdk, 32), parts, 3, block);
		memcpy(out + i * 32, block, rest < 32 ? rest : 32);
	}
	wipe(block, sizeof block);
	return st;
}

/* The last of the candidates that is short enough; 0 if none is. */
static uint32_t
choose_length(const uint8_t *candidates, uint32_t limit)
{
	uint32_t mask = limit, chosen = 0;

	for (unsigned shift = 1; shift < 16; shift *= 2)
		mask |= mask >> shift;
	for (size_t i = 0; i < LENGTH_CANDIDATES; i++) {
		uint32_t one = ((uint32_t)candidates[2 * i] << 8 |
				   candidates[2 * i + 1]) & mask;

		chosen = pick(mask_less(one, limit), one, chosen);
	}
	return chosen;
}

static enum cng_status
substitute(const struct crypto_key *key, struct span cipher, uint8_t *message,
    size_t len, uint32_t *start)
{
	uint8_t kdk[32], candidates[2 * LENGTH_CANDIDATES];
	struct crypto_lib *lib = key_lib(key);
	enum cng_status st;

	if (lib == NULL)
		return CNG_ERR_NO_MEMORY;
	st = hmac_sha256_parts(lib, span_of(key->reject, sizeof key->reject),
	    &cipher, 1, kdk);
	if (st == CNG_OK)
		st = expand(lib, kdk, "length", candidates,
		    sizeof candidates);
	if (st == CNG_OK)
		st = expand(lib, kdk, "message", message, len);
	if (st == CNG_OK)
		*start = (uint32_t)len - choose_length(candidates,
		    (uint32_t)(len - 2 - PADDING_MIN));
	wipe(kdk, sizeof kdk);
	wipe(candidates, sizeof candidates);
	return st;
}

/* --- the padding ------------------------------------------------------ */

/* Where the message starts; *good is a mask. */
static uint32_t
find_message(struct span block, uint32_t *good)
{
	uint32_t zero_at = 0, found = 0;

	for (size_t i = 2; i < block.len; i++) {
		uint32_t is_zero = mask_zero(block.ptr[i]);

		zero_at = pick(~found & is_zero, (uint32_t)i, zero_at);
		found |= is_zero;
	}
	*good = mask_zero(block.ptr[0]) & mask_zero(block.ptr[1] ^ 2u) &
	    found & ~mask_less(zero_at, 2 + PADDING_MIN);
	return zero_at + 1;
}

enum cng_status
reject_unpad(const struct crypto_key *key, struct span cipher,
    struct span block, uint8_t *message, size_t *len)
{
	uint32_t good, real, synthetic = 0, start;
	enum cng_status st;

	st = substitute(key, cipher, message, block.len, &synthetic);
	if (st != CNG_OK)
		return st;
	real = find_message(block, &good);
	start = pick(good, real, synthetic);
	for (size_t i = 0; i < block.len; i++)
		message[i] = (uint8_t)pick(good, block.ptr[i], message[i]);
	/* From here on the length is known to whoever reads the result. */
	*len = block.len - start;
	memmove(message, message + start, *len);
	return CNG_OK;
}
