/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What the CryptoAPI blobs share.
 */
#include "blob/capi.h"

#include "base/util.h"
#include "blob/magic.h"

#define PUBLICKEYBLOB 6
#define PRIVATEKEYBLOB 7
#define COUNTER_LEN 4

static const struct capi_form {
	enum blob_type type;
	uint8_t kind;
	uint8_t version;
	uint32_t magic;
	uint32_t algorithm[2];
} forms[] = {
	{ BLOB_CAPIPUBLIC, PUBLICKEYBLOB, 2, MAGIC_RSA1,
	    { CALG_RSA_KEYX, CALG_RSA_SIGN } },
	{ BLOB_CAPIPRIVATE, PRIVATEKEYBLOB, 2, MAGIC_RSA2,
	    { CALG_RSA_KEYX, CALG_RSA_SIGN } },
	{ BLOB_V2CAPIDSAPUBLIC, PUBLICKEYBLOB, 2, MAGIC_DSS1,
	    { CALG_DSS_SIGN, CALG_DSS_SIGN } },
	{ BLOB_V2CAPIDSAPRIVATE, PRIVATEKEYBLOB, 2, MAGIC_DSS2,
	    { CALG_DSS_SIGN, CALG_DSS_SIGN } },
	{ BLOB_CAPIDSAPUBLIC, PUBLICKEYBLOB, 3, MAGIC_DSS3,
	    { CALG_DSS_SIGN, CALG_DSS_SIGN } },
	{ BLOB_CAPIDSAPRIVATE, PRIVATEKEYBLOB, 3, MAGIC_DSS4,
	    { CALG_DSS_SIGN, CALG_DSS_SIGN } },
	{ BLOB_CAPIDHPUBLIC, PUBLICKEYBLOB, 3, MAGIC_DH3,
	    { CALG_DH_SF, CALG_DH_EPHEM } },
	{ BLOB_CAPIDHPRIVATE, PRIVATEKEYBLOB, 3, MAGIC_DH4,
	    { CALG_DH_SF, CALG_DH_EPHEM } },
};

static const struct capi_form *
form_of(enum blob_type type)
{
	for (size_t i = 0; i < ARRAY_LEN(forms); i++)
		if (forms[i].type == type)
			return &forms[i];
	return NULL;
}

enum blob_type
capi_detect(struct span in)
{
	struct rd r = rd_of(in);
	uint8_t kind, version;
	uint16_t reserved;
	uint32_t algorithm, magic;

	if (!rd_u8(&r, &kind) || !rd_u8(&r, &version) ||
	    !rd_u16le(&r, &reserved) || !rd_u32le(&r, &algorithm) ||
	    !rd_u32le(&r, &magic))
		return BLOB_ANY;
	for (size_t i = 0; i < ARRAY_LEN(forms); i++)
		if (forms[i].kind == kind && forms[i].version == version &&
		    forms[i].magic == magic)
			return forms[i].type;
	return BLOB_ANY;
}

/* --- header ----------------------------------------------------------- */

uint32_t
capi_read_head(enum blob_type type, struct walk *w)
{
	const struct capi_form *form = form_of(type);
	uint32_t algorithm;

	if (form == NULL) {
		walk_fail(w, CNG_ERR_INTERNAL);
		return 0;
	}
	if (walk_u8(w, "bType") != form->kind)
		walk_fail(w, CNG_ERR_BAD_MAGIC);
	if (walk_u8(w, "bVersion") != form->version)
		walk_fail(w, CNG_ERR_BAD_MAGIC);
	if (walk_u16(w, "reserved") != 0)
		walk_fail(w, CNG_ERR_BAD_DATA);
	algorithm = walk_u32(w, "aiKeyAlg");
	if (algorithm != form->algorithm[0] &&
	    algorithm != form->algorithm[1])
		walk_fail(w, CNG_ERR_BAD_DATA);
	if (walk_magic(w, "magic") != form->magic)
		walk_fail(w, CNG_ERR_BAD_MAGIC);
	return algorithm;
}

void
capi_write_head(enum blob_type type, uint32_t algorithm, struct wr *out)
{
	const struct capi_form *form = form_of(type);

	if (form == NULL)
		return;
	wr_u8(out, form->kind);
	wr_u8(out, form->version);
	wr_u16le(out, 0);
	wr_u32le(out, algorithm);
	wr_u32le(out, form->magic);
}

/* --- numbers ---------------------------------------------------------- */

uint32_t
capi_read_bits(struct walk *w, const char *name)
{
	uint32_t bits = walk_u32(w, name);

	if (bits % 8 != 0)
		walk_fail(w, CNG_ERR_BAD_DATA);
	return bits / 8;
}

/* Sets a part to the bytes in the other order. */
static enum cng_status
set_reversed(struct key_material *out, enum key_part part, struct span value)
{
	struct secret turned = { 0 };
	enum cng_status st = secret_new(&turned, value.len);

	if (st != CNG_OK)
		return st;
	for (size_t i = 0; i < value.len; i++)
		turned.ptr[i] = value.ptr[value.len - 1 - i];
	st = key_set(out, part, secret_span(&turned));
	secret_free(&turned);
	return st;
}

static bool
is_zero(struct span value)
{
	return span_trim(value).len == 0;
}

enum cng_status
capi_read_numbers(struct walk *w, const struct capi_number *numbers,
    size_t count, struct key_material *out)
{
	struct key_material key = { 0 };
	enum cng_status st = CNG_OK;

	if (out != NULL) {
		key.family = out->family;
		key.role = out->role;
		key.has_private = out->has_private;
	}
	for (size_t i = 0; st == CNG_OK && i < count; i++) {
		struct span value;

		if (numbers[i].width == 0)
			continue;
		value = walk_bytes(w, numbers[i].name, numbers[i].width,
		    numbers[i].secret ? BLOB_FIELD_SECRET :
					BLOB_FIELD_BYTES);
		if (is_zero(value))
			walk_fail(w, CNG_ERR_BAD_DATA);
		if (w->status == CNG_OK && out != NULL)
			st = set_reversed(&key, numbers[i].part, value);
	}
	if (st != CNG_OK)
		walk_fail(w, st);
	if (out != NULL)
		*out = key; /* the caller frees it when the walk failed */
	return w->status;
}

enum cng_status
capi_write_numbers(const struct capi_number *numbers, size_t count,
    const struct key_material *key, struct wr *out)
{
	for (size_t i = 0; i < count; i++) {
		struct span value = span_trim(key_part(key, numbers[i].part));

		if (numbers[i].width == 0)
			continue;
		if (value.len == 0 || value.len > numbers[i].width)
			return CNG_ERR_BAD_TYPE;
		wr_le_padded(out, value, numbers[i].width);
	}
	return wr_status(out);
}

/* --- DSSSEED ---------------------------------------------------------- */

struct capi_seed
capi_read_seed(struct walk *w)
{
	struct capi_seed seed;

	seed.counter = walk_bytes(w, "counter", COUNTER_LEN,
	    BLOB_FIELD_BYTES);
	seed.seed = walk_bytes(w, "seed", CAPI_SEED, BLOB_FIELD_BYTES);
	return seed;
}

enum cng_status
capi_take_seed(const struct capi_seed *seed, enum key_part part,
    enum key_part counter, struct key_material *out)
{
	static const uint8_t none[COUNTER_LEN] = { 0xff, 0xff, 0xff, 0xff };
	enum cng_status st;

	if (span_equal(seed->counter, span_of(none, sizeof none)))
		return CNG_OK;
	st = set_reversed(out, part, seed->seed);
	return st == CNG_OK ? set_reversed(out, counter, seed->counter) : st;
}

static void
write_reversed(struct span value, struct wr *out)
{
	for (size_t i = value.len; i-- > 0;)
		wr_u8(out, value.ptr[i]);
}

void
capi_write_seed(struct span seed, struct span counter, uint8_t filler,
    struct wr *out)
{
	if (seed.len == CAPI_SEED && counter.len == COUNTER_LEN) {
		write_reversed(counter, out);
		write_reversed(seed, out);
		return;
	}
	wr_u32le(out, UINT32_MAX);
	for (size_t i = 0; i < CAPI_SEED; i++)
		wr_u8(out, filler);
}
