/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Every attribute of every kind of key against its footnotes in the standard:
 * created, generated, unwrapped, derived, copied, changed and read.
 *
 * "refused" is CKR_ATTRIBUTE_READ_ONLY, CKR_TEMPLATE_INCONSISTENT or
 * CKR_ATTRIBUTE_VALUE_INVALID: the standard leaves open which.
 */
#include "tests/face/notes.h"

#include <string.h>

#include "pkcs11/cryptoki_mechs.h"

static CK_BBOOL yes = CK_TRUE, no = CK_FALSE;

/* Too large for the stack; each function that fills one empties it first. */
static struct template t, public_t, own_t;

static const char *at; /* where it went wrong */

static void
expect(CK_RV rv, CK_RV want, const struct kind *kind, const struct note *note)
{
	ck_assert_msg(rv == want, "%s: %s, attribute %lx: %lx, not %lx", at,
	    kind->name, note == NULL ? 0 : note->type, rv, want);
}

static void
refused(CK_RV rv, const struct kind *kind, const struct note *note)
{
	/* what is wrapped, and what the template says of it, do not agree */
	if (strcmp(at, "C_UnwrapKey") == 0 && rv == CKR_WRAPPED_KEY_INVALID)
		return;
	ck_assert_msg(rv == CKR_ATTRIBUTE_READ_ONLY ||
	    rv == CKR_TEMPLATE_INCONSISTENT ||
	    rv == CKR_ATTRIBUTE_VALUE_INVALID,
	    "%s: %s, attribute %lx: %lx", at, kind->name, note->type, rv);
}

/* --- C_CreateObject ------------------------------------------------------- */

/* All that footnote 1 asks for. */
static void
whole_template(const struct sample *of, CK_OBJECT_HANDLE object)
{
	const struct notes *table = object == of->public ?
	    &of->kind->public : &of->kind->own;
	size_t i;

	t.count = 0;
	note_add_true(&t, object, CKA_CLASS);
	note_add_true(&t, object, CKA_KEY_TYPE);
	for (i = 0; i < table->count; i++)
		if (table->row[i].feet & F1)
			note_add_true(&t, object, table->row[i].type);
	if (object == of->own)
		note_add_open(&t);
}

static void
create_one(const struct sample *of, CK_OBJECT_HANDLE object,
    const struct note *note)
{
	CK_OBJECT_HANDLE made;

	at = "C_CreateObject";
	whole_template(of, object);
	expect(p11->C_CreateObject(sess, t.line, t.count, &made), CKR_OK,
	    of->kind, note);
	if (note->feet & F1) {
		note_take_out(&t, note->type);
		expect(p11->C_CreateObject(sess, t.line, t.count, &made),
		    note->feet & MAY_LACK ? CKR_OK : CKR_TEMPLATE_INCOMPLETE,
		    of->kind, note);
	}
	if (!(note->feet & F2))
		return;
	note_add_true(&t, object, note->type);
	if (note->feet & TRUE_OK)
		expect(p11->C_CreateObject(sess, t.line, t.count, &made),
		    CKR_OK, of->kind, note);
	else
		refused(p11->C_CreateObject(sess, t.line, t.count, &made),
		    of->kind, note);
	note_take_out(&t, note->type);
	note_add_false(&t, object, note);
	refused(p11->C_CreateObject(sess, t.line, t.count, &made), of->kind,
	    note);
}

START_TEST(created)
{
	note_for_keys(create_one);
}
END_TEST

/* --- C_GenerateKey, C_GenerateKeyPair ------------------------------------- */

static CK_RV
generate(const struct kind *kind, struct template *public,
    struct template *own)
{
	CK_MECHANISM how = { kind->make, NULL, 0 };
	CK_OBJECT_HANDLE made[2];

	return note_is_pair(kind) ?
	    p11->C_GenerateKeyPair(sess, &how, public->line, public->count,
		own->line, own->count, &made[0], &made[1]) :
	    p11->C_GenerateKey(sess, &how, own->line, own->count, &made[0]);
}

static void
generate_one(const struct sample *of, CK_OBJECT_HANDLE object,
    const struct note *note)
{
	const struct kind *kind = of->kind;
	const struct notes *table = note_is_pair(kind) ? &kind->public :
						    &kind->own;
	struct template *mine = object == of->public ? &public_t : &own_t;
	size_t i;

	at = "C_GenerateKey";
	if (kind->make == 0 || !(note->feet & (F3 | F4)))
		return;
	public_t.count = own_t.count = 0;
	for (i = 0; i < table->count; i++)
		if (table->row[i].feet & F3)
			note_add_true(note_is_pair(kind) ? &public_t : &own_t,
			    note_is_pair(kind) ? of->public : of->own,
			    table->row[i].type);
	if (note->feet & F3) {
		expect(generate(kind, &public_t, &own_t), CKR_OK, kind, note);
		note_take_out(mine, note->type);
		expect(generate(kind, &public_t, &own_t),
		    CKR_TEMPLATE_INCOMPLETE, kind, note);
		return;
	}
	note_add_true(mine, object, note->type);
	/* what is true of the first key is not of the next, unless it is a
	 * parameter */
	if (!(note->feet & TRUE_OK) || note->type == CKA_MODULUS)
		refused(generate(kind, &public_t, &own_t), kind, note);
	note_take_out(mine, note->type);
	note_add_false(mine, object, note);
	refused(generate(kind, &public_t, &own_t), kind, note);
}

START_TEST(generated)
{
	note_for_keys(generate_one);
}
END_TEST

/* --- C_UnwrapKey ---------------------------------------------------------- */

static CK_MECHANISM kwp = { CKM_AES_KEY_WRAP_KWP, NULL, 0 };
static CK_BYTE wrapped[8192];
static CK_ULONG wrapped_len;
static CK_OBJECT_HANDLE with;

static CK_RV
unwrap(void)
{
	CK_OBJECT_HANDLE made;

	return p11->C_UnwrapKey(sess, &kwp, with, wrapped, wrapped_len, t.line,
	    t.count, &made);
}

static void
unwrap_one(const struct sample *of, CK_OBJECT_HANDLE object,
    const struct note *note)
{

	at = "C_UnwrapKey";
	if (object == of->public || !(note->feet & (F5 | F6)))
		return;
	t.count = 0;
	with = guest_aes(sess, 32);
	wrapped_len = sizeof(wrapped);
	ok(p11->C_WrapKey(sess, &kwp, with, object, wrapped, &wrapped_len));
	note_add_true(&t, object, CKA_CLASS);
	note_add_true(&t, object, CKA_KEY_TYPE);
	note_add_open(&t);
	expect(unwrap(), CKR_OK, of->kind, note);
	if (note->feet & F5) {
		note_take_out(&t, note->type);
		expect(unwrap(), CKR_TEMPLATE_INCOMPLETE, of->kind, note);
		return;
	}
	note_add_true(&t, object, note->type);
	if (note->feet & TRUE_OK)
		expect(unwrap(), CKR_OK, of->kind, note);
	else
		refused(unwrap(), of->kind, note);
	note_take_out(&t, note->type);
	note_add_false(&t, object, note);
	refused(unwrap(), of->kind, note);
}

START_TEST(unwrapped)
{
	note_for_keys(unwrap_one);
}
END_TEST

/* --- C_DeriveKey ---------------------------------------------------------- */

static void
derive_one(const struct sample *of, CK_OBJECT_HANDLE object,
    const struct note *note)
{
	CK_MECHANISM how = { CKM_SHA512_KEY_DERIVATION, NULL, 0 };
	CK_OBJECT_HANDLE base, made;

	at = "C_DeriveKey";
	if (note_is_pair(of->kind) || !(note->feet & F6))
		return;
	t.count = 0;
	base = guest_generic(sess, 64);
	note_add_true(&t, object, CKA_KEY_TYPE);
	note_add_true(&t, object, CKA_VALUE_LEN);
	note_add_open(&t);
	expect(p11->C_DeriveKey(sess, &how, base, t.line, t.count, &made),
	    CKR_OK, of->kind, note);
	note_add_true(&t, object, note->type);
	refused(p11->C_DeriveKey(sess, &how, base, t.line, t.count, &made),
	    of->kind, note);
	note_take_out(&t, note->type);
	note_add_false(&t, object, note);
	refused(p11->C_DeriveKey(sess, &how, base, t.line, t.count, &made),
	    of->kind, note);
}

START_TEST(derived)
{
	note_for_keys(derive_one);
}
END_TEST

/* --- C_GetAttributeValue -------------------------------------------------- */

/* All can be read of a key in the clear; of one that is sensitive, or may not
 * leave, all but what footnote 7 says. */
static void
read_one(const struct sample *of, CK_OBJECT_HANDLE object,
    const struct note *note)
{
	static const CK_ATTRIBUTE hide[] = { { CKA_SENSITIVE, &yes, 1 },
		{ CKA_EXTRACTABLE, &no, 1 } };
	CK_ATTRIBUTE line = { note->type, NULL, 0 };
	CK_OBJECT_HANDLE copy;
	size_t i;

	at = "C_GetAttributeValue";
	expect(p11->C_GetAttributeValue(sess, object, &line, 1), CKR_OK,
	    of->kind, note);
	for (i = 0; object == of->own && i < ARRAY_LEN(hide); i++) {
		CK_ATTRIBUTE change = hide[i];

		ok(p11->C_CopyObject(sess, object, &change, 1, &copy));
		line = (CK_ATTRIBUTE){ note->type, NULL, 0 };
		expect(p11->C_GetAttributeValue(sess, copy, &line, 1),
		    note->feet & F7 ? CKR_ATTRIBUTE_SENSITIVE : CKR_OK,
		    of->kind, note);
		ck_assert_int_eq(line.ulValueLen == CK_UNAVAILABLE_INFORMATION,
		    (note->feet & F7) != 0);
		ok(p11->C_DestroyObject(sess, copy));
	}
}

START_TEST(read)
{
	note_for_keys(read_one);
}
END_TEST

/* --- C_SetAttributeValue and C_CopyObject --------------------------------- */

static void
says(CK_OBJECT_HANDLE object, const CK_ATTRIBUTE *want,
    const struct kind *kind, const struct note *note)
{
	CK_BYTE value[VALUE_MAX];
	CK_ATTRIBUTE line = { note->type, value, sizeof(value) };

	expect(p11->C_GetAttributeValue(sess, object, &line, 1), CKR_OK, kind,
	    note);
	ck_assert_msg(line.ulValueLen == want->ulValueLen &&
	    memcmp(value, want->pValue, line.ulValueLen) == 0,
	    "%s: %s, attribute %lx is not what was asked for", at, kind->name,
	    note->type);
}

/* Once there, for ever there. */
static void
no_way_back(CK_OBJECT_HANDLE object, bool value, const struct sample *of,
    const struct note *note)
{
	CK_ATTRIBUTE to = { note->type, value ? &yes : &no, 1 };
	CK_ATTRIBUTE back = { note->type, value ? &no : &yes, 1 };
	CK_OBJECT_HANDLE copy, again;

	ok(p11->C_CopyObject(sess, object, NULL, 0, &copy));
	expect(p11->C_SetAttributeValue(sess, copy, &to, 1), CKR_OK, of->kind,
	    note);
	expect(p11->C_SetAttributeValue(sess, copy, &back, 1),
	    CKR_ATTRIBUTE_READ_ONLY, of->kind, note);
	if (note->type != CKA_COPYABLE)
		expect(p11->C_CopyObject(sess, copy, &back, 1, &again),
		    CKR_ATTRIBUTE_READ_ONLY, of->kind, note);
	ok(p11->C_DestroyObject(sess, copy));
}

static void
change_one(const struct sample *of, CK_OBJECT_HANDLE object,
    const struct note *note)
{
	bool may = (note->feet & F8) != 0;
	CK_OBJECT_HANDLE copy, again;

	at = "C_SetAttributeValue";
	if (note->feet & OWN_RULE)
		return;
	if (note->feet & F11)
		no_way_back(object, true, of, note);
	if (note->feet & F12)
		no_way_back(object, false, of, note);
	if (note->feet & (F11 | F12))
		return;
	t.count = 0;
	note_add_false(&t, object, note);
	ok(p11->C_CopyObject(sess, object, NULL, 0, &copy));
	expect(p11->C_SetAttributeValue(sess, copy, t.line, 1),
	    may ? CKR_OK : CKR_ATTRIBUTE_READ_ONLY, of->kind, note);
	if (may)
		says(copy, &t.line[0], of->kind, note);
	ok(p11->C_DestroyObject(sess, copy));
	at = "C_CopyObject";
	may = may || (note->feet & COPY);
	/* the private stays private */
	if (note->type == CKA_PRIVATE && object == of->own)
		expect(p11->C_CopyObject(sess, object, t.line, 1, &again),
		    CKR_TEMPLATE_INCONSISTENT, of->kind, note);
	else
		expect(p11->C_CopyObject(sess, object, t.line, 1, &again),
		    may ? CKR_OK : CKR_ATTRIBUTE_READ_ONLY, of->kind, note);
	if (may && !(note->type == CKA_PRIVATE && object == of->own))
		says(again, &t.line[0], of->kind, note);
}

START_TEST(changed)
{
	note_for_keys(change_one);
}
END_TEST

/* --- defaults ------------------------------------------------------------- */

static void
is_empty(const struct sample *of, CK_OBJECT_HANDLE object,
    CK_ATTRIBUTE_TYPE type)
{
	CK_ATTRIBUTE line = { type, NULL, 7 };

	ok(p11->C_GetAttributeValue(sess, object, &line, 1));
	ck_assert_msg(line.ulValueLen == 0, "%s: attribute %lx is not empty",
	    of->kind->name, type);
}

/* Those that the standard names. */
static void
check_defaults(const struct sample *of, CK_OBJECT_HANDLE object)
{
	static const CK_ATTRIBUTE_TYPE empty[] = { CKA_LABEL, CKA_START_DATE,
		CKA_END_DATE, CKA_ALLOWED_MECHANISMS };
	static const CK_ATTRIBUTE_TYPE on[] = { CKA_MODIFIABLE, CKA_COPYABLE,
		CKA_DESTROYABLE };
	bool public = object == of->public;
	size_t i;

	for (i = 0; i < ARRAY_LEN(empty); i++)
		is_empty(of, object, empty[i]);
	for (i = 0; i < ARRAY_LEN(on); i++)
		ck_assert_uint_eq(guest_bool(sess, object, on[i]), CK_TRUE);
	ck_assert_uint_eq(guest_bool(sess, object, CKA_TOKEN), CK_FALSE);
	ck_assert_uint_eq(guest_bool(sess, object, CKA_PRIVATE),
	    public ? CK_FALSE : CK_TRUE);
	if (public || !note_is_pair(of->kind))
		ck_assert_uint_eq(guest_bool(sess, object, CKA_TRUSTED),
		    CK_FALSE);
	if (note_is_pair(of->kind))
		is_empty(of, object, CKA_SUBJECT);
	else
		is_empty(of, object, CKA_ID);
	if (public)
		return;
	ck_assert_uint_eq(
	    guest_bool(sess, object, CKA_WRAP_WITH_TRUSTED), CK_FALSE);
	is_empty(of, object, CKA_UNWRAP_TEMPLATE);
	if (note_is_pair(of->kind))
		ck_assert_uint_eq(guest_bool(
		    sess, object, CKA_ALWAYS_AUTHENTICATE), CK_FALSE);
}

/* A new key of the kind, of which nothing is said. */
static void
check_new(const struct sample *of)
{
	CK_MECHANISM how = { of->kind->make, NULL, 0 };
	CK_ATTRIBUTE first = of->kind->first[0];
	CK_OBJECT_HANDLE key;

	if (note_is_pair(of->kind) || of->kind->make == 0)
		return;
	ok(p11->C_GenerateKey(
	    sess, &how, &first, of->kind->first_count, &key));
	ck_assert_uint_eq(guest_bool(sess, key, CKA_SENSITIVE), CK_FALSE);
	ck_assert_uint_eq(guest_bool(sess, key, CKA_LOCAL), CK_TRUE);
	ck_assert_uint_eq(
	    guest_bool(sess, key, CKA_ALWAYS_SENSITIVE), CK_FALSE);
	ck_assert_uint_eq(
	    guest_number(sess, key, CKA_KEY_GEN_MECHANISM), of->kind->make);
}

static void
check_created(const struct sample *of)
{
	CK_OBJECT_HANDLE key;

	whole_template(of, of->own);
	ok(p11->C_CreateObject(sess, t.line, t.count, &key));
	ck_assert_uint_eq(guest_bool(sess, key, CKA_LOCAL), CK_FALSE);
	ck_assert_uint_eq(
	    guest_bool(sess, key, CKA_ALWAYS_SENSITIVE), CK_FALSE);
	ck_assert_uint_eq(
	    guest_bool(sess, key, CKA_NEVER_EXTRACTABLE), CK_FALSE);
	ck_assert_uint_eq(guest_number(sess, key, CKA_KEY_GEN_MECHANISM),
	    CK_UNAVAILABLE_INFORMATION);
}

START_TEST(defaults)
{
	struct sample of;
	size_t i;

	sess = guest_login();
	for (i = 0; i < kind_count; i++) {
		if (!note_first_key(&kinds[i], &of))
			continue;
		if (note_is_pair(&kinds[i]))
			check_defaults(&of, of.public);
		check_defaults(&of, of.own);
		check_new(&of);
		check_created(&of);
	}
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { created, generated, unwrapped, derived,
		read, changed, defaults };

	return guest_run("attribute footnotes", tests, ARRAY_LEN(tests));
}
