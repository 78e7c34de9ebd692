/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What is in the slots of a PIV card: by the metadata that newer cards of
 * Yubico's dialect give, else by the certificate, else by the container map
 * or by what this process has put there.
 */
#include "store/card/piv.h"

#include <stdio.h>

#include "base/alloc.h"
#include "base/log.h"
#include "base/util.h"
#include "crypto/crypto.h"
#include "store/card/public.h"

/* --- what there can be --------------------------------------------------- */

const struct piv_place piv_places[PIV_SLOTS] = {
	{ 0x82, 0x05, 0x5fc10d, "Retired Key 1" },
	{ 0x83, 0x06, 0x5fc10e, "Retired Key 2" },
	{ 0x84, 0x07, 0x5fc10f, "Retired Key 3" },
	{ 0x85, 0x08, 0x5fc110, "Retired Key 4" },
	{ 0x86, 0x09, 0x5fc111, "Retired Key 5" },
	{ 0x87, 0x0a, 0x5fc112, "Retired Key 6" },
	{ 0x88, 0x0b, 0x5fc113, "Retired Key 7" },
	{ 0x89, 0x0c, 0x5fc114, "Retired Key 8" },
	{ 0x8a, 0x0d, 0x5fc115, "Retired Key 9" },
	{ 0x8b, 0x0e, 0x5fc116, "Retired Key 10" },
	{ 0x8c, 0x0f, 0x5fc117, "Retired Key 11" },
	{ 0x8d, 0x10, 0x5fc118, "Retired Key 12" },
	{ 0x8e, 0x11, 0x5fc119, "Retired Key 13" },
	{ 0x8f, 0x12, 0x5fc11a, "Retired Key 14" },
	{ 0x90, 0x13, 0x5fc11b, "Retired Key 15" },
	{ 0x91, 0x14, 0x5fc11c, "Retired Key 16" },
	{ 0x92, 0x15, 0x5fc11d, "Retired Key 17" },
	{ 0x93, 0x16, 0x5fc11e, "Retired Key 18" },
	{ 0x94, 0x17, 0x5fc11f, "Retired Key 19" },
	{ 0x95, 0x18, 0x5fc120, "Retired Key 20" },
	{ 0x9a, 0x01, 0x5fc105, "PIV Authentication" },
	{ 0x9c, 0x02, 0x5fc10a, "Digital Signature" },
	{ 0x9d, 0x03, 0x5fc10b, "Key Management" },
	{ 0x9e, 0x04, 0x5fc101, "Card Authentication" },
};

size_t
piv_place_index(unsigned slot)
{
	size_t i = 0;

	while (i < PIV_SLOTS && piv_places[i].slot != slot)
		i++;
	return i;
}

static const struct piv_algorithm algorithms[] = {
	{ 0x06, KEY_RSA, CURVE_NONE, 1024, 0x01, 64, false },
	{ 0x07, KEY_RSA, CURVE_NONE, 2048, 0x01, 128, false },
	{ 0x05, KEY_RSA, CURVE_NONE, 3072, 0x01, 192, true },
	{ 0x16, KEY_RSA, CURVE_NONE, 4096, 0x01, 256, true },
	{ 0x11, KEY_EC, CURVE_P256, 256, 0x06, 32, false },
	{ 0x14, KEY_EC, CURVE_P384, 384, 0x06, 48, false },
	{ 0xe0, KEY_EDWARDS, CURVE_ED25519, 255, 0x07, 32, true },
	{ 0xe1, KEY_MONTGOMERY, CURVE_X25519, 255, 0x08, 32, true },
};

const struct piv_algorithm *
piv_algorithm_byte(uint8_t byte)
{
	for (size_t i = 0; i < ARRAY_LEN(algorithms); i++)
		if (algorithms[i].byte == byte)
			return &algorithms[i];
	return NULL;
}

const struct piv_algorithm *
piv_algorithm_of(enum key_family family, enum key_curve curve, size_t bits)
{
	for (size_t i = 0; i < ARRAY_LEN(algorithms); i++)
		if (algorithms[i].family == family &&
		    algorithms[i].curve == curve &&
		    (family != KEY_RSA || algorithms[i].bits == bits))
			return &algorithms[i];
	return NULL;
}

void
piv_sizes(const struct card *card, enum key_family family, size_t *min,
    size_t *max)
{
	for (size_t i = 0; i < ARRAY_LEN(algorithms); i++) {
		const struct piv_algorithm *one = &algorithms[i];

		if (one->family != family ||
		    (one->is_new && !piv_is_new(piv_of(card))))
			continue;
		if (*max == 0)
			*min = one->bits;
		*max = one->bits;
	}
}

bool
piv_has_curve(enum key_family family, enum key_curve curve)
{
	return piv_algorithm_of(family, curve, 0) != NULL;
}

/* --- public keys --------------------------------------------------------- */

static bool
is_key_of(const struct piv_algorithm *algorithm,
    const struct key_material *key)
{
	return key->family == algorithm->family &&
	    key->curve == algorithm->curve &&
	    (key->family != KEY_RSA || key_bits(key) == algorithm->bits);
}

enum cng_status
piv_read_public(const struct piv_algorithm *algorithm, struct span in,
    struct key_material *out)
{
	enum cng_status st;

	st = card_public_read(algorithm->family, algorithm->curve, in, out);
	if (st == CNG_OK && !is_key_of(algorithm, out)) {
		key_free(out);
		st = CNG_ERR_DEVICE;
	}
	return st;
}

/* The key of a certificate; false when it is none that a slot could hold. */
static bool
certificate_key(struct span der, struct key_material *out,
    const struct piv_algorithm **algorithm)
{
	bool good = card_public_of(der, out) == CNG_OK;

	if (good) {
		*algorithm = piv_algorithm_of(out->family, out->curve,
		    key_bits(out));
		good = *algorithm != NULL && is_key_of(*algorithm, out);
	}
	if (!good)
		key_free(out);
	return good;
}

static bool
has_numbers(const struct key_material *key)
{
	return key->part[0].len > 0;
}

/* --- one slot ------------------------------------------------------------ */

static enum device_pin_policy
usual_policy(uint8_t slot)
{
	return slot == 0x9c ? DEVICE_PIN_ALWAYS :
	    slot == 0x9e ? DEVICE_PIN_NEVER : DEVICE_PIN_ONCE;
}

static void
read_policy(struct span value, enum device_pin_policy *out)
{
	if (value.len < 1)
		return;
	switch (value.ptr[0]) {
	case 1:
		*out = DEVICE_PIN_NEVER;
		break;
	case 2:
	case 4:
		*out = DEVICE_PIN_ONCE;
		break;
	case 3:
	case 5:
		*out = DEVICE_PIN_ALWAYS;
		break;
	default:
		break; /* the slot's own */
	}
}

/* Something, all of it, and nothing else. */
static bool
is_metadata(struct span said)
{
	struct rd r = rd_of(said);
	struct span value;
	uint32_t tag = 0;

	while (tag < 0x10 && tlv_next(&r, &tag, &value))
		continue;
	return said.len > 0 && tag < 0x10 && rd_at_end(&r);
}

static enum cng_status
read_metadata(struct span said, struct piv_slot *slot)
{
	struct span value;
	enum cng_status st = CNG_OK;

	/* who takes nonsense for nothing writes over a key */
	slot->state = PIV_OCCUPIED;
	if (!is_metadata(said))
		return CNG_OK;
	slot->state = PIV_EMPTY;
	if (!tlv_find(said, 0x01, &value))
		return CNG_OK; /* policies, but no key */
	slot->state = PIV_OCCUPIED;
	if (value.len != 1)
		return CNG_ERR_DEVICE;
	slot->algorithm = piv_algorithm_byte(value.ptr[0]);
	if (slot->algorithm == NULL)
		return CNG_OK;
	slot->state = PIV_KEY;
	if (tlv_find(said, 0x02, &value))
		read_policy(value, &slot->pin);
	slot->generated = tlv_find(said, 0x03, &value) && value.len == 1 &&
	    value.ptr[0] == 1;
	if (tlv_find(said, 0x04, &value))
		st = piv_read_public(slot->algorithm, value, &slot->public);
	slot->told = has_numbers(&slot->public);
	return st == CNG_ERR_DEVICE ? CNG_OK : st;
}

/* What the card says itself; *told: it says anything. */
static enum cng_status
ask_metadata(struct card *card, uint8_t reference, struct piv_slot *slot,
    bool *told)
{
	struct secret said = { 0 };
	uint16_t sw;
	enum cng_status st = piv_metadata(card, reference, &said, &sw);

	*told = st == CNG_OK;
	if (st == CNG_ERR_NOT_SUPPORTED)
		return CNG_OK;
	if (st != CNG_OK)
		return st;
	if (sw == SW_OK)
		st = read_metadata(secret_span(&said), slot);
	else if (apdu_status(sw) == CNG_ERR_NOT_FOUND)
		slot->state = PIV_EMPTY;
	else if (apdu_status(sw) == CNG_ERR_NOT_SUPPORTED)
		slot->state = PIV_ABSENT;
	else
		slot->state = PIV_OCCUPIED; /* it does not know imported ones */
	secret_free(&said);
	return st;
}

/* From the certificate what is not known yet. */
static void
learn_from_certificate(struct piv_slot *slot)
{
	struct key_material key = { 0 };
	const struct piv_algorithm *algorithm;

	if (slot->certificate.len == 0 || has_numbers(&slot->public) ||
	    !certificate_key(secret_span(&slot->certificate), &key,
	    &algorithm))
		return;
	if (slot->algorithm == NULL || slot->algorithm == algorithm) {
		key_free(&slot->public);
		slot->public = key;
		slot->algorithm = algorithm;
		slot->state = PIV_KEY;
		return;
	}
	key_free(&key);
}

/* From what was put in its place. */
static void
learn_from_note(struct piv_slot *slot)
{
	struct key_material *public = &slot->note.public;
	const struct piv_algorithm *algorithm;

	if (slot->note.kind != PIV_NOTE_KEY)
		return;
	if (has_numbers(&slot->public)) {
		/* another program's key does not have its name */
		if (!key_same_public(&slot->public, public))
			piv_note_free(&slot->note);
		return;
	}
	algorithm = piv_algorithm_of(public->family, public->curve,
	    key_bits(public));
	if (algorithm == NULL || (slot->algorithm != NULL &&
	    slot->algorithm != algorithm) || !is_key_of(algorithm, public))
		return;
	slot->algorithm = algorithm;
	slot->state = PIV_KEY;
	key_free(&slot->public);
	slot->public = *public;
	*public = (struct key_material){ 0 };
}

/* From what this process did, or from the map; what is not whole is not what
 * they speak of. */
static enum cng_status
learn_from_memory(const struct card *card, size_t index,
    const struct piv_record *record, struct piv_slot *slot)
{
	const struct key_material *known =
	    &piv_of(card)->memory[index].public;
	const struct piv_algorithm *algorithm = NULL;

	if (piv_record_is_half(record) || slot->note.kind == PIV_NOTE_HALF)
		return CNG_OK;
	if (has_numbers(known))
		algorithm = piv_algorithm_of(known->family, known->curve,
		    key_bits(known));
	if (algorithm != NULL && (slot->algorithm == NULL ||
	    slot->algorithm == algorithm) && !has_numbers(&slot->public)) {
		slot->algorithm = algorithm;
		slot->state = PIV_KEY;
		key_free(&slot->public);
		return key_copy_public(&slot->public, known);
	}
	if (slot->algorithm == NULL) {
		slot->algorithm = piv_record_algorithm(record);
		if (slot->algorithm != NULL)
			slot->state = PIV_KEY;
	}
	return CNG_OK;
}

static bool
has_certificate(const struct piv_slot *slot)
{
	const struct piv_algorithm *algorithm;
	struct key_material key = { 0 };
	bool good = slot->certificate.len > 0 && has_numbers(&slot->public) &&
	    certificate_key(secret_span(&slot->certificate), &key,
	    &algorithm) && key_same_public(&key, &slot->public);

	key_free(&key);
	return good;
}

static bool
is_any(const uint8_t *print, size_t len)
{
	return span_trim(span_of(print, len)).len == 0;
}

/* Does the mark of an interrupted import speak of what is there?  It does not
 * when another program has used the slot since: then there is another key, or,
 * where the mark does not say which one it is about, a certificate for it. */
static bool
is_marked(const uint8_t *print, size_t len, const struct piv_slot *slot)
{
	uint8_t own[PIV_PRINT];

	if (!has_numbers(&slot->public))
		return true;
	if (is_any(print, len))
		return !has_certificate(slot);
	return piv_print_key(&slot->public, own) != CNG_OK ||
	    memcmp(own, print, len) == 0;
}

/* Is it still the key that was to make room for the one of the mark? */
static bool
is_old(const struct piv_record *record, const struct piv_slot *slot)
{
	const uint8_t *print = record->print + PIV_PRINT_HALF;
	uint8_t own[PIV_PRINT];

	return (record->flags & PIV_FLAG_OVER) != 0 &&
	    !is_any(print, PIV_PRINT_HALF) && has_numbers(&slot->public) &&
	    piv_print_key(&slot->public, own) == CNG_OK &&
	    memcmp(own, print, PIV_PRINT_HALF) == 0;
}

static bool
is_half(const struct piv_record *record, const struct piv_slot *slot)
{
	if (slot->note.kind == PIV_NOTE_HALF)
		return is_marked(slot->note.print, PIV_PRINT, slot);
	return piv_record_is_half(record) && !is_old(record, slot) &&
	    is_marked(record->print, (record->flags & PIV_FLAG_OVER) != 0 ?
	    PIV_PRINT_HALF : PIV_PRINT, slot);
}

/* The mark is not about the key that is there: that one's record, or none. */
static enum cng_status
end_mark(struct piv_map *map, struct piv_record *record,
    const struct piv_slot *slot)
{
	if (!is_old(record, slot)) {
		piv_map_drop(map, record->slot);
		return CNG_OK;
	}
	record->flags &= PIV_FLAG_DEFAULT;
	record->flags |= PIV_FLAG_VALID;
	memset(record->print, 0, PIV_PRINT);
	return slot->certificate.len == 0 ? CNG_OK : crypto_digest(HASH_SHA1,
	    secret_span(&slot->certificate), record->print);
}

/* Metadata say enough, unless there may be a mark. */
static bool
wants_certificate(const struct piv_map *map, const struct piv_record *record,
    const struct piv_slot *slot)
{
	return !has_numbers(&slot->public) || piv_record_is_half(record) ||
	    map->count == 0;
}

static enum cng_status
scan_slot(struct card *card, struct piv_map *map, size_t index,
    bool certificates, struct piv_slot *slot)
{
	const struct piv_place *place = &piv_places[index];
	struct piv_record *record = piv_map_find(map, place->slot);
	bool told;
	enum cng_status st;

	slot->state = PIV_EMPTY;
	slot->pin = usual_policy(place->slot);
	st = ask_metadata(card, place->slot, slot, &told);
	if (st != CNG_OK || slot->state == PIV_ABSENT)
		return st;
	if (!told || slot->state == PIV_OCCUPIED ||
	    (slot->state == PIV_KEY &&
	    (certificates || wants_certificate(map, record, slot))))
		st = piv_get_certificate(card, place->certificate,
		    &slot->certificate, &slot->note);
	if (st == CNG_OK && (!told || slot->state != PIV_EMPTY)) {
		learn_from_certificate(slot);
		learn_from_note(slot);
		st = learn_from_memory(card, index, record, slot);
	}
	if (st == CNG_OK && slot->state == PIV_KEY &&
	    slot->public.family == KEY_NONE)
		slot->public = (struct key_material){
			.family = slot->algorithm->family,
			.curve = slot->algorithm->curve };
	if (is_half(record, slot))
		slot->state = PIV_HALF;
	else if (st == CNG_OK && piv_record_is_half(record))
		st = end_mark(map, record, slot);
	return st;
}

enum cng_status
piv_look(struct card *card, bool certificates, struct piv_view **out)
{
	struct piv_view *view = mem_new(1, sizeof *view);
	enum cng_status st;

	*out = NULL;
	if (view == NULL)
		return CNG_ERR_NO_MEMORY;
	st = piv_map_read(card, &view->map);
	for (size_t i = 0; st == CNG_OK && i < PIV_SLOTS; i++)
		st = scan_slot(card, &view->map, i, certificates,
		    &view->slot[i]);
	if (st == CNG_OK)
		*out = view;
	else
		piv_view_free(view);
	return st;
}

void
piv_view_free(struct piv_view *view)
{
	for (size_t i = 0; view != NULL && i < PIV_SLOTS; i++) {
		key_free(&view->slot[i].public);
		secret_free(&view->slot[i].certificate);
		piv_note_free(&view->slot[i].note);
	}
	mem_free(view);
}

const char *
piv_name(const struct card *card, const struct piv_view *view, size_t index)
{
	const struct piv_record *record = piv_map_find(&view->map,
	    piv_places[index].slot);
	const struct piv_note *note = &view->slot[index].note;

	if (record != NULL && record->name[0] != '\0')
		return record->name;
	if (note->kind == PIV_NOTE_KEY)
		return note->name;
	if (piv_of(card)->memory[index].name[0] != '\0')
		return piv_of(card)->memory[index].name;
	return piv_places[index].name;
}

/* --- the list ------------------------------------------------------------ */

#define ROLE_EXCHANGE (KEY_ROLE_AGREE | KEY_ROLE_ENCRYPT)

/* What a container is for: by its record, else by its slot, as far as such a
 * key can do it at all. */
static unsigned
role_of(const struct piv_record *record, uint8_t slot,
    enum key_family family)
{
	unsigned can = family == KEY_RSA ? KEY_ROLE_SIGN | KEY_ROLE_ENCRYPT :
	    family == KEY_EC ? KEY_ROLE_SIGN | KEY_ROLE_AGREE :
	    family == KEY_EDWARDS ? KEY_ROLE_SIGN : KEY_ROLE_AGREE;
	unsigned role = slot == 0x9c || slot == 0x9e ? KEY_ROLE_SIGN :
	    slot == 0x9a ? KEY_ROLE_SIGN | ROLE_EXCHANGE : ROLE_EXCHANGE;

	if (record != NULL && record->spec == 2)
		role = KEY_ROLE_SIGN;
	else if (record != NULL && record->spec == 1)
		role = ROLE_EXCHANGE;
	else if (record != NULL && record->spec >= 3 && record->spec <= 5)
		role = KEY_ROLE_SIGN;
	else if (record != NULL && record->spec >= 6 && record->spec <= 8)
		role = ROLE_EXCHANGE;
	return (role & can) != 0 ? role & can : can;
}

static void
fill_key(const struct card *card, struct piv_view *view, size_t index,
    struct device_key *out)
{
	const struct piv_record *record = piv_map_find(&view->map,
	    piv_places[index].slot);
	struct piv_slot *slot = &view->slot[index];
	enum key_family family = slot->algorithm->family;

	out->place = piv_places[index].slot;
	snprintf(out->name, sizeof out->name, "%s",
	    piv_name(card, view, index));
	out->own_id = true;
	out->id = piv_places[index].id;
	out->bits = slot->algorithm->bits;
	out->role = role_of(record, piv_places[index].slot, family);
	out->can_sign = family != KEY_MONTGOMERY;
	out->can_decrypt = family == KEY_RSA;
	out->can_agree = family == KEY_EC || family == KEY_MONTGOMERY;
	out->pin = slot->pin;
	out->generated = slot->generated;
	out->public = slot->public;
	slot->public = (struct key_material){ 0 };
	secret_move(&out->certificate, &slot->certificate);
	out->is_default = record != NULL &&
	    (record->flags & PIV_FLAG_DEFAULT) != 0;
}

/* One of them is: the one that says so first, 9A, or the first. */
static void
choose_default(struct device_keys *keys)
{
	struct device_key *chosen = keys->count > 0 ? &keys->key[0] : NULL;
	bool said = false;

	for (size_t i = 0; i < keys->count; i++) {
		struct device_key *key = &keys->key[i];

		if (!said && (key->is_default || key->place == 0x9a))
			chosen = key;
		said = said || key->is_default;
		key->is_default = false;
	}
	if (chosen != NULL)
		chosen->is_default = true;
}

enum cng_status
piv_list(struct card *card, struct device_keys *out)
{
	struct piv_view *view;
	enum cng_status st = piv_look(card, true, &view);

	if (st == CNG_OK) {
		out->key = mem_new(PIV_SLOTS, sizeof *out->key);
		if (out->key == NULL)
			st = CNG_ERR_NO_MEMORY;
	}
	for (size_t i = 0; st == CNG_OK && i < PIV_SLOTS; i++)
		if (view->slot[i].state == PIV_KEY)
			fill_key(card, view, i, &out->key[out->count++]);
	if (st == CNG_OK) {
		choose_default(out);
		st = piv_get_roots(card, out);
	}
	piv_view_free(view);
	return st;
}
