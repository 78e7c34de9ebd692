/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Rows of tokens whose policy is compat: keys put together of others, cut out
 * of them, or encrypted under them.  But for the last, the standard says what
 * bytes these are, and libcrypto has nothing to add.
 */
#include "tests/mechanisms/cells.h"

#define FIRST_BIT 5

static CK_KEY_DERIVATION_STRING_DATA data;
static CK_AES_CBC_ENCRYPT_DATA_PARAMS cbc_data;
static CK_EXTRACT_PARAMS first_bit;
static CK_OBJECT_HANDLE other;

/* The data, or the value of the other key: info. */
static bool
data_param(struct sample *s)
{
	s->info = noise(s->row->pieces != 0 ? s->row->pieces : s->key.len,
	    31);
	data = (CK_KEY_DERIVATION_STRING_DATA){ s->info.ptr, s->info.len };
	return set_param(s, &data, sizeof(data));
}

static bool
other_param(struct sample *s)
{
	s->info = noise(s->row->pieces, 32);
	return went(secret_try(CKK_GENERIC_SECRET, s->info, &other),
	    "C_CreateObject") && set_param(s, &other, sizeof(other));
}

static bool
bit_param(struct sample *s)
{
	first_bit = FIRST_BIT;
	return set_param(s, &first_bit, sizeof(first_bit));
}

static bool
cbc_param(struct sample *s)
{
	s->info = noise(s->row->pieces, 33);
	s->iv = noise(16, 34);
	cbc_data = (CK_AES_CBC_ENCRYPT_DATA_PARAMS){ .pData = s->info.ptr,
		.length = s->info.len };
	memcpy(cbc_data.iv, s->iv.ptr, 16);
	return set_param(s, &cbc_data, sizeof(cbc_data));
}

static bool
join(struct bytes a, struct bytes b, struct bytes *out)
{
	*out = room(a.len + b.len);
	memcpy(out->ptr, a.ptr, a.len);
	memcpy(out->ptr + a.len, b.ptr, b.len);
	return true;
}

static bool
after_refer(struct sample *s)
{
	return join(s->key, s->info, &s->output);
}

static bool
before_refer(struct sample *s)
{
	return join(s->info, s->key, &s->output);
}

static bool
xor_refer(struct sample *s)
{
	CK_ULONG i;

	s->output = copy_of(s->key.ptr, s->key.len);
	for (i = 0; i < s->output.len; i++)
		s->output.ptr[i] ^= s->info.ptr[i];
	return true;
}

/* From that bit on, and around to the first ones. */
static bool
cut_refer(struct sample *s)
{
	CK_ULONG i, from, bits = 8 * s->key.len;
	unsigned bit;

	s->output = room((s->key.len + 1) / 2);
	for (i = 0; i < 8 * s->output.len; i++) {
		from = (FIRST_BIT + i) % bits;
		bit = s->key.ptr[from / 8] >> (7 - from % 8) & 1;
		s->output.ptr[i / 8] |= (unsigned char)(bit << (7 - i % 8));
	}
	return true;
}

static bool
aes_refer(struct sample *s)
{
	static const char *const ecb[] = { "AES-128-ECB", "AES-192-ECB",
		"AES-256-ECB" };
	static const char *const cbc[] = { "AES-128-CBC", "AES-192-CBC",
		"AES-256-CBC" };
	CK_ULONG which = s->key.len / 8 - 2;

	return cipher_run(s->iv.len > 0 ? cbc[which] : ecb[which], true,
	    s->key, s->iv, s->info, false, &s->output);
}

#define MIX(mech, keys_, with, from, len) \
	{ .type = CKM_##mech, .name = #mech, .kind = &derives, \
	    .keys = &keys_, .param = with##_param, .refer = from##_refer, \
	    .pieces = len, .compat = true, .plain = true }
#define ENCRYPT(mech, with) \
	{ .type = CKM_##mech, .name = #mech, .kind = &derives, \
	    .keys = &aes_keys, .param = with##_param, .refer = aes_refer, \
	    .pieces = 48, .compat = true }

static const struct row mix_table[] = {
	MIX(CONCATENATE_BASE_AND_KEY, any_keys, other, after, 17),
	MIX(CONCATENATE_BASE_AND_DATA, any_keys, data, after, 19),
	MIX(CONCATENATE_DATA_AND_BASE, any_keys, data, before, 19),
	MIX(XOR_BASE_AND_DATA, any_keys, data, xor, 0),
	MIX(EXTRACT_KEY_FROM_KEY, any_keys, bit, cut, 0),
	ENCRYPT(AES_ECB_ENCRYPT_DATA, data),
	ENCRYPT(AES_CBC_ENCRYPT_DATA, cbc),
};

const struct table mix_rows = { mix_table, ARRAY_LEN(mix_table) };
