/* SPDX-License-Identifier: BSD-2-Clause
 *
 * First keys of every kind, templates made from them, and the walk over the
 * tables.
 */
#include "tests/face/notes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pkcs11/cryptoki_mechs.h"
#include "pkcs11/cryptoki_small.h"

static CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
static CK_OBJECT_CLASS secret_class = CKO_SECRET_KEY;
static CK_OBJECT_CLASS data_class = CKO_DATA;

CK_SESSION_HANDLE sess;

/* Too large for the stack. */
static struct template first_t, open_t;

/* --- templates ------------------------------------------------------------ */

CK_ATTRIBUTE *
note_add(struct template *to, CK_ATTRIBUTE_TYPE type, const void *value,
    CK_ULONG len)
{
	CK_ATTRIBUTE *line = &to->line[to->count];

	ck_assert_uint_lt(to->count, LINES_MAX);
	ck_assert_uint_le(len, VALUE_MAX);
	if (len > 0)
		memcpy(to->value[to->count], value, len);
	*line = (CK_ATTRIBUTE){ type, to->value[to->count], len };
	to->count++;
	return line;
}

/* What the object says. */
void
note_add_true(struct template *to, CK_OBJECT_HANDLE object,
    CK_ATTRIBUTE_TYPE type)
{
	CK_ATTRIBUTE *line = note_add(to, type, NULL, 0);

	line->ulValueLen = VALUE_MAX;
	ok(p11->C_GetAttributeValue(sess, object, line, 1));
}

/* What it does not say, but might. */
static void
make_false(CK_ATTRIBUTE *line, const struct note *note)
{
	static const CK_MECHANISM_TYPE list[] = { CKM_SHA256_HMAC };
	static const CK_ATTRIBUTE lines[] = { { CKA_DERIVE, &no, 1 } };
	CK_ULONG number;

	switch (note->form) {
	case BOOLEAN:
		*(CK_BYTE *)line->pValue ^= 1;
		break;
	case NUMBER:
		memcpy(&number, line->pValue, sizeof(number));
		number = note->type == CKA_CLASS ? data_class :
		    number == CKK_AES ? CKK_RSA : CKK_AES;
		memcpy(line->pValue, &number, sizeof(number));
		break;
	case BYTES:
		if (line->ulValueLen == 0)
			line->ulValueLen = 3;
		((CK_BYTE *)line->pValue)[line->ulValueLen - 1] ^= 1;
		break;
	case DATE:
		memcpy(line->pValue, "20280229", 8);
		line->ulValueLen = 8;
		break;
	case LIST:
		memcpy(line->pValue, list, sizeof(list));
		line->ulValueLen = sizeof(list);
		break;
	case LINES:
		memcpy(line->pValue, lines, sizeof(lines));
		line->ulValueLen = sizeof(lines);
		break;
	}
}

void
note_add_false(struct template *to, CK_OBJECT_HANDLE object,
    const struct note *note)
{
	CK_ATTRIBUTE *line = note_add(to, note->type, NULL, 0);

	line->ulValueLen = VALUE_MAX;
	memset(line->pValue, 0, VALUE_MAX);
	if (note->form == LINES)
		line->ulValueLen = 0;
	else
		ok(p11->C_GetAttributeValue(sess, object, line, 1));
	make_false(line, note);
}

void
note_take_out(struct template *to, CK_ATTRIBUTE_TYPE type)
{
	CK_ULONG i;

	for (i = 0; i < to->count && to->line[i].type != type; i++)
		;
	ck_assert_uint_lt(i, to->count);
	to->line[i] = to->line[--to->count];
}

void
note_add_open(struct template *to)
{
	note_add(to, CKA_SENSITIVE, &no, 1);
	note_add(to, CKA_EXTRACTABLE, &yes, 1);
}

/* --- first keys ----------------------------------------------------------- */

static void
from_file(const struct kind *kind, struct sample *out)
{
	const char *srcdir = getenv("srcdir");
	CK_MECHANISM any = { CKM_CNG_ANY, NULL, 0 };
	CK_OBJECT_CLASS class = CKO_PUBLIC_KEY;
	CK_BYTE blob[VALUE_MAX];
	char path[1024];
	const struct note *row;
	CK_ULONG len;
	FILE *f;

	snprintf(path, sizeof(path), "%s/tests/vectors/own/%s",
	    srcdir == NULL ? "." : srcdir, kind->file);
	f = fopen(path, "rb");
	ck_assert_msg(f != NULL, "cannot open %s", path);
	len = fread(blob, 1, sizeof(blob), f);
	fclose(f);
	first_t.count = 0;
	note_add_open(&first_t);
	ok(p11->C_UnwrapKey(sess, &any, 0, blob, len, first_t.line,
	    first_t.count, &out->own));
	/* a pair of the same group */
	first_t.count = 0;
	for (row = kind->public.row;
	    row < kind->public.row + kind->public.count; row++)
		if (row->feet & F3)
			note_add_true(&first_t, out->own, row->type);
	any.mechanism = kind->make;
	ok(p11->C_GenerateKeyPair(sess, &any, first_t.line, first_t.count,
	    (CK_ATTRIBUTE[]){ { CKA_SENSITIVE, &no, 1 },
		{ CKA_EXTRACTABLE, &yes, 1 } }, 2, &out->public, &out->own));
	ck_assert_uint_eq(
	    guest_number(sess, out->public, CKA_CLASS), class);
}

bool
note_first_key(const struct kind *kind, struct sample *out)
{
	CK_MECHANISM how = { kind->make, NULL, 0 };
	CK_KEY_TYPE type = kind->type;
	CK_MECHANISM_INFO info;

	*out = (struct sample){ kind, 0, 0 };
	if (kind->make != 0 &&
	    p11->C_GetMechanismInfo(slot, kind->make, &info) ==
		CKR_MECHANISM_INVALID) {
		/* needs a newer libcrypto: then it is the post-quantum ones,
		 * or a size of BLAKE2b; or one that has Camellia */
		ck_assert(type >= CKK_ML_KEM || type == CKK_CAMELLIA ||
		    (type >= CKK_BLAKE2B_160_HMAC &&
			type <= CKK_BLAKE2B_384_HMAC));
		return false;
	}
	open_t.count = first_t.count = 0;
	note_add_open(&open_t);
	if (kind->file != NULL) {
		from_file(kind, out);
		return true;
	}
	if (kind->first_count > 0)
		note_add(&first_t, kind->first[0].type, kind->first[0].pValue,
		    kind->first[0].ulValueLen);
	if (note_is_pair(kind)) {
		ok(p11->C_GenerateKeyPair(sess, &how, first_t.line,
		    first_t.count, open_t.line, open_t.count, &out->public,
		    &out->own));
		return true;
	}
	note_add_open(&first_t);
	if (kind->make != 0) {
		ok(p11->C_GenerateKey(sess, &how, first_t.line, first_t.count,
		    &out->own));
		return true;
	}
	note_add(&first_t, CKA_CLASS, &secret_class, sizeof(secret_class));
	note_add(&first_t, CKA_KEY_TYPE, &type, sizeof(type));
	ok(p11->C_CreateObject(sess, first_t.line, first_t.count, &out->own));
	return true;
}

static void
for_notes(const struct sample *of, bool public, note_work *work)
{
	const struct kind *kind = of->kind;
	const struct notes *const tables[] = { &notes_all,
		public ? &notes_public :
		note_is_pair(kind) ? &notes_private : &notes_secret,
		public ? &kind->public : &kind->own };
	size_t i, k;

	for (i = 0; i < ARRAY_LEN(tables); i++)
		for (k = 0; k < tables[i]->count; k++)
			work(of, public ? of->public : of->own,
			    &tables[i]->row[k]);
}

void
note_for_keys(note_work *work)
{
	struct sample of;
	size_t i;

	sess = guest_login();
	for (i = 0; i < kind_count; i++) {
		if (!note_first_key(&kinds[i], &of))
			continue;
		if (note_is_pair(&kinds[i]))
			for_notes(&of, true, work);
		for_notes(&of, false, work);
	}
}
