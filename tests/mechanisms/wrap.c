/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Rows that wrap keys with AES.
 */
#include "tests/mechanisms/cells.h"

#include <stdio.h>

static bool
kw_refer(struct sample *s)
{
	char name[32];

	(void)snprintf(name, sizeof(name), "AES-%lu-%s", s->key.len * 8,
	    s->row->name_of);
	return cipher_run(name, true, s->key, s->iv, s->input, true,
	    &s->output);
}

/* PKCS#7 padding, then RFC 3394. */
static bool
kw_pkcs7_refer(struct sample *s)
{
	struct bytes plain = s->input, padded = room(plain.len / 8 * 8 + 8);
	bool good;

	memcpy(padded.ptr, plain.ptr, plain.len);
	memset(padded.ptr + plain.len, (int)(padded.len - plain.len),
	    padded.len - plain.len);
	s->input = padded;
	good = kw_refer(s);
	s->input = plain;
	return good;
}

static bool
iv_param(struct sample *s)
{
	s->iv = noise(16, 4);
	return set_param(s, s->iv.ptr, s->iv.len);
}

#define KW(mech, ref, mode, len) \
	{ .type = CKM_##mech, .name = #mech, .kind = &wraps, \
	    .keys = &aes_keys, .refer = ref, .name_of = mode, .limit = len }
#define KW_DATA(mech, ref, mode, multiple) \
	{ .type = CKM_##mech, .name = #mech, .kind = &crypts, \
	    .keys = &aes_keys, .refer = ref, .name_of = mode, \
	    .pieces = multiple }

/* A key wraps none that is stronger: the target is as weak as the weakest. */
static const struct row wrap_table[] = {
	KW(AES_KEY_WRAP, kw_refer, "WRAP", 16),
	KW(AES_KEY_WRAP_KWP, kw_refer, "WRAP-PAD", 13),
	KW(AES_KEY_WRAP_PAD, kw_refer, "WRAP-PAD", 13),
	KW(AES_KEY_WRAP_PKCS7, kw_pkcs7_refer, "WRAP", 13),
	KW_DATA(AES_KEY_WRAP, kw_refer, "WRAP", 8),
	KW_DATA(AES_KEY_WRAP_KWP, kw_refer, "WRAP-PAD", 0),
	KW_DATA(AES_KEY_WRAP_PAD, kw_refer, "WRAP-PAD", 0),
	KW_DATA(AES_KEY_WRAP_PKCS7, kw_pkcs7_refer, "WRAP", 0),
	{ .type = CKM_AES_CBC_PAD, .name = "AES_CBC_PAD", .kind = &wraps,
	    .keys = &aes_keys, .param = iv_param, .refer = kw_refer,
	    .name_of = "CBC", .limit = 13, .without = CKF_UNWRAP },
};

const struct table wrap_rows = { wrap_table, ARRAY_LEN(wrap_table) };
