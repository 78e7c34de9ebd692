/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The encryption of old PEM files (RFC 1421 headers, as OpenSSL wrote them):
 * MD5 of password and salt is the key.  Read only.  The headers are taken
 * apart here because OpenSSL would look for the cipher in the host's context.
 */
#include <openssl/evp.h>

#include "base/text.h"
#include "crypto/asn1_internal.h"
#include "crypto/internal.h"

#define SALT_LEN 8
#define CIPHER_NAME_MAX 32

static const char proc_type[] = "Proc-Type: 4,ENCRYPTED\n";
static const char dek_info[] = "DEK-Info: ";

struct dek {
	EVP_CIPHER *cipher;
	uint8_t iv[EVP_MAX_IV_LENGTH];
};

/* Only modes that show a wrong password. */
static enum cng_status
fetch(struct dek *dek, const char *name)
{
	dek->cipher = EVP_CIPHER_fetch(crypto_ctx(), name, NULL);
	if (dek->cipher == NULL && crypto_load_legacy() == CNG_OK)
		dek->cipher = EVP_CIPHER_fetch(crypto_ctx(), name, NULL);
	if (dek->cipher == NULL ||
	    EVP_CIPHER_get_mode(dek->cipher) != EVP_CIPH_CBC_MODE ||
	    EVP_CIPHER_get_iv_length(dek->cipher) < SALT_LEN)
		return CNG_ERR_NOT_SUPPORTED;
	return CNG_OK;
}

/* "DES-EDE3-CBC,0123456789ABCDEF" and the end of the line. */
static enum cng_status
take_dek(struct dek *dek, const char *text)
{
	char name[CIPHER_NAME_MAX], hex[2 * EVP_MAX_IV_LENGTH + 1];
	size_t len = strcspn(text, ",");
	struct secret iv = { 0 };
	enum cng_status st;

	if (text[len] != ',' || len == 0 || len >= sizeof name)
		return CNG_ERR_BAD_DATA;
	memcpy(name, text, len);
	name[len] = '\0';
	text += len + 1;
	len = strcspn(text, "\n");
	if (len >= sizeof hex)
		return CNG_ERR_BAD_DATA;
	memcpy(hex, text, len);
	hex[len] = '\0';
	if (strspn(hex, "0123456789ABCDEFabcdef") != len)
		return CNG_ERR_BAD_DATA;
	st = hex_decode(&iv, hex);
	if (st == CNG_ERR_NO_MEMORY)
		return st;
	st = st == CNG_OK ? fetch(dek, name) : CNG_ERR_BAD_DATA;
	if (st == CNG_OK &&
	    iv.len != (size_t)EVP_CIPHER_get_iv_length(dek->cipher))
		st = CNG_ERR_BAD_DATA;
	if (st == CNG_OK)
		memcpy(dek->iv, iv.ptr, iv.len);
	secret_free(&iv);
	return st;
}

static enum cng_status
take_header(struct dek *dek, const char *header)
{
	const char *line;

	if (strncmp(header, proc_type, sizeof proc_type - 1) != 0)
		return CNG_ERR_NOT_SUPPORTED; /* signed only, and the like */
	line = strstr(header, dek_info);
	if (line == NULL || line[-1] != '\n')
		return CNG_ERR_BAD_DATA;
	return take_dek(dek, line + sizeof dek_info - 1);
}

static enum cng_status
derive(const struct dek *dek, struct span password,
    uint8_t key[EVP_MAX_KEY_LENGTH])
{
	EVP_MD *md5 = EVP_MD_fetch(crypto_ctx(), "MD5", NULL);
	int len = md5 == NULL ? 0 : EVP_BytesToKey(dek->cipher, md5, dek->iv,
	    password.len == 0 ? (const unsigned char *)"" : password.ptr,
	    (int)password.len, 1, key, NULL);

	EVP_MD_free(md5);
	return len > 0 ? CNG_OK : CNG_ERR_NOT_SUPPORTED;
}

static enum cng_status
decrypt(struct secret *out, const struct dek *dek, const uint8_t *key,
    struct span cipher)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	int first = 0, last = 0;
	enum cng_status st;

	if (ctx == NULL)
		return CNG_ERR_NO_MEMORY;
	st = secret_new(out, cipher.len + EVP_MAX_BLOCK_LENGTH);
	if (st == CNG_OK &&
	    (EVP_DecryptInit_ex(ctx, dek->cipher, NULL, key, dek->iv) != 1 ||
	    EVP_DecryptUpdate(ctx, out->ptr, &first, cipher.ptr,
	    (int)cipher.len) != 1 ||
	    EVP_DecryptFinal_ex(ctx, out->ptr + first, &last) != 1))
		st = CNG_ERR_BAD_PASSWORD;
	EVP_CIPHER_CTX_free(ctx);
	if (st == CNG_OK)
		secret_truncate(out, (size_t)first + (size_t)last);
	else
		secret_free(out);
	return st;
}

/* A wrong password may give padding that looks right. */
static bool
is_one_element(struct span der)
{
	struct asn1_element outer;
	struct span in = der;

	return asn1_next(&in, &outer) && in.len == 0 && !outer.context &&
	    outer.tag == V_ASN1_SEQUENCE;
}

enum cng_status
pem_open_old(struct secret *out, const char *header, struct span cipher,
    const struct pbe *pbe)
{
	uint8_t key[EVP_MAX_KEY_LENGTH];
	struct dek dek = { 0 };
	enum cng_status st = take_header(&dek, header);

	*out = (struct secret){ 0 };
	if (st == CNG_OK && (cipher.len == 0 || cipher.len > SECRET_MAX / 2))
		st = CNG_ERR_BAD_DATA;
	if (st == CNG_OK && (pbe == NULL || !pbe->has_password ||
				pbe->password.len > PASSWORD_MAX))
		st = CNG_ERR_BAD_PASSWORD;
	if (st == CNG_OK)
		st = derive(&dek, pbe->password, key);
	if (st == CNG_OK)
		st = decrypt(out, &dek, key, cipher);
	if (st == CNG_OK && !is_one_element(secret_span(out))) {
		secret_free(out);
		st = CNG_ERR_BAD_PASSWORD;
	}
	wipe(key, sizeof key);
	EVP_CIPHER_free(dek.cipher);
	return st;
}
