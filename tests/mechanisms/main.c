/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Every mechanism of the token, function by function: a line of TAP for each
 * cell.  A cell that nothing proves fails, and so does a row for what the
 * token has not.  With a file name, the table goes there, as Markdown; with
 * "compat" after it, only what tokens of that policy have besides.
 */
#include "tests/mechanisms/pairs.h"

#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>

#define SOURCES_MAX 256
#define MECHANISMS_MAX 512

static const struct table *const tables[] = { &digest_rows, &mac_rows,
	&cipher_rows, &rsa_rows, &ec_rows, &ffc_rows, &pq_rows, &derive_rows,
	&make_rows, &wrap_rows, &tls_rows, &agree_rows, &group_rows,
	&mix_rows, &blob_rows, &small_rows, &ike_rows };

const struct function functions[FUNCTIONS_MAX] = {
	{ CKF_ENCRYPT, "encrypt" },
	{ CKF_DECRYPT, "decrypt" },
	{ CKF_DIGEST, "digest" },
	{ CKF_SIGN, "sign" },
	{ CKF_SIGN_RECOVER, "sign-recover" },
	{ CKF_VERIFY, "verify" },
	{ CKF_VERIFY_RECOVER, "verify-recover" },
	{ CKF_GENERATE, "generate" },
	{ CKF_GENERATE_KEY_PAIR, "generate-pair" },
	{ CKF_WRAP, "wrap" },
	{ CKF_UNWRAP, "unwrap" },
	{ CKF_DERIVE, "derive" },
	{ CKF_ENCAPSULATE, "encapsulate" },
	{ CKF_DECAPSULATE, "decapsulate" },
	{ CKF_MESSAGE_ENCRYPT, "message-encrypt" },
	{ CKF_MESSAGE_DECRYPT, "message-decrypt" },
	{ CKF_MESSAGE_SIGN, "message-sign" },
	{ CKF_MESSAGE_VERIFY, "message-verify" },
	{ CKF_MULTI_MESSAGE, "multi-message" },
};

/* What says something of keys, and is no function. */
#define NO_FUNCTION (CKF_HW | CKF_EC_F_P | CKF_EC_F_2M | \
	CKF_EC_ECPARAMETERS | CKF_EC_NAMEDCURVE | CKF_EC_UNCOMPRESS | \
	CKF_EC_COMPRESS | CKF_EC_CURVENAME | 0x80000000UL)

static unsigned long count, failures;
static FILE *table_file;

static bool
report(bool good, const char *name, const char *what)
{
	printf("%sok %lu - %s %s\n", good ? "" : "not ", ++count, name, what);
	if (!good)
		printf("# %s\n", token_why());
	failures += !good;
	return good;
}

const struct row *
row_at(size_t i)
{
	size_t t;

	for (t = 0; t < ARRAY_LEN(tables); t++) {
		if (i < tables[t]->count)
			return &tables[t]->row[i];
		i -= tables[t]->count;
	}
	return NULL;
}

step *
row_proof(const struct row *row, CK_FLAGS cell)
{
	const struct proof *p;

	if ((row->without & cell) != 0)
		return NULL;
	for (p = row->kind->proof; p->cell != 0; p++)
		if (p->cell == cell)
			return p->run;
	return NULL;
}

/* --- a cell --- */

static bool
try_once(const struct row *row, step *run, CK_ULONG size)
{
	struct sample sample = { .row = row, .size = size };
	bool good;

	sample.how.mechanism = row->type;
	sample.input = noise(row->limit != 0 ? row->limit : 80, 1);
	good = row->keys->make(&sample, size) &&
	    (row->param == NULL || row->param(&sample)) &&
	    (row->refer == NULL || row->refer(&sample)) && run(&sample);
	sample_end(&sample);
	return token_renew() && good;
}

static bool
try_row(const struct row *row, step *run)
{
	const CK_ULONG *size = row->keys->tries;
	bool good = try_once(row, run, *size);

	while (good && *size != 0 && *++size != 0)
		good = try_once(row, run, *size);
	return good;
}

static void
add_source(char *sources, const char *one)
{
	size_t len = strlen(sources);

	(void)snprintf(sources + len, SOURCES_MAX - len, "%s%s",
	    len > 0 ? ", " : "", one);
}

/* Is one in the list already? */
static bool
known(const char *sources, const char *one)
{
	return strstr(sources, one) != NULL;
}

/* What is in the one list and not yet in the other. */
static void
add_sources(char *sources, char *more)
{
	char *next;

	for (; *more != '\0'; more = next) {
		next = strstr(more, ", ");
		if (next != NULL)
			*next = '\0';
		next = next == NULL ? more + strlen(more) : next + 2;
		if (!known(sources, more))
			add_source(sources, more);
	}
}

bool
libcrypto_is(unsigned major, unsigned minor)
{
	return OPENSSL_version_major() > major ||
	    (OPENSSL_version_major() == major &&
		OPENSSL_version_minor() >= minor);
}

bool
libcrypto_has_camellia(void)
{
	EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, "CAMELLIA-128-CBC", NULL);

	EVP_CIPHER_free(cipher);
	return cipher != NULL;
}

static bool
too_new(const struct row *row)
{
	return (row->camellia && !libcrypto_has_camellia()) ||
	    (row->newer && !libcrypto_is(3, 5)) ||
	    (row->new_blake && !libcrypto_is(3, 2));
}

static bool
try_cell(CK_MECHANISM_TYPE type, CK_FLAGS cell, bool *proven)
{
	const struct row *row;
	bool good = true;
	step *run;
	size_t i;

	for (i = 0; good && (row = row_at(i)) != NULL; i++) {
		/* others prove the cell, or it is left out as a whole */
		if (row->type != type || too_new(row))
			continue;
		run = row_proof(row, cell);
		if (run == NULL)
			continue;
		*proven = true;
		good = try_row(row, run);
	}
	return good;
}

static const char *
name_of(CK_MECHANISM_TYPE type)
{
	static char number[32];
	const struct row *row;
	size_t i;

	for (i = 0; (row = row_at(i)) != NULL; i++)
		if (row->type == type)
			return row->name;
	(void)snprintf(number, sizeof(number), "0x%08lx", type);
	return number;
}

/* --- key sizes --- */

static CK_RV
size_try(const struct row *row, CK_ULONG size)
{
	struct sample sample = { .row = row, .size = size };
	CK_RV rv;

	sample.how.mechanism = row->type;
	sample.input = noise(32, 1);
	rv = row->keys->of_size(&sample, size);
	sample_end(&sample);
	(void)token_renew();
	return rv;
}

static bool
sizes_hold(const CK_MECHANISM_INFO *info, const struct row *row)
{
	char at[64];

	(void)snprintf(at, sizeof(at), "a key of the least size, %lu",
	    info->ulMinKeySize);
	if (!went(size_try(row, info->ulMinKeySize), at))
		return false;
	(void)snprintf(at, sizeof(at), "a key of the greatest size, %lu",
	    info->ulMaxKeySize);
	if (!row->keys->dear && !went(size_try(row, info->ulMaxKeySize), at))
		return false;
	(void)snprintf(at, sizeof(at), "a key below %lu", info->ulMinKeySize);
	if (!refused(size_try(row, info->ulMinKeySize - 1), at))
		return false;
	(void)snprintf(at, sizeof(at), "a key above %lu", info->ulMaxKeySize);
	return refused(size_try(row, info->ulMaxKeySize + 1), at);
}

/* --- a mechanism --- */

static bool
try_sizes(CK_MECHANISM_TYPE type, const CK_MECHANISM_INFO *info)
{
	const struct row *row;
	size_t i;

	for (i = 0; (row = row_at(i)) != NULL; i++)
		if (row->type == type && row->keys->of_size != NULL)
			return report(sizes_hold(info, row), row->name,
			    "key sizes");
	if (info->ulMaxKeySize == 0)
		return true;
	(void)expect(false, "no row proves the key sizes");
	return report(false, name_of(type), "key sizes");
}

static const struct row *
first_row(CK_MECHANISM_TYPE type)
{
	const struct row *row;
	size_t i;

	for (i = 0; (row = row_at(i)) != NULL; i++)
		if (row->type == type)
			break;
	return row;
}

/* The token carries such keys, and there is nothing to compare with. */
static void
leave_out(const struct row *row)
{
	printf("ok %lu - %s # SKIP older libcrypto\n", ++count, row->name);
}

/* Only what the other policy has not. */
static bool
of_compat(CK_MECHANISM_TYPE type)
{
	const struct row *row = first_row(type);

	return row != NULL && row->compat;
}

/* What the rows compare with. */
static const char *
compared_with(CK_MECHANISM_TYPE type)
{
	const struct row *row = first_row(type);

	return row != NULL && row->plain ? "its definition" : "libcrypto";
}

static void
write_line(const char *name, const CK_MECHANISM_INFO *info,
    const char *sources)
{
	const struct function *f;
	const char *comma = "";

	fprintf(table_file, "| `%s` | ", name);
	if (info->ulMaxKeySize == 0)
		fprintf(table_file, "-");
	else if (info->ulMinKeySize == info->ulMaxKeySize)
		fprintf(table_file, "%lu", info->ulMinKeySize);
	else
		fprintf(table_file, "%lu to %lu", info->ulMinKeySize,
		    info->ulMaxKeySize);
	fprintf(table_file, " | ");
	for (f = functions; f->flag != 0; f++) {
		if ((info->flags & f->flag) == 0)
			continue;
		fprintf(table_file, "%s%s", comma, f->name);
		comma = ", ";
	}
	fprintf(table_file, " | %s |\n", sources);
}

static void
try_mechanism(CK_MECHANISM_TYPE type)
{
	char sources[SOURCES_MAX] = "", published[SOURCES_MAX] = "";
	char papers[SOURCES_MAX];
	const char *name = name_of(type);
	const struct function *f;
	CK_MECHANISM_INFO info;
	CK_FLAGS left;
	bool proven;

	if (!went(p11->C_GetMechanismInfo(slot, type, &info),
	    "C_GetMechanismInfo")) {
		(void)report(false, name, "info");
		return;
	}
	if (first_row(type) != NULL && too_new(first_row(type))) {
		leave_out(first_row(type));
		return;
	}
	left = info.flags & ~NO_FUNCTION;
	for (f = functions; f->flag != 0; f++) {
		if ((info.flags & f->flag) == 0)
			continue;
		left &= ~f->flag;
		proven = false;
		(void)expect(false, "nothing proves it");
		if (!try_cell(type, f->flag, &proven)) {
			(void)report(false, name, f->name);
			continue;
		}
		if (proven && *sources == '\0')
			add_source(sources, compared_with(type));
		*papers = '\0';
		if (vectors_run(name, f->flag, papers, SOURCES_MAX))
			(void)report(proven || *papers != '\0', name,
			    f->name);
		else
			(void)report(false, name, f->name);
		add_sources(published, papers);
	}
	if (left != 0)
		(void)report(false, name, "has a function without a name");
	if (*published != '\0')
		add_source(sources, published);
	if (of_compat(type))
		add_source(sources, "only with `policy = compat`");
	(void)try_sizes(type, &info);
	if (table_file != NULL)
		write_line(name, &info, sources);
}

/* --- rows that the token has no use for --- */

static bool
announced(const struct row *row)
{
	CK_MECHANISM_INFO info;
	const struct proof *p;

	if (too_new(row))
		return true;
	if (p11->C_GetMechanismInfo(slot, row->type, &info) != CKR_OK)
		return expect(false, "the token has no such mechanism");
	for (p = row->kind->proof; p->cell != 0; p++)
		if ((row->without & p->cell) == 0 &&
		    (info.flags & p->cell) == 0)
			return expect(false, "a function is not announced");
	return true;
}

/* The other run of the two has the other rows, and all vectors are of the
 * first. */
static void
try_rows(bool compat)
{
	const struct row *row;
	const char *unused = compat ? NULL : vectors_unused();
	size_t i;

	for (i = 0; (row = row_at(i)) != NULL; i++)
		if (row->compat == compat && !announced(row))
			(void)report(false, row->name, "has a row too many");
	if (unused != NULL) {
		(void)expect(false, "no mechanism uses it, or no such row");
		(void)report(false, unused, "is a vector too many");
	}
}

static int
in_order(const void *a, const void *b)
{
	CK_MECHANISM_TYPE one, two;

	memcpy(&one, a, sizeof(one));
	memcpy(&two, b, sizeof(two));
	return (one > two) - (one < two);
}

int
main(int argc, char **argv)
{
	static CK_MECHANISM_TYPE list[MECHANISMS_MAX];
	CK_ULONG n = MECHANISMS_MAX, i;
	const char *only = getenv("CNG_MECHANISM");
	bool compat = argc > 3 && strcmp(argv[3], "compat") == 0;

	if (argc < 2 || !vectors_load(argv[1]) || !token_open() ||
	    !went(p11->C_GetMechanismList(slot, list, &n),
	    "C_GetMechanismList")) {
		printf("Bail out! %s\n", token_why());
		return EXIT_FAILURE;
	}
	if (argc > 2)
		table_file = fopen(argv[2], "w");
	qsort(list, n, sizeof(list[0]), in_order);
	for (i = 0; i < n; i++)
		if ((only == NULL || strcmp(only, name_of(list[i])) == 0) &&
		    (!compat || of_compat(list[i])))
			try_mechanism(list[i]);
	if (only == NULL)
		try_rows(compat);
	if (table_file != NULL)
		(void)fclose(table_file);
	token_close();
	vectors_free();
	pkeys_free();
	printf("1..%lu\n", count);
	return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
