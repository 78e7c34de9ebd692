/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Attributes: what each CKA_ number is called below, how its value looks, and
 * templates in both directions.
 */
#ifndef CNG_PKCS11_ATTR_H
#define CNG_PKCS11_ATTR_H

#include "core/object.h"
#include "pkcs11/cryptoki.h"

enum attr_form {
	ATTR_BOOL = 0,       /* CK_BBOOL */
	ATTR_ULONG,          /* CK_ULONG, the same number below */
	ATTR_CLASS,          /* CK_OBJECT_CLASS */
	ATTR_KEY_TYPE,       /* CK_KEY_TYPE */
	ATTR_BYTES,
	ATTR_MECHANISMS,     /* array of CK_MECHANISM_TYPE */
	ATTR_TEMPLATE,       /* array of CK_ATTRIBUTE */
	ATTR_KEPT_ULONG,     /* CK_ULONG; 8 bytes below, or none */
};

struct attr_info {
	CK_ATTRIBUTE_TYPE type;
	enum prop_id prop;
	enum attr_form form;
};

/* NULL when unknown. */
const struct attr_info *attr_info(CK_ATTRIBUTE_TYPE type);
/* All of them in ascending order of type. */
const struct attr_info *attr_table(size_t *count);

/* false: no such class or key type here. */
bool attr_class_from(CK_ULONG value, enum obj_class *out);
bool attr_family_from(CK_ULONG value, enum key_family *out);

/* --- templates from the caller --- */

#define TMPL_MAX 64              /* lines */
#define TMPL_VALUE_MAX 0x100000  /* bytes of one value */
#define TMPL_MADE_MAX 12         /* values that have another form below */

enum tmpl_use {
	TMPL_MAKE = 0,       /* create, generate, change: strict */
	TMPL_FIND,           /* what we do not know matches nothing */
};

struct tmpl {
	struct prop item[TMPL_MAX];
	size_t count;
	bool hopeless;       /* TMPL_FIND: no object can match */
	bool within;         /* it is the value of a line itself */
	/* owned: values in the form that core keeps them in */
	uint8_t *made[TMPL_MADE_MAX];
	size_t made_count;
};

/* Values are borrowed from list.  On failure *out is empty. */
CK_RV tmpl_read(struct tmpl *out, const CK_ATTRIBUTE *list, CK_ULONG count,
    enum tmpl_use use);
void tmpl_free(struct tmpl *tmpl);

static inline struct props
tmpl_props(const struct tmpl *tmpl)
{
	struct props list = { tmpl->item, tmpl->count };

	return list;
}

/* Takes a line out; false when there is none. */
bool tmpl_take(struct tmpl *tmpl, enum prop_id id, struct prop *out);
/* Adds one; CKR_TEMPLATE_INCONSISTENT when it is there already. */
CK_RV tmpl_add(struct tmpl *tmpl, const struct prop *line);

/* The key type that a template asks for. */
enum key_family tmpl_key_family(struct props tmpl, enum key_family fallback);

/* What a KeyDataBlob holds: AES unless the template says otherwise. */
enum key_family tmpl_secret_family(const struct tmpl *tmpl);

/* --- values for the caller --- */

/* How much fits.  None where an earlier call has left
 * CK_UNAVAILABLE_INFORMATION: many programs call again with what they have. */
CK_ULONG attr_room(const CK_ATTRIBUTE *line);
/* A template that a key carries: the same rules for each of its lines. */
CK_RV attr_show_template(const struct object *obj, enum prop_id id,
    CK_ATTRIBUTE *line);
/* Of a property, the other way round; NULL when it has no row. */
const struct attr_info *attr_of(enum prop_id id);
/* A value as the caller wants it. */
void attr_put(const struct attr_info *info, const struct prop *from,
    struct wr *out);

/* Fills one line by the rules of C_GetAttributeValue. */
CK_RV attr_show(const struct object *obj, CK_ATTRIBUTE *line);

/* The name of its attribute; NULL: it has none. */
const char *attr_name_of(enum prop_id id);

#endif
