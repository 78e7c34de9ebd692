/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Data objects of PIV: certificates, and who the card says it is.
 */
#include "store/card/piv.h"

#include "base/log.h"
#include "crypto/crypto.h"
#include "store/card/inflate.h"
#include "store/card/roots.h"

#define TAG_LIST 0x5c
#define TAG_DATA 0x53
#define OBJECT_ROOM 16          /* for tags and lengths around a value */
#define OBJECT_MAX 3052         /* what such a card takes */
#define HISTORY_MAX 20

/* --- reading and writing ------------------------------------------------- */

static size_t
put_tag(uint8_t out[5], uint32_t object)
{
	struct wr w = wr_of(out, 5);
	uint8_t tag[3] = { (uint8_t)(object >> 16), (uint8_t)(object >> 8),
		(uint8_t)object };

	tlv_put(&w, TAG_LIST, span_of(tag, sizeof tag));
	return w.len;
}

enum cng_status
piv_get(struct card *card, uint32_t object, struct secret *out)
{
	uint8_t list[5];
	const struct apdu cmd = { 0x00, 0xcb, 0x3f, 0xff,
		span_of(list, put_tag(list, object)), true };
	struct secret answer = { 0 };
	struct span value;
	enum cng_status st = apdu_call(card->link, &cmd, &answer);

	*out = (struct secret){ 0 };
	if (st == CNG_OK) {
		struct rd r = rd_of(secret_span(&answer));
		uint32_t tag;

		if (!tlv_next(&r, &tag, &value) || tag != TAG_DATA ||
		    !rd_at_end(&r)) {
			log_line(LOG_WARN, "card: object %06lx is broken",
			    (unsigned long)object);
			st = CNG_ERR_DEVICE;
		} else {
			st = value.len == 0 ? CNG_ERR_NOT_FOUND :
					      secret_copy(out, value);
		}
	}
	secret_free(&answer);
	return st;
}

enum cng_status
piv_put(struct card *card, uint32_t object, struct span value)
{
	struct apdu cmd = { 0x00, 0xdb, 0x3f, 0xff, { NULL, 0 }, false };
	struct secret data = { 0 };
	uint8_t list[5];
	struct wr w;
	enum cng_status st = secret_new(&data, value.len + OBJECT_ROOM);

	if (st != CNG_OK)
		return st;
	w = wr_of(data.ptr, data.len);
	wr_bytes(&w, span_of(list, put_tag(list, object)));
	tlv_put(&w, TAG_DATA, value);
	st = wr_status(&w);
	cmd.data = span_of(data.ptr, w.len);
	if (st == CNG_OK)
		st = apdu_call(card->link, &cmd, NULL);
	secret_free(&data);
	return st;
}

enum cng_status
piv_metadata(struct card *card, uint8_t reference, struct secret *out,
    uint16_t *sw)
{
	const struct apdu cmd = { 0x00, 0xf7, 0x00, reference, { NULL, 0 },
		true };
	struct piv *piv = piv_of(card);
	enum cng_status st;

	*out = (struct secret){ 0 };
	*sw = 0;
	if (!piv->yubico || piv->no_metadata)
		return CNG_ERR_NOT_SUPPORTED;
	st = apdu_send(card->link, &cmd, out, sw);
	if (st == CNG_OK && *sw == 0x6d00) {
		secret_free(out);
		/* it could a moment ago: it was reset, and without what it
		 * says slots would look empty */
		if (piv->metadata)
			return CNG_ERR_DEVICE;
		piv->no_metadata = true;
		return CNG_ERR_NOT_SUPPORTED;
	}
	if (st == CNG_OK && *sw == SW_OK)
		piv->metadata = true;
	return st;
}

/* --- certificates -------------------------------------------------------- */

static enum cng_status
unpack(struct span object, struct secret *out)
{
	struct span body, how;
	enum cng_status st;

	if (!tlv_find(object, 0x70, &body) || body.len == 0)
		return CNG_OK;
	/* 80: as the first edition of SP 800-73 counts the bits */
	if (tlv_find(object, 0x71, &how) && how.len == 1 &&
	    (how.ptr[0] & 0x81) != 0)
		st = inflate_bytes(body, out);
	else
		st = secret_copy(out, body);
	if (st == CNG_OK && !card_is_der(secret_span(out))) {
		secret_free(out);
		st = CNG_ERR_DEVICE;
	}
	if (st != CNG_ERR_DEVICE)
		return st;
	log_line(LOG_WARN, "card: a certificate that cannot be read");
	return CNG_OK;
}

enum cng_status
piv_get_certificate(struct card *card, uint32_t object, struct secret *out,
    struct piv_note *note)
{
	struct secret value = { 0 };
	enum cng_status st = piv_get(card, object, &value);

	*out = (struct secret){ 0 };
	if (note != NULL && (st != CNG_OK ||
	    !piv_note_read(secret_span(&value), note)))
		*note = (struct piv_note){ .kind = PIV_NOTE_NONE };
	if (st == CNG_OK)
		st = unpack(secret_span(&value), out);
	else if (st == CNG_ERR_NOT_FOUND || st == CNG_ERR_NOT_SUPPORTED ||
	    st == CNG_ERR_NOT_LOGGED_IN)
		st = CNG_OK; /* not there, or not for us */
	secret_free(&value);
	return st;
}

static enum cng_status
put_body(struct card *card, uint32_t object, struct span body, uint8_t how)
{
	struct secret value = { 0 };
	struct wr w;
	enum cng_status st = secret_new(&value, body.len + OBJECT_ROOM);

	if (st != CNG_OK)
		return st;
	w = wr_of(value.ptr, value.len);
	tlv_put(&w, 0x70, body);
	tlv_put_u8(&w, 0x71, how);
	tlv_put(&w, 0xfe, span_of(NULL, 0));
	st = wr_status(&w);
	if (st == CNG_OK)
		st = piv_put(card, object, span_of(value.ptr, w.len));
	secret_free(&value);
	return st;
}

enum cng_status
piv_check_certificate(struct span der)
{
	struct secret packed = { 0 };
	enum cng_status st;

	if (der.len == 0)
		return CNG_OK;
	if (!card_is_der(der))
		return CNG_ERR_BAD_DATA;
	if (der.len + OBJECT_ROOM <= OBJECT_MAX)
		return CNG_OK;
	st = gzip_bytes(der, &packed);
	if (st == CNG_OK && packed.len + OBJECT_ROOM > OBJECT_MAX)
		st = CNG_ERR_STORE_FULL;
	secret_free(&packed);
	return st;
}

/* Plain, which everybody reads, as long as there is room for it. */
enum cng_status
piv_put_certificate(struct card *card, uint32_t object, struct span der)
{
	struct secret packed = { 0 };
	enum cng_status st = CNG_ERR_STORE_FULL;

	if (der.len == 0)
		return piv_put(card, object, der);
	if (!card_is_der(der))
		return CNG_ERR_BAD_DATA;
	if (der.len + OBJECT_ROOM <= OBJECT_MAX)
		st = put_body(card, object, der, 0);
	if (st != CNG_ERR_STORE_FULL)
		return st;
	st = gzip_bytes(der, &packed);
	if (st == CNG_OK)
		st = packed.len + OBJECT_ROOM <= OBJECT_MAX ?
		    put_body(card, object, secret_span(&packed), 1) :
		    CNG_ERR_STORE_FULL;
	secret_free(&packed);
	return st;
}

/* --- what goes with them ------------------------------------------------- */

#define ROOTS_MID 0x83
#define ROOTS_END 0x82

/* One file in up to five objects; *last: that was the end of it. */
static enum cng_status
get_roots_part(struct card *card, uint32_t object, struct secret *file,
    bool *last)
{
	struct secret value = { 0 };
	struct span part = { NULL, 0 };
	struct rd r;
	uint32_t tag = 0;
	enum cng_status st = piv_get(card, object, &value);

	r = rd_of(secret_span(&value));
	if (st == CNG_OK && (!tlv_next(&r, &tag, &part) ||
	    (tag != ROOTS_MID && tag != ROOTS_END)))
		st = CNG_ERR_NOT_FOUND;
	if (st == CNG_OK)
		st = secret_append(file, part);
	*last = tag == ROOTS_END;
	secret_free(&value);
	return st;
}

enum cng_status
piv_get_roots(struct card *card, struct device_keys *out)
{
	struct secret file = { 0 }, der = { 0 };
	bool last = false;
	enum cng_status st = CNG_OK;

	if (!piv_of(card)->yubico)
		return CNG_OK;
	for (uint32_t i = PIV_ROOTS_FIRST; st == CNG_OK && !last &&
	    i <= PIV_ROOTS_LAST; i++)
		st = get_roots_part(card, i, &file, &last);
	if (st == CNG_OK && last)
		st = card_unpack(secret_span(&file), &der);
	if (st == CNG_OK && der.len > 0)
		st = card_roots(secret_span(&der), out);
	secret_free(&file);
	secret_free(&der);
	/* nobody loses a key because somebody's roots are broken */
	return card_is_final(st) ? st : CNG_OK;
}

/* Programs that follow the standard look into retired slots only as far as the
 * key history says. */
enum cng_status
piv_put_history(struct card *card, uint8_t count)
{
	struct secret old = { 0 };
	struct span value, url = { NULL, 0 };
	uint8_t bytes[160], on = 0, off = 0;
	struct wr w = wr_of(bytes, sizeof bytes);
	enum cng_status st = piv_get(card, PIV_HISTORY, &old);

	if (st == CNG_OK) {
		if (tlv_find(secret_span(&old), 0xc1, &value) &&
		    value.len == 1)
			on = value.ptr[0];
		if (tlv_find(secret_span(&old), 0xc2, &value) &&
		    value.len == 1)
			off = value.ptr[0];
		if (!tlv_find(secret_span(&old), 0xf3, &url))
			url = span_of(NULL, 0);
	}
	if ((st == CNG_OK || st == CNG_ERR_NOT_FOUND) && on < count &&
	    count + off <= HISTORY_MAX) {
		tlv_put_u8(&w, 0xc1, count);
		tlv_put_u8(&w, 0xc2, off);
		if (url.len > 0)
			tlv_put(&w, 0xf3, url);
		tlv_put(&w, 0xfe, span_of(NULL, 0));
		st = wr_status(&w) == CNG_OK ? piv_put(card, PIV_HISTORY,
		    span_of(bytes, w.len)) : CNG_ERR_DEVICE;
	}
	secret_free(&old);
	if (card_is_final(st))
		return st;
	if (st != CNG_OK && st != CNG_ERR_NOT_FOUND)
		log_line(LOG_INFO, "card: key history not written");
	return CNG_OK;
}

/* --- who it is ----------------------------------------------------------- */

#define GUID_LEN 16
#define CCC_ID_LEN 14

static bool
is_zero(struct span s)
{
	return span_trim(s).len == 0;
}

enum cng_status
piv_guid(struct card *card, uint8_t out[16])
{
	struct secret value = { 0 };
	struct span found;
	bool known = false;
	enum cng_status st = piv_get(card, PIV_CHUID, &value);

	if (st == CNG_OK && tlv_find(secret_span(&value), 0x34, &found) &&
	    found.len == GUID_LEN && !is_zero(found)) {
		memcpy(out, found.ptr, GUID_LEN);
		known = true;
	}
	secret_free(&value);
	if (known || (st != CNG_OK && st != CNG_ERR_NOT_FOUND))
		return st;
	st = piv_get(card, PIV_CCC, &value);
	if (st == CNG_OK && tlv_find(secret_span(&value), 0xf0, &found) &&
	    found.len >= CCC_ID_LEN && !is_zero(found)) {
		memset(out, 0, GUID_LEN);
		memcpy(out, found.ptr + found.len - CCC_ID_LEN, CCC_ID_LEN);
		known = true;
	}
	secret_free(&value);
	return known || (st != CNG_OK && st != CNG_ERR_NOT_FOUND) ? st :
	    CNG_ERR_NOT_FOUND;
}

static const uint8_t new_chuid[] = {
	/* a FASC-N of nobody, GUID, until when, no signature, no checksum */
	0x30, 0x19, 0xd4, 0xe7, 0x39, 0xda, 0x73, 0x9c, 0xed, 0x39, 0xce, 0x73,
	0x9d, 0x83, 0x68, 0x58, 0x21, 0x08, 0x42, 0x10, 0x84, 0x21, 0xc8, 0x42,
	0x10, 0xc3, 0xeb, 0x34, 0x10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0, 0, 0x35, 0x08, '2', '0', '5', '0', '0', '1', '0', '1', 0x3e, 0x00,
	0xfe, 0x00,
};

/* Puts one in; a CHUID that somebody has signed stays as it is. */
static enum cng_status
replace_guid(struct secret *chuid, bool *changed)
{
	struct span value = secret_span(chuid), guid, signature;
	uint8_t fresh[GUID_LEN];
	enum cng_status st;

	*changed = false;
	if (!tlv_find(value, 0x34, &guid) || guid.len != GUID_LEN ||
	    (tlv_find(value, 0x3e, &signature) && signature.len > 0))
		return CNG_OK;
	st = crypto_random(fresh, sizeof fresh);
	if (st != CNG_OK)
		return st;
	fresh[6] = (uint8_t)((fresh[6] & 0x0f) | 0x40);
	fresh[8] = (uint8_t)((fresh[8] & 0x3f) | 0x80);
	memcpy(chuid->ptr + (guid.ptr - chuid->ptr), fresh, sizeof fresh);
	*changed = true;
	return CNG_OK;
}

enum cng_status
piv_new_guid(struct card *card)
{
	struct secret chuid = { 0 };
	bool changed = false;
	enum cng_status st = piv_get(card, PIV_CHUID, &chuid);

	if (st == CNG_ERR_NOT_FOUND)
		st = secret_copy(&chuid, span_of(new_chuid, sizeof new_chuid));
	if (st == CNG_OK)
		st = replace_guid(&chuid, &changed);
	if (st == CNG_OK && changed)
		st = piv_put(card, PIV_CHUID, secret_span(&chuid));
	secret_free(&chuid);
	return st;
}
