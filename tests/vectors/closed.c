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
	static const char *const names[] = { "unwrap key = ",
		"recipient key " };

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		const char *at = strstr(expect, names[i]);

		if (at != NULL)
			return at + strlen(names[i]);
	}
	return NULL;
}

bool
closed_inner(const char *expect, char *name, size_t size)
{
	static const char key[] = "inner = ";
	const char *at = strstr(expect, key);
	size_t len;

	if (at == NULL)
		return false;
	at += sizeof key - 1;
	len = strcspn(at, " ");
	if (len >= size)
		return false;
	memcpy(name, at, len);
	name[len] = '\0';
	return true;
}

static enum cng_status
unwrap(void *arg, const struct key_op *op, struct span cipher,
    struct secret *out)
{
	return crypto_unwrap(arg, op, cipher, out);
}

enum cng_status
closed_open(const struct key_material *mine, struct span in,
    struct key_material *out)
{
	struct crypto_key *key = NULL;
	struct envelope *e = NULL;
	enum cng_status st = envelope_read(&e, in);

	*out = (struct key_material){ 0 };
	if (st == CNG_OK)
		st = crypto_key_new(&key, mine);
	if (st == CNG_OK)
		st = blob_envelope_open(e, mine->family, unwrap, key, NULL,
		    out);
	crypto_key_free(key);
	envelope_free(e);
	return st;
}

enum cng_status
closed_envelop(const struct key_material *mine,
    const struct key_material *key, struct wr *out)
{
	const struct envelope_to to = { .key = mine };

	return blob_envelope_write(key, &to, 1, NULL, out);
}

enum cng_status
closed_content(const struct key_material *mine, struct span in,
    struct secret *out)
{
	struct crypto_key *key = NULL;
	struct envelope *e = NULL;
	struct secret inner = { 0 };
	const struct envelope_recipient *r;
	enum cng_status st = envelope_read(&e, in);

	*out = (struct secret){ 0 };
	if (st == CNG_OK)
		st = crypto_key_new(&key, mine);
	for (size_t i = 0; st == CNG_OK && out->len == 0 &&
	     (r = envelope_recipient(e, i)) != NULL; i++) {
		/* of several recipients one has this key */
		if (crypto_unwrap(key, &r->op, r->cipher, &inner) == CNG_OK &&
		    inner.len == 16)
			st = envelope_open(e, secret_span(&inner), out);
		secret_free(&inner);
	}
	crypto_key_free(key);
	envelope_free(e);
	return st;
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
