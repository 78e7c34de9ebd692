/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The key identifier in protected data, and the way from there to the key
 * that unwraps.
 */
#include "blob/kds.h"

#include <stdio.h>

#include "base/text.h"
#include "blob/codec.h"
#include "blob/header.h"
#include "blob/magic.h"

#define ID_VERSION 1
#define ID_PUBLIC 1u
#define ID_KNOWN 3u            /* the other one is always set */
#define SUB_AUTHORITIES 15

/* --- the key identifier -------------------------------------------------- */

void
guid_text(char out[GUID_TEXT], const uint8_t guid[KDS_ID])
{
	const uint8_t *g = guid;

	(void)snprintf(out, GUID_TEXT, "%02x%02x%02x%02x-%02x%02x-%02x%02x-"
	    "%02x%02x-%02x%02x%02x%02x%02x%02x", g[3], g[2], g[1], g[0],
	    g[5], g[4], g[7], g[6], g[8], g[9], g[10], g[11], g[12], g[13],
	    g[14], g[15]);
}

static struct span
guid_field(struct walk *w, const char *name)
{
	char text[GUID_TEXT];
	struct blob_field field = {
		.name = name,
		.offset = w->blob.len - w->in.left,
		.size = KDS_ID,
		.kind = BLOB_FIELD_TEXT,
		.text = text,
	};

	if (w->status != CNG_OK || w->in.left < KDS_ID ||
	    !rd_take(&w->in, KDS_ID, &field.bytes))
		return walk_bytes(w, name, KDS_ID, BLOB_FIELD_BYTES);
	guid_text(text, field.bytes.ptr);
	walk_emit(w, &field);
	return field.bytes;
}

void
kds_key_id_fields(struct walk *w, struct kds_key_id *out)
{
	size_t info_len, domain_len, forest_len;
	uint32_t version, magic, flags;
	struct secret domain, forest;

	version = walk_u32(w, "KeyIdentifier.dwVersion");
	magic = walk_magic(w, "KeyIdentifier.dwMagic");
	flags = walk_u32(w, "KeyIdentifier.dwFlags");
	out->l0 = walk_u32(w, "KeyIdentifier.L0Index");
	out->l1 = walk_u32(w, "KeyIdentifier.L1Index");
	out->l2 = walk_u32(w, "KeyIdentifier.L2Index");
	out->root = guid_field(w, "KeyIdentifier.RootKeyId");
	info_len = walk_u32(w, "KeyIdentifier.cbKeyInfo");
	domain_len = walk_u32(w, "KeyIdentifier.cbDomainName");
	forest_len = walk_u32(w, "KeyIdentifier.cbForestName");
	out->info = walk_bytes(w, "KeyIdentifier.KeyInfo", info_len,
	    BLOB_FIELD_BYTES);
	domain = walk_wide(w, "KeyIdentifier.DomainName", domain_len, true);
	forest = walk_wide(w, "KeyIdentifier.ForestName", forest_len, true);
	secret_free(&domain);
	secret_free(&forest);
	out->public = (flags & ID_PUBLIC) != 0;
	if (w->status == CNG_OK &&
	    (version != ID_VERSION || magic != MAGIC_KDSK ||
		(flags & ~ID_KNOWN) != 0 || out->l0 > INT32_MAX ||
		out->l1 > KDS_LAST_INDEX || out->l2 > KDS_LAST_INDEX ||
		info_len == 0))
		walk_fail(w, CNG_ERR_BAD_DATA);
}

/* --- the security descriptor --------------------------------------------- */

/* Digits up to a '-' or the end; false: none, or too large. */
static bool
take_decimal(struct rd *in, uint64_t max, uint64_t *out)
{
	uint8_t byte;
	size_t digits = 0;

	for (*out = 0; rd_u8(in, &byte) && byte != '-'; digits++) {
		if (byte < '0' || byte > '9')
			return false;
		*out = *out * 10 + (uint64_t)(byte - '0');
		if (*out > max)
			return false;
	}
	return digits > 0;
}

/* A SID as Windows keeps it. */
static enum cng_status
write_sid(struct wr *w, struct span text)
{
	struct rd in = rd_of(text), count;
	uint64_t revision, authority, part;
	struct span start;
	uint8_t parts = 0;

	if (!rd_take(&in, 2, &start) || !span_equal(start, span_str("S-")) ||
	    text.ptr[text.len - 1] == '-' ||
	    !take_decimal(&in, 1, &revision) || revision != 1 ||
	    !take_decimal(&in, UINT64_C(0xffffffffffff), &authority))
		return CNG_ERR_BAD_DATA;
	for (count = in; count.left > 0; parts++)
		if (parts == SUB_AUTHORITIES ||
		    !take_decimal(&count, UINT32_MAX, &part))
			return CNG_ERR_BAD_DATA;
	if (parts == 0)
		return CNG_ERR_BAD_DATA;
	wr_u8(w, 1);
	wr_u8(w, parts);
	for (unsigned shift = 48; shift > 0;)
		wr_u8(w, (uint8_t)(authority >> (shift -= 8)));
	while (in.left > 0 && take_decimal(&in, UINT32_MAX, &part))
		wr_u32le(w, (uint32_t)part);
	return wr_status(w);
}

/* An entry that allows what the mask says. */
static void
write_ace(struct wr *w, struct span sid, uint32_t mask)
{
	wr_u16le(w, 0);
	wr_u16le(w, (uint16_t)(8 + sid.len));
	wr_u32le(w, mask);
	wr_bytes(w, sid);
}

enum cng_status
kds_descriptor(struct span sid, struct secret *out)
{
	uint8_t one[8 + 4 * SUB_AUTHORITIES], all[12], system[12], sd[160];
	struct wr own = wr_of(one, sizeof one);
	struct wr everybody = wr_of(all, sizeof all);
	struct wr owner = wr_of(system, sizeof system);
	struct wr w = wr_of(sd, sizeof sd);
	enum cng_status st = write_sid(&own, sid);
	size_t acl;

	if (st == CNG_OK)
		st = write_sid(&everybody, span_str("S-1-1-0"));
	if (st == CNG_OK)
		st = write_sid(&owner, span_str("S-1-5-18"));
	if (st != CNG_OK)
		return st;
	acl = 8 + 8 + own.len + 8 + everybody.len;
	/* revision; self-relative, with a DACL; owner and group at the end */
	wr_u16le(&w, 1);
	wr_u16le(&w, 0x8004);
	wr_u32le(&w, (uint32_t)(20 + acl));
	wr_u32le(&w, (uint32_t)(20 + acl + owner.len));
	wr_u32le(&w, 0);
	wr_u32le(&w, 20);
	wr_u16le(&w, 2);
	wr_u16le(&w, (uint16_t)acl);
	wr_u32le(&w, 2);
	write_ace(&w, span_of(one, own.len), 3);
	write_ace(&w, span_of(all, everybody.len), 2);
	wr_bytes(&w, span_of(system, owner.len));
	wr_bytes(&w, span_of(system, owner.len));
	st = wr_status(&w);
	return st == CNG_OK ? secret_copy(out, span_of(sd, w.len)) : st;
}

/* --- the key ------------------------------------------------------------- */

/* What stands in KeyInfo is a CNG public blob. */
static enum cng_status
by_peer(const struct kds_root *root, const uint8_t *group, struct span info,
    uint8_t *out)
{
	enum blob_type type = root->curve == CURVE_NONE ? BLOB_DHPUBLIC :
							  BLOB_ECCPUBLIC;
	struct key_material peer = { 0 };
	enum cng_status st = blob_decode(type, info, NULL, &peer);

	if (st == CNG_OK)
		st = kds_kek_by_peer(root, group, &peer, out);
	else if (st != CNG_ERR_NO_MEMORY)
		st = CNG_ERR_BAD_DATA;
	key_free(&peer);
	return st;
}

enum cng_status
kds_kek(const struct kds_key_id *id, struct span sid, struct span roots,
    uint8_t out[KDS_KEK])
{
	struct kds_moment when = { .l0 = id->l0, .l1 = id->l1, .l2 = id->l2 };
	struct secret descriptor = { 0 };
	struct kds_root root = { 0 };
	uint8_t group[KDS_GROUP_KEY];
	enum cng_status st = kds_descriptor(sid, &descriptor);

	when.descriptor = secret_span(&descriptor);
	if (st == CNG_OK)
		st = kds_root_find(&root, roots, id->root);
	if (st == CNG_OK)
		st = kds_group_key(&root, &when, group);
	if (st == CNG_OK)
		st = id->public ? by_peer(&root, group, id->info, out) :
				  kds_kek_by_nonce(&root, group, id->info, out);
	wipe(group, sizeof group);
	kds_root_free(&root);
	secret_free(&descriptor);
	return st;
}
