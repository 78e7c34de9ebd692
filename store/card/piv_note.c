/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Notes about keys on cards that have no room for a container map, or that tell
 * no public key.  They stand in the object of the certificate, as the
 * identifier that the standard once had there (72), and only while there is no
 * certificate: who writes one ends the note, and who looks for one finds none.
 */
#include "store/card/piv.h"

#include "base/utf16.h"
#include "crypto/asn1.h"

#define TAG_CERTIFICATE 0x70
#define TAG_NOTE 0x72
#define TAG_END 0xfe

/* Inside: these, then one of the tags, or two. */
static const uint8_t magic[] = { 'C', 'N', 'G', 0x01 };
#define TAG_HALF 0x80           /* print */
#define TAG_NAME 0x81           /* UTF-8 */
#define TAG_PUBLIC 0x82         /* SubjectPublicKeyInfo */

#define ROOM 64                 /* for all but name and key */

/* --- reading ------------------------------------------------------------- */

static bool
read_key(struct span in, struct piv_note *out)
{
	struct span name, public;

	if (!tlv_find(in, TAG_NAME, &name) ||
	    !tlv_find(in, TAG_PUBLIC, &public) || name.len == 0 ||
	    name.len >= DEVICE_NAME_SIZE || !utf8_valid(name) ||
	    memchr(name.ptr, '\0', name.len) != NULL ||
	    spki_decode(&out->public, public) != CNG_OK)
		return false;
	memcpy(out->name, name.ptr, name.len);
	out->kind = PIV_NOTE_KEY;
	return true;
}

bool
piv_note_read(struct span object, struct piv_note *out)
{
	struct span in, value;
	struct rd r;

	*out = (struct piv_note){ .kind = PIV_NOTE_NONE };
	if (tlv_find(object, TAG_CERTIFICATE, &value) ||
	    !tlv_find(object, TAG_NOTE, &in))
		return false;
	r = rd_of(in);
	if (!rd_take(&r, sizeof magic, &value) ||
	    !span_equal(value, span_of(magic, sizeof magic)))
		return false;
	in = span_of(in.ptr + sizeof magic, in.len - sizeof magic);
	if (!tlv_find(in, TAG_HALF, &value))
		return read_key(in, out);
	if (value.len != PIV_PRINT)
		return false;
	out->kind = PIV_NOTE_HALF;
	memcpy(out->print, value.ptr, PIV_PRINT);
	return true;
}

void
piv_note_free(struct piv_note *note)
{
	key_free(&note->public);
	*note = (struct piv_note){ .kind = PIV_NOTE_NONE };
}

/* --- writing ------------------------------------------------------------- */

static enum cng_status
put_note(struct card *card, uint32_t object, struct span body)
{
	struct secret value = { 0 };
	struct wr w;
	enum cng_status st = secret_new(&value, body.len + ROOM);

	if (st != CNG_OK)
		return st;
	w = wr_of(value.ptr, value.len);
	tlv_head(&w, TAG_NOTE, sizeof magic + body.len);
	wr_bytes(&w, span_of(magic, sizeof magic));
	wr_bytes(&w, body);
	tlv_put(&w, TAG_END, span_of(NULL, 0));
	st = wr_status(&w);
	if (st == CNG_OK)
		st = piv_put(card, object, span_of(value.ptr, w.len));
	secret_free(&value);
	return st;
}

enum cng_status
piv_note_half(struct card *card, uint32_t object,
    const uint8_t print[PIV_PRINT])
{
	uint8_t body[2 + PIV_PRINT];
	struct wr w = wr_of(body, sizeof body);

	tlv_put(&w, TAG_HALF, span_of(print, PIV_PRINT));
	return put_note(card, object, span_of(body, w.len));
}

enum cng_status
piv_note_key(struct card *card, uint32_t object, const char *name,
    const struct key_material *public)
{
	struct secret body = { 0 };
	struct wr count = wr_of(NULL, 0), w;
	enum cng_status st = spki_encode(public, &count);

	if (st == CNG_OK)
		st = secret_new(&body, DEVICE_NAME_SIZE + count.len + ROOM);
	if (st != CNG_OK)
		return st;
	w = wr_of(body.ptr, body.len);
	tlv_put(&w, TAG_NAME, span_str(name));
	tlv_head(&w, TAG_PUBLIC, count.len);
	st = spki_encode(public, &w);
	if (st == CNG_OK)
		st = wr_status(&w);
	if (st == CNG_OK)
		st = put_note(card, object, span_of(body.ptr, w.len));
	secret_free(&body);
	return st;
}
