/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Envelopes to and from files.
 */
#include "cli/recipient.h"

#include "base/alloc.h"
#include "base/util.h"
#include "cli/io.h"
#include "crypto/crypto.h"

#include <string.h>

/* --- what the options say ------------------------------------------------ */

static enum cng_status
count(void *arg, struct span der)
{
	size_t *found = arg;
	struct x509_names names;
	enum cng_status st = x509_names(&names, der);

	(*found)++;
	x509_names_free(&names);
	return st;
}

enum exit_code
recipient_certs(struct secret *out, const struct args *args)
{
	const char *path = args->value[OPT_RECIPIENT_CERT];
	struct secret der = { 0 };
	enum exit_code code = io_read(out, path);
	size_t found = 0;
	char label[64];

	if (code == EXIT_DONE && pem_decode(&der, label, sizeof(label),
	    secret_span(out)) == CNG_OK)
		secret_move(out, &der);
	secret_free(&der);
	if (code == EXIT_DONE && (blob_certificates(secret_span(out), count,
	    &found) != CNG_OK || found == 0))
		code = fail(CNG_ERR_BAD_DATA, "%s: no certificate, and no "
		    "store of them", path);
	return code;
}

enum exit_code
recipient_cipher(enum envelope_cipher *out, const struct args *args)
{
	static const char *const names[ENVELOPE_CIPHER_COUNT] = {
		[ENVELOPE_AES256] = "aes256",
		[ENVELOPE_AES192] = "aes192",
		[ENVELOPE_AES128] = "aes128",
		[ENVELOPE_3DES] = "3des",
	};
	const char *text = args->value[OPT_ENCRYPTION];

	*out = ENVELOPE_AES256;
	if (text == NULL)
		return EXIT_DONE;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (strcmp(names[i], text) == 0) {
			*out = (enum envelope_cipher)i;
			return EXIT_DONE;
		}
	}
	return fail_usage("--encryption %s: not aes256, aes192, aes128 or "
	    "3des", text);
}

/* --- in ------------------------------------------------------------------ */

static enum cng_status
unwrap(void *arg, const struct key_op *op, struct span cipher,
    struct secret *out)
{
	return crypto_unwrap(arg, op, cipher, out);
}

static enum cng_status
open_with(struct keyfile *kf, struct key_material *mine)
{
	const struct blob_params params = { .curve_name = kf->curve };
	struct crypto_key *key = NULL;
	struct envelope *e = NULL;
	/* none: a file that has to be opened by a key itself */
	enum cng_status st = mine->family == KEY_NONE ?
	    CNG_ERR_WRAP_KEY_TYPE : crypto_complete(mine);

	if (st == CNG_OK && !mine->has_private)
		st = CNG_ERR_WRAP_KEY_TYPE;
	if (st == CNG_OK)
		st = crypto_key_new(&key, mine);
	if (st == CNG_OK)
		st = envelope_read(&e, secret_span(&kf->data));
	if (st == CNG_OK)
		st = blob_envelope_open(e, mine->family, unwrap, key, &params,
		    &kf->chosen.key);
	envelope_free(e);
	crypto_key_free(key);
	return st;
}

enum exit_code
recipient_open(struct keyfile *kf, const struct args *args)
{
	const char *path = args->value[OPT_RECIPIENT_KEY];
	struct args own = *args;
	struct keyfile mine;
	enum exit_code code;
	enum cng_status st;

	/* these are about the envelope */
	own.value[OPT_RECIPIENT_KEY] = NULL;
	own.value[OPT_TYPE] = NULL;
	own.value[OPT_CURVE] = NULL;
	own.value[OPT_KEY] = NULL;
	code = keyfile_read(&mine, &own, path);
	if (code == EXIT_DONE) {
		st = open_with(kf, &mine.chosen.key);
		if (st == CNG_ERR_WRAP_KEY_TYPE)
			code = fail_advise(st, "give the private key of a "
			    "recipient", "%s: not for a key like that in %s",
			    kf->name, mine.name);
		else if (st != CNG_OK)
			code = keyfile_complain(st, kf->name, kf->type,
			    secret_span(&kf->data));
	}
	keyfile_free(&mine);
	return code;
}

/* --- out ----------------------------------------------------------------- */

struct recipients {
	size_t count;
	struct key_material key[ENVELOPE_RECIPIENTS_MAX];
	struct x509_names names[ENVELOPE_RECIPIENTS_MAX];
	struct envelope_to to[ENVELOPE_RECIPIENTS_MAX];
};

static enum cng_status
add(void *arg, struct span der)
{
	struct recipients *all = arg;
	size_t i = all->count;
	enum cng_status st;

	if (i == ENVELOPE_RECIPIENTS_MAX)
		return CNG_ERR_ARGUMENT;
	st = x509_names(&all->names[i], der);
	if (st != CNG_OK)
		return st;
	all->count++;
	all->to[i] = (struct envelope_to){
		.key = &all->key[i],
		.issuer = secret_span(&all->names[i].issuer),
		.serial = secret_span(&all->names[i].serial),
	};
	st = spki_decode(&all->key[i],
	    secret_span(&all->names[i].public_info));
	return st == CNG_OK ? crypto_check_public(&all->key[i]) : st;
}

enum cng_status
recipient_write(const struct key_material *key, struct span certs,
    enum envelope_cipher cipher, struct wr *out)
{
	const struct blob_params params = { .envelope.cipher = cipher };
	struct recipients *all = mem_new(1, sizeof(*all));
	enum cng_status st;

	if (all == NULL)
		return CNG_ERR_NO_MEMORY;
	st = blob_certificates(certs, add, all);
	if (st == CNG_OK)
		st = blob_envelope_write(key, all->to, all->count, &params,
		    out);
	for (size_t i = 0; i < all->count; i++) {
		key_free(&all->key[i]);
		x509_names_free(&all->names[i]);
	}
	mem_free(all);
	return st;
}
