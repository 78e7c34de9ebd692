/* SPDX-License-Identifier: BSD-2-Clause
 *
 * DSAPUBLICBLOB and DSAPRIVATEBLOB: BCRYPT_DSA_KEY_BLOB for a prime of up to
 * 1024 bits, BCRYPT_DSA_KEY_BLOB_V2 for longer ones.
 */
#include "base/util.h"
#include "blob/codec.h"
#include "blob/magic.h"

#define V1_KEY_MAX 128 /* bytes of p */
#define V1_GROUP 20
#define SEED_MAX 256
#define COUNT_LEN 4
#define STANDARDS 2 /* FIPS 186-2 and 186-3 */

/* Bytes of q by the number of the hash: SHA-1, SHA-256, SHA-512. */
static const size_t group_of_hash[] = { 20, 32, 64 };

static const struct dsa_form {
	enum blob_type type;
	uint32_t magic;
	bool v2;
} forms[] = {
	{ BLOB_DSAPUBLIC, MAGIC_DSPB, false },
	{ BLOB_DSAPRIVATE, MAGIC_DSPV, false },
	{ BLOB_DSAPUBLIC, MAGIC_DPB2, true },
	{ BLOB_DSAPRIVATE, MAGIC_DPV2, true },
};

/* What stands in front of the numbers, and their widths. */
struct dsa_head {
	uint32_t key;
	uint32_t group;
	uint32_t seed;
	uint8_t info[2]; /* hash and standard */
};

enum { AT_Q, AT_P, AT_G, AT_Y, AT_X, AT_COUNT };

/* In the order of the blob. */
static const struct dsa_number {
	const char *name;
	enum key_part part;
	bool group; /* as wide as q */
	enum blob_field_kind kind;
} numbers[AT_COUNT] = {
	[AT_Q] = { "q", DSA_Q, true, BLOB_FIELD_BYTES },
	[AT_P] = { "Modulus", DSA_P, false, BLOB_FIELD_BYTES },
	[AT_G] = { "Generator", DSA_G, false, BLOB_FIELD_BYTES },
	[AT_Y] = { "Public", DSA_Y, false, BLOB_FIELD_BYTES },
	[AT_X] = { "PrivateExponent", DSA_X, true, BLOB_FIELD_SECRET },
};

static size_t
count_of(enum blob_type type)
{
	return type == BLOB_DSAPRIVATE ? AT_COUNT : AT_COUNT - 1;
}

static const struct dsa_form *
form_of_magic(uint32_t magic)
{
	for (size_t i = 0; i < ARRAY_LEN(forms); i++)
		if (forms[i].magic == magic)
			return &forms[i];
	return NULL;
}

enum blob_type
dsa_detect(uint32_t magic)
{
	const struct dsa_form *form = form_of_magic(magic);

	return form == NULL ? BLOB_ANY : form->type;
}

/* --- reading ---------------------------------------------------------- */

static void
read_v2_head(struct walk *w, struct dsa_head *head)
{
	uint32_t hash = walk_u32(w, "hashAlgorithm");
	uint32_t standard = walk_u32(w, "standardVersion");

	head->seed = walk_u32(w, "cbSeedLength");
	head->group = walk_u32(w, "cbGroupSize");
	if (hash >= ARRAY_LEN(group_of_hash) || standard >= STANDARDS ||
	    head->group != group_of_hash[hash] ||
	    head->seed < head->group || head->seed > SEED_MAX ||
	    head->key <= V1_KEY_MAX) {
		walk_fail(w, CNG_ERR_BAD_DATA);
		return;
	}
	head->info[0] = (uint8_t)hash;
	head->info[1] = (uint8_t)standard;
}

/* A counter of all ones says that the seed is not known. */
static bool
has_seed(struct span count)
{
	static const uint8_t none[COUNT_LEN] = { 0xff, 0xff, 0xff, 0xff };

	return !span_equal(count, span_of(none, sizeof none));
}

static enum cng_status
take_numbers(struct key_material *out, const struct dsa_form *form,
    const struct dsa_head *head, const struct span value[AT_COUNT])
{
	enum cng_status st = CNG_OK;

	out->family = KEY_DSA;
	out->has_private = form->type == BLOB_DSAPRIVATE;
	if (form->v2)
		st = key_set(out, DSA_INFO,
		    span_of(head->info, sizeof head->info));
	for (size_t i = 0; st == CNG_OK && i < count_of(form->type); i++)
		st = key_set(out, numbers[i].part, value[i]);
	return st;
}

enum cng_status
dsa_read(enum blob_type type, struct walk *w,
    const struct blob_params *params, struct key_material *out)
{
	struct dsa_head head = { .group = V1_GROUP, .seed = V1_GROUP };
	struct span value[AT_COUNT] = { 0 }, count, seed;
	const struct dsa_form *form;
	enum cng_status st;

	(void)params;
	form = form_of_magic(walk_magic(w, "dwMagic"));
	if (form == NULL || form->type != type) {
		walk_fail(w, CNG_ERR_BAD_MAGIC);
		return walk_end(w);
	}
	head.key = walk_u32(w, "cbKey");
	if (form->v2)
		read_v2_head(w, &head);
	else if (head.key > V1_KEY_MAX)
		walk_fail(w, CNG_ERR_BAD_DATA);
	count = walk_bytes(w, "Count", COUNT_LEN, BLOB_FIELD_BYTES);
	seed = walk_bytes(w, "Seed", head.seed, BLOB_FIELD_BYTES);
	for (size_t i = 0; i < count_of(type); i++) {
		value[i] = walk_bytes(w, numbers[i].name,
		    numbers[i].group ? head.group : head.key,
		    numbers[i].kind);
		if (span_trim(value[i]).len == 0)
			walk_fail(w, CNG_ERR_BAD_DATA);
	}
	st = walk_end(w);
	/* zeros in front must not hide that the other version was meant */
	if (st == CNG_OK && form->v2 &&
	    span_trim(value[AT_P]).len <= V1_KEY_MAX)
		st = CNG_ERR_BAD_DATA;
	if (st != CNG_OK || out == NULL)
		return st;
	st = take_numbers(out, form, &head, value);
	if (st == CNG_OK && has_seed(count))
		st = key_set(out, DSA_COUNT, count);
	if (st == CNG_OK && has_seed(count))
		st = key_set(out, DSA_SEED, seed);
	return st;
}

/* --- writing ---------------------------------------------------------- */

/* A key that did not come from such a blob has no info: the group says which
 * hash; a seed it has came from CryptoAPI, which knows FIPS 186-2 only. */
static bool
info_of(const struct key_material *key, struct dsa_head *head)
{
	struct span info = key_part(key, DSA_INFO);

	if (info.len == sizeof head->info) {
		memcpy(head->info, info.ptr, sizeof head->info);
		return head->info[0] < ARRAY_LEN(group_of_hash) &&
		    head->info[1] < STANDARDS &&
		    group_of_hash[head->info[0]] == head->group;
	}
	for (size_t i = 0; i < ARRAY_LEN(group_of_hash); i++) {
		if (group_of_hash[i] == head->group) {
			head->info[0] = (uint8_t)i;
			head->info[1] = key->part[DSA_SEED].len == 0;
			return true;
		}
	}
	return false;
}

static bool
head_of(const struct key_material *key, struct dsa_head *head)
{
	size_t seed = key_part(key, DSA_SEED).len;

	head->key = (uint32_t)key_part(key, DSA_P).len;
	head->group = (uint32_t)key_part(key, DSA_Q).len;
	head->seed = seed == 0 ? head->group : (uint32_t)seed;
	if (seed != 0 && key_part(key, DSA_COUNT).len != COUNT_LEN)
		return false;
	if (head->key <= V1_KEY_MAX)
		return head->group == V1_GROUP && head->seed == V1_GROUP;
	return head->seed >= head->group && info_of(key, head);
}

static void
write_head(struct wr *out, enum blob_type type, const struct dsa_head *head)
{
	bool v2 = head->key > V1_KEY_MAX;

	for (size_t i = 0; i < ARRAY_LEN(forms); i++)
		if (forms[i].type == type && forms[i].v2 == v2)
			wr_u32le(out, forms[i].magic);
	wr_u32le(out, head->key);
	if (!v2)
		return;
	wr_u32le(out, head->info[0]);
	wr_u32le(out, head->info[1]);
	wr_u32le(out, head->seed);
	wr_u32le(out, head->group);
}

static void
write_seed(struct wr *out, const struct key_material *key, size_t len)
{
	struct span seed = key_part(key, DSA_SEED);

	if (seed.len > 0) {
		wr_bytes(out, key_part(key, DSA_COUNT));
		wr_bytes(out, seed);
		return;
	}
	for (size_t i = 0; i < COUNT_LEN + len; i++)
		wr_u8(out, 0xff);
}

enum cng_status
dsa_write(enum blob_type type, const struct key_material *key,
    const struct blob_params *params, struct wr *out)
{
	struct dsa_head head = { 0 };

	(void)params;
	if (key->family != KEY_DSA || !head_of(key, &head) ||
	    (type == BLOB_DSAPRIVATE && !key->has_private))
		return CNG_ERR_BAD_TYPE;
	for (size_t i = 0; i < count_of(type); i++) {
		size_t len = key_part(key, numbers[i].part).len;

		if (len == 0 ||
		    len > (numbers[i].group ? head.group : head.key))
			return CNG_ERR_BAD_TYPE;
	}
	write_head(out, type, &head);
	write_seed(out, key, head.seed);
	for (size_t i = 0; i < count_of(type); i++)
		wr_be_padded(out, key_part(key, numbers[i].part),
		    numbers[i].group ? head.group : head.key);
	return wr_status(out);
}
