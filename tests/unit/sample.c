/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The project's own vectors, for the unit tests.
 */
#include "sample.h"

#include <stdio.h>
#include <stdlib.h>

#include "crypto/crypto.h"

struct secret
sample_read(const char *name)
{
	const char *srcdir = getenv("srcdir");
	struct secret out = { 0 };
	static uint8_t buffer[16384];
	char path[4096];
	size_t len;
	FILE *f;

	snprintf(path, sizeof path, "%s/tests/vectors/own/%s",
	    srcdir == NULL ? "." : srcdir, name);
	f = fopen(path, "rb");
	ck_assert_msg(f != NULL, "cannot open %s", path);
	len = fread(buffer, 1, sizeof buffer, f);
	fclose(f);
	ck_assert(len > 0 && len < sizeof buffer);
	ck_assert_int_eq(secret_copy(&out, span_of(buffer, len)), CNG_OK);
	return out;
}

void
sample_same_key(const struct key_material *a, const struct key_material *b)
{
	ck_assert_int_eq(a->family, b->family);
	ck_assert_int_eq(a->curve, b->curve);
	ck_assert_int_eq(a->set, b->set);
	ck_assert_uint_eq(a->role, b->role);
	ck_assert(a->has_private == b->has_private);
	for (size_t i = 0; i < KEY_PART_MAX; i++)
		ck_assert(secret_equal(secret_span(&a->part[i]),
		    secret_span(&b->part[i])));
}

void
sample_empty(const struct key_material *key)
{
	ck_assert_int_eq(key->family, KEY_NONE);
	for (size_t i = 0; i < KEY_PART_MAX; i++)
		ck_assert_ptr_null(key->part[i].ptr);
}

int
sample_main(Suite *suite)
{
	SRunner *runner = srunner_create(suite);
	int failed = 1;

	if (crypto_start() == CNG_OK) {
		srunner_run_all(runner, CK_NORMAL);
		failed = srunner_ntests_failed(runner);
	}
	srunner_free(runner);
	crypto_shutdown();
	return failed > 0;
}
