/* SPDX-License-Identifier: BSD-2-Clause
 *
 * One row per word of --usage.
 */
#include "cli/usage.h"

#include "base/util.h"
#include "cli/keytext.h"

#include <string.h>

#define PRI (1u << OBJ_PRIVATE)
#define PUB (1u << OBJ_PUBLIC)
#define SEC (1u << OBJ_SECRET)

struct usage {
	const char *word;
	enum prop_id prop;
	unsigned classes;        /* which have it */
};

static const struct usage usages[] = {
	{ "sign", PROP_SIGN, PRI | SEC },
	{ "verify", PROP_VERIFY, PUB | SEC },
	{ "encrypt", PROP_ENCRYPT, PUB | SEC },
	{ "decrypt", PROP_DECRYPT, PRI | SEC },
	{ "wrap", PROP_WRAP, PUB | SEC },
	{ "unwrap", PROP_UNWRAP, PRI | SEC },
	{ "derive", PROP_DERIVE, PRI | PUB | SEC },
	/* go with their plain forms */
	{ "sign", PROP_SIGN_RECOVER, PRI },
	{ "verify", PROP_VERIFY_RECOVER, PUB },
};

_Static_assert(ARRAY_LEN(usages) == USAGE_PROPS_MAX, "room for every row");

static size_t
word_length(const char *list)
{
	return strcspn(list, ",");
}

static bool
is_word(const struct usage *row, const char *word, size_t len)
{
	return strlen(row->word) == len && memcmp(row->word, word, len) == 0;
}

static bool
is_listed(const struct usage *row, const char *list)
{
	while (*list != '\0') {
		size_t len = word_length(list);

		if (is_word(row, list, len))
			return true;
		list += len + (list[len] == ',');
	}
	return false;
}

static enum exit_code
check_words(const char *list, enum obj_class class)
{
	while (*list != '\0') {
		size_t len = word_length(list);
		unsigned classes = 0;

		for (size_t i = 0; i < ARRAY_LEN(usages); i++) {
			if (is_word(&usages[i], list, len))
				classes |= usages[i].classes;
		}
		if (classes == 0)
			return fail_usage("--usage: unknown word '%.*s'",
			    (int)len, list);
		if ((classes & (1u << class)) == 0)
			return fail_usage("--usage: a %s key cannot %.*s",
			    class_text(class), (int)len, list);
		list += len + (list[len] == ',');
	}
	return EXIT_DONE;
}

enum exit_code
usage_props(struct prop *out, size_t *count, const char *list,
    enum obj_class class)
{
	enum exit_code code = check_words(list, class);

	if (code != EXIT_DONE)
		return code;
	for (size_t i = 0; i < ARRAY_LEN(usages); i++) {
		if ((usages[i].classes & (1u << class)) == 0)
			continue;
		out[(*count)++] = (struct prop){
			.id = usages[i].prop,
			.number = is_listed(&usages[i], list),
		};
	}
	return EXIT_DONE;
}
