/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The simulated card by itself: what no reference client asks of it, against
 * published vectors and OpenSSL, and every fault.
 */
#include "keys.h"
#include "sim.h"
#include "tests/unit/runner.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <openssl/rsa.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>


static uint8_t answer[SIM_MAX];
static size_t answer_len; /* without the status word */

static struct sim *
card(const struct sim_options *options)
{
	struct sim *sim = sim_new(options);

	ck_assert_ptr_nonnull(sim);
	return sim;
}

static void
put_hex(struct buf *out, const char *hex)
{
	for (; hex[0] != '\0' && hex[1] != '\0'; hex += 2) {
		char two[3] = { hex[0], hex[1], '\0' };

		buf_byte(out, (unsigned)strtoul(two, NULL, 16));
	}
}

static unsigned
one(struct sim *sim, struct span command)
{
	size_t len = 0;

	ck_assert(sim_exchange(sim, command.at, command.len, answer, &len));
	ck_assert_uint_ge(len, 2);
	answer_len = len - 2;
	return (unsigned)answer[len - 2] << 8 | answer[len - 1];
}

/* A command without chaining, as it stands. */
static unsigned
raw(struct sim *sim, const char *hex)
{
	struct buf command = { 0 };
	unsigned sw;

	put_hex(&command, hex);
	sw = one(sim, buf_all(&command));
	buf_free(&command);
	return sw;
}

/* Header in hexadecimal and data, in parts of 255 bytes; what GET RESPONSE
 * brings is put together. */
static unsigned
say(struct sim *sim, const char *header, struct span data)
{
	struct buf command = { 0 }, all = { 0 };
	struct span part;
	unsigned sw = 0x9000;

	do {
		size_t len = data.len > 255 ? 255 : data.len;

		buf_clear(&command);
		put_hex(&command, header);
		ck_assert(span_take(&data, len, &part));
		if (data.len > 0)
			command.at[0] |= 0x10;
		if (len > 0)
			buf_byte(&command, (unsigned)len);
		buf_span(&command, part);
		if (data.len == 0)
			buf_byte(&command, 0);
		sw = one(sim, buf_all(&command));
	} while (data.len > 0 && sw == 0x9000);
	buf_put(&all, answer, answer_len);
	while (sw >> 8 == 0x61) {
		sw = raw(sim, "00C0000000");
		buf_put(&all, answer, answer_len);
	}
	ck_assert_uint_le(all.len, sizeof answer);
	if (all.len > 0)
		memcpy(answer, all.at, all.len);
	answer_len = all.len;
	buf_free(&all);
	buf_free(&command);
	return sw;
}

static unsigned
say_hex(struct sim *sim, const char *header, const char *hex)
{
	struct buf data = { 0 };
	unsigned sw;

	put_hex(&data, hex);
	sw = say(sim, header, buf_all(&data));
	buf_free(&data);
	return sw;
}

/* The value below a path of tags in the last answer. */
static struct span
found(uint32_t outer, uint32_t inner)
{
	struct span value = span_of(answer, answer_len);

	ck_assert(tlv_only(value, outer, &value));
	if (inner != 0)
		ck_assert(tlv_find(value, inner, &value));
	return value;
}

static void
ck_equal(struct span got, const char *hex)
{
	struct buf want = { 0 };

	put_hex(&want, hex);
	ck_assert(span_equal(got, buf_all(&want)));
	buf_free(&want);
}

static struct sim *
piv(const char *algorithm)
{
	struct sim_options options = { .apps = "piv",
		.algorithm = algorithm };
	struct sim *sim = card(&options);

	ck_assert_uint_eq(raw(sim, "00A4040005A00000030800"), 0x9000);
	return sim;
}

static unsigned
manager(struct sim *sim, unsigned byte, enum key_cipher cipher, unsigned bend)
{
	size_t block = key_cipher_block(cipher);
	struct buf data = { 0 }, inner = { 0 };
	uint8_t key[32], plain[16], mine[16] = { 7 };
	char header[16];
	unsigned sw;

	for (size_t i = 0; i < sizeof key; i++)
		key[i] = (uint8_t)(i % 8 + 1);
	key[3] = (uint8_t)(key[3] ^ bend);
	snprintf(header, sizeof header, "0087%02X9B", byte);
	ck_assert_uint_eq(say_hex(sim, header, "7C028000"), 0x9000);
	ck_assert(key_cipher(cipher, false, key, NULL, found(0x7c, 0x80),
	    plain));
	tlv_put(&inner, 0x80, plain, block);
	tlv_put(&inner, 0x81, mine, block);
	tlv_put_span(&data, 0x7c, buf_all(&inner));
	sw = say(sim, header, buf_all(&data));
	if (sw == 0x9000) {
		ck_assert(key_cipher(cipher, true, key, NULL,
		    span_of(mine, block), plain));
		ck_assert(span_equal(found(0x7c, 0x82),
		    span_of(plain, block)));
	}
	buf_free(&inner);
	buf_free(&data);
	return sw;
}

START_TEST(management_keys)
{
	static const struct {
		const char *name;
		unsigned byte;
		enum key_cipher cipher;
	} kinds[] = { { "3des", 3, KEY_DES3 }, { "aes128", 8, KEY_AES128 },
		{ "aes192", 10, KEY_AES192 }, { "aes256", 12, KEY_AES256 } };

	for (size_t i = 0; i < 4; i++) {
		struct sim *sim = piv(kinds[i].name);

		ck_assert_uint_eq(raw(sim, "00F7009B00"), 0x9000);
		ck_assert_uint_eq(answer[2], kinds[i].byte);
		ck_assert_uint_eq(raw(sim, "0047009A05AC03800111"), 0x6982);
		ck_assert_uint_eq(manager(sim, kinds[i].byte, kinds[i].cipher,
				      0x10),
		    0x6982);
		ck_assert_uint_eq(raw(sim, "0047009A05AC03800111"), 0x6982);
		ck_assert_uint_eq(manager(sim, kinds[i].byte, kinds[i].cipher,
				      0),
		    0x9000);
		ck_assert_uint_eq(raw(sim, "0047009A05AC0380011100"), 0x9000);
		/* The wrong algorithm byte. */
		ck_assert_uint_eq(raw(sim, i == 1 ? "0087039B047C028000" :
						    "0087089B047C028000"),
		    0x6a80);
		sim_free(sim);
	}
}
END_TEST

static struct sim *
managed_piv(void)
{
	struct sim *sim = piv(NULL);

	ck_assert_uint_eq(manager(sim, 3, KEY_DES3, 0), 0x9000);
	return sim;
}

/* RFC 8032, 7.1, test 2, and RFC 7748, 6.1. */
START_TEST(curve_25519)
{
	struct sim *sim = managed_piv();

	ck_assert_uint_eq(say_hex(sim, "00FEE09A",
			      "07204ccd089b28ff96da9db6c346ec114e0f5b8a319f35ab"
			      "a624da8cf6ed4fb8a6fb"),
	    0x9000);
	ck_assert_uint_eq(say_hex(sim, "00FEE19D",
			      "082077076d0a7318a57d3c16c17251b26645df4c2f87ebc0"
			      "992ab177fba51db92c2a"),
	    0x9000);
	ck_assert_uint_eq(say_hex(sim, "0087E09A", "7C058200810172"), 0x6982);
	ck_assert_uint_eq(raw(sim, "0020008008313233343536FFFF"), 0x9000);
	ck_assert_uint_eq(say_hex(sim, "0087E09A", "7C05820081017200"),
	    0x6a80);
	ck_assert_uint_eq(say_hex(sim, "0087E09A", "7C058200810172"), 0x9000);
	ck_equal(found(0x7c, 0x82),
	    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
	    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
	ck_assert_uint_eq(say_hex(sim, "0087E19D",
			      "7C2482008520de9edb7d7b7dc1b4d35b61c2ece435373f83"
			      "43c85b78674dadfc7e146f882b4f"),
	    0x9000);
	ck_equal(found(0x7c, 0x82),
	    "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742");
	sim_free(sim);
}
END_TEST

static void
put_part(EVP_PKEY *key, const char *name, uint32_t tag, size_t len,
    struct buf *out)
{
	BIGNUM *value = NULL;
	uint8_t bytes[256];

	ck_assert(EVP_PKEY_get_bn_param(key, name, &value));
	ck_assert_int_eq(BN_bn2binpad(value, bytes, (int)len), (int)len);
	tlv_put(out, tag, bytes, len);
	BN_free(value);
}

/* A raw signature that the public key takes back. */
static void
use_rsa(struct sim *sim, unsigned byte, EVP_PKEY *key)
{
	size_t k = key_bits(key) / 8, len = 512;
	uint8_t block[512] = { 0, 1, 2 }, back[512];
	struct buf inner = { 0 }, data = { 0 };
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);
	char header[16];
	struct span sig;

	block[k - 1] = 9;
	tlv_put(&inner, 0x82, NULL, 0);
	tlv_put(&inner, 0x81, block, k);
	tlv_put_span(&data, 0x7c, buf_all(&inner));
	snprintf(header, sizeof header, "0087%02X95", byte);
	ck_assert_uint_eq(raw(sim, "0020008008313233343536FFFF"), 0x9000);
	ck_assert_uint_eq(say(sim, header, buf_all(&data)), 0x9000);
	sig = found(0x7c, 0x82);
	ck_assert_int_gt(EVP_PKEY_encrypt_init(ctx), 0);
	ck_assert_int_gt(EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_NO_PADDING), 0);
	ck_assert_int_gt(EVP_PKEY_encrypt(ctx, back, &len, sig.at, sig.len),
	    0);
	ck_assert_uint_eq(len, k);
	ck_assert_mem_eq(back, block, k);
	EVP_PKEY_CTX_free(ctx);
	buf_free(&inner);
	buf_free(&data);
}

static void
try_size(unsigned bits, unsigned byte)
{
	struct sim *sim = managed_piv();
	EVP_PKEY *key = key_make_rsa(bits, 65537);
	struct buf data = { 0 };
	char header[16];

	snprintf(header, sizeof header, "00FE%02X95", byte);
	put_part(key, OSSL_PKEY_PARAM_RSA_FACTOR1, 1, bits / 16, &data);
	put_part(key, OSSL_PKEY_PARAM_RSA_FACTOR2, 2, bits / 16, &data);
	put_part(key, OSSL_PKEY_PARAM_RSA_EXPONENT1, 3, bits / 16, &data);
	put_part(key, OSSL_PKEY_PARAM_RSA_EXPONENT2, 4, bits / 16, &data);
	ck_assert_uint_eq(say(sim, header, buf_all(&data)), 0x6a80);
	put_part(key, OSSL_PKEY_PARAM_RSA_COEFFICIENT1, 5, bits / 16, &data);
	ck_assert_uint_eq(say(sim, header, buf_all(&data)), 0x9000);
	use_rsa(sim, byte, key);
	/* One bit of dQ, and the card does not take it. */
	data.at[data.len - bits / 16 - 6] ^= 1;
	ck_assert_uint_eq(say(sim, header, buf_all(&data)), 0x6a80);
	buf_free(&data);
	EVP_PKEY_free(key);
	sim_free(sim);
}

START_TEST(rsa_sizes)
{
	try_size(1024, 0x06);
	try_size(2048, 0x07);
	try_size(3072, 0x05);
	try_size(4096, 0x16);
}
END_TEST

START_TEST(pin_always)
{
	static const char sign[] = "7C2482008120"
				   "000102030405060708090A0B0C0D0E0F"
				   "101112131415161718191A1B1C1D1E1F";
	struct sim *sim = managed_piv();

	ck_assert_uint_eq(say_hex(sim, "0047009C", "AC03800111"), 0x9000);
	ck_assert_uint_eq(say_hex(sim, "0087119C", sign), 0x6982);
	ck_assert_uint_eq(raw(sim, "0020008008313233343536FFFF"), 0x9000);
	ck_assert_uint_eq(say_hex(sim, "0087119C", sign), 0x9000);
	ck_assert_uint_eq(say_hex(sim, "0087119C", sign), 0x6982);
	ck_assert_uint_eq(raw(sim, "0020008008313233343536FFFF"), 0x9000);
	ck_assert_uint_eq(raw(sim, "00CB3FFF035C017E00"), 0x9000);
	ck_assert_uint_eq(say_hex(sim, "0087119C", sign), 0x6982);
	/* With AA 01 01 no PIN, with AA 01 02 one for all. */
	ck_assert_uint_eq(say_hex(sim, "0047009C", "AC06800111AA0101"),
	    0x9000);
	ck_assert_uint_eq(raw(sim, "0020FF80"), 0x9000);
	ck_assert_uint_eq(say_hex(sim, "0087119C", sign), 0x9000);
	ck_assert_uint_eq(say_hex(sim, "0047009C", "AC06800111AA0102"),
	    0x9000);
	ck_assert_uint_eq(say_hex(sim, "0087119C", sign), 0x6982);
	ck_assert_uint_eq(raw(sim, "0020008008313233343536FFFF"), 0x9000);
	ck_assert_uint_eq(say_hex(sim, "0087119C", sign), 0x9000);
	ck_assert_uint_eq(say_hex(sim, "0087119C", sign), 0x9000);
	sim_free(sim);
}
END_TEST

static struct sim *
gids(void)
{
	struct sim_options options = { .apps = "gids" };
	struct sim *sim = card(&options);

	ck_assert_uint_eq(raw(sim, "00A4040009A00000039742544659"
				   "00"),
	    0x9000);
	return sim;
}

static const uint8_t admin_key[24] = { 1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 6,
	7, 8, 1, 2, 3, 4, 5, 6, 7, 8 };
static const uint8_t no_iv[8];

START_TEST(gids_challenge)
{
	struct sim *sim = gids();
	struct buf data = { 0 };
	uint8_t response[8];

	for (unsigned left = 2; left > 0; left--)
		ck_assert_uint_eq(raw(sim, "002000800439393939"),
		    0x63c0 | left);
	ck_assert_uint_eq(raw(sim, "002000800439393939"), 0x63c0);
	ck_assert_uint_eq(raw(sim, "0020008006313233343536"), 0x6983);
	ck_assert_uint_eq(raw(sim, "002C028006313233343536"), 0x6982);
	ck_assert_uint_eq(raw(sim, "0022C1A403830180"), 0x9000);
	ck_assert_uint_eq(raw(sim, "00870000047C02810000"), 0x9000);
	ck_assert(key_cipher(KEY_DES3, true, admin_key, no_iv,
	    found(0x7c, 0x81), response));
	put_hex(&data, "7C0A8208");
	buf_put(&data, response, sizeof response);
	ck_assert_uint_eq(say(sim, "00870000", buf_all(&data)), 0x9000);
	ck_assert_uint_eq(raw(sim, "002C028006363534333231"), 0x9000);
	ck_assert_uint_eq(raw(sim, "0020008006363534333231"), 0x9000);
	/* Once used, a challenge is none. */
	ck_assert_uint_eq(say(sim, "00870000", buf_all(&data)), 0x6985);
	buf_free(&data);
	sim_free(sim);
}
END_TEST

START_TEST(gids_mutual)
{
	struct sim *sim = gids();
	uint8_t plain[40] = { 0 }, cipher[40];
	struct buf data = { 0 };

	ck_assert_uint_eq(raw(sim, "0022C1A403830180"), 0x9000);
	ck_assert_uint_eq(raw(sim, "00870000147C128110"
				   "000102030405060708090A0B0C0D0E0F00"),
	    0x9000);
	memcpy(plain, found(0x7c, 0x81).at, 16);
	for (uint8_t i = 0; i < 16; i++)
		plain[16 + i] = i;
	plain[39] = 0x80;
	ck_assert(key_cipher(KEY_DES3, true, admin_key, no_iv,
	    span_of(plain, 40), cipher));
	put_hex(&data, "7C2A8228");
	buf_put(&data, cipher, sizeof cipher);
	ck_assert_uint_eq(raw(sim, "00DBA01204DF200101"), 0x6982);
	ck_assert_uint_eq(say(sim, "00870000", buf_all(&data)), 0x9000);
	ck_assert(key_cipher(KEY_DES3, false, admin_key, no_iv,
	    found(0x7c, 0x82), cipher));
	ck_assert_mem_eq(cipher, plain + 16, 16);
	ck_assert_mem_eq(cipher + 16, plain, 16);
	/* The administrator writes the card's number. */
	ck_assert_uint_eq(raw(sim, "00DBA01204DF200101"), 0x9000);
	buf_free(&data);
	sim_free(sim);
}
END_TEST

START_TEST(gids_oaep)
{
	static const uint8_t secret[] = "sixteen bytes ..";
	struct sim *sim = gids();
	struct buf der = { 0 }, data = { 0 };
	EVP_PKEY *key = key_make_rsa(2048, 65537);
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);
	uint8_t cipher[256], *rsa = NULL;
	size_t len = sizeof cipher;
	int rsa_len = i2d_PrivateKey(key, &rsa);

	ck_assert_uint_eq(raw(sim, "0020008006313233343536"), 0x9000);
	ck_assert_uint_eq(say_hex(sim, "00E00000",
			      "621B8201188302B0818C058F10101000A50B"
			      "B809800187830181950140"),
	    0x9000);
	ck_assert_uint_eq(raw(sim, "00440000"), 0x9000);
	put_hex(&der, "840181");
	tlv_put(&data, 0x83, "\2", 1);
	tlv_put(&data, 0x84, "", 1);
	tlv_put(&data, 0x87, rsa, (size_t)rsa_len);
	tlv_put_span(&der, 0xa5, buf_all(&data));
	buf_clear(&data);
	tlv_put_span(&data, 0x70, buf_all(&der));
	ck_assert_uint_eq(say(sim, "00DB3FFF", buf_all(&data)), 0x9000);
	ck_assert_int_gt(EVP_PKEY_encrypt_init(ctx), 0);
	ck_assert_int_gt(EVP_PKEY_CTX_set_rsa_padding(ctx,
			     RSA_PKCS1_OAEP_PADDING),
	    0);
	ck_assert_int_gt(EVP_PKEY_encrypt(ctx, cipher, &len, secret, 16), 0);
	ck_assert_uint_eq(raw(sim, "002241B606800157840181"), 0x6984);
	ck_assert_uint_eq(raw(sim, "002241B806800187840181"), 0x9000);
	ck_assert_uint_eq(say(sim, "002A8086", span_of(cipher, len)), 0x9000);
	ck_assert_uint_eq(answer_len, 16);
	ck_assert_mem_eq(answer, secret, 16);
	OPENSSL_free(rsa);
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(key);
	buf_free(&data);
	buf_free(&der);
	sim_free(sim);
}
END_TEST

/* The form of this card's own reading, but what comes out is ECDSA. */
START_TEST(gids_curve)
{
	struct sim *sim = gids();
	EVP_PKEY *key = key_make_ec(NID_X9_62_prime256v1);
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);
	struct buf der = { 0 }, data = { 0 };
	uint8_t hash[32] = { 5 }, *ec = NULL, *sig = NULL;
	int ec_len = i2d_PrivateKey(key, &ec), sig_len;
	ECDSA_SIG *pair = ECDSA_SIG_new();

	ck_assert_uint_eq(raw(sim, "0020008006313233343536"), 0x9000);
	ck_assert_uint_eq(say_hex(sim, "00E00000",
			      "621B8201188302B0818C058F10101000A50B"
			      "B60980011C830181950140"),
	    0x9000);
	ck_assert_uint_eq(raw(sim, "00440000"), 0x9000);
	put_hex(&der, "840181");
	tlv_put(&data, 0x83, "\3", 1);
	tlv_put(&data, 0x87, ec, (size_t)ec_len);
	tlv_put_span(&der, 0xa5, buf_all(&data));
	buf_clear(&data);
	tlv_put_span(&data, 0x70, buf_all(&der));
	ck_assert_uint_eq(say(sim, "00DB3FFF", buf_all(&data)), 0x9000);
	ck_assert_uint_eq(raw(sim, "002241B60680011C840181"), 0x9000);
	ck_assert_uint_eq(say(sim, "002A9E9A", span_of(hash, 32)), 0x9000);
	ck_assert_uint_eq(answer_len, 64);
	ck_assert(ECDSA_SIG_set0(pair, BN_bin2bn(answer, 32, NULL),
	    BN_bin2bn(answer + 32, 32, NULL)));
	sig_len = i2d_ECDSA_SIG(pair, &sig);
	ck_assert_int_gt(EVP_PKEY_verify_init(ctx), 0);
	ck_assert_int_eq(EVP_PKEY_verify(ctx, sig, (size_t)sig_len, hash, 32),
	    1);
	OPENSSL_free(sig);
	OPENSSL_free(ec);
	ECDSA_SIG_free(pair);
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(key);
	buf_free(&data);
	buf_free(&der);
	sim_free(sim);
}
END_TEST

START_TEST(lengths)
{
	struct sim_options options = { .apps = "piv" };
	struct sim *sim = card(&options);

	/* Extended, short with a small Le, and GET RESPONSE for the rest. */
	ck_assert_uint_eq(raw(sim, "00A40400000005A0000003080000"), 0x9000);
	ck_assert_uint_eq(raw(sim, "00A4040005A00000030810"), 0x612b);
	ck_assert_uint_eq(answer_len, 16);
	ck_assert_uint_eq(raw(sim, "00C000002B"), 0x9000);
	ck_assert_uint_eq(answer_len, 0x2b);
	ck_assert_uint_eq(raw(sim, "00C0000000"), 0x6985);
	/* Lc that is wrong in every way. */
	ck_assert_uint_eq(raw(sim, "00A4040006A000000308"), 0x6700);
	ck_assert_uint_eq(raw(sim, "00A40400000006A000000308"), 0x6700);
	ck_assert_uint_eq(raw(sim, "00A4040005A0000003080000"), 0x6700);
	ck_assert_uint_eq(raw(sim, "80A4040005A000000308"), 0x6e00);
	sim_free(sim);

	options.no_chaining = true;
	sim = card(&options);
	ck_assert_uint_eq(raw(sim, "10A4040002A000"), 0x6884);
	ck_assert_uint_eq(raw(sim, "00A40400000005A0000003080000"), 0x9000);
	sim_free(sim);
	options.no_chaining = false;

	options.t0 = true;
	sim = card(&options);
	ck_assert_uint_eq(raw(sim, "00A4040005A00000030800"), 0x6700);
	ck_assert_uint_eq(raw(sim, "00A40400000005A0000003080000"), 0x6700);
	ck_assert_uint_eq(raw(sim, "00A4040005A000000308"), 0x613b);
	ck_assert_uint_eq(raw(sim, "00C000003B"), 0x9000);
	ck_assert_uint_eq(raw(sim, "00F8000000"), 0x6c04);
	ck_assert_uint_eq(raw(sim, "00F8000004"), 0x9000);
	ck_assert_uint_eq(answer_len, 4);
	/* There are five bytes where there is nothing to say, too. */
	ck_assert_uint_eq(raw(sim, "00200080"), 0x6700);
	ck_assert_uint_eq(raw(sim, "0020008000"), 0x63c3);
	sim_free(sim);
}
END_TEST

/* What comes back when the second command goes wrong in one way. */
static size_t
wrong(enum sim_fault fault, bool *there)
{
	struct sim *sim = piv(NULL);
	static const uint8_t command[] = { 0, 0xcb, 0x3f, 0xff, 5, 0x5c, 3,
		0x5f, 0xc1, 2, 0 };
	uint8_t head[6];
	size_t len = 0;

	sim_fault(sim, fault, 2, false);
	ck_assert(sim_exchange(sim, command, sizeof command, answer, &len));
	ck_assert_uint_eq(len, 63);
	*there = sim_exchange(sim, command, sizeof command, answer, &len);
	ck_assert_uint_eq(sim_count(sim), 2);
	memcpy(head, answer, 6);
	sim_reset(sim);
	ck_assert_uint_eq(raw(sim, "00A4040005A00000030800"), 0x9000);
	memcpy(answer, head, 6);
	sim_free(sim);
	return len;
}

START_TEST(faults)
{
	bool there;

	(void)wrong(SIM_REMOVE, &there);
	ck_assert(!there);
	(void)wrong(SIM_TEAR, &there);
	ck_assert(!there);
	ck_assert_uint_eq(wrong(SIM_RESET, &there), 2);
	ck_assert(there);
	ck_assert_uint_eq(wrong(SIM_SHORT, &there), 1);
	ck_assert_uint_eq(wrong(SIM_EMPTY, &there), 0);
	ck_assert_uint_eq(wrong(SIM_FLOOD, &there), SIM_MAX);
	ck_assert_uint_eq(wrong(SIM_TRUNCATE, &there), 32);
	ck_assert_uint_eq(wrong(SIM_OVERLONG, &there), 65);
	ck_assert_mem_eq(answer, "\x53\x82\x7f\xff\x30", 5);
	ck_assert_uint_eq(wrong(SIM_INNER, &there), 65);
	ck_assert_mem_eq(answer, "\x53\x3b\x30\x82\x7f\xff", 6);
	ck_assert_uint_eq(wrong(SIM_FAIL, &there), 2);
	ck_assert_uint_eq(answer[0], 0x6f);
	ck_assert_int_eq(sim_fault_named("tear"), SIM_TEAR);
	ck_assert_int_eq(sim_fault_named("tears"), SIM_FAULTS);
}
END_TEST

START_TEST(full_and_blocked)
{
	struct sim_options options = { .apps = "piv", .blocked = true };
	struct sim *sim = managed_piv();

	sim_capacity(sim, 1);
	ck_assert_uint_eq(say_hex(sim, "0047009A", "AC03800111"), 0x6a84);
	sim_capacity(sim, 0);
	ck_assert_uint_eq(say_hex(sim, "0047009A", "AC03800111"), 0x9000);
	sim_free(sim);
	sim = card(&options);
	ck_assert_uint_eq(raw(sim, "00A4040005A00000030800"), 0x9000);
	ck_assert_uint_eq(raw(sim, "0020008008313233343536FFFF"), 0x6983);
	ck_assert_uint_eq(raw(sim, "002C008010"
				   "3132333435363738313233343536FFFF"),
	    0x9000);
	ck_assert_uint_eq(raw(sim, "0020008008313233343536FFFF"), 0x9000);
	sim_free(sim);
}
END_TEST

/* A process that ends, and another one that finds everything again. */
START_TEST(memory)
{
	char path[] = "/tmp/cng-card.XXXXXX";
	struct sim_options options = { .apps = "gids,piv,openpgp",
		.state = path };
	int fd = mkstemp(path);
	struct sim *sim;

	ck_assert_int_ge(fd, 0);
	close(fd);
	ck_assert_int_eq(unlink(path), 0);
	sim = card(&options);
	ck_assert_uint_eq(raw(sim, "00A4040006D2760001240100"), 0x9000);
	ck_assert_uint_eq(raw(sim, "00200083083132333435363738"), 0x9000);
	ck_assert_uint_eq(raw(sim, "00DA005E03616263"), 0x9000);
	ck_assert_uint_eq(raw(sim, "00A4040009A0000003974254465900"), 0x9000);
	ck_assert_uint_eq(raw(sim, "002000800439393939"), 0x63c2);
	sim_free(sim);
	sim = card(&options);
	ck_assert_uint_eq(raw(sim, "00A4040009A0000003974254465900"), 0x9000);
	ck_assert_uint_eq(raw(sim, "00200080"), 0x63c2);
	ck_assert_uint_eq(raw(sim, "00A4040006D2760001240100"), 0x9000);
	ck_assert_uint_eq(raw(sim, "00DA005E03616264"), 0x6982);
	ck_assert_uint_eq(raw(sim, "00CA005E00"), 0x9000);
	ck_assert_mem_eq(answer, "abc", 3);
	sim_free(sim);
	ck_assert_int_eq(unlink(path), 0);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { management_keys, curve_25519, rsa_sizes,
		pin_always, gids_challenge, gids_mutual, gids_oaep, gids_curve,
		lengths, faults, full_and_blocked, memory };

	return run_tests("simcard", tests, sizeof tests / sizeof tests[0]);
}
