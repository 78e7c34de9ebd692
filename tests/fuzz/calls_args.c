/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Fuzz target "calls": mechanisms, parameters and templates out of bytes.
 * Pointers and lengths are honest, NULL, or such that no memory has: nobody
 * can defend himself against others.
 */
#include "tests/fuzz/calls.h"

#include "base/util.h"
#include "pkcs11/attr.h"
#include "pkcs11/mech.h"
#include "pkcs11/vendor.h"
#include "tests/fuzz/calls_fit.h"

#define MECHS_MAX 512
#define WORDS_MAX 24

/* --- numbers --- */

CK_MECHANISM_TYPE
args_type(struct input *in)
{
	static CK_MECHANISM_TYPE types[MECHS_MAX];
	static size_t count;
	size_t at;

	if (count == 0)
		count = mech_list(types, MECHS_MAX, true);
	at = input_byte(in) << 8;
	at |= input_byte(in);
	return at == 0xffff ? input_number(in) : types[at % count];
}

CK_OBJECT_HANDLE
args_object(struct input *in)
{
	size_t all = world.keys + world.objects;
	unsigned which = input_byte(in);

	if (which >= 250)
		return (CK_OBJECT_HANDLE)input_number(in);
	which %= (unsigned)all;
	return which < world.keys ? world.key[which] :
	    world.object[which - world.keys];
}

/* --- words of a parameter --- */

/* As many bytes as fit somewhere, or what was written before. */
static CK_BYTE *
some_bytes(struct input *in, CK_ULONG *len)
{
	static const CK_ULONG lens[] = { 0, 1, 4, 7, 8, 12, 13, 16, 16, 20, 32,
		32, 65, 97, 255 };
	unsigned how = input_byte(in);
	struct kept *old;

	if (how >= 250) {
		*len = ~0UL - (how & 1);
		return memory_room(16);
	}
	if (how >= 240) {
		*len = input_number(in);
		return NULL;
	}
	if (how >= 200) {
		old = &world.kept[how % KEPT_MAX];
		*len = old->len;
		return memory_bytes(old->bytes, old->len);
	}
	*len = lens[how % ARRAY_LEN(lens)];
	return memory_from(in, *len);
}

static CK_ULONG
some_hash(struct input *in)
{
	static const CK_MECHANISM_TYPE some[] = { CKM_SHA_1, CKM_SHA256,
		CKM_SHA384, CKM_SHA512, CKM_SHA3_256, CKM_SHA256_HMAC,
		CKM_SHA512_HMAC, CKM_AES_CMAC };
	size_t i = input_below(in, ARRAY_LEN(some) + 1);

	return i < ARRAY_LEN(some) ? some[i] : input_number(in);
}

static CK_ULONG *put_words(
    struct input *in, const char *layout, CK_ULONG *to);

static CK_ULONG
address(const void *p)
{
	return (CK_ULONG)(uintptr_t)p;
}

/* A structure of words of its own. */
static CK_BYTE *
words(struct input *in, const char *layout, CK_ULONG *len)
{
	CK_ULONG room[WORDS_MAX] = { 0 };

	*len = (CK_ULONG)(put_words(in, layout, room) - room) * sizeof(*room);
	return memory_bytes(room, *len);
}

static CK_ULONG
pieces(struct input *in, CK_ULONG count)
{
	static const char *const values[] = { "n", "nn", "nnn", "bn", "nbn" };
	CK_ULONG room[3 * 4] = { 0 };

	for (CK_ULONG i = 0; i < count; i++) {
		room[3 * i] = input_below(in, 6);
		room[3 * i + 1] = address(words(in,
		    values[input_below(in, ARRAY_LEN(values))],
		    &room[3 * i + 2]));
	}
	return address(memory_bytes(room, count * 3 * sizeof(*room)));
}

/*
 * A letter for each part of a structure:
 *   n number   b truth   B two of them   h hash   i as many rounds as are quick
 *   o handle   O parameter of OAEP   D pieces of SP 800-108
 *   P pointer and length   Q length and pointer   X pointer and bits
 *   W a nonce that may be written, and its length   T a tag   V a version
 *   K keys of a connection, which are written
 */
static CK_ULONG *
put_word(struct input *in, char letter, CK_ULONG *to)
{
	CK_ULONG len;

	switch (letter) {
	case 'b': *to++ = input_byte(in); break;
	case 'B':
		len = input_byte(in);
		*to++ = (len & 1) | (len & 2) << 7;
		break;
	case 'h': *to++ = some_hash(in); break;
	case 'i': *to++ = input_below(in, 20); break;
	case 'o': *to++ = args_object(in); break;
	case 'O':
		*to++ = input_rarely(in) ? 0 :
		    address(words(in, "hnnP", &len));
		break;
	case 'D':
		to[0] = input_below(in, 5);
		to[1] = pieces(in, to[0]);
		to += 2;
		break;
	case 'P':
		to[0] = address(some_bytes(in, &to[1]));
		to += 2;
		break;
	case 'Q':
		to[1] = address(some_bytes(in, &to[0]));
		to += 2;
		break;
	case 'X':
		to[0] = address(some_bytes(in, &len));
		to[1] = len * 8;
		to += 2;
		break;
	case 'W':
		to[1] = input_below(in, 33);
		to[0] = address(memory_from(in, to[1]));
		to += 2;
		break;
	case 'T': *to++ = address(memory_room(16)); break;
	case 'V': *to++ = address(memory_room(2)); break;
	case 'K': *to++ = address(words(in, "ooooTT", &len)); break;
	default: *to++ = input_number(in); break;
	}
	return to;
}

static CK_ULONG *
put_words(struct input *in, const char *layout, CK_ULONG *to)
{
	for (; *layout != '\0'; layout++)
		to = put_word(in, *layout, to);
	return to;
}

/* How the parameters are laid out; those that are bytes have no row. */
static const char *const layouts[PARAM_KIND_COUNT] = {
	[PARAM_GCM] = "PnPn",
	[PARAM_OAEP] = "hnnP",
	[PARAM_PSS] = "hnn",
	[PARAM_ECDH1] = "nQQ",
	[PARAM_RSA_AES_WRAP] = "nO",
	[PARAM_MAC_LEN] = "n",
	[PARAM_EDDSA] = "bQ",
	[PARAM_SIGN_CONTEXT] = "nP",
	[PARAM_HASH_CONTEXT] = "nPh",
	[PARAM_CCM] = "nPPn",
	[PARAM_CHACHA20] = "XX",
	[PARAM_CHACHA20_POLY1305] = "PP",
	[PARAM_ECDH_AES_WRAP] = "nnQ",
	[PARAM_PBKD2] = "nPinPP",
	[PARAM_X942] = "nQQ",
	[PARAM_TLS_MASTER] = "PPVh",
	[PARAM_TLS_EXTENDED] = "hPV",
	[PARAM_TLS_KEYS] = "nnnbPPKh",
	[PARAM_TLS_KDF] = "hPPPP",
	[PARAM_TLS_MAC] = "hnn",
	[PARAM_OTHER_KEY] = "o",
	[PARAM_DATA] = "P",
	[PARAM_DATA_FIRST] = "P",
	[PARAM_FIRST_BIT] = "n",
	[PARAM_SHA512_T] = "n",
	[PARAM_IKE_FIRST] = "hBPPo",
	[PARAM_IKE_NEXT] = "hbooPPb",
	[PARAM_IKE_PLUS] = "hboP",
	[PARAM_IKE_EXTENDED] = "hboP",
};

static CK_BYTE *
cng_param(struct input *in, CK_ULONG *len)
{
	static const CK_ULONG types[] = { CNG_BUFFER_PKCS_KEY_NAME,
		CNG_BUFFER_PKCS_SECRET, CNG_BUFFER_PKCS_ALG_OID,
		CNG_BUFFER_PKCS_ALG_PARAM, CNG_BUFFER_ECC_CURVE_NAME,
		CNG_BUFFER_PKCS_AES_KEY_BITS, CNG_BUFFER_CERT_BLOB,
		CNG_BUFFER_PROTECTION_FLAGS };
	CK_CNG_BLOB_PARAMS blob = { 0 };
	CK_CNG_BUFFER buffer[3] = { 0 };

	blob.count = input_below(in, 4);
	for (CK_ULONG i = 0; i < blob.count; i++) {
		buffer[i].type = types[input_below(in, ARRAY_LEN(types))];
		buffer[i].value = some_bytes(in, &buffer[i].len);
	}
	blob.flags = input_byte(in) & 0xc8;
	blob.buffers = (void *)memory_bytes(
	    buffer, blob.count * sizeof(*buffer));
	*len = sizeof(blob);
	return memory_bytes(&blob, sizeof(blob));
}

static CK_BYTE *
derive_param(struct input *in, CK_MECHANISM_TYPE type, CK_ULONG *len)
{
	CK_ULONG room[WORDS_MAX] = { 0 }, *to = room;
	CK_BYTE both[2];

	if (type == CKM_SP800_108_FEEDBACK_KDF)
		return words(in, "hDQ", len); /* too short: no other keys */
	if (type == CKM_HKDF_DERIVE || type == CKM_HKDF_DATA) {
		both[0] = input_byte(in) & 1;
		both[1] = input_byte(in) & 1;
		memcpy(to++, both, sizeof(both));
		to = put_words(in, "hnPoP", to);
	} else {
		to = put_words(in, "hD", to) + 2;
	}
	*len = (CK_ULONG)(to - room) * sizeof(*room);
	return memory_bytes(room, *len);
}

static CK_BYTE *
param_of(struct input *in, const struct mech *row, CK_ULONG *len)
{
	CK_AES_CTR_PARAMS ctr;

	if (layouts[row->param] != NULL)
		return words(in, layouts[row->param], len);
	if (row->param == PARAM_DERIVE)
		return derive_param(in, row->type, len);
	if (row->param == PARAM_CNG_BLOB)
		return input_byte(in) & 1 ? cng_param(in, len) : NULL;
	if (row->param == PARAM_CTR) {
		ctr.ulCounterBits = input_number(in);
		memcpy(ctr.cb, memory_from(in, 16), 16);
		*len = sizeof(ctr);
		return memory_bytes(&ctr, sizeof(ctr));
	}
	if (row->param == PARAM_NONE && !input_rarely(in))
		return NULL;
	/* an initial value, or what a table above does not know */
	if (row->param <= PARAM_PBKD2)
		return some_bytes(in, len);
	*len = input_below(in, 16) * sizeof(CK_ULONG);
	return memset(memory_room(*len), 0, *len);
}

static const struct mech *
some_mech(struct input *in, const char *call)
{
	const struct mech *fit[MECHS_MAX];
	CK_FLAGS use = fit_flag(call);
	const struct mech *row;
	size_t i, k, n, count = 0;

	if (use == 0 || input_rarely(in))
		return mech_info(args_type(in));
	for (i = 0; i < MECH_TABLES; i++) {
		row = mech_table(i, &n);
		for (k = 0; k < n && count < MECHS_MAX; k++)
			if ((row[k].flags & use) != 0 &&
			    mech_info(row[k].type) != NULL)
				fit[count++] = &row[k];
	}
	return count == 0 ? NULL : fit[input_below(in, count)];
}

/* The one that was made last. */
static const struct mech *last;

CK_MECHANISM *
args_mechanism(struct input *in, const char *call)
{
	CK_MECHANISM how = { 0 };

	last = NULL;
	if (input_rarely(in))
		return NULL;
	last = some_mech(in, call);
	how.mechanism = last == NULL ? input_number(in) : last->type;
	if (last != NULL)
		how.pParameter = param_of(in, last, &how.ulParameterLen);
	if (input_rarely(in))
		how.ulParameterLen = 0;
	return (void *)memory_bytes(&how, sizeof(how));
}

CK_OBJECT_HANDLE
args_key(struct input *in, const char *call)
{
	CK_OBJECT_HANDLE fit[KEYS_MAX];
	size_t count = 0;

	if (last == NULL || input_byte(in) >= 224)
		return args_object(in);
	for (size_t i = 0; i < world.keys; i++)
		if (fit_key(call, last, i))
			fit[count++] = world.key[i];
	return count == 0 ? args_object(in) : fit[input_below(in, count)];
}

void *
args_message(struct input *in, CK_ULONG *len)
{
	static const char *const all[] = { "WnnTn", "nWnnTn", "WT" };
	size_t which = input_below(in, ARRAY_LEN(all) + 1);

	*len = 0;
	return which < ARRAY_LEN(all) ? words(in, all[which], len) : NULL;
}

/* --- templates --- */

static CK_ULONG lines(
    struct input *in, CK_ATTRIBUTE *to, CK_ULONG max, bool within);

static const struct attr_info *
some_attribute(struct input *in)
{
	const struct attr_info *table;
	size_t count;

	table = attr_table(&count);
	return &table[input_below(in, count)];
}

static CK_BYTE *
value_of(struct input *in, const struct attr_info *row, bool within,
    CK_ULONG *len)
{
	static const CK_BYTE p256[] = { 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce,
		0x3d, 0x03, 0x01, 0x07 };
	CK_ATTRIBUTE inner[3];
	CK_ULONG number;
	CK_BYTE truth;

	switch (row->form) {
	case ATTR_BOOL:
		truth = input_byte(in) & 1;
		*len = 1;
		return memory_bytes(&truth, 1);
	case ATTR_MECHANISMS:
		number = args_type(in);
		*len = sizeof(number);
		return memory_bytes(&number, sizeof(number));
	case ATTR_TEMPLATE:
		*len = within ? 0 : lines(in, inner, 3, true) * sizeof(*inner);
		return memory_bytes(inner, *len);
	case ATTR_BYTES:
		if (row->type != CKA_EC_PARAMS)
			return some_bytes(in, len);
		*len = sizeof(p256);
		return memory_bytes(p256, sizeof(p256));
	case ATTR_ULONG:
	case ATTR_CLASS:
	case ATTR_KEY_TYPE:
	case ATTR_KEPT_ULONG:
		break;
	}
	number = input_number(in);
	*len = sizeof(number);
	return memory_bytes(&number, sizeof(number));
}

static CK_ULONG
lines(struct input *in, CK_ATTRIBUTE *to, CK_ULONG max, bool within)
{
	CK_ULONG i, count = input_below(in, max + 1);
	const struct attr_info *row;

	for (i = 0; i < count; i++) {
		row = some_attribute(in);
		to[i].type = row->type;
		to[i].pValue = value_of(in, row, within, &to[i].ulValueLen);
		if (input_rarely(in))
			to[i].type = input_number(in);
		if (input_rarely(in) && to[i].ulValueLen > 0)
			to[i].ulValueLen--;
	}
	return count;
}

static void
put_number(CK_ATTRIBUTE *to, CK_ATTRIBUTE_TYPE type, CK_ULONG number)
{
	*to = (CK_ATTRIBUTE){ type, memory_bytes(&number, sizeof(number)),
		sizeof(number) };
}

/* What an object cannot do without. */
static CK_ULONG
begin_lines(struct input *in, CK_ATTRIBUTE *to)
{
	static const struct {
		CK_OBJECT_CLASS class;
		CK_KEY_TYPE type;
		CK_ATTRIBUTE_TYPE third;
		CK_ULONG number;     /* of the third line, or bytes of it */
		bool bytes;
	} some[] = {
		{ CKO_SECRET_KEY, CKK_AES, CKA_VALUE, 16, true },
		{ CKO_SECRET_KEY, CKK_GENERIC_SECRET, CKA_VALUE, 32, true },
		{ CKO_SECRET_KEY, CKK_AES, CKA_VALUE_LEN, 32, false },
		{ CKO_SECRET_KEY, CKK_GENERIC_SECRET, CKA_VALUE_LEN, 16,
		    false },
		{ CKO_DATA, 0, CKA_VALUE, 20, true },
		{ CKO_PUBLIC_KEY, CKK_RSA, CKA_MODULUS, 128, true },
		{ CKO_PRIVATE_KEY, CKK_EC, CKA_VALUE, 32, true },
	};
	size_t i = input_below(in, 2 * ARRAY_LEN(some));

	if (i >= ARRAY_LEN(some))
		return 0;
	put_number(&to[0], CKA_CLASS, some[i].class);
	put_number(&to[1], CKA_KEY_TYPE, some[i].type);
	put_number(&to[2], some[i].third, some[i].number);
	if (some[i].bytes) {
		to[2].ulValueLen = some[i].number;
		to[2].pValue = memory_from(in, some[i].number);
	}
	if (some[i].class == CKO_DATA)
		to[1] = to[2];
	return some[i].class == CKO_DATA ? 2 : 3;
}

CK_ATTRIBUTE *
args_template(struct input *in, CK_ULONG *count)
{
	CK_ATTRIBUTE room[16];

	*count = begin_lines(in, room);
	*count += lines(in, room + *count, 6, false);
	return (void *)memory_bytes(room, *count * sizeof(*room));
}

/* A line for C_GetAttributeValue: with much, little or no room. */
static void
want(struct input *in, CK_ATTRIBUTE *line)
{
	unsigned how = input_byte(in);

	line->type = some_attribute(in)->type;
	line->ulValueLen = how < 100 ? 2048 : how < 200 ? how - 100 : 0;
	line->pValue = how < 220 ? memory_room(line->ulValueLen) : NULL;
	if (how >= 250)
		line->ulValueLen = input_number(in);
}

CK_ATTRIBUTE *
args_wanted(struct input *in, CK_ULONG *count)
{
	CK_ATTRIBUTE room[8];

	*count = input_below(in, ARRAY_LEN(room) + 1);
	for (CK_ULONG i = 0; i < *count; i++)
		want(in, &room[i]);
	return (void *)memory_bytes(room, *count * sizeof(*room));
}
