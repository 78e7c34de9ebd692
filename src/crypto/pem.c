/* SPDX-License-Identifier: BSD-2-Clause
 *
 * PEM: Base64 between two lines that say what it is.
 */
#include <limits.h>
#include <stdio.h>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include "base/util.h"
#include "crypto/asn1_internal.h"
#include "crypto/pfx.h"

/* One block, from where the BIO stands; CNG_ERR_NOT_FOUND: no more.  What the
 * block is called is told even when it cannot be opened. */
static enum cng_status
next_block(struct secret *der, char *label, size_t label_size, BIO *bio,
    const struct pbe *pbe)
{
	char *name = NULL, *header = NULL;
	unsigned char *data = NULL;
	long len = 0;
	enum cng_status st;

	*der = (struct secret){ 0 };
	label[0] = '\0';
	if (PEM_read_bio_ex(bio, &name, &header, &data, &len,
		PEM_FLAG_SECURE) != 1)
		return ERR_GET_REASON(ERR_peek_last_error()) ==
			PEM_R_NO_START_LINE ?
		    CNG_ERR_NOT_FOUND : CNG_ERR_BAD_DATA;
	if (strlen(name) >= label_size)
		st = CNG_ERR_BAD_DATA;
	else if (header != NULL && header[0] != '\0')
		st = pem_open_old(der, header, span_of(data, (size_t)len),
		    pbe);
	else
		st = secret_copy(der, span_of(data, (size_t)len));
	if (strlen(name) < label_size)
		snprintf(label, label_size, "%s", name);
	OPENSSL_secure_free(name);
	OPENSSL_secure_free(header);
	OPENSSL_secure_clear_free(data, (size_t)len);
	return st;
}

/* Headers that say nothing to us; the next block may be whole. */
static bool
is_closed(enum cng_status st)
{
	return st == CNG_ERR_BAD_PASSWORD || st == CNG_ERR_NOT_SUPPORTED;
}

enum cng_status
pem_find(struct secret *der, char *label, size_t label_size,
    struct span text, const char *const *wanted, size_t wanted_count,
    const struct pbe *pbe)
{
	enum cng_status st = CNG_ERR_BAD_DATA;
	BIO *bio;

	*der = (struct secret){ 0 };
	if (text.len == 0 || text.len > SECRET_MAX || text.len > INT_MAX)
		return st;
	bio = BIO_new_mem_buf(text.ptr, (int)text.len);
	if (bio == NULL)
		return CNG_ERR_NO_MEMORY;
	for (;;) {
		st = next_block(der, label, label_size, bio, pbe);
		if ((st != CNG_OK && !is_closed(st)) || wanted_count == 0)
			break;
		for (size_t i = 0; i < wanted_count; i++)
			if (strcmp(label, wanted[i]) == 0)
				goto out;
		secret_free(der);
	}
out:
	if (st != CNG_OK)
		label[0] = '\0';
	BIO_free(bio);
	return st == CNG_ERR_NOT_FOUND ? CNG_ERR_BAD_DATA : st;
}

/* Blocks that are no certificates, or cannot be opened, are passed over. */
static enum cng_status
collect(struct pfx *out, BIO *bio)
{
	struct pfx_item *item;
	struct secret der;
	char label[64];
	enum cng_status st = CNG_OK;

	while (st == CNG_OK || is_closed(st)) {
		st = next_block(&der, label, sizeof label, bio, NULL);
		if (st == CNG_OK && strcmp(label, "CERTIFICATE") == 0) {
			bool full = out->count == PFX_ITEMS_MAX;

			item = full ? NULL : pfx_add(out, PFX_CERT);
			if (item != NULL)
				secret_move(&item->der, &der);
			else
				st = full ? CNG_ERR_BAD_DATA :
					    CNG_ERR_NO_MEMORY;
		}
		secret_free(&der);
	}
	return st == CNG_ERR_NOT_FOUND ? CNG_OK : st;
}

enum cng_status
pem_certificates(struct pfx *out, struct span text)
{
	enum cng_status st;
	BIO *bio;

	if (text.len == 0 || text.len > SECRET_MAX || text.len > INT_MAX)
		return CNG_ERR_BAD_DATA;
	bio = BIO_new_mem_buf(text.ptr, (int)text.len);
	if (bio == NULL)
		return CNG_ERR_NO_MEMORY;
	st = collect(out, bio);
	BIO_free(bio);
	return st;
}

enum cng_status
pem_decode(struct secret *der, char *label, size_t label_size,
    struct span text)
{
	enum cng_status st;

	*der = (struct secret){ 0 };
	st = asn1_enter();
	if (st != CNG_OK)
		return st;
	return asn1_leave(pem_find(der, label, label_size, text, NULL, 0,
	    NULL));
}

enum cng_status
pem_encode(struct wr *out, const char *label, struct span der)
{
	enum cng_status st = asn1_enter();
	char *text = NULL;
	long len;
	BIO *bio;

	if (st != CNG_OK)
		return st;
	bio = BIO_new(BIO_s_mem()); /* wipes what it frees */
	if (bio == NULL || der.len > SECRET_MAX) {
		st = bio == NULL ? CNG_ERR_NO_MEMORY : CNG_ERR_ARGUMENT;
	} else if (PEM_write_bio(bio, label, "", der.ptr, (long)der.len) <= 0) {
		st = CNG_ERR_NO_MEMORY;
	} else {
		len = BIO_get_mem_data(bio, &text);
		wr_bytes(out, span_of(text, (size_t)len));
		st = wr_status(out);
	}
	BIO_free(bio);
	return asn1_leave(st);
}
