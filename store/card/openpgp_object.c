/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The data objects of an OpenPGP card: certificates, and the names that we
 * keep there.
 */
#include "store/card/openpgp.h"

#include <stdio.h>

#include "base/log.h"
#include "base/utf16.h"
#include "store/card/names.h"

/* What is in object 0101 when it is ours; inside 80 to 82 are names, 90 to 92
 * fingerprints of imports that have begun. */
#define NAMES_FRAME 0xe0
#define NAMES_NAME 0x80
#define NAMES_BEGUN 0x90

/* --- reading and writing ------------------------------------------------- */

enum cng_status
pgp_get(struct card *card, unsigned tag, struct secret *out)
{
	const struct apdu get = { 0x00, 0xca, (uint8_t)(tag >> 8),
		(uint8_t)tag, span_of(NULL, 0), true };
	enum cng_status st = apdu_call(card->link, &get, out);

	return st == CNG_ERR_NOT_FOUND || st == CNG_ERR_NOT_SUPPORTED ?
	    CNG_OK : st;
}

enum cng_status
pgp_put(struct card *card, unsigned tag, struct span value)
{
	const struct apdu put = { 0x00, 0xda, (uint8_t)(tag >> 8),
		(uint8_t)tag, value, false };

	return apdu_call(card->link, &put, NULL);
}

struct span
pgp_inside(const struct secret *object, unsigned tag)
{
	struct span whole = secret_span(object), value;
	struct rd r = rd_of(whole);
	uint32_t found;

	return tlv_next(&r, &found, &value) && found == tag && rd_at_end(&r) ?
	    value : whole;
}

/* --- certificates -------------------------------------------------------- */

/* The certificates count the other way round: that of authentication, which
 * was the only one once, is the first. */
static enum cng_status
select_certificate(struct card *card, unsigned place)
{
	static const uint8_t which[] = { 0x06, 0x60, 0x04, 0x5c, 0x02, 0x7f,
		0x21 };
	struct apdu select = { 0x00, 0xa5, (uint8_t)(PGP_PLACES - 1 - place),
		0x04, span_of(which + 1, sizeof which - 1), false };
	enum cng_status st = apdu_call(card->link, &select, NULL);

	/* YubiKeys before 5.4.4 want its length before it */
	if (st == CNG_ERR_DATA) {
		select.data = span_of(which, sizeof which);
		st = apdu_call(card->link, &select, NULL);
	}

	/* an older card */
	if (st == CNG_ERR_NOT_SUPPORTED && place == PGP_AUTH)
		st = CNG_OK;
	return st;
}

enum cng_status
pgp_get_certificate(struct card *card, unsigned place, struct secret *out)
{
	enum cng_status st = select_certificate(card, place);
	struct span value;
	struct rd r;
	uint32_t tag;

	*out = (struct secret){ 0 };
	if (st == CNG_ERR_NOT_SUPPORTED || st == CNG_ERR_NOT_FOUND ||
	    st == CNG_ERR_DATA)
		return CNG_OK;
	if (st == CNG_OK)
		st = pgp_get(card, PGP_CERTIFICATE, out);
	if (st != CNG_OK || out->len == 0)
		return st;
	r = rd_of(secret_span(out));
	if (!tlv_next(&r, &tag, &value) || tag != 0x30) {
		log_line(LOG_WARN, "card: what is no certificate is ignored");
		secret_free(out);
		return CNG_OK;
	}
	secret_truncate(out, out->len - r.left);
	return CNG_OK;
}

enum cng_status
pgp_set_certificate(struct card *card, unsigned place, struct span der)
{
	enum cng_status st;

	if (der.len > pgp_of(card)->cert_max)
		return CNG_ERR_STORE_FULL;
	st = select_certificate(card, place);
	return st == CNG_OK ? pgp_put(card, PGP_CERTIFICATE, der) : st;
}

/* --- names --------------------------------------------------------------- */

const char *
pgp_fixed_name(unsigned place)
{
	static const char *const fixed[PGP_PLACES] = {
		[PGP_SIGN] = "OpenPGP signature",
		[PGP_DECRYPT] = "OpenPGP decryption",
		[PGP_AUTH] = "OpenPGP authentication",
	};

	return fixed[place];
}

const char *
pgp_name(const struct pgp_names *names, unsigned place)
{
	const char *name = names->name[place];

	return name[0] != '\0' ? name : pgp_fixed_name(place);
}

static bool
is_name(struct span text)
{
	return text.len > 0 && text.len < DEVICE_NAME_SIZE &&
	    utf8_valid(text);
}

enum cng_status
pgp_set_name(struct pgp_names *names, unsigned place, const char *name)
{
	bool fixed = strcmp(name, pgp_fixed_name(place)) == 0;

	if (card_name_check(name) != CNG_OK)
		return CNG_ERR_ARGUMENT;
	if (!fixed && names->foreign) {
		log_line(LOG_WARN, "card: no room for names in object 0101");
		return CNG_ERR_NOT_SUPPORTED;
	}
	snprintf(names->name[place], DEVICE_NAME_SIZE, "%s",
	    fixed ? "" : name);
	return CNG_OK;
}

static bool
parse_names(struct pgp_names *names, struct span in)
{
	struct rd r = rd_of(in);
	struct span value;
	uint32_t tag;

	if (!tlv_next(&r, &tag, &value) || tag != NAMES_FRAME ||
	    !rd_at_end(&r))
		return false;
	r = rd_of(value);
	while (tlv_next(&r, &tag, &value)) {
		unsigned place = tag & 0x0f;

		if (place >= PGP_PLACES)
			return false;
		if (tag == NAMES_NAME + place && is_name(value)) {
			memcpy(names->name[place], value.ptr, value.len);
			names->name[place][value.len] = '\0';
		} else if (tag == NAMES_BEGUN + place &&
		    value.len == PGP_PRINT) {
			memcpy(names->print[place], value.ptr, value.len);
			names->begun[place] = true;
		} else {
			return false;
		}
	}
	return rd_at_end(&r);
}

enum cng_status
pgp_get_names(struct card *card, struct pgp_names *out)
{
	struct secret object;
	enum cng_status st;

	*out = (struct pgp_names){ .foreign = false };
	if ((pgp_of(card)->caps & PGP_CAP_OWN) == 0) {
		out->foreign = true;
		return CNG_OK;
	}
	st = pgp_get(card, PGP_NAMES, &object);
	if (st != CNG_OK)
		return st;
	if (object.len > 0 && !parse_names(out, secret_span(&object)))
		*out = (struct pgp_names){ .foreign = true };
	secret_free(&object);
	return CNG_OK;
}

static void
write_names(struct wr *w, const struct pgp_names *names)
{
	for (unsigned i = 0; i < PGP_PLACES; i++) {
		if (names->name[i][0] != '\0')
			tlv_put(w, NAMES_NAME + i, span_str(names->name[i]));
		if (names->begun[i])
			tlv_put(w, NAMES_BEGUN + i,
			    span_of(names->print[i], PGP_PRINT));
	}
}

enum cng_status
pgp_put_names(struct card *card, const struct pgp_names *names)
{
	uint8_t bytes[UINT8_MAX];
	struct wr count = wr_of(NULL, 0), w = wr_of(bytes, sizeof bytes);

	write_names(&count, names);
	if (count.len > 0)
		tlv_head(&w, NAMES_FRAME, count.len);
	write_names(&w, names);
	if (w.failed || w.len > pgp_of(card)->object_max)
		return CNG_ERR_STORE_FULL;
	return pgp_put(card, PGP_NAMES, span_of(bytes, w.len));
}

const uint8_t pgp_half_print[PGP_PRINT] = { 'C', 'N', 'G', ':', ' ', 'n', 'o',
	't', ' ', 'w', 'h', 'o', 'l', 'e', ' ', 'y', 'e', 't', '.', '.' };

/* Others leave another fingerprint, or none at all with a key that they only
 * began with. */
bool
pgp_is_half_made(const struct card *card, const struct pgp_names *names,
    unsigned place)
{
	static const uint8_t none[PGP_PRINT];
	const uint8_t *print = pgp_of(card)->print[place];

	if (memcmp(print, pgp_half_print, PGP_PRINT) == 0)
		return true;
	return names->begun[place] &&
	    (memcmp(print, none, PGP_PRINT) == 0 ||
		memcmp(print, names->print[place], PGP_PRINT) == 0);
}
