/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A template under construction, with room for its small values.
 */
#include "bench/tmpl.h"

void
tmpl_bytes(struct tmpl *tmpl, CK_ATTRIBUTE_TYPE type, void *bytes, CK_ULONG len)
{
	if (tmpl->count < TMPL_MAX)
		tmpl->attr[tmpl->count++] = (CK_ATTRIBUTE){ type, bytes, len };
}

void
tmpl_number(struct tmpl *tmpl, CK_ATTRIBUTE_TYPE type, CK_ULONG value)
{
	CK_ULONG *place;

	if (tmpl->count == TMPL_MAX)
		return;
	place = &tmpl->number[tmpl->count];
	*place = value;
	tmpl_bytes(tmpl, type, place, sizeof(*place));
}

void
tmpl_flag(struct tmpl *tmpl, CK_ATTRIBUTE_TYPE type, bool value)
{
	static CK_BBOOL yes = CK_TRUE, no = CK_FALSE;

	tmpl_bytes(tmpl, type, value ? &yes : &no, sizeof(yes));
}

void
tmpl_secret(struct tmpl *tmpl, CK_KEY_TYPE type, bool token)
{
	*tmpl = (struct tmpl){ .count = 0 };
	tmpl_number(tmpl, CKA_CLASS, CKO_SECRET_KEY);
	tmpl_number(tmpl, CKA_KEY_TYPE, type);
	tmpl_flag(tmpl, CKA_TOKEN, token);
}
