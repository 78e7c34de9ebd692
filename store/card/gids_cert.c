/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Certificates of GIDS containers: files named after the container's number,
 * with a compressed certificate in each; and roots, in one PKCS#7 file.
 */
#include "store/card/gids.h"

#include <stdio.h>

#include "base/alloc.h"
#include "base/log.h"
#include "store/card/inflate.h"

#define COMPRESSED 0x0001
#define ROOTS_MAX 64

void
gids_cert_name(char out[GIDS_CERT_NAME], size_t index, bool sign)
{
	snprintf(out, GIDS_CERT_NAME, "%s%02X", sign ? "ksc" : "kxc",
	    (unsigned)(index & 0xff));
}

/* --- what is in such a file ---------------------------------------------- */

static bool
is_sequence(struct span in)
{
	struct rd r = rd_of(in);
	struct span body;
	uint32_t tag;

	return tlv_next(&r, &tag, &body) && tag == 0x30 && rd_at_end(&r);
}

/* Some write the bare certificate. */
static enum cng_status
unpack(struct span in, struct secret *out)
{
	struct rd r = rd_of(in);
	uint16_t kind, size;
	enum cng_status st;

	*out = (struct secret){ 0 };
	if (is_sequence(in))
		return secret_copy(out, in);
	if (!rd_u16le(&r, &kind) || kind != COMPRESSED ||
	    !rd_u16le(&r, &size))
		return CNG_ERR_DEVICE;
	st = inflate_bytes(rd_rest(&r), out);
	if (st == CNG_OK && (out->len != size ||
		!is_sequence(secret_span(out)))) {
		secret_free(out);
		st = CNG_ERR_DEVICE;
	}
	return st;
}

static enum cng_status
pack(struct span der, struct secret *out)
{
	uint8_t head[4];
	struct wr w = wr_of(head, sizeof head);
	struct secret packed = { 0 };
	enum cng_status st = CNG_ERR_DATA_SIZE;

	*out = (struct secret){ 0 };
	if (der.len <= UINT16_MAX)
		st = deflate_bytes(der, &packed);
	if (st != CNG_OK)
		return st;
	wr_u16le(&w, COMPRESSED);
	wr_u16le(&w, (uint16_t)der.len);
	st = secret_copy(out, span_of(head, sizeof head));
	if (st == CNG_OK)
		st = secret_append(out, secret_span(&packed));
	if (st != CNG_OK)
		secret_free(out);
	secret_free(&packed);
	return st;
}

/* --- reading ------------------------------------------------------------- */

/* Nobody loses a key because its certificate is damaged. */
static enum cng_status
forgive(enum cng_status st, const char *name)
{
	if (st == CNG_OK || gids_is_final(st))
		return st;
	log_line(LOG_WARN, "card: %s: %s", name, cng_status_text(st));
	return CNG_OK;
}

static enum cng_status
read_packed(struct card *card, struct span master, const char *name,
    struct secret *out)
{
	struct gids_spot spot;
	struct secret packed;
	enum cng_status st;

	*out = (struct secret){ 0 };
	if (!gids_master_find(master, "mscp", name, &spot))
		return CNG_OK;
	st = gids_read(card, spot, &packed);
	if (st == CNG_OK && packed.len > 0)
		st = unpack(secret_span(&packed), out);
	secret_free(&packed);
	return forgive(st, name);
}

enum cng_status
gids_cert_read(struct card *card, struct span master, size_t index, bool sign,
    struct secret *out)
{
	char name[GIDS_CERT_NAME];

	gids_cert_name(name, index, sign);
	return read_packed(card, master, name, out);
}

/* --- writing ------------------------------------------------------------- */

/* The file first, then its name: what has none is written over later. */
enum cng_status
gids_cert_write(struct card *card, struct secret *master, size_t index,
    bool sign, struct span der)
{
	char name[GIDS_CERT_NAME];
	struct gids_spot spot;
	struct secret packed;
	bool named;
	enum cng_status st = pack(der, &packed);

	if (st != CNG_OK)
		return st;
	gids_cert_name(name, index, sign);
	named = gids_master_find(secret_span(master), "mscp", name, &spot);
	if (!named)
		st = gids_master_spare(secret_span(master), &spot);
	if (st == CNG_OK)
		st = gids_write(card, spot, secret_span(&packed));
	if (st == CNG_OK && !named)
		st = gids_master_add(card, master, name, spot);
	secret_free(&packed);
	return st;
}

enum cng_status
gids_cert_drop(struct card *card, struct secret *master, size_t index,
    bool sign)
{
	char name[GIDS_CERT_NAME];
	struct gids_spot spot;
	enum cng_status st;

	gids_cert_name(name, index, sign);
	if (!gids_master_find(secret_span(master), "mscp", name, &spot))
		return CNG_OK;
	st = gids_master_drop(card, master, name);
	if (st == CNG_OK)
		st = gids_write(card, spot, span_of(NULL, 0));
	return st;
}

/* --- roots --------------------------------------------------------------- */

/* The certificates of a SignedData that signs nothing. */
static bool
find_certificates(struct span der, struct span *out)
{
	struct span info, content, data;

	return tlv_find(der, 0x30, &info) && tlv_find(info, 0xa0, &content) &&
	    tlv_find(content, 0x30, &data) && tlv_find(data, 0xa0, out);
}

static enum cng_status
take_roots(struct span list, struct device_keys *out)
{
	struct rd r = rd_of(list), before = r;
	enum cng_status st = CNG_OK;
	struct span body;
	uint32_t tag;

	out->cert = mem_new(ROOTS_MAX, sizeof *out->cert);
	if (out->cert == NULL)
		return CNG_ERR_NO_MEMORY;
	while (st == CNG_OK && out->cert_count < ROOTS_MAX &&
	    tlv_next(&r, &tag, &body)) {
		if (tag == 0x30)
			st = secret_copy(&out->cert[out->cert_count++],
			    span_of(before.ptr, before.left - r.left));
		before = r;
	}
	return st;
}

enum cng_status
gids_cert_roots(struct card *card, struct span master,
    struct device_keys *out)
{
	struct secret file;
	struct span list;
	enum cng_status st = read_packed(card, master, "msroots", &file);

	if (st == CNG_OK && file.len > 0 &&
	    find_certificates(secret_span(&file), &list))
		st = take_roots(list, out);
	secret_free(&file);
	return st;
}
