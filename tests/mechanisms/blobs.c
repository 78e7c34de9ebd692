/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Rows of CNG blobs: a key that libcrypto made goes out as a blob and comes in
 * again, and is still that key.  What the bytes are is in doc/BLOBS.md, with
 * its own tests.
 */
#include "tests/mechanisms/pairs.h"

/* How a blob is opened: with no key, or one that the row names. */
enum with { WITH_NONE, WITH_AES, WITH_RSA, WITH_ROOT, WITH_CERT };

static bool
rsa_make(struct sample *s, CK_ULONG bits)
{
	return pkey_use(s, "RSA", bits, NULL);
}

static bool
ec_make(struct sample *s, CK_ULONG bits)
{
	return pkey_use(s, "EC", 0, bits == 521 ? "P-521" : "P-256");
}

static bool
dsa_make(struct sample *s, CK_ULONG bits)
{
	return pkey_use(s, "DSA", bits, NULL);
}

static bool
dh_make(struct sample *s, CK_ULONG bits)
{
	(void)bits;
	return pkey_use(s, "DH", 0, "ffdhe2048");
}

static bool
mlkem_make(struct sample *s, CK_ULONG bits)
{
	return pkey_use(s, bits == 128 ? "ML-KEM-512" : "ML-KEM-1024", 0,
	    NULL);
}

static bool
pqdsa_make(struct sample *s, CK_ULONG bits)
{
	return pkey_use(s, bits == 128 ? "ML-DSA-44" : "ML-DSA-87", 0, NULL);
}

static bool
aes_make(struct sample *s, CK_ULONG bits)
{
	s->key = noise(bits / 8, 14);
	return went(secret_try(CKK_AES, s->key, &s->secret),
	    "C_CreateObject");
}

/* --- the wrapping key --- */

static bool
wrapping_key(struct sample *s, CK_OBJECT_HANDLE *public,
    CK_OBJECT_HANDLE *private)
{
	struct sample other = { .row = s->row };
	bool good = true;

	*public = *private = CK_INVALID_HANDLE;
	if (s->row->number == WITH_AES) {
		good = went(secret_try(CKK_AES, noise(32, 15), public),
		    "C_CreateObject");
		*private = *public;
	} else if (s->row->number == WITH_RSA) {
		good = pkey_use(&other, "RSA", 3072, NULL);
		*public = other.public_key;
		*private = other.private_key;
		EVP_PKEY_free(other.pkey);
	}
	return good;
}

/* --- out and in --- */

static bool
is_public(const struct sample *s)
{
	return s->row->whole;
}

static CK_OBJECT_HANDLE
target(const struct sample *s)
{
	if (s->secret != CK_INVALID_HANDLE)
		return s->secret;
	return is_public(s) ? s->public_key : s->private_key;
}

static bool
blob_out(struct sample *s, CK_OBJECT_HANDLE with)
{
	CK_ULONG len = 0;

	if (!went(p11->C_WrapKey(session, &s->how, with, target(s), NULL,
	    &len), "C_WrapKey"))
		return false;
	s->output = room(len);
	return went(p11->C_WrapKey(session, &s->how, with, target(s),
	    s->output.ptr, &s->output.len), "C_WrapKey");
}

static CK_RV
blob_in(struct sample *s, CK_OBJECT_HANDLE with, CK_OBJECT_HANDLE *out)
{
	CK_ATTRIBUTE tmpl[] = {
		{ CKA_EXTRACTABLE, &yes, 1 },
		{ CKA_SENSITIVE, &no, 1 },
	};

	return p11->C_UnwrapKey(session, &s->how, with, s->output.ptr,
	    s->output.len, tmpl, is_public(s) ? 0 : ARRAY_LEN(tmpl), out);
}

/* The key that libcrypto made, and nothing else. */
static bool
is_same(struct sample *s, CK_OBJECT_HANDLE key)
{
	EVP_PKEY *back;
	bool same;

	if (s->secret != CK_INVALID_HANDLE)
		return equal(object_value(key, CKA_VALUE), s->key, "value");
	back = is_public(s) ? public_export(key) : pair_export(key);
	same = back != NULL && expect(EVP_PKEY_eq(back, s->pkey) == 1,
	    "libcrypto sees another key");
	EVP_PKEY_free(back);
	return same;
}

static bool
there_and_back(struct sample *s)
{
	CK_OBJECT_HANDLE public, private, key;

	return wrapping_key(s, &public, &private) && blob_out(s, public) &&
	    expect(s->output.len > 0, "an empty blob") &&
	    went(blob_in(s, private, &key), "C_UnwrapKey") && is_same(s, key);
}

/* What was touched is no blob, or is another key; a shorter one is none. */
static bool
only_whole(struct sample *s)
{
	CK_OBJECT_HANDLE public, private, key;

	if (!wrapping_key(s, &public, &private) || !blob_out(s, public) ||
	    !went(blob_in(s, private, &key), "C_UnwrapKey") ||
	    !is_same(s, key))
		return false;
	s->output.len--;
	return refused(blob_in(s, private, &key), "C_UnwrapKey");
}

static const struct kind blobs = { {
	{ CKF_WRAP, there_and_back },
	{ CKF_UNWRAP, only_whole },
} };

/* Any comes in, by its magic. */
static bool
any_in(struct sample *s)
{
	CK_OBJECT_HANDLE key;
	bool good;

	s->how.mechanism = CKM_CNG_RSAFULLPRIVATE;
	good = blob_out(s, CK_INVALID_HANDLE);
	s->how.mechanism = CKM_CNG_ANY;
	return good && went(blob_in(s, CK_INVALID_HANDLE, &key),
	    "C_UnwrapKey") && is_same(s, key);
}

static const struct kind any_blobs = { { { CKF_UNWRAP, any_in } } };

/* --- sizes --- */

static CK_RV
out_with(struct sample *s)
{
	CK_OBJECT_HANDLE public, private;

	return wrapping_key(s, &public, &private) && blob_out(s, public) ?
	    CKR_OK : CKR_KEY_SIZE_RANGE;
}

/* Private keys of 16384 bits take minutes; what is above, too. */
static CK_RV
rsa_of_size(struct sample *s, CK_ULONG bits)
{
	if (!is_public(s) && bits <= 4096)
		return pkey_use(s, "RSA", bits, NULL) ? out_with(s) :
		    CKR_KEY_SIZE_RANGE;
	return rsa_public_of_size(s, bits) == CKR_OK ? out_with(s) :
	    CKR_KEY_SIZE_RANGE;
}

static CK_RV
ec_of_size(struct sample *s, CK_ULONG bits)
{
	return pkey_use(s, "EC", 0, bits < 160 ? "secp128r1" :
	    bits == 160 ? "brainpoolP160r1" : bits == 521 ? "P-521" :
	    "sect571r1") ? out_with(s) : CKR_KEY_SIZE_RANGE;
}

/* Of curves the least, of RSA the greatest. */
static CK_RV
mixed_of_size(struct sample *s, CK_ULONG bits)
{
	return bits < 1024 ? ec_of_size(s, bits) : rsa_of_size(s, bits);
}

static CK_RV
dsa_of_size(struct sample *s, CK_ULONG bits)
{
	/* libcrypto makes groups whose size is a multiple of 64 */
	bits = bits % 64 == 0 ? bits : bits % 64 == 1 ? bits + 63 : bits - 63;
	return pkey_use(s, "DSA", bits, NULL) ? out_with(s) :
	    CKR_KEY_SIZE_RANGE;
}

static CK_RV
dh_of_size(struct sample *s, CK_ULONG bits)
{
	return pkey_use(s, "DH", bits, large_group(bits)) ? out_with(s) :
	    CKR_KEY_SIZE_RANGE;
}

static CK_RV
secret_of_size(struct sample *s, CK_KEY_TYPE type, CK_ULONG bits)
{
	CK_RV rv;

	s->key = noise(bits < 8 ? 0 : (bits + 7) / 8, 14);
	rv = secret_try(type, s->key, &s->secret);
	return rv != CKR_OK ? rv : out_with(s);
}

static CK_RV
aes_of_size(struct sample *s, CK_ULONG bits)
{
	return secret_of_size(s, CKK_AES, bits == 127 ? 120 : bits);
}

static CK_RV
generic_of_size(struct sample *s, CK_ULONG bits)
{
	return secret_of_size(s, CKK_GENERIC_SECRET, bits);
}

/* There are no sets of other sizes. */
static CK_RV
pq_of_size(struct sample *s, CK_ULONG bits)
{
	if (bits < 128 || bits > 256)
		return CKR_PARAMETER_SET_NOT_SUPPORTED;
	return s->row->keys->make(s, bits) ? out_with(s) : CKR_GENERAL_ERROR;
}

static const struct keys whatever = { rsa_make, NULL, { 1024 }, false };
static const struct keys rsa_public = { rsa_make, rsa_of_size, { 2048, 1024 },
	false };
static const struct keys rsa_keys_ = { rsa_make, rsa_of_size, { 2048, 1024 },
	true };
static const struct keys rsa_mixed = { rsa_make, mixed_of_size,
	{ 2048, 1024 }, true };
static const struct keys rsa_mixed_public = { rsa_make, mixed_of_size,
	{ 2048, 1024 }, false };
static const struct keys ec_keys_ = { ec_make, ec_of_size, { 256, 521 },
	false };
/* no curve has the 528 bits that one with explicit parameters may have */
static const struct keys ec_full = { ec_make, ec_of_size, { 256, 521 },
	true };
static const struct keys dsa_keys_ = { dsa_make, dsa_of_size, { 1024, 2048 },
	false };
static const struct keys old_dsa_keys = { dsa_make, dsa_of_size, { 1024 },
	false };
static const struct keys dh_keys_ = { dh_make, dh_of_size, { 2048 }, false };
static const struct keys mlkem_keys_ = { mlkem_make, pq_of_size,
	{ 128, 256 }, false };
static const struct keys pqdsa_keys_ = { pqdsa_make, pq_of_size,
	{ 128, 256 }, false };
static const struct keys aes_keys_ = { aes_make, aes_of_size,
	{ 128, 192, 256 }, false };
static const struct keys any_secret = { aes_make, generic_of_size,
	{ 128, 192, 256 }, false };

#define PUBLIC(mech, keys_) \
	{ .type = CKM_CNG_##mech, .name = "CNG_" #mech, .kind = &blobs, \
	    .keys = &keys_, .whole = true }
#define PRIVATE(mech, keys_) \
	{ .type = CKM_CNG_##mech, .name = "CNG_" #mech, .kind = &blobs, \
	    .keys = &keys_ }
#define NEWER(mech, keys_, public) \
	{ .type = CKM_CNG_##mech, .name = "CNG_" #mech, .kind = &blobs, \
	    .keys = &keys_, .whole = public, .newer = true }
#define WRAPPED(mech, keys_, with) \
	{ .type = CKM_CNG_##mech, .name = "CNG_" #mech, .kind = &blobs, \
	    .keys = &keys_, .number = with }

static const struct row blob_table[] = {
	{ .type = CKM_CNG_ANY, .name = "CNG_ANY", .kind = &any_blobs,
	    .keys = &whatever },
	PUBLIC(RSAPUBLIC, rsa_public),
	PRIVATE(RSAPRIVATE, rsa_keys_),
	PRIVATE(RSAFULLPRIVATE, rsa_keys_),
	PUBLIC(ECCPUBLIC, ec_keys_),
	PRIVATE(ECCPRIVATE, ec_keys_),
	PUBLIC(PUBLIC, rsa_mixed_public),
	PUBLIC(PUBLIC, ec_keys_),
	PRIVATE(PRIVATE, rsa_mixed),
	PRIVATE(PRIVATE, ec_keys_),
	PRIVATE(PKCS8, rsa_mixed),
	PRIVATE(PKCS8, ec_keys_),
	PRIVATE(PKCS8, dsa_keys_),
	PRIVATE(PKCS8, dh_keys_),
	PRIVATE(KEYDATA, aes_keys_),
	PUBLIC(ECCFULLPUBLIC, ec_full),
	PRIVATE(ECCFULLPRIVATE, ec_full),
	PUBLIC(DSAPUBLIC, dsa_keys_),
	PRIVATE(DSAPRIVATE, dsa_keys_),
	PUBLIC(DHPUBLIC, dh_keys_),
	PRIVATE(DHPRIVATE, dh_keys_),
	NEWER(MLKEMPUBLIC, mlkem_keys_, true),
	NEWER(MLKEMPRIVATE, mlkem_keys_, false),
	NEWER(MLKEMPRIVATESEED, mlkem_keys_, false),
	NEWER(PQDSAPUBLIC, pqdsa_keys_, true),
	NEWER(PQDSAPRIVATE, pqdsa_keys_, false),
	NEWER(PQDSAPRIVATESEED, pqdsa_keys_, false),
	NEWER(PQPRIVATE, pqdsa_keys_, false),
	PUBLIC(CAPIPUBLIC, rsa_public),
	PRIVATE(CAPIPRIVATE, rsa_keys_),
	PUBLIC(CAPIDSAPUBLIC, dsa_keys_),
	PRIVATE(CAPIDSAPRIVATE, dsa_keys_),
	PUBLIC(V2CAPIDSAPUBLIC, old_dsa_keys),
	PRIVATE(V2CAPIDSAPRIVATE, old_dsa_keys),
	PUBLIC(CAPIDHPUBLIC, dh_keys_),
	PRIVATE(CAPIDHPRIVATE, dh_keys_),
	WRAPPED(RFC3565WRAP, aes_keys_, WITH_AES),
	WRAPPED(RSAAESWRAP, rsa_keys_, WITH_RSA),
	PRIVATE(CIPHERKEY, aes_keys_),
	PRIVATE(PROTECTEDKEY, any_secret),
	WRAPPED(PKCS7ENVELOPE, rsa_mixed, WITH_RSA),
	PRIVATE(OPAQUETRANSPORT, any_secret),
	PRIVATE(OPAQUETRANSPORT, ec_keys_),
	PRIVATE(OPAQUETRANSPORT, rsa_keys_),
};

const struct table blob_rows = { blob_table, ARRAY_LEN(blob_table) };
