/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Private keys brought onto cards: by template, by blob, by the standard
 * mechanisms; and what does not come in.
 */
#include "tests/face/cardguest.h"

#include <string.h>

static CK_BBOOL yes = CK_TRUE;
static CK_OBJECT_CLASS private_class = CKO_PRIVATE_KEY;
static CK_KEY_TYPE rsa = CKK_RSA, ec = CKK_EC;

/* --- templates ------------------------------------------------------------ */

#define LINES_MAX 16
#define BYTES_MAX 600

struct lines {
	CK_ATTRIBUTE line[LINES_MAX];
	CK_ULONG count;
	unsigned char room[LINES_MAX][BYTES_MAX];
};

static void
put(struct lines *l, CK_ATTRIBUTE_TYPE type, const void *value, size_t len)
{
	ck_assert_uint_lt(l->count, LINES_MAX);
	ck_assert_uint_le(len, BYTES_MAX);
	memcpy(l->room[l->count], value, len);
	l->line[l->count] = (CK_ATTRIBUTE){ type, l->room[l->count], len };
	l->count++;
}

/* A line that another object has. */
static void
put_of(struct lines *l, CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object,
    CK_ATTRIBUTE_TYPE type)
{
	unsigned char value[BYTES_MAX];
	CK_ULONG len = sizeof(value);

	ok(guest_bytes(session, object, type, value, &len));
	put(l, type, value, len);
}

/* For signatures, on the card. */
static void
begin_lines(struct lines *l, bool is_ec, const char *name)
{
	l->count = 0;
	put(l, CKA_CLASS, &private_class, sizeof(private_class));
	put(l, CKA_KEY_TYPE, is_ec ? &ec : &rsa, sizeof(rsa));
	put(l, CKA_TOKEN, &yes, 1);
	put(l, CKA_SIGN, &yes, 1);
	if (name != NULL)
		put(l, CKA_LABEL, name, strlen(name));
}

static void
put_numbers(struct lines *l, CK_SESSION_HANDLE session,
    CK_OBJECT_HANDLE key, bool is_ec)
{
	static const CK_ATTRIBUTE_TYPE rsa_types[] = { CKA_MODULUS,
		CKA_PUBLIC_EXPONENT, CKA_PRIVATE_EXPONENT, CKA_PRIME_1,
		CKA_PRIME_2, CKA_EXPONENT_1, CKA_EXPONENT_2,
		CKA_COEFFICIENT };
	static const CK_ATTRIBUTE_TYPE ec_types[] = { CKA_EC_PARAMS,
		CKA_VALUE };
	size_t count = is_ec ? ARRAY_LEN(ec_types) : ARRAY_LEN(rsa_types);

	for (size_t i = 0; i < count; i++)
		put_of(l, session, key, is_ec ? ec_types[i] : rsa_types[i]);
}

/* --- is it the key? ------------------------------------------------------- */

/* The card signs, the software has the public key. */
static void
same_key(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE key,
    CK_OBJECT_HANDLE public_key, bool is_ec)
{
	CK_MECHANISM how = { is_ec ? CKM_ECDSA_SHA256 : CKM_SHA256_RSA_PKCS,
		NULL, 0 };
	CK_BYTE text[] = { 't', 'e', 'x', 't' }, out[256];
	CK_ULONG len = sizeof(out);

	ok(p11->C_SignInit(session, &how, key));
	ok(card_again(session, key));
	ok(p11->C_Sign(session, text, sizeof(text), out, &len));
	ok(p11->C_VerifyInit(session, &how, public_key));
	ok(p11->C_Verify(session, text, sizeof(text), out, len));
}

static void
is_on_card(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE key, const char *name)
{
	unsigned char label[64];
	CK_ULONG len = sizeof(label);

	ck_assert(guest_bool(session, key, CKA_TOKEN));
	ck_assert(guest_bool(session, key, CKA_SENSITIVE));
	ck_assert(!guest_bool(session, key, CKA_EXTRACTABLE));
	ck_assert(!guest_bool(session, key, CKA_LOCAL));
	ck_assert(!guest_bool(session, key, CKA_ALWAYS_SENSITIVE));
	ck_assert(!guest_bool(session, key, CKA_NEVER_EXTRACTABLE));
	ok(guest_bytes(session, key, CKA_CNG_KEY_NAME, label, &len));
	ck_assert_uint_eq(len, strlen(name));
	ck_assert_mem_eq(label, name, len);
}

/* --- by template ---------------------------------------------------------- */

START_TEST(by_template)
{
	CK_SESSION_HANDLE session;
	CK_OBJECT_HANDLE public_key, key, made;
	static struct lines l;
	const char *name;

	card_begin(0, _i, card_import_on);
	session = card_login();
	for (int is_ec = 0; is_ec < 2; is_ec++) {
		name = is_ec ? "by template, ec" : "by template, rsa";
		card_guest(session, is_ec, &public_key, &key);
		begin_lines(&l, is_ec, name);
		put_numbers(&l, session, key, is_ec);
		if (is_ec && !card->ec) {
			is(p11->C_CreateObject(session, l.line, l.count,
			    &made), CKR_TEMPLATE_INCONSISTENT);
			continue;
		}
		ok(p11->C_CreateObject(session, l.line, l.count, &made));
		is_on_card(session, made, name);
		same_key(session, made, public_key, is_ec);
		/* there is a public half, and the numbers stay inside */
		ck_assert_uint_eq(
		    card_find(session, CKO_PUBLIC_KEY, name, NULL), 1);
		is(guest_bytes(session, made,
		    is_ec ? CKA_VALUE : CKA_PRIVATE_EXPONENT, l.room[0],
		    &(CK_ULONG){ BYTES_MAX }), CKR_ATTRIBUTE_SENSITIVE);
		/* Cryptoki knows no unique names */
		begin_lines(&l, is_ec, name);
		put_numbers(&l, session, key, is_ec);
		is(p11->C_CreateObject(session, l.line, l.count, &made),
		    CKR_TEMPLATE_INCONSISTENT);
		ck_assert_uint_eq(
		    card_find(session, CKO_PRIVATE_KEY, name, NULL), 1);
	}
	/* another process finds it by its name */
	card_end();
	ok(p11->C_Initialize(NULL));
	session = card_login();
	ck_assert_uint_eq(card_find(session, CKO_PRIVATE_KEY,
	    "by template, rsa", &made), 1);
	is_on_card(session, made, "by template, rsa");
	ok(card_sign(session, made));
	card_end();
}
END_TEST

/* --- by blob and by wrapping key ------------------------------------------ */

static CK_ULONG
blob_of(CK_SESSION_HANDLE session, CK_ULONG type, CK_OBJECT_HANDLE key,
    unsigned char *out, CK_ULONG room)
{
	CK_MECHANISM how = { type, NULL, 0 };

	ok(p11->C_WrapKey(session, &how, 0, key, out, &room));
	return room;
}

/* The name as a line of the template, the rest by the mechanism. */
static CK_RV
unwrap(CK_SESSION_HANDLE session, CK_MECHANISM *how, CK_OBJECT_HANDLE with,
    unsigned char *data, CK_ULONG len, bool is_ec, const char *name,
    CK_OBJECT_HANDLE *out)
{
	static struct lines l;

	begin_lines(&l, is_ec, NULL);
	put(&l, CKA_CNG_KEY_NAME, name, strlen(name));
	return p11->C_UnwrapKey(
	    session, how, with, data, len, l.line, l.count, out);
}

static void
remove_key(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE key)
{
	CK_ULONG size;

	ok(p11->C_DestroyObject(session, key));
	is(p11->C_GetObjectSize(session, key, &size),
	    CKR_OBJECT_HANDLE_INVALID);
}

START_TEST(by_blob)
{
	static const struct {
		CK_ULONG type;
		bool ec, exchange;
	} rows[] = {
		{ CKM_CNG_RSAPRIVATE, false, false },
		{ CKM_CNG_RSAFULLPRIVATE, false, false },
		{ CKM_CNG_CAPIPRIVATE, false, true },
		{ CKM_CNG_PKCS8, false, false },
		{ CKM_CNG_PKCS8, true, false },
		{ CKM_CNG_ECCPRIVATE, true, true },
	};
	CK_CNG_BLOB_PARAMS over = { .flags = CNG_FLAG_OVERWRITE_KEY };
	CK_SESSION_HANDLE session;
	CK_OBJECT_HANDLE public_key[2], key[2], made, again;
	unsigned char blob[4096];
	CK_ULONG len;
	bool signs;

	card_begin(1, _i, card_import_on);
	session = card_login();
	for (int is_ec = 0; is_ec < 2; is_ec++)
		card_guest(session, is_ec, &public_key[is_ec], &key[is_ec]);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		CK_MECHANISM how = { rows[i].type, NULL, 0 };
		bool is_ec = rows[i].ec;
		const char *name = is_ec ? "by blob, ec" : "by blob, rsa";

		len = blob_of(session, rows[i].type, key[is_ec], blob,
		    sizeof(blob));
		if (is_ec && !card->ec) {
			is(unwrap(session, &how, 0, blob, len, true,
			    name, &made), CKR_TEMPLATE_INCONSISTENT);
			continue;
		}
		ok(unwrap(session, &how, 0, blob, len, is_ec, name,
		    &made));
		is_on_card(session, made, name);
		/* the blob may say exchange, and a card be strict about it */
		signs = guest_bool(session, made, CKA_SIGN);
		ck_assert(signs || rows[i].exchange);
		if (signs)
			same_key(session, made, public_key[is_ec], is_ec);
		is(unwrap(session, &how, 0, blob, len, is_ec, name,
		    &again), CKR_TEMPLATE_INCONSISTENT);
		how = (CK_MECHANISM){ rows[i].type, &over, sizeof(over) };
		/* the other one goes when this is there: that takes room */
		is(unwrap(session, &how, 0, blob, len, is_ec, name,
		    &again), signs ? CKR_OK : CKR_DEVICE_MEMORY);
		if (signs)
			same_key(session, again, public_key[is_ec], is_ec);
		ck_assert_uint_eq(card_find(session, CKO_PRIVATE_KEY,
		    name, NULL), 1);
		/* a blob that is none, with the place as it was */
		blob[0] ^= 0xff;
		is(unwrap(session, &how, 0, blob, len, is_ec, name,
		    &made), CKR_WRAPPED_KEY_INVALID);
		ck_assert_uint_eq(card_find(session, CKO_PRIVATE_KEY,
		    name, &made), 1);
		remove_key(session, made);
		ck_assert_uint_eq(
		    card_find(session, CKO_PUBLIC_KEY, name, NULL), 0);
	}
	card_end();
}
END_TEST

START_TEST(by_wrapping_key)
{
	static CK_RSA_PKCS_OAEP_PARAMS oaep = { CKM_SHA_1, CKG_MGF1_SHA1,
		CKZ_DATA_SPECIFIED, NULL, 0 };
	static CK_RSA_AES_KEY_WRAP_PARAMS rsa_aes = { 256, &oaep };
	CK_MECHANISM rows[] = {
		{ CKM_AES_KEY_WRAP_PAD, NULL, 0 },
		{ CKM_AES_KEY_WRAP_KWP, NULL, 0 },
		{ CKM_RSA_AES_KEY_WRAP, &rsa_aes, sizeof(rsa_aes) },
	};
	CK_ATTRIBUTE unwraps = { CKA_UNWRAP, &yes, 1 };
	CK_SESSION_HANDLE session;
	CK_OBJECT_HANDLE public_key, key, aes, wrapper, opener, made;
	unsigned char wrapped[4096];
	CK_ULONG len;

	card_begin(2, _i, card_import_on);
	session = card_login();
	card_guest(session, false, &public_key, &key);
	card_guest(session, false, &wrapper, &opener);
	ok(p11->C_SetAttributeValue(session, opener, &unwraps, 1));
	aes = guest_aes(session, 32);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		bool by_rsa = rows[i].mechanism == CKM_RSA_AES_KEY_WRAP;

		char name[] = "wrapped 0";

		name[8] = (char)('0' + i);
		len = sizeof(wrapped);
		ok(p11->C_WrapKey(session, &rows[i], by_rsa ? wrapper : aes,
		    key, wrapped, &len));
		ok(unwrap(session, &rows[i], by_rsa ? opener : aes, wrapped,
		    len, false, name, &made));
		is_on_card(session, made, name);
		same_key(session, made, public_key, false);
		/* and never out again */
		len = sizeof(wrapped);
		is(p11->C_WrapKey(session, &rows[i], by_rsa ? wrapper : aes,
		    made, wrapped, &len), CKR_KEY_UNEXTRACTABLE);
		remove_key(session, made);
	}
	card_end();
}
END_TEST

/* --- what does not come in ------------------------------------------------ */

static CK_RV
bring_data(CK_SESSION_HANDLE session, CK_OBJECT_CLASS class)
{
	static CK_KEY_TYPE aes = CKK_AES;
	CK_BYTE value[16] = { 1 };
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_CLASS, &class, sizeof(class) },
		{ CKA_TOKEN, &yes, 1 },
		{ CKA_VALUE, value, sizeof(value) },
		{ CKA_KEY_TYPE, &aes, sizeof(aes) },
	};
	CK_OBJECT_HANDLE made;

	return p11->C_CreateObject(
	    session, tmpl, class == CKO_SECRET_KEY ? 4 : 3, &made);
}

static CK_RV
bring_rsa(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE key, const char *name)
{
	CK_OBJECT_HANDLE made;
	static struct lines l;

	begin_lines(&l, false, name);
	put_numbers(&l, session, key, false);
	return p11->C_CreateObject(session, l.line, l.count, &made);
}

static CK_RV
make_secret(CK_SESSION_HANDLE session)
{
	CK_MECHANISM how = { CKM_AES_KEY_GEN, NULL, 0 };
	CK_ULONG len = 16;
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_TOKEN, &yes, 1 },
		{ CKA_VALUE_LEN, &len, sizeof(len) },
	};
	CK_OBJECT_HANDLE made;

	return p11->C_GenerateKey(session, &how, tmpl, 2, &made);
}

START_TEST(refused)
{
	CK_SESSION_HANDLE session, reading;
	CK_OBJECT_HANDLE public_key, key, copy;
	CK_ATTRIBUTE on_token = { CKA_TOKEN, &yes, 1 };
	static struct lines l;

	card_begin(3, _i, "AllowPrivateExchangeKeyImport = 1\n"
	    "AllowPrivateECDHEKeyImport = 1\n");
	session = card_login();
	card_guest(session, false, &public_key, &key);
	/* a signature key, and the switch of the other kind */
	is(bring_rsa(session, key, "refused"), CKR_ACTION_PROHIBITED);
	is(bring_data(session, CKO_DATA), CKR_TEMPLATE_INCONSISTENT);
	is(bring_data(session, CKO_SECRET_KEY), CKR_TEMPLATE_INCONSISTENT);
	is(make_secret(session), CKR_TEMPLATE_INCONSISTENT);
	/* without the pair a public key has no place */
	is(p11->C_CopyObject(session, public_key, &on_token, 1, &copy),
	    CKR_TEMPLATE_INCONSISTENT);
	ck_assert_uint_eq(card_find(session, CKO_PUBLIC_KEY, NULL, NULL), 1);
	card_end();

	card_begin(3, _i, card_import_on);
	session = card_login();
	card_guest(session, false, &public_key, &key);
	is(bring_rsa(session, key, "a name of more than 39 characters, all "
	    "told"), CKR_ATTRIBUTE_VALUE_INVALID);
	reading = guest_open(0);
	is(bring_rsa(reading, key, "refused"), CKR_SESSION_READ_ONLY);
	begin_lines(&l, false, "refused");
	put_numbers(&l, session, key, false);
	ok(p11->C_Logout(session));
	is(p11->C_CreateObject(session, l.line, l.count, &copy),
	    CKR_USER_NOT_LOGGED_IN);
	ck_assert_uint_eq(card_find(session, CKO_PUBLIC_KEY, "refused",
	    NULL), 0);
	card_end();
}
END_TEST

/* Not enough room: nothing half is left, and later there is. */
START_TEST(full)
{
	CK_SESSION_HANDLE session;
	CK_OBJECT_HANDLE public_key, key, made;
	CK_RV rv;

	card_begin(4, _i, card_import_on);
	session = card_login();
	card_guest(session, false, &public_key, &key);
	card_tell("fault full 1+");
	rv = bring_rsa(session, key, "full");
	is(rv, CKR_DEVICE_MEMORY);
	ck_assert_uint_eq(card_find(session, CKO_PRIVATE_KEY, "full", NULL),
	    0);
	card_tell("fault full 0");
	card_tell("capacity 1000000");
	ok(bring_rsa(session, key, "full"));
	ck_assert_uint_eq(card_find(session, CKO_PRIVATE_KEY, "full", &made),
	    1);
	ok(card_sign(session, made));
	/* removed within: whole or not at all */
	card_tell("fault remove 9");
	is(bring_rsa(session, key, "gone"), CKR_DEVICE_REMOVED);
	card_end();
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { by_template, by_blob, by_wrapping_key,
		refused, full };

	return card_run("face card import", tests, ARRAY_LEN(tests));
}
