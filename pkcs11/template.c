/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Templates: CK_ATTRIBUTE lists from outside, checked line by line and turned
 * into properties.  pValue may point anywhere, so it is only ever copied.
 */
#include "base/alloc.h"
#include "base/util.h"
#include "base/wr.h"
#include "pkcs11/attr.h"
#include "pkcs11/tell.h"

static CK_RV tmpl_read_within(struct tmpl *out, const void *list,
    CK_ULONG count, enum tmpl_use use);

static CK_RV
read_ulong(const CK_ATTRIBUTE *line, CK_ULONG *out)
{
	if (line->ulValueLen != sizeof(*out))
		return CKR_ATTRIBUTE_VALUE_INVALID;
	memcpy(out, line->pValue, sizeof(*out));
	return CKR_OK;
}

static CK_RV
read_bool(const CK_ATTRIBUTE *line, struct prop *out)
{
	CK_BBOOL value;

	if (line->ulValueLen != sizeof(value))
		return CKR_ATTRIBUTE_VALUE_INVALID;
	memcpy(&value, line->pValue, sizeof(value));
	if (value != CK_TRUE && value != CK_FALSE)
		return CKR_ATTRIBUTE_VALUE_INVALID;
	out->number = value;
	return CKR_OK;
}

/* *unknown: the number is well-formed but means nothing here. */
static CK_RV
read_number(const CK_ATTRIBUTE *line, enum attr_form form, struct prop *out,
    bool *unknown)
{
	enum key_family family;
	enum obj_class class;
	CK_ULONG value;
	CK_RV rv;

	rv = read_ulong(line, &value);
	if (rv != CKR_OK)
		return rv;
	out->number = value;
	if (form == ATTR_CLASS) {
		*unknown = !attr_class_from(value, &class);
		out->number = *unknown ? OBJ_NONE : class;
	} else if (form == ATTR_KEY_TYPE) {
		*unknown = !attr_family_from(value, &family);
		out->number = *unknown ? KEY_NONE : family;
	} else if (value == CK_UNAVAILABLE_INFORMATION) {
		out->number = UINT64_MAX;
	}
	return CKR_OK;
}

/* Memory that goes with the template; NULL when there is none. */
static uint8_t *
make_room(struct tmpl *tmpl, size_t size)
{
	uint8_t *made;

	if (tmpl->made_count == TMPL_MADE_MAX)
		return NULL;
	made = mem_new(size, 1);
	if (made != NULL)
		tmpl->made[tmpl->made_count++] = made;
	return made;
}

static CK_RV
read_kept_number(struct tmpl *tmpl, const CK_ATTRIBUTE *line,
    struct prop *out)
{
	struct wr kept;
	CK_ULONG value;
	uint8_t *made;
	CK_RV rv;

	rv = read_ulong(line, &value);
	if (rv != CKR_OK)
		return rv;
	made = make_room(tmpl, sizeof(uint64_t));
	if (made == NULL)
		return CKR_HOST_MEMORY;
	kept = wr_of(made, sizeof(uint64_t));
	wr_u64le(&kept, value);
	out->bytes = span_of(made, kept.len);
	return CKR_OK;
}

/* A template within the template, but not one within that. */
static CK_RV
read_template(struct tmpl *tmpl, const CK_ATTRIBUTE *line,
    enum tmpl_use use, struct prop *out)
{
	struct tmpl *inner;
	struct wr count = wr_of(NULL, 0), w;
	uint8_t *made = NULL;
	CK_RV rv;

	if (tmpl->within || line->ulValueLen % sizeof(*line) != 0)
		return CKR_ATTRIBUTE_VALUE_INVALID;
	if (line->ulValueLen == 0)
		return CKR_OK;
	inner = mem_new(1, sizeof(*inner));
	if (inner == NULL)
		return CKR_HOST_MEMORY;
	rv = tmpl_read_within(inner, line->pValue,
	    line->ulValueLen / sizeof(*line), use);
	tmpl->hopeless = tmpl->hopeless || inner->hopeless;
	props_pack(tmpl_props(inner), &count);
	if (rv == CKR_OK) {
		made = make_room(tmpl, count.len);
		rv = made == NULL ? CKR_HOST_MEMORY : CKR_OK;
	}
	if (rv == CKR_OK) {
		w = wr_of(made, count.len);
		props_pack(tmpl_props(inner), &w);
		out->bytes = span_of(made, count.len);
	}
	tmpl_free(inner);
	mem_free(inner);
	return rv;
}

static CK_RV
read_mechanisms(struct tmpl *tmpl, const CK_ATTRIBUTE *line, struct prop *out)
{
	CK_MECHANISM_TYPE type;
	struct wr kept;
	size_t i, count;
	uint8_t *made;

	if (line->ulValueLen % sizeof(type) != 0)
		return CKR_ATTRIBUTE_VALUE_INVALID;
	count = line->ulValueLen / sizeof(type);
	if (count == 0)
		return CKR_OK;
	made = make_room(tmpl, count * sizeof(uint64_t));
	if (made == NULL)
		return CKR_HOST_MEMORY;
	kept = wr_of(made, count * sizeof(uint64_t));
	for (i = 0; i < count; i++) {
		memcpy(&type,
		    (const uint8_t *)line->pValue + i * sizeof(type),
		    sizeof(type));
		wr_u64le(&kept, type);
	}
	out->bytes = span_of(made, kept.len);
	return CKR_OK;
}

static CK_RV
read_value(struct tmpl *tmpl, const CK_ATTRIBUTE *line, enum tmpl_use use,
    const struct attr_info *info, struct prop *out, bool *unknown)
{
	if (line->ulValueLen > TMPL_VALUE_MAX)
		return CKR_ATTRIBUTE_VALUE_INVALID;
	if (line->pValue == NULL && line->ulValueLen > 0)
		return CKR_ATTRIBUTE_VALUE_INVALID;
	switch (info->form) {
	case ATTR_BOOL:
		return read_bool(line, out);
	case ATTR_ULONG:
	case ATTR_CLASS:
	case ATTR_KEY_TYPE:
		return read_number(line, info->form, out, unknown);
	case ATTR_MECHANISMS:
		return read_mechanisms(tmpl, line, out);
	case ATTR_TEMPLATE:
		return read_template(tmpl, line, use, out);
	case ATTR_KEPT_ULONG:
		return read_kept_number(tmpl, line, out);
	case ATTR_BYTES:
		break;
	}
	out->bytes = span_of(line->pValue, line->ulValueLen);
	return CKR_OK;
}

/* A line of a template within has had its say. */
static CK_RV
tell_length(CK_RV rv, const CK_ATTRIBUTE *line)
{
	const char *text = "a value of a wrong length, or not of its type";

	if (line->pValue == NULL && line->ulValueLen > 0)
		text = "no value, but a length";
	if (rv != CKR_ATTRIBUTE_VALUE_INVALID || why_now()->text[0] != '\0')
		return rv;
	return tell_attribute(rv, line->type, text);
}

/* Nothing equals two values; one that is said twice is said. */
static CK_RV
add_again(struct tmpl *tmpl, const struct prop *first,
    const struct prop *again, CK_ATTRIBUTE_TYPE type, enum tmpl_use use)
{
	if (first->number == again->number &&
	    span_equal(first->bytes, again->bytes))
		return CKR_OK;
	tmpl->hopeless = true;
	return use == TMPL_FIND ? CKR_OK : tell_attribute(
	    CKR_TEMPLATE_INCONSISTENT, type, "stands there twice");
}

static CK_RV
read_line(struct tmpl *tmpl, const CK_ATTRIBUTE *line, enum tmpl_use use)
{
	const struct attr_info *info;
	const struct prop *first;
	struct prop prop = { 0 };
	bool unknown;
	CK_RV rv;

	info = attr_info(line->type);
	if (info == NULL) {
		tmpl->hopeless = true;
		return use == TMPL_FIND ? CKR_OK : tell_attribute(
		    CKR_ATTRIBUTE_TYPE_INVALID, line->type,
		    "an attribute that is not known");
	}
	prop.id = info->prop;
	first = props_find(tmpl_props(tmpl), prop.id);
	unknown = false;
	rv = read_value(tmpl, line, use, info, &prop, &unknown);
	if (rv != CKR_OK)
		return tell_length(rv, line);
	if (unknown) {
		tmpl->hopeless = true;
		return use == TMPL_FIND ? CKR_OK : tell_attribute(
		    CKR_ATTRIBUTE_VALUE_INVALID, line->type,
		    "a value that is not known");
	}
	return first == NULL ? tmpl_add(tmpl, &prop) :
	    add_again(tmpl, first, &prop, line->type, use);
}

static CK_RV
read_all(struct tmpl *out, const CK_ATTRIBUTE *list, CK_ULONG count,
    enum tmpl_use use)
{
	CK_ATTRIBUTE line;
	CK_ULONG i;
	CK_RV rv;

	out->count = 0;
	out->hopeless = false;
	out->made_count = 0;
	if (list == NULL && count > 0)
		return CKR_ARGUMENTS_BAD;
	if (count > TMPL_MAX) {
		why_say("template: %lu lines are too many", count);
		return use == TMPL_FIND ? CKR_ARGUMENTS_BAD :
					  CKR_TEMPLATE_INCONSISTENT;
	}
	for (i = 0; i < count; i++) {
		/* the inner ones may be anywhere */
		memcpy(&line, (const uint8_t *)list + i * sizeof(line),
		    sizeof(line));
		rv = read_line(out, &line, use);
		if (rv != CKR_OK) {
			tmpl_free(out);
			return rv;
		}
	}
	return CKR_OK;
}

CK_RV
tmpl_read(struct tmpl *out, const CK_ATTRIBUTE *list, CK_ULONG count,
    enum tmpl_use use)
{
	out->within = false;
	return read_all(out, list, count, use);
}

static CK_RV
tmpl_read_within(struct tmpl *out, const void *list, CK_ULONG count,
    enum tmpl_use use)
{
	out->within = true;
	return read_all(out, list, count, use);
}

void
tmpl_free(struct tmpl *tmpl)
{
	while (tmpl->made_count > 0)
		mem_free(tmpl->made[--tmpl->made_count]);
	tmpl->count = 0;
}

bool
tmpl_take(struct tmpl *tmpl, enum prop_id id, struct prop *out)
{
	size_t i;

	for (i = 0; i < tmpl->count; i++) {
		if (tmpl->item[i].id != id)
			continue;
		*out = tmpl->item[i];
		tmpl->count--;
		tmpl->item[i] = tmpl->item[tmpl->count];
		return true;
	}
	return false;
}

CK_RV
tmpl_add(struct tmpl *tmpl, const struct prop *line)
{
	if (tmpl->count == TMPL_MAX ||
	    props_find(tmpl_props(tmpl), line->id) != NULL)
		return CKR_TEMPLATE_INCONSISTENT;
	tmpl->item[tmpl->count] = *line;
	tmpl->count++;
	return CKR_OK;
}

enum key_family
tmpl_secret_family(const struct tmpl *tmpl)
{
	uint64_t family;

	family = props_number(tmpl_props(tmpl), PROP_KEY_FAMILY, KEY_AES);
	return (enum key_family)family;
}

enum key_family
tmpl_key_family(struct props tmpl, enum key_family fallback)
{
	uint64_t family = props_number(tmpl, PROP_KEY_FAMILY, fallback);

	return (enum key_family)family;
}
