/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What NCRYPTBUFFER_PKCS_AES_KEY_BITS, _PADDING_ALGO and _PADDING_LABEL are to
 * a program.
 */
#include "cli/oaep.h"

#include "base/util.h"

#include <string.h>
#include <strings.h>

static enum exit_code
choose_hash(struct blob_params *out, const char *text)
{
	static const struct {
		const char *name;
		enum key_hash hash;
	} names[] = {
		{ "sha1", HASH_SHA1 },
		{ "sha256", HASH_SHA256 },
		{ "sha384", HASH_SHA384 },
		{ "sha512", HASH_SHA512 },
	};

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (strcasecmp(names[i].name, text) == 0) {
			out->wrap.hash = names[i].hash;
			return EXIT_DONE;
		}
	}
	return fail_usage("--oaep-hash %s: not sha1, sha256, sha384 or sha512",
	    text);
}

static enum exit_code
choose_bits(struct blob_params *out, const char *text)
{
	static const struct {
		const char *text;
		size_t bits;
	} sizes[] = { { "128", 128 }, { "192", 192 }, { "256", 256 } };

	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		if (strcmp(sizes[i].text, text) == 0) {
			out->wrap.aes_bits = sizes[i].bits;
			return EXIT_DONE;
		}
	}
	return fail_usage("--aes-bits %s: not 128, 192 or 256", text);
}

enum exit_code
oaep_choose(struct blob_params *out, const struct args *args,
    enum blob_type type)
{
	static const enum opt opts[] = { OPT_OAEP_HASH, OPT_OAEP_LABEL,
		OPT_AES_BITS };
	const char *label = args->value[OPT_OAEP_LABEL];
	enum exit_code code = EXIT_DONE;

	for (size_t i = 0; i < ARRAY_LEN(opts); i++) {
		bool also = type == BLOB_PKCS7ENVELOPE &&
		    opts[i] != OPT_AES_BITS;

		if (args_has(args, opts[i]) && type != BLOB_RSAAESWRAP && !also)
			return fail_usage("--%s is for %s%s%s only",
			    option_info(opts[i])->name,
			    blob_info(BLOB_RSAAESWRAP)->name,
			    opts[i] == OPT_AES_BITS ? "" : " and ",
			    opts[i] == OPT_AES_BITS ? "" :
			    blob_info(BLOB_PKCS7ENVELOPE)->name);
	}
	if (label != NULL)
		out->wrap.label = span_str(label);
	if (args_has(args, OPT_OAEP_HASH))
		code = choose_hash(out, args->value[OPT_OAEP_HASH]);
	if (code == EXIT_DONE && args_has(args, OPT_AES_BITS))
		code = choose_bits(out, args->value[OPT_AES_BITS]);
	return code;
}
