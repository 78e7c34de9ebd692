/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Walks the index of each folder of key blobs: what is good must decode,
 * hold together and come back; what is bad must be refused for the right
 * reason.  Folders: the project's own, and the one in CNG_TEST_VECTORS.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/util.h"
#include "closed.h"
#include "exceptions.h"
#include "files.h"
#include "protected.h"

enum column {
	COL_FILE, COL_SIZE, COL_TYPE, COL_ALGORITHM, COL_PARAMS, COL_ORIGIN,
	COL_SOURCE, COL_EXPECT, COL_VERIFIED, COL_SHA256, COL_COUNT
};

struct row {
	const char *col[COL_COUNT];
	bool spki;              /* supporting material that we can read, too */
	enum blob_type type;
	struct blob_params params;
	struct crypto_key *kek; /* of a framed type */
	struct secret roots;    /* of a protected one */
	struct key_material mine; /* of a recipient */
	const char *folder;
};

static unsigned passed, failed, skipped;
static unsigned unjudged; /* of those passed: keys libcrypto knows not */

static bool
fail(const struct row *row, const char *what, enum cng_status st)
{
	printf("FAIL %s (%s): %s: %s\n", row->col[COL_FILE],
	    row->col[COL_TYPE], what, cng_status_name(st));
	return false;
}

/* --- files ------------------------------------------------------------ */

bool
read_file(struct secret *out, const char *folder, const char *name)
{
	char path[4096];
	uint8_t chunk[1024];
	size_t got;
	FILE *f;
	bool ok = true;

	*out = (struct secret){ 0 };
	snprintf(path, sizeof path, "%s/%s", folder, name);
	f = fopen(path, "rb");
	if (f == NULL)
		return false;
	while (ok && (got = fread(chunk, 1, sizeof chunk, f)) > 0)
		ok = secret_append(out, span_of(chunk, got)) == CNG_OK;
	ok = ok && !ferror(f);
	fclose(f);
	return ok;
}

static bool
split(struct row *row, char *line)
{
	*row = (struct row){ 0 };
	for (size_t i = 0; i < COL_COUNT; i++) {
		char *tab = strchr(line, '\t');

		row->col[i] = line;
		if (tab == NULL)
			return i == COL_COUNT - 1;
		*tab = '\0';
		line = tab + 1;
	}
	return false;
}

/* password="..." among the key parameters; the last quote closes it. */
static void
find_password(struct row *row)
{
	static const char key[] = "password=\"";
	const char *from = strstr(row->col[COL_PARAMS], key);
	const char *end = strrchr(row->col[COL_PARAMS], '"');

	if (from == NULL)
		return;
	from += sizeof key - 1;
	row->params.pbe.has_password = true;
	row->params.pbe.password = span_of(from, (size_t)(end - from));
}

/* "ECDSA + NCRYPTBUFFER_ECC_CURVE_NAME brainpoolP160r1" and the like: a curve
 * that the caller names is the last word of the algorithm. */
static void
find_curve(struct row *row)
{
	const char *algorithm = row->col[COL_ALGORITHM];
	const char *last = strrchr(algorithm, ' ');

	if (strstr(algorithm, "CurveName") != NULL ||
	    strstr(algorithm, "CURVE_NAME") != NULL)
		row->params.curve_name = span_str(last + 1);
}

/* --- codecs ----------------------------------------------------------- */

/* Of the framed blob that was read last: it borrows from the file. */
static struct blob_frame frame;

static enum cng_status
decode(const struct row *row, struct span in, struct key_material *out)
{
	if (row->spki)
		return spki_decode(out, in);
	if (blob_is_framed(row->type))
		return closed_decode(row->type, row->kek, in, &frame, out);
	if (row->type == BLOB_PKCS7ENVELOPE)
		return closed_open(&row->mine, in, out);
	return blob_decode(row->type, in, &row->params, out);
}

static enum cng_status
encode_to(const struct row *row, const struct key_material *key,
    struct wr *out)
{
	if (row->spki)
		return spki_encode(key, out);
	if (blob_is_framed(row->type))
		return closed_encode(row->type, row->kek, &frame, key, out);
	if (row->type == BLOB_PKCS7ENVELOPE)
		return closed_envelop(&row->mine, key, out);
	return blob_encode(row->type, key, &row->params, out);
}

static enum cng_status
encode(const struct row *row, const struct key_material *key,
    struct secret *out)
{
	struct wr w = wr_of(NULL, 0);
	enum cng_status st = encode_to(row, key, &w);

	*out = (struct secret){ 0 };
	if (st == CNG_OK)
		st = secret_new(out, w.len);
	if (st != CNG_OK)
		return st;
	w = wr_of(out->ptr, out->len);
	st = encode_to(row, key, &w);
	if (st == CNG_OK && w.len != out->len)
		st = CNG_ERR_INTERNAL;
	if (st != CNG_OK)
		secret_free(out);
	return st;
}

/* Plain OpenSSL 3.0 has no post-quantum keys: layout is all there is to
 * see, and the summary says how often. */
static bool
beyond_libcrypto(const struct key_material *key)
{
	return key->set != KEY_SET_NONE && !crypto_has_set(key->set);
}

/* Decodes, completes and checks: what an import does. */
static enum cng_status
import(const struct row *row, struct span in, struct key_material *key)
{
	enum cng_status st = decode(row, in, key);
	bool pair = key_is_pair(key->family);

	if (st == CNG_OK && beyond_libcrypto(key)) {
		/* beside its seed a private key says nothing new */
		if (key->part[PQ_SEED].len > 0)
			secret_free(&key->part[PQ_PRIVATE]);
		if (crypto_check_pair(key) == CNG_ERR_NOT_SUPPORTED)
			return CNG_OK;
		st = CNG_ERR_INTERNAL; /* judged by whom? */
	}
	if (st == CNG_OK && pair)
		st = crypto_complete(key);
	if (st == CNG_OK && pair)
		st = crypto_check_public(key);
	if (st == CNG_OK && pair && key->has_private)
		st = crypto_check_pair(key);
	if (st != CNG_OK)
		key_free(key);
	return st;
}

static bool
same_key(const struct key_material *a, const struct key_material *b)
{
	if (a->family != b->family || a->curve != b->curve ||
	    a->set != b->set || a->role != b->role ||
	    a->has_private != b->has_private)
		return false;
	for (size_t i = 0; i < KEY_PART_MAX; i++)
		if (!secret_equal(secret_span(&a->part[i]),
			secret_span(&b->part[i])))
			return false;
	return true;
}

/* --- verdicts --------------------------------------------------------- */

static bool
run_good(const struct row *row, struct span in, bool must_be_same)
{
	struct key_material key = { 0 }, again = { 0 };
	struct secret out = { 0 };
	enum cng_status st;
	bool ok = false;

	st = import(row, in, &key);
	if (st != CNG_OK)
		return fail(row, "import", st);
	unjudged += beyond_libcrypto(&key);
	st = encode(row, &key, &out);
	if (st != CNG_OK) {
		fail(row, "export", st);
	} else if (must_be_same && !span_equal(in, secret_span(&out))) {
		fail(row, "comes back different", CNG_OK);
	} else if (!must_be_same && span_equal(in, secret_span(&out))) {
		fail(row, "is on the list, but comes back the same", CNG_OK);
	} else {
		st = import(row, secret_span(&out), &again);
		ok = st == CNG_OK && same_key(&key, &again);
		if (!ok)
			fail(row, "the numbers changed", st);
	}
	key_free(&key);
	key_free(&again);
	secret_free(&out);
	return ok;
}

static bool
run_bad(const struct row *row, struct span in, enum cng_status want)
{
	struct key_material key = { 0 };
	enum cng_status st = import(row, in, &key);
	bool judged = st != CNG_OK || !beyond_libcrypto(&key);

	key_free(&key);
	if (!judged && (want == CNG_ERR_BAD_KEY ||
	    want == CNG_ERR_BAD_PUBLIC_KEY)) {
		unjudged++;
		return true;
	}
	return st == want || fail(row, "refused otherwise", st);
}

/* What the documented code is here: the earliest in the text counts. */
static enum cng_status
documented(const char *expect)
{
	static const struct {
		const char *code;
		enum cng_status status;
	} codes[] = {
		{ "NTE_BAD_DATA", CNG_ERR_BAD_DATA },
		{ "NTE_INVALID_PARAMETER", CNG_ERR_BAD_MAGIC },
		{ "STATUS_INVALID_PARAMETER", CNG_ERR_BAD_DATA },
		/* our own index names ours */
		{ "CNG_ERR_BAD_DATA", CNG_ERR_BAD_DATA },
		{ "CNG_ERR_BAD_MAGIC", CNG_ERR_BAD_MAGIC },
		{ "CNG_ERR_BAD_CURVE", CNG_ERR_BAD_CURVE },
		{ "CNG_ERR_BAD_KEY", CNG_ERR_BAD_KEY },
		{ "CNG_ERR_BAD_PUBLIC_KEY", CNG_ERR_BAD_PUBLIC_KEY },
		{ "CNG_ERR_BAD_PASSWORD", CNG_ERR_BAD_PASSWORD },
		{ "CNG_ERR_NOT_SUPPORTED", CNG_ERR_NOT_SUPPORTED },
		{ "CNG_ERR_WRAPPED_KEY", CNG_ERR_WRAPPED_KEY },
		{ "CNG_ERR_WRAP_KEY_TYPE", CNG_ERR_WRAP_KEY_TYPE },
		{ "CNG_ERR_ARGUMENT", CNG_ERR_ARGUMENT },
		{ "CNG_ERR_NOT_FOUND", CNG_ERR_NOT_FOUND },
	};
	const char *best = NULL;
	enum cng_status st = CNG_OK;

	for (size_t i = 0; i < ARRAY_LEN(codes); i++) {
		const char *at = strstr(expect, codes[i].code);

		if (at != NULL && (best == NULL || at < best)) {
			best = at;
			st = codes[i].status;
		}
	}
	return st;
}

/* Whose certificate the other folder has for its envelopes. */
static const char shared_recipient[] = "protected/win_dnssec_rsa2048_plain.bin";

/* EnvelopedData with something else than a key inside. */
static bool
is_context(const struct row *row)
{
	return strncmp(row->col[COL_TYPE], "(CMS EnvelopedData,", 19) == 0;
}

static bool
wants_recipient(const struct row *row)
{
	return row->type == BLOB_PKCS7ENVELOPE || is_context(row);
}

/* The key that opens a framed blob. */
static bool
find_kek(struct row *row, const char *folder)
{
	const char *file = closed_key_file(row->col[COL_EXPECT]);
	struct key_material key = { 0 };
	struct secret bytes = { 0 };

	if (!blob_is_framed(row->type) && !wants_recipient(row))
		return true;
	if (file == NULL && wants_recipient(row))
		file = shared_recipient;
	row->kek = closed_kek(row->col[COL_EXPECT]);
	if (file != NULL && read_file(&bytes, folder, file) &&
	    blob_decode(BLOB_ANY, secret_span(&bytes), NULL, &key) ==
		CNG_OK &&
	    (crypto_complete(&key) != CNG_OK ||
		crypto_key_new(&row->kek, &key) != CNG_OK ||
		key_copy(&row->mine, &key) != CNG_OK))
		row->kek = NULL;
	key_free(&key);
	secret_free(&bytes);
	return row->kek != NULL || fail(row, "no key for it", CNG_OK);
}

/* Blobs that only their maker can open. */
static bool
is_described(const struct row *row)
{
	return strcmp(row->col[COL_TYPE], "(KDFKeyBlob)") == 0 ||
	    (row->type == BLOB_OPAQUETRANSPORT &&
		strcmp(row->col[COL_ORIGIN], "real-windows") == 0);
}

static bool
run_file(const struct row *row, struct span in)
{
	bool bad = strncmp(row->col[COL_ORIGIN], "negative", 8) == 0;
	const char *what = "";
	enum cng_status st = files_run(row->col[COL_TYPE], in,
	    &row->params.pbe, &what);

	if (bad)
		return st == documented(row->col[COL_EXPECT]) ||
		    fail(row, "refused otherwise", st);
	return st == CNG_OK || fail(row, what, st);
}

/* What is within, byte for byte, is the file beside it; and with no root key
 * at all nothing is. */
static bool
run_protected(const struct row *row, struct span in)
{
	struct span file = protected_plain(row->col[COL_EXPECT]);
	struct secret want = { 0 }, got = { 0 };
	struct key_material key = { 0 };
	char name[256];
	enum blob_type type = BLOB_ANY;
	enum cng_status st;
	bool ok;

	snprintf(name, sizeof name, "%.*s", (int)file.len,
	    file.len > 0 ? (const char *)file.ptr : "");
	ok = file.len > 0 && read_file(&want, row->folder, name) &&
	    blob_detect(secret_span(&want), &type) == CNG_OK;
	if (!ok)
		return fail(row, "no file of what is within", CNG_OK);
	st = protected_inner(in, &row->params, type, &got);
	if (st != CNG_OK || !span_equal(secret_span(&got),
	    secret_span(&want)))
		ok = fail(row, "something else is within", st);
	st = blob_decode(BLOB_PROTECTEDKEY, in, NULL, &key);
	if (st != CNG_ERR_ARGUMENT)
		ok = fail(row, "opened without a key", st);
	key_free(&key);
	secret_free(&want);
	secret_free(&got);
	return ok;
}

static bool
run_context(const struct row *row, struct span in)
{
	static const uint8_t content[] = { 1, 2, 3, 4 };
	struct secret out;
	enum cng_status st = closed_content(&row->mine, in, &out);
	bool ok = st == CNG_OK && span_equal(secret_span(&out),
	    span_of(content, sizeof content));

	secret_free(&out);
	return ok || fail(row, "content", st);
}

/* Is the key inside the one that the index names? */
static bool
run_inner(const struct row *row, struct span in)
{
	struct key_material key = { 0 }, want = { 0 };
	struct secret bytes = { 0 };
	char name[256];
	bool ok = true;

	if (!closed_inner(row->col[COL_EXPECT], name, sizeof name))
		return true;
	ok = read_file(&bytes, row->folder, name) &&
	    blob_decode(BLOB_ANY, secret_span(&bytes), NULL, &want) ==
		CNG_OK && crypto_complete(&want) == CNG_OK &&
	    import(row, in, &key) == CNG_OK && same_key(&key, &want);
	key_free(&key);
	key_free(&want);
	secret_free(&bytes);
	return ok || fail(row, "not the key that should be inside", CNG_OK);
}

static bool
run_bytes(const struct row *row, struct span in)
{
	bool good = strncmp(row->col[COL_ORIGIN], "negative", 8) != 0;
	const struct exception *special = exception_find(row->col[COL_FILE]);
	enum cng_status want;

	if (files_known(row->col[COL_TYPE]))
		return run_file(row, in);
	if (is_described(row))
		return closed_described(row->type, in) ||
		    fail(row, "not described to its end", CNG_OK);
	if (is_context(row))
		return run_context(row, in);
	if (!run_inner(row, in))
		return false;
	/* each is written for the one recipient, with fresh keys */
	if (row->type == BLOB_PKCS7ENVELOPE && special == NULL &&
	    strncmp(row->col[COL_ORIGIN], "negative", 8) != 0)
		return run_good(row, in, false);
	if (special != NULL && special->verdict == VERDICT_REFUSED)
		return run_bad(row, in, special->status);
	if (good && row->type == BLOB_PROTECTEDKEY)
		return run_protected(row, in);
	if (special != NULL)
		return run_good(row, in, special->verdict == VERDICT_SAME);
	if (good)
		return run_good(row, in, true);
	want = documented(row->col[COL_EXPECT]);
	if (want == CNG_OK)
		return fail(row, "the index names no code", CNG_OK);
	return run_bad(row, in, want);
}

static void
run_row(const char *folder, char *line)
{
	struct secret bytes;
	struct row row;
	bool ok;

	if (!split(&row, line)) {
		printf("FAIL a line of %s/index.tsv has not 10 columns\n",
		    folder);
		failed++;
		return;
	}
	row.spki = strcmp(row.col[COL_TYPE], "(SubjectPublicKeyInfo)") == 0;
	ok = row.spki || blob_type_from_name(row.col[COL_TYPE], &row.type) ==
	    CNG_OK;
	row.folder = folder;
	if (!ok && !is_described(&row) && !is_context(&row) &&
	    !files_known(row.col[COL_TYPE])) {
		skipped++;
		return;
	}
	find_password(&row);
	find_curve(&row);
	row.roots = protected_roots(folder, row.col[COL_EXPECT]);
	row.params.protect.roots = secret_span(&row.roots);
	ok = read_file(&bytes, folder, row.col[COL_FILE]);
	if (!ok || bytes.len != strtoul(row.col[COL_SIZE], NULL, 10))
		ok = fail(&row, "missing, or not of the size", CNG_OK);
	else if ((ok = find_kek(&row, folder)))
		ok = run_bytes(&row, secret_span(&bytes));
	*(ok ? &passed : &failed) += 1;
	crypto_key_free(row.kek);
	secret_free(&row.roots);
	key_free(&row.mine);
	secret_free(&bytes);
}

static void
run_folder(const char *folder)
{
	struct secret index;
	char *text, *line, *next;

	if (!read_file(&index, folder, "index.tsv") || index.len == 0) {
		printf("FAIL cannot read %s/index.tsv\n", folder);
		failed++;
		return;
	}
	text = mem_new(index.len + 1, 1);
	if (text == NULL)
		abort();
	memcpy(text, index.ptr, index.len);
	line = strchr(text, '\n'); /* the first names the columns */
	for (line = line == NULL ? NULL : line + 1;
	     line != NULL && *line != '\0'; line = next) {
		next = strchr(line, '\n');
		if (next != NULL)
			*next++ = '\0';
		run_row(folder, line);
	}
	mem_free(text);
	secret_free(&index);
}

int
main(void)
{
	const char *srcdir = getenv("srcdir");
	const char *foreign = getenv("CNG_TEST_VECTORS");
	char own[4096];

	snprintf(own, sizeof own, "%s/tests/vectors/own",
	    srcdir == NULL ? "." : srcdir);
	if (crypto_start() != CNG_OK)
		return 1;
	run_folder(own);
	if (foreign != NULL && foreign[0] != '\0')
		run_folder(foreign);
	crypto_shutdown();
	if (unjudged > 0)
		printf("libcrypto knows no post-quantum keys: of %u rows only "
		       "the layout was looked at\n", unjudged);
	printf("vectors: %u passed, %u failed, %u skipped (other blob types); "
	       "own%s%s\n", passed, failed, skipped,
	    foreign == NULL ? "" : " and ", foreign == NULL ? "" : foreign);
	return failed > 0 || passed == 0;
}
