/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Fuzz target: PKCS7_ENVELOPE, its content under a key that is known, and
 * the certificates that one is for.
 */
#include "fuzz.h"

#include <string.h>

/* Recipients of the corpus get this; with it content is reached, too. */
static const uint8_t content_key[32] = { 1, 2, 3, 4 };

static enum cng_status
unwrap(void *arg, const struct key_op *op, struct span cipher,
    struct secret *out)
{
	size_t *calls = arg;

	if (op->scheme == OP_NONE || cipher.len > ENVELOPE_MAX)
		__builtin_trap();
	(*calls)++;
	/* as long as the ciphertext says */
	return secret_copy(out, span_of(content_key,
	    cipher.len % (sizeof content_key + 1)));
}

static void
open_as(const struct envelope *e, enum key_family family)
{
	struct key_material key;
	size_t calls = 0;

	if (blob_envelope_open(e, family, unwrap, &calls, NULL, &key) ==
	    CNG_ERR_WRAP_KEY_TYPE && calls > 0)
		__builtin_trap();
	if (calls > ENVELOPE_RECIPIENTS_MAX)
		__builtin_trap();
	key_free(&key);
}

static enum cng_status
see_certificate(void *arg, struct span der)
{
	struct x509_names names;
	enum cng_status st = x509_names(&names, der);

	(void)arg;
	x509_names_free(&names);
	return st;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span in = span_of(data, size);
	struct envelope *e;

	if (size > 1 << 20)
		return 0;
	fuzz_blob(BLOB_PKCS7ENVELOPE, NULL, in);
	if (envelope_read(&e, in) == CNG_OK) {
		/* what is read is known for what it is, and the reverse */
		if (!envelope_is(in) && !envelope_is_wrapped(in))
			__builtin_trap();
		open_as(e, KEY_RSA);
		open_as(e, KEY_EC);
		envelope_free(e);
	}
	(void)!blob_certificates(in, see_certificate, NULL);
	return 0;
}
