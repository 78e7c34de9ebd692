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

enum tmpl_use {
	TMPL_MAKE = 0,       /* create, generate, change: strict */
	TMPL_FIND,           /* what we do not know matches nothing */
};

struct tmpl {
	struct prop item[TMPL_MAX];
	size_t count;
	bool hopeless;       /* TMPL_FIND: no object can match */
	uint8_t *mechanisms; /* owned: the allowed ones as core keeps them */
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

/* Fills one line by the rules of C_GetAttributeValue. */
CK_RV attr_show(const struct object *obj, CK_ATTRIBUTE *line);

#endif
