/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Attributes of a foreign object.  A module may say anything: lengths are not
 * believed.
 */
#include "config.h"

#include "foreign/internal.h"

#define VALUE_MAX (1024 * 1024)

static CK_RV
ask(struct module *m, CK_OBJECT_HANDLE object, CK_ATTRIBUTE *line)
{
	return m->call->C_GetAttributeValue(m->session, object, line, 1);
}

CK_RV
attr_bytes(struct module *m, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type,
    struct secret *out)
{
	CK_ATTRIBUTE line = { type, NULL, 0 };
	CK_RV rv = ask(m, object, &line);

	secret_free(out);
	if (rv != CKR_OK)
		return rv;
	if (line.ulValueLen == CK_UNAVAILABLE_INFORMATION)
		return CKR_ATTRIBUTE_SENSITIVE;
	if (line.ulValueLen > VALUE_MAX)
		return CKR_ATTRIBUTE_VALUE_INVALID;
	if (line.ulValueLen == 0)
		return CKR_OK;
	if (secret_new(out, line.ulValueLen) != CNG_OK)
		return CKR_HOST_MEMORY;
	line.pValue = out->ptr;
	rv = ask(m, object, &line);
	if (rv == CKR_OK && line.ulValueLen > out->len)
		rv = CKR_ATTRIBUTE_VALUE_INVALID;
	if (rv == CKR_OK)
		secret_truncate(out, line.ulValueLen);
	else
		secret_free(out);
	return rv;
}

CK_RV
attr_number(struct module *m, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type,
    CK_ULONG *out)
{
	CK_ATTRIBUTE line = { type, out, sizeof(*out) };
	CK_RV rv = ask(m, object, &line);

	return rv == CKR_OK && line.ulValueLen != sizeof(*out) ?
	    CKR_ATTRIBUTE_VALUE_INVALID : rv;
}

bool
attr_is_none(CK_RV rv)
{
	return rv == CKR_ATTRIBUTE_TYPE_INVALID ||
	    rv == CKR_ATTRIBUTE_SENSITIVE;
}

CK_RV
attr_flag(struct module *m, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type,
    bool *out)
{
	CK_BBOOL value = CK_FALSE;
	CK_ATTRIBUTE line = { type, &value, sizeof(value) };
	CK_RV rv = ask(m, object, &line);

	*out = value != CK_FALSE;
	if (rv != CKR_OK || line.ulValueLen == sizeof(value))
		return rv;
	return line.ulValueLen == 0 ||
	    line.ulValueLen == CK_UNAVAILABLE_INFORMATION ?
	    CKR_ATTRIBUTE_TYPE_INVALID : CKR_ATTRIBUTE_VALUE_INVALID;
}

bool
attr_bool(struct module *m, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type,
    bool fallback)
{
	bool on;

	return attr_flag(m, object, type, &on) == CKR_OK ? on : fallback;
}
