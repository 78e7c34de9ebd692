/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Certificates of GIDS containers: files named after the container's number,
 * with a compressed certificate in each; and roots, in one PKCS#7 file.
 */
#include "store/card/gids.h"

#include <stdio.h>

#include "base/log.h"
#include "store/card/roots.h"

void
gids_cert_name(char out[GIDS_CERT_NAME], size_t index, bool sign)
{
	snprintf(out, GIDS_CERT_NAME, "%s%02X", sign ? "ksc" : "kxc",
	    (unsigned)(index & 0xff));
}

/* --- reading ------------------------------------------------------------- */

/* Nobody loses a key because its certificate is damaged. */
static enum cng_status
forgive(enum cng_status st, const char *name)
{
	if (st == CNG_OK || card_is_final(st))
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
		st = card_unpack(secret_span(&packed), out);
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
	enum cng_status st = card_pack(der, &packed);

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

enum cng_status
gids_cert_roots(struct card *card, struct span master,
    struct device_keys *out)
{
	struct secret file;
	enum cng_status st = read_packed(card, master, "msroots", &file);

	if (st == CNG_OK && file.len > 0)
		st = card_roots(secret_span(&file), out);
	secret_free(&file);
	return st;
}
