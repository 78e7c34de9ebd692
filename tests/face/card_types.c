/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Every CNG blob mechanism with a card for its place; keys of curve25519 in
 * each way; and a certificate for a key on the card.
 */
#include "tests/face/cardguest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static CK_BBOOL yes = CK_TRUE, no = CK_FALSE;

struct file {
	unsigned char bytes[1600];
	CK_ULONG len;
};

static void
read_sample(const char *name, struct file *out)
{
	const char *root = getenv("srcdir");
	char path[512];
	FILE *f;

	snprintf(path, sizeof(path), "%s/tests/vectors/own/%s",
	    root == NULL ? "." : root, name);
	f = fopen(path, "rb");
	ck_assert_msg(f != NULL, "%s", path);
	out->len = fread(out->bytes, 1, sizeof(out->bytes), f);
	fclose(f);
	ck_assert_uint_gt(out->len, 0);
}

/* --- every mechanism ------------------------------------------------------ */

#define NO CKR_TEMPLATE_INCONSISTENT
#define PRIVATE CKO_PRIVATE_KEY
#define PUBLIC CKO_PUBLIC_KEY
#define SECRET CKO_SECRET_KEY

static const struct row {
	CK_MECHANISM_TYPE type;
	const char *file;
	CK_OBJECT_CLASS class;
	CK_KEY_TYPE key_type;
	CK_RV rv[CARD_KINDS];    /* gids, piv, openpgp */
	CK_MECHANISM_TYPE sign;  /* 0: does not sign */
} rows[] = {
	{ CKM_CNG_RSAPRIVATE, "rsa2048_priv.bin", PRIVATE, CKK_RSA, { 0 },
	    CKM_SHA256_RSA_PKCS },
	{ CKM_CNG_RSAFULLPRIVATE, "rsa1024_full.bin", PRIVATE, CKK_RSA,
	    { 0 }, CKM_SHA256_RSA_PKCS },
	{ CKM_CNG_PRIVATE, "rsa1024_priv.bin", PRIVATE, CKK_RSA, { 0 },
	    CKM_SHA256_RSA_PKCS },
	{ CKM_CNG_CAPIPRIVATE, "capi_rsa1024_sign_priv.bin", PRIVATE,
	    CKK_RSA, { 0 }, CKM_SHA256_RSA_PKCS },
	{ CKM_CNG_PKCS8, "rsa1024.der", PRIVATE, CKK_RSA, { 0 },
	    CKM_SHA256_RSA_PKCS },
	{ CKM_CNG_ANY, "rsa1024_priv.bin", PRIVATE, CKK_RSA, { 0 },
	    CKM_SHA256_RSA_PKCS },
	{ CKM_CNG_ECCPRIVATE, "p256_ecdsa_priv.bin", PRIVATE, CKK_EC,
	    { NO }, CKM_ECDSA_SHA256 },
	{ CKM_CNG_ECCPRIVATE, "p256_ecdh_priv.bin", PRIVATE, CKK_EC,
	    { NO }, 0 },
	{ CKM_CNG_PRIVATE, "p384_ecdsa_priv.bin", PRIVATE, CKK_EC, { NO },
	    CKM_ECDSA_SHA256 },
	{ CKM_CNG_ECCFULLPRIVATE, "full_p256_ecdsa_priv.bin", PRIVATE,
	    CKK_EC, { NO }, CKM_ECDSA_SHA256 },
	{ CKM_CNG_PKCS8, "p256_sign.der", PRIVATE, CKK_EC, { NO },
	    CKM_ECDSA_SHA256 },
	{ CKM_CNG_PKCS8, "ed25519.der", PRIVATE, CKK_EC_EDWARDS, { NO },
	    CKM_EDDSA },
	{ CKM_CNG_PKCS8, "x25519.der", PRIVATE, CKK_EC_MONTGOMERY, { NO },
	    0 },
	/* without its pair a public key has no place there */
	{ CKM_CNG_RSAPUBLIC, "rsa1024_pub.bin", PUBLIC, CKK_RSA,
	    { NO, NO, NO }, 0 },
	{ CKM_CNG_PUBLIC, "rsa1024_pub.bin", PUBLIC, CKK_RSA, { NO, NO, NO },
	    0 },
	{ CKM_CNG_CAPIPUBLIC, "capi_rsa1024_pub.bin", PUBLIC, CKK_RSA,
	    { NO, NO, NO }, 0 },
	{ CKM_CNG_ECCPUBLIC, "p256_ecdsa_pub.bin", PUBLIC, CKK_EC,
	    { NO, NO, NO }, 0 },
	{ CKM_CNG_ECCFULLPUBLIC, "full_p256_ecdsa_pub.bin", PUBLIC, CKK_EC,
	    { NO, NO, NO }, 0 },
	{ CKM_CNG_DSAPUBLIC, "dsa1024_pub.bin", PUBLIC, CKK_DSA,
	    { NO, NO, NO }, 0 },
	/* no card has such a key */
	{ CKM_CNG_DSAPRIVATE, "dsa1024_priv.bin", PRIVATE, CKK_DSA,
	    { NO, NO, NO }, 0 },
	{ CKM_CNG_CAPIDSAPRIVATE, "capi_dss1024_v3_priv.bin", PRIVATE,
	    CKK_DSA, { NO, NO, NO }, 0 },
	{ CKM_CNG_V2CAPIDSAPRIVATE, "capi_dss1024_priv.bin", PRIVATE,
	    CKK_DSA, { NO, NO, NO }, 0 },
	{ CKM_CNG_DHPRIVATE, "dh768_priv.bin", PRIVATE, CKK_DH,
	    { NO, NO, NO }, 0 },
	{ CKM_CNG_CAPIDHPRIVATE, "capi_dh1024_priv.bin", PRIVATE, CKK_DH,
	    { NO, NO, NO }, 0 },
	{ CKM_CNG_KEYDATA, "aes256.bin", SECRET, CKK_AES, { NO, NO, NO },
	    0 },
	{ CKM_CNG_CIPHERKEY, "cipherkey_aes256.bin", SECRET, CKK_AES,
	    { NO, NO, NO }, 0 },
};

/* With the name as the blob's own; on the card, or of the session. */
static CK_RV
unwrap(CK_SESSION_HANDLE session, const struct row *row,
    const struct file *blob, const char *name, CK_BBOOL *stored,
    CK_OBJECT_HANDLE *out)
{
	CK_MECHANISM how = { row->type, NULL, 0 };
	CK_OBJECT_CLASS class = row->class;
	CK_KEY_TYPE type = row->key_type;
	unsigned char bytes[1600];
	char label[64];
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_CLASS, &class, sizeof(class) },
		{ CKA_KEY_TYPE, &type, sizeof(type) },
		{ CKA_TOKEN, stored, 1 },
		{ CKA_LABEL, label, strlen(name) },
		{ CKA_SIGN, &yes, 1 },
	};

	memcpy(bytes, blob->bytes, blob->len);
	(void)snprintf(label, sizeof(label), "%s", name);
	return p11->C_UnwrapKey(session, &how, 0, bytes, blob->len, tmpl,
	    row->sign != 0 ? 5 : 4, out);
}

/* The card's signature, by the public numbers. */
static void
signs(CK_SESSION_HANDLE session, CK_MECHANISM_TYPE type,
    CK_OBJECT_HANDLE key, CK_OBJECT_HANDLE public_key)
{
	CK_MECHANISM how = { type, NULL, 0 };
	CK_BYTE text[] = { 't', 'e', 'x', 't' }, out[512];
	CK_ULONG len = sizeof(out);

	ok(p11->C_SignInit(session, &how, key));
	ok(card_again(session, key));
	ok(p11->C_Sign(session, text, sizeof(text), out, &len));
	ok(p11->C_VerifyInit(session, &how, public_key));
	ok(p11->C_Verify(session, text, sizeof(text), out, len));
	out[len - 1] ^= 1;
	ok(p11->C_VerifyInit(session, &how, public_key));
	is(p11->C_Verify(session, text, sizeof(text), out, len),
	    CKR_SIGNATURE_INVALID);
}

static void
same_public(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE a,
    CK_OBJECT_HANDLE b)
{
	unsigned char one[1024], two[1024];
	CK_ULONG len = sizeof(one), other = sizeof(two);

	ok(guest_bytes(session, a, CKA_PUBLIC_KEY_INFO, one, &len));
	ok(guest_bytes(session, b, CKA_PUBLIC_KEY_INFO, two, &other));
	ck_assert_uint_gt(len, 0);
	ck_assert_uint_eq(len, other);
	ck_assert_mem_eq(one, two, len);
}

static void
one_row(CK_SESSION_HANDLE session, const struct row *row, CK_RV want)
{
	CK_OBJECT_HANDLE soft, key = 0, public_key;
	struct file blob;
	CK_RV rv;

	read_sample(row->file, &blob);
	ok(unwrap(session, row, &blob, "soft", &no, &soft));
	rv = unwrap(session, row, &blob, "on card", &yes, &key);
	ck_assert_msg(rv == want, "%s on %s: 0x%lx, not 0x%lx", row->file,
	    card->app, rv, want);
	ck_assert_uint_eq(card_find(session, CKO_PRIVATE_KEY, "on card",
	    NULL), rv == CKR_OK);
	if (rv == CKR_OK) {
		same_public(session, key, soft);
		ck_assert_uint_eq(card_find(session, CKO_PUBLIC_KEY,
		    "soft", &public_key), 1);
		if (row->sign != 0)
			signs(session, row->sign, key, public_key);
		ok(p11->C_DestroyObject(session, key));
	}
	ok(p11->C_DestroyObject(session, soft));
	if (card_find(session, CKO_PUBLIC_KEY, "soft", &public_key) == 1)
		ok(p11->C_DestroyObject(session, public_key));
}

START_TEST(each_mechanism)
{
	CK_SESSION_HANDLE session;

	card_begin(0, _i, card_import_on);
	session = card_login();
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		one_row(session, &rows[i], rows[i].rv[_i]);
	card_end();
}
END_TEST

/* --- by template ---------------------------------------------------------- */

START_TEST(curve25519_by_template)
{
	static const struct {
		CK_KEY_TYPE type;
		const char *params, *value;
		CK_ATTRIBUTE_TYPE use;
	} keys[] = {
		/* RFC 8032, 7.1, test 1; RFC 7748, 6.1 */
		{ CKK_EC_EDWARDS, "06032b6570", "9d61b19deffd5a60ba844af492ec"
		    "2cc44449c5697b326919703bac031cae7f60", CKA_SIGN },
		{ CKK_EC_MONTGOMERY, "06032b656e", "77076d0a7318a57d3c16c172"
		    "51b26645df4c2f92ebc099ac2afb12d6b3a3a8e1", CKA_DERIVE },
	};
	CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
	CK_SESSION_HANDLE session;
	CK_OBJECT_HANDLE key, soft, public_key;

	card_begin(1, _i, card_import_on);
	session = card_login();
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		CK_KEY_TYPE type = keys[i].type;
		unsigned char params[16], value[32];
		char label[] = "by template";
		CK_ATTRIBUTE tmpl[] = {
			{ CKA_CLASS, &class, sizeof(class) },
			{ CKA_KEY_TYPE, &type, sizeof(type) },
			{ CKA_EC_PARAMS, params,
			    guest_hex(keys[i].params, params) },
			{ CKA_VALUE, value, guest_hex(keys[i].value, value) },
			{ keys[i].use, &yes, 1 },
			{ CKA_LABEL, label, sizeof(label) - 1 },
			{ CKA_TOKEN, &yes, 1 },
		};

		if (!card->ec) {
			is(p11->C_CreateObject(session, tmpl, 7, &key), NO);
			continue;
		}
		ok(p11->C_CreateObject(session, tmpl, 7, &key));
		ck_assert_uint_eq(card_find(session, CKO_PUBLIC_KEY, label,
		    &public_key), 1);
		tmpl[6].pValue = &no;
		ok(p11->C_CreateObject(session, tmpl, 7, &soft));
		same_public(session, key, soft);
		if (keys[i].use == CKA_SIGN)
			signs(session, CKM_EDDSA, key, public_key);
		ok(p11->C_DestroyObject(session, soft));
		ok(p11->C_DestroyObject(session, key));
	}
	card_end();
}
END_TEST

/* --- a certificate for a key ---------------------------------------------- */

START_TEST(certificate_of_a_key)
{
	const struct row row = { CKM_CNG_RSAPRIVATE, "rsa2048_priv.bin",
		PRIVATE, CKK_RSA, { 0 }, CKM_SHA256_RSA_PKCS };
	CK_OBJECT_CLASS class = CKO_CERTIFICATE;
	CK_CERTIFICATE_TYPE x509 = CKC_X_509;
	struct file blob, der;
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_CLASS, &class, sizeof(class) },
		{ CKA_CERTIFICATE_TYPE, &x509, sizeof(x509) },
		{ CKA_TOKEN, &yes, 1 },
		{ CKA_VALUE, der.bytes, 0 },
	};
	CK_SESSION_HANDLE session;
	CK_OBJECT_HANDLE key, made;
	unsigned char value[1600], id[64], same[64];
	CK_ULONG len = sizeof(value), id_len = sizeof(id);
	CK_ULONG same_len = sizeof(same);

	read_sample("rsa2048_priv.bin", &blob);
	read_sample("cert_rsa2048.der", &der);
	tmpl[3].ulValueLen = der.len;
	card_begin(2, _i, card_import_on);
	session = card_login();
	ok(unwrap(session, &row, &blob, "certified", &yes, &key));
	ok(p11->C_CreateObject(session, tmpl, 4, &made));
	/* found by another process, without a PIN, as that key's */
	card_end();
	ok(p11->C_Initialize(NULL));
	session = guest_open(CKF_RW_SESSION);
	ck_assert_uint_eq(card_find(session, CKO_CERTIFICATE, NULL, &made),
	    1);
	ok(guest_bytes(session, made, CKA_VALUE, value, &len));
	ck_assert_uint_eq(len, der.len);
	ck_assert_mem_eq(value, der.bytes, len);
	ok(card_say(session, CKU_USER, CARD_PIN));
	ck_assert_uint_eq(card_find(session, CKO_PRIVATE_KEY, "certified",
	    &key), 1);
	ok(guest_bytes(session, made, CKA_ID, id, &id_len));
	ok(guest_bytes(session, key, CKA_ID, same, &same_len));
	ck_assert_uint_eq(id_len, same_len);
	ck_assert_mem_eq(id, same, id_len);
	/* it can go alone */
	ok(p11->C_DestroyObject(session, made));
	ck_assert_uint_eq(card_find(session, CKO_CERTIFICATE, NULL, NULL),
	    0);
	ok(card_sign(session, key));
	card_end();
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { each_mechanism,
		curve25519_by_template, certificate_of_a_key };

	return card_run("face card types", tests, ARRAY_LEN(tests));
}
