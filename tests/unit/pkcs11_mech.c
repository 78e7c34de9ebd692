/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The mechanism table, row by row, and what hostile parameters do.
 */
#include "pkcs11/mech.h"

#include "blob/blob.h"
#include "core/provider.h"
#include "core/scheme.h"
#include "pkcs11/cryptoki_mechs.h"
#include "pkcs11/msgparam.h"
#include "pkcs11/vendor.h"
#include "base/util.h"
#include "tests/unit/runner.h"

#include <check.h>

static const CK_FLAGS uses[] = { CKF_ENCRYPT, CKF_DECRYPT, CKF_DIGEST,
	CKF_SIGN, CKF_SIGN_RECOVER, CKF_VERIFY, CKF_VERIFY_RECOVER,
	CKF_GENERATE, CKF_GENERATE_KEY_PAIR, CKF_WRAP, CKF_UNWRAP,
	CKF_DERIVE, CKF_ENCAPSULATE, CKF_DECAPSULATE };

#define USES (sizeof(uses) / sizeof(uses[0]))

static CK_FLAGS
first_use(const struct mech *mech)
{
	size_t i;

	for (i = 0; i < USES; i++)
		if ((mech->flags & uses[i]) != 0)
			return uses[i];
	ck_abort_msg("mechanism %lx has no use", mech->type);
	return 0;
}

/* The i-th row of all tables, or NULL. */
static const struct mech *
row_at(size_t i)
{
	const struct mech *rows;
	size_t table, count;

	for (table = 0; table < MECH_TABLES; table++) {
		rows = mech_table(table, &count);
		if (i < count)
			return &rows[i];
		i -= count;
	}
	return NULL;
}

static bool
is_there(const struct mech *m)
{
	if (m->ask_hash)
		return provider_knows_hash(m->hash);
	return m->needs == KEY_NONE || provider_knows_family(m->needs);
}

START_TEST(rows_are_sorted_and_found)
{
	static CK_MECHANISM_TYPE list[512];
	const struct mech *rows, *m;
	size_t table, i, k, count, there = 0;

	for (table = 0; table < MECH_TABLES; table++) {
		rows = mech_table(table, &count);
		for (i = 1; i < count; i++)
			ck_assert_uint_lt(rows[i - 1].type, rows[i].type);
	}
	for (i = 0; (m = row_at(i)) != NULL; i++) {
		if (is_there(m))
			ck_assert(mech_info(m->type) == m);
		else
			ck_assert_ptr_null(mech_info(m->type));
		there += is_there(m);
		for (k = 0; k < i; k++)
			ck_assert_uint_ne(row_at(k)->type, m->type);
	}
	ck_assert_uint_gt(i, 150);
	ck_assert_uint_eq(mech_list(list, ARRAY_LEN(list), true), there);
	ck_assert_uint_eq(mech_list(NULL, 0, true), there);
	for (i = 0; i < there; i++)
		ck_assert_ptr_nonnull(mech_info(list[i]));
	ck_assert_ptr_null(mech_info(CKM_MD5));
	ck_assert_ptr_null(mech_info(~0UL));
}
END_TEST

START_TEST(rows_are_complete)
{
	const struct mech *m;
	size_t i;

	for (i = 0; (m = row_at(i)) != NULL; i++) {
		bool makes = (m->flags &
		    (CKF_GENERATE | CKF_GENERATE_KEY_PAIR)) != 0;

		ck_assert_uint_ne(first_use(m), 0);
		ck_assert_uint_le(m->min, m->max);
		ck_assert_int_eq(makes, m->family != KEY_NONE);
		ck_assert_int_eq(!makes && !mech_is_cng(m),
		    m->scheme != OP_NONE);
		if (m->scheme == OP_HMAC || m->scheme == OP_DIGEST)
			ck_assert_ptr_nonnull(hash_info(m->hash));
		ck_assert_int_lt(m->param, PARAM_KIND_COUNT);
	}
}
END_TEST

static const struct {
	CK_FLAGS flag;
	enum operation_use use;
} operations[] = {
	{ CKF_ENCRYPT, USE_ENCRYPT },
	{ CKF_DECRYPT, USE_DECRYPT },
	{ CKF_SIGN, USE_SIGN },
	{ CKF_SIGN_RECOVER, USE_SIGN_RECOVER },
	{ CKF_VERIFY, USE_VERIFY },
	{ CKF_VERIFY_RECOVER, USE_VERIFY_RECOVER },
	{ CKF_DIGEST, USE_DIGEST },
	{ CKF_MESSAGE_ENCRYPT, USE_ENCRYPT },
	{ CKF_MESSAGE_DECRYPT, USE_DECRYPT },
	{ CKF_MESSAGE_SIGN, USE_SIGN },
	{ CKF_MESSAGE_VERIFY, USE_VERIFY },
};

/* Is there a kind of key that the scheme takes for this, or for derivation
 * (USE_COUNT)? */
static bool
some_key_fits(const struct key_op *op, enum operation_use use)
{
	for (int class = 0; class < OBJ_CLASS_COUNT; class++)
		for (int family = 0; family < KEY_FAMILY_COUNT; family++)
			if ((use == USE_COUNT ? scheme_check_derive(op,
			    (enum obj_class)class, (enum key_family)family) :
			    scheme_check(op, use, (enum obj_class)class,
			    (enum key_family)family)) == CNG_OK)
				return true;
	return false;
}

/* Messages: each encrypted one has a nonce of its own.  Those that are signed
 * have the parameter of the operation, so that it must not be a nonce, and no
 * key that is good for one message. */
static void
check_message_flags(const struct mech *m, const struct key_op *op)
{
	bool crypts = (m->flags &
	    (CKF_MESSAGE_ENCRYPT | CKF_MESSAGE_DECRYPT)) != 0;
	bool signs = (m->flags &
	    (CKF_MESSAGE_SIGN | CKF_MESSAGE_VERIFY)) != 0;
	bool once = m->param == PARAM_GMAC || m->scheme == OP_POLY1305;

	ck_assert_int_eq(crypts, msgparam_knows(m));
	ck_assert_msg(signs == ((m->flags & CKF_SIGN) != 0 && !once),
	    "%lx signs messages", m->type);
	if (m->flags & CKF_MULTI_MESSAGE)
		ck_assert(crypts ?
		    scheme_parts(op, USE_ENCRYPT) == PARTS_STREAM :
		    signs && scheme_parts(op, USE_SIGN) != PARTS_ONE);
}

/* PKCS#1 v1.5 would be an oracle. */
static void
check_kem_flags(const struct mech *m)
{
	bool agrees = m->scheme == OP_ECDH || m->scheme == OP_DH ||
	    m->scheme == OP_X942;
	bool opens = m->scheme != OP_RSA_PKCS1;

	ck_assert((m->flags & CKF_ENCAPSULATE) != 0);
	ck_assert_int_eq((m->flags & CKF_DECAPSULATE) != 0, opens);
	ck_assert(m->scheme == OP_MLKEM || m->scheme == OP_RSA_OAEP ||
	    agrees || !opens);
	ck_assert_int_eq((m->flags & CKF_DERIVE) != 0, agrees);
}

/* What C_GetMechanismInfo says is so. */
START_TEST(flags_are_true)
{
	const struct mech *m;
	size_t i, k;

	for (i = 0; (m = row_at(i)) != NULL; i++) {
		const struct key_op op = { .scheme = m->scheme,
			.hash = m->hash };

		for (k = 0; k < ARRAY_LEN(operations); k++)
			if (m->flags & operations[k].flag)
				ck_assert_msg(
				    some_key_fits(&op, operations[k].use),
				    "%lx has flag %lx", m->type,
				    operations[k].flag);
		if (m->flags & CKF_DERIVE)
			ck_assert(some_key_fits(&op, USE_COUNT));
		if (m->flags & (CKF_ENCAPSULATE | CKF_DECAPSULATE))
			check_kem_flags(m);
		check_message_flags(m, &op);
	}
}
END_TEST

static bool
is_listed(CK_MECHANISM_TYPE type, bool compat)
{
	static CK_MECHANISM_TYPE list[512];
	size_t i, count = mech_list(list, ARRAY_LEN(list), compat);

	ck_assert_uint_le(count, ARRAY_LEN(list));
	for (i = 0; i < count; i++)
		if (list[i] == type)
			return true;
	return false;
}

/* With these, a key that others are made of is read piece by piece: strict
 * tokens have none of them. */
START_TEST(what_leaks_is_for_compat)
{
	static const CK_MECHANISM_TYPE leaks[] = {
		0x360, 0x362, 0x363, /* CKM_CONCATENATE_* */
		0x364, 0x365,        /* CKM_XOR_*, CKM_EXTRACT_* */
		/* CKM_*_ENCRYPT_DATA of DES, 3DES, AES; ARIA, Camellia, SEED */
		0x1100, 0x1101, 0x1102, 0x1103, 0x1104, 0x1105,
		0x556, 0x557, 0x566, 0x567, 0x656, 0x657,
	};
	const struct mech *m;
	size_t i;

	for (i = 0; i < ARRAY_LEN(leaks); i++)
		ck_assert(!is_listed(leaks[i], false));
	for (i = 0; (m = row_at(i)) != NULL; i++)
		ck_assert_int_eq(is_there(m) && m->compat,
		    is_listed(m->type, true) && !is_listed(m->type, false));
	ck_assert(is_listed(CKM_EXTRACT_KEY_FROM_KEY, true));
	ck_assert(is_listed(CKM_AES_CBC_ENCRYPT_DATA, true));
}
END_TEST

START_TEST(blob_types_have_their_mechanisms)
{
	int i;

	for (i = BLOB_ANY; i < BLOB_TYPE_COUNT; i++) {
		const struct mech *m = mech_info(CKM_CNG_((CK_ULONG)i));

		if (i != BLOB_ANY && blob_info((enum blob_type)i) == NULL) {
			ck_assert_ptr_null(m); /* a number kept for later */
			continue;
		}
		ck_assert_ptr_nonnull(m);
		ck_assert(mech_is_cng(m));
		ck_assert_uint_ne(m->flags & CKF_UNWRAP, 0);
		ck_assert_int_eq((m->flags & CKF_WRAP) != 0, i != BLOB_ANY);
	}
	ck_assert_uint_eq(CKM_CNG_ANY, 0xC34E4700UL);
	ck_assert_uint_eq(CKM_CNG_KEYDATA, 0xC34E4709UL);
	ck_assert_uint_eq(CKM_CNG_MLKEMPUBLIC, 0xC34E4710UL);
	ck_assert_uint_eq(CKM_CNG_PQPRIVATE, 0xC34E4716UL);
}
END_TEST

/* Every row in every use: what is not flagged is refused, and a parameter of
 * the wrong length, or none where there must be one, too. */
/* Is a parameter of those bytes, all zero, a good one? */
static bool
takes_bytes(const struct mech *m, size_t len)
{
	switch ((int)m->param) {
	case PARAM_IV16:
		return len == 16;
	case PARAM_IV8_OR_NONE:
		return len == 8;
	case PARAM_IV4_OR_NONE:
		return len == 4;
	case PARAM_IV8:
		return len == 8;
	case PARAM_GMAC: /* these are structures */
		return len != sizeof(CK_GCM_PARAMS) && len != 40;
	case PARAM_PUBLIC_VALUE:
	case PARAM_DERIVE:
	case PARAM_PBKD2: /* looked at later */
	case PARAM_TLS_MASTER:
	case PARAM_TLS_EXTENDED:
	case PARAM_TLS_KEYS:
	case PARAM_TLS_KDF:
	case PARAM_IKE_FIRST:
	case PARAM_IKE_NEXT:
	case PARAM_IKE_PLUS:
	case PARAM_IKE_EXTENDED:
		return true;
	case PARAM_VERSION:
		return len == sizeof(CK_VERSION);
	case PARAM_OTHER_KEY:
		return len == sizeof(CK_OBJECT_HANDLE);
	case PARAM_FIRST_BIT:
		return len == sizeof(CK_EXTRACT_PARAMS);
	case PARAM_EDDSA:
		return len == sizeof(CK_EDDSA_PARAMS);
	case PARAM_SIGN_CONTEXT:
		return len == sizeof(CK_SIGN_ADDITIONAL_CONTEXT);
	default:
		return false;
	}
}

static bool
is_optional(const struct mech *m, CK_FLAGS use)
{
	/* C_EncapsulateKey knows the other side by its key */
	if (m->param == PARAM_PUBLIC_VALUE && use == CKF_ENCAPSULATE)
		return true;
	return m->param == PARAM_NONE || m->param == PARAM_IV8_OR_NONE ||
	    m->param == PARAM_IV4_OR_NONE || m->param == PARAM_CNG_BLOB ||
	    m->param == PARAM_EDDSA || m->param == PARAM_SIGN_CONTEXT;
}

static void
try_parameters(const struct mech *row)
{
	unsigned char junk[80] = { 0 };
	CK_MECHANISM given = { row->type, NULL, 0 };
	CK_FLAGS use = first_use(row);
	const struct mech *m;
	struct key_op op;
	size_t k;

	for (k = 0; k < USES; k++)
		if ((row->flags & uses[k]) == 0)
			ck_assert_uint_eq(mech_read(&given, uses[k], &m, &op),
			    CKR_MECHANISM_INVALID);
	ck_assert_uint_eq(mech_read(&given, use, &m, &op),
	    is_optional(row, use) ? CKR_OK : CKR_MECHANISM_PARAM_INVALID);
	given.ulParameterLen = sizeof(junk);
	ck_assert_uint_eq(mech_read(&given, use, &m, &op),
	    CKR_MECHANISM_PARAM_INVALID);
	if (mech_is_cng(row))
		return; /* looked at later */
	given.pParameter = junk;
	for (k = 1; k <= sizeof(junk); k++) {
		given.ulParameterLen = k;
		ck_assert_msg(mech_read(&given, use, &m, &op) ==
		    (takes_bytes(row, k) ? CKR_OK :
		    CKR_MECHANISM_PARAM_INVALID), "%lx with %zu bytes",
		    row->type, k);
	}
}

/* Every row in every use: what is not flagged is refused, and a parameter of
 * the wrong length, or none where there must be one, too. */
START_TEST(wrong_parameters_are_refused)
{
	const struct mech *row, *m;
	struct key_op op;
	size_t i;

	for (i = 0; (row = row_at(i)) != NULL; i++)
		if (is_there(row))
			try_parameters(row);
	ck_assert_uint_eq(
	    mech_read(NULL, CKF_SIGN, &m, &op), CKR_ARGUMENTS_BAD);
}
END_TEST

static CK_RV
read_as(CK_MECHANISM_TYPE type, void *param, size_t size, struct key_op *op)
{
	CK_MECHANISM given = { type, param, size };
	const struct mech *m;

	return mech_read(&given, first_use(mech_info(type)), &m, op);
}

START_TEST(gcm_in_both_sizes)
{
	unsigned char iv[12] = { 1 }, aad[3] = { 2 };
	CK_GCM_PARAMS gcm = { iv, 12, 96, aad, 3, 128 };
	struct {
		CK_BYTE_PTR iv;
		CK_ULONG iv_len;
		CK_BYTE_PTR aad;
		CK_ULONG aad_len;
		CK_ULONG tag_bits;
	} brief = { iv, 12, aad, 3, 96 };
	struct key_op op;

	ck_assert_uint_eq(
	    read_as(CKM_AES_GCM, &gcm, sizeof(gcm), &op), CKR_OK);
	ck_assert_uint_eq(op.tag_len, 16);
	ck_assert_ptr_eq(op.iv.ptr, iv);
	ck_assert_uint_eq(op.aad.len, 3);
	ck_assert_uint_eq(
	    read_as(CKM_AES_GCM, &brief, sizeof(brief), &op), CKR_OK);
	ck_assert_uint_eq(op.tag_len, 12);
	ck_assert_ptr_eq(op.aad.ptr, aad);
	brief.tag_bits = 97;
	ck_assert_uint_eq(read_as(CKM_AES_GCM, &brief, sizeof(brief), &op),
	    CKR_MECHANISM_PARAM_INVALID);
	gcm.pIv = NULL;
	ck_assert_uint_eq(read_as(CKM_AES_GCM, &gcm, sizeof(gcm), &op),
	    CKR_MECHANISM_PARAM_INVALID);
	gcm.pIv = iv;
	gcm.ulAADLen = ~0UL;
	ck_assert_uint_eq(read_as(CKM_AES_GCM, &gcm, sizeof(gcm), &op),
	    CKR_MECHANISM_PARAM_INVALID);
}
END_TEST

START_TEST(oaep_and_pss)
{
	CK_RSA_PKCS_OAEP_PARAMS oaep = { CKM_SHA256, CKG_MGF1_SHA1, 0, NULL,
		0 };
	CK_RSA_PKCS_PSS_PARAMS pss = { CKM_SHA384, CKG_MGF1_SHA384, 48 };
	CK_RSA_AES_KEY_WRAP_PARAMS wrap = { 256, &oaep };
	struct key_op op;

	ck_assert_uint_eq(
	    read_as(CKM_RSA_PKCS_OAEP, &oaep, sizeof(oaep), &op), CKR_OK);
	ck_assert_int_eq(op.pad_hash, HASH_SHA256);
	ck_assert_int_eq(op.mgf_hash, HASH_SHA1);
	ck_assert_uint_eq(
	    read_as(CKM_RSA_AES_KEY_WRAP, &wrap, sizeof(wrap), &op), CKR_OK);
	ck_assert_uint_eq(op.aes_bits, 256);
	wrap.ulAESKeyBits = 100;
	ck_assert_uint_eq(
	    read_as(CKM_RSA_AES_KEY_WRAP, &wrap, sizeof(wrap), &op),
	    CKR_MECHANISM_PARAM_INVALID);
	oaep.hashAlg = CKM_MD5;
	ck_assert_uint_eq(
	    read_as(CKM_RSA_PKCS_OAEP, &oaep, sizeof(oaep), &op),
	    CKR_MECHANISM_PARAM_INVALID);
	ck_assert_uint_eq(
	    read_as(CKM_RSA_PKCS_PSS, &pss, sizeof(pss), &op), CKR_OK);
	ck_assert_uint_eq(op.salt_len, 48);
	ck_assert_uint_eq(
	    read_as(CKM_SHA384_RSA_PKCS_PSS, &pss, sizeof(pss), &op), CKR_OK);
	ck_assert_uint_eq(
	    read_as(CKM_SHA256_RSA_PKCS_PSS, &pss, sizeof(pss), &op),
	    CKR_MECHANISM_PARAM_INVALID);
	pss.sLen = ~0UL;
	ck_assert_uint_eq(read_as(CKM_RSA_PKCS_PSS, &pss, sizeof(pss), &op),
	    CKR_MECHANISM_PARAM_INVALID);
}
END_TEST

START_TEST(ecdh_kdfs)
{
	unsigned char point[65] = { 4 }, info[4] = { 0 };
	CK_ECDH1_DERIVE_PARAMS ecdh = { CKD_NULL, 0, NULL, 65, point };
	struct key_op op;

	ck_assert_uint_eq(
	    read_as(CKM_ECDH1_DERIVE, &ecdh, sizeof(ecdh), &op), CKR_OK);
	ck_assert_int_eq(op.kdf, KDF_NULL);
	ck_assert(!op.cofactor);
	ecdh.ulSharedDataLen = 4;
	ecdh.pSharedData = info;
	ck_assert_uint_eq(read_as(CKM_ECDH1_DERIVE, &ecdh, sizeof(ecdh), &op),
	    CKR_MECHANISM_PARAM_INVALID);
	ecdh.kdf = CKD_SHA256_KDF;
	ck_assert_uint_eq(
	    read_as(CKM_ECDH1_COFACTOR_DERIVE, &ecdh, sizeof(ecdh), &op),
	    CKR_OK);
	ck_assert_int_eq(op.kdf, KDF_X963);
	ck_assert_int_eq(op.pad_hash, HASH_SHA256);
	ck_assert(op.cofactor);
	ecdh.kdf = CKD_SHA512_KDF_SP800;
	ck_assert_uint_eq(
	    read_as(CKM_ECDH1_DERIVE, &ecdh, sizeof(ecdh), &op), CKR_OK);
	ck_assert_int_eq(op.kdf, KDF_SP800);
	ecdh.kdf = 77;
	ck_assert_uint_eq(read_as(CKM_ECDH1_DERIVE, &ecdh, sizeof(ecdh), &op),
	    CKR_MECHANISM_PARAM_INVALID);
	ecdh.kdf = CKD_NULL;
	ecdh.ulSharedDataLen = 0;
	ecdh.pPublicData = NULL;
	ck_assert_uint_eq(read_as(CKM_ECDH1_DERIVE, &ecdh, sizeof(ecdh), &op),
	    CKR_MECHANISM_PARAM_INVALID);
}
END_TEST

START_TEST(ctr_and_mac_length)
{
	CK_AES_CTR_PARAMS ctr = { 32, { 9 } };
	unsigned char odd[sizeof(ctr) + 1];
	CK_MAC_GENERAL_PARAMS len = 20;
	struct key_op op;

	memcpy(odd + 1, &ctr, sizeof(ctr));
	ck_assert_uint_eq(
	    read_as(CKM_AES_CTR, odd + 1, sizeof(ctr), &op), CKR_OK);
	ck_assert_uint_eq(op.counter_bits, 32);
	ck_assert_uint_eq(op.iv.len, 16);
	ck_assert_uint_eq(op.iv.ptr[0], 9);
	ctr.ulCounterBits = 129;
	ck_assert_uint_eq(read_as(CKM_AES_CTR, &ctr, sizeof(ctr), &op),
	    CKR_MECHANISM_PARAM_INVALID);
	ck_assert_uint_eq(
	    read_as(CKM_SHA_1_HMAC_GENERAL, &len, sizeof(len), &op), CKR_OK);
	ck_assert_uint_eq(op.mac_len, 20);
	len = 21;
	ck_assert_uint_eq(
	    read_as(CKM_SHA_1_HMAC_GENERAL, &len, sizeof(len), &op),
	    CKR_MECHANISM_PARAM_INVALID);
	len = 17;
	ck_assert_uint_eq(
	    read_as(CKM_AES_CMAC_GENERAL, &len, sizeof(len), &op),
	    CKR_MECHANISM_PARAM_INVALID);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		rows_are_sorted_and_found,
		rows_are_complete,
		flags_are_true,
		what_leaks_is_for_compat,
		blob_types_have_their_mechanisms,
		wrong_parameters_are_refused,
		gcm_in_both_sizes,
		oaep_and_pss,
		ecdh_kdfs,
		ctr_and_mac_length,
	};

	return run_tests("pkcs11 mechanisms", tests, ARRAY_LEN(tests));
}
