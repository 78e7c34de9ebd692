/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Templates that keys carry, shown to the caller.
 */
#include "base/alloc.h"
#include "pkcs11/attr.h"
#include "pkcs11/status.h"

/* One line of it: its type, and the value where there is room. */
static CK_RV
show_line(const struct prop *from, void *to)
{
	const struct attr_info *info = attr_of(from->id);
	CK_ATTRIBUTE line;
	struct wr out;
	CK_RV rv = CKR_OK;

	memcpy(&line, to, sizeof(line));
	if (info == NULL)
		return CKR_GENERAL_ERROR;
	out = wr_of(line.pValue, attr_room(&line));
	attr_put(info, from, &out);
	line.type = info->type;
	line.ulValueLen = out.len;
	if (wr_status(&out) != CNG_OK) {
		line.ulValueLen = CK_UNAVAILABLE_INFORMATION;
		rv = CKR_BUFFER_TOO_SMALL;
	}
	memcpy(to, &line, sizeof(line));
	return rv;
}

static CK_RV
show_lines(const struct prop *item, size_t count, CK_ATTRIBUTE *line)
{
	CK_ULONG need = count * sizeof(CK_ATTRIBUTE);
	CK_RV rv, worst = CKR_OK;
	size_t i;

	if (line->pValue == NULL) {
		line->ulValueLen = need;
		return CKR_OK;
	}
	if (attr_room(line) < need) {
		line->ulValueLen = CK_UNAVAILABLE_INFORMATION;
		return CKR_BUFFER_TOO_SMALL;
	}
	line->ulValueLen = need;
	for (i = 0; i < count; i++) {
		rv = show_line(&item[i], (uint8_t *)line->pValue +
		    i * sizeof(CK_ATTRIBUTE));
		if (rv != CKR_OK)
			worst = rv;
	}
	return worst;
}

CK_RV
attr_show_template(const struct object *obj, enum prop_id id,
    CK_ATTRIBUTE *line)
{
	struct prop item[PROPS_MAX];
	struct wr size = wr_of(NULL, 0), w;
	uint8_t *bytes = NULL;
	enum cng_status st;
	size_t count = 0;
	CK_RV rv;

	st = object_bytes(obj, id, &size);
	if (st == CNG_OK && size.len > 0) {
		bytes = mem_new(size.len, 1);
		st = bytes == NULL ? CNG_ERR_NO_MEMORY : CNG_OK;
	}
	if (bytes != NULL) {
		w = wr_of(bytes, size.len);
		st = object_bytes(obj, id, &w);
	}
	if (st == CNG_OK && !props_unpack(
	    span_of(bytes, size.len), item, &count))
		st = CNG_ERR_STORE_CORRUPT;
	rv = status_rv(st);
	if (rv == CKR_OK)
		rv = show_lines(item, count, line);
	else
		line->ulValueLen = CK_UNAVAILABLE_INFORMATION;
	mem_free(bytes);
	return rv;
}
