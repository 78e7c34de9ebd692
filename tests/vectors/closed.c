/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Vectors whose key is in a ciphertext.
 */
#include "closed.h"

#include "base/text.h"

struct crypto_key *
closed_kek(const char *expect)
{
	const char *at = strstr(expect, "KEK=");
	struct key_material key = { .family = KEY_AES, .has_private = true };
	struct crypto_key *kek = NULL;
	struct secret value = { 0 };
	char hex[65] = "";

	if (at == NULL)
		return NULL;
	at += 4;
	for (size_t i = 0; i < sizeof hex - 1 && at[i] != '\0' &&
	     at[i] != ' '; i++)
		hex[i] = at[i];
	if (hex_decode(&value, hex) != CNG_OK ||
	    key_set(&key, SYM_VALUE, secret_span(&value)) != CNG_OK ||
	    crypto_key_new(&kek, &key) != CNG_OK)
		kek = NULL;
	key_free(&key);
	secret_free(&value);
	return kek;
}

const char *
closed_key_file(const char *expect)
{
	static const char name[] = "unwrap key = ";
	const char *at = strstr(expect, name);

	return at == NULL ? NULL : at + sizeof name - 1;
}

enum cng_status
closed_decode(enum blob_type type, const struct crypto_key *kek,
    struct span in, struct blob_frame *frame, struct key_material *out)
{
	struct secret plain = { 0 };
	enum cng_status st = blob_frame_read(type, in, frame);

	*out = (struct key_material){ 0 };
	if (st == CNG_OK)
		st = crypto_unwrap(kek, &frame->op, frame->cipher, &plain);
	if (st == CNG_OK)
		st = blob_inner_decode(frame, secret_span(&plain), NULL, out);
	secret_free(&plain);
	return st;
}

enum cng_status
closed_encode(enum blob_type type, const struct crypto_key *kek,
    const struct blob_frame *frame, const struct key_material *key,
    struct wr *out)
{
	struct blob_frame fresh = *frame;
	static uint8_t plain[4096], cipher[4096];
	struct wr w = wr_of(plain, sizeof plain);
	enum cng_status st = blob_inner_encode(frame, key, NULL, &w);
	struct span all = span_of(plain, w.len);

	/* short enough for every hash under a small RSA key */
	fresh.op.aes_bits = 128;
	w = wr_of(cipher, sizeof cipher);
	if (st == CNG_OK)
		st = crypto_wrap(kek, &fresh.op, all, &w);
	fresh.cipher = span_of(cipher, w.len);
	return st == CNG_OK ? blob_frame_write(type, &fresh, out) : st;
}

static void
follow(void *arg, const struct blob_field *field)
{
	size_t *end = arg;

	*end = field->offset == *end ? *end + field->size : 0;
}

bool
closed_described(enum blob_type type, struct span in)
{
	size_t end = 0;

	return blob_describe(type, in, follow, &end) ==
	    CNG_ERR_NOT_SUPPORTED && end == in.len;
}
