/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The password under which a key file is to be put.
 */
#include "cli/secure.h"

#include <string.h>

static bool
is_wanted(const struct args *args, enum pin_kind kind)
{
	static const enum opt said[][2] = {
		[PIN_PASSWORD] = { OPT_PASSWORD_FILE, OPT_PASSWORD_ENV },
		[PIN_NEW_PASSWORD] = { OPT_NEW_PASSWORD_FILE,
		    OPT_NEW_PASSWORD_ENV },
	};

	return args_has(args, OPT_ENCRYPTION) ||
	    args_has(args, said[kind][0]) || args_has(args, said[kind][1]);
}

static enum exit_code
choose_kind(struct pbe *pbe, const struct args *args,
    const struct format *format)
{
	const char *text = args->value[OPT_ENCRYPTION];

	pbe->kind = PBE_PBES2_AES256;
	if (text == NULL)
		return EXIT_DONE;
	if (format->form == FORM_PVK)
		return fail_usage("pvk has its own encryption");
	if (strcmp(text, "3des") == 0)
		pbe->kind = PBE_PKCS12_3DES;
	else if (strcmp(text, "aes256") != 0)
		return fail_usage("--encryption %s: not aes256 or 3des", text);
	return EXIT_DONE;
}

enum exit_code
protection_choose(struct protection *out, const struct args *args,
    const struct format *format, enum pin_kind kind)
{
	enum exit_code code;

	if (!is_wanted(args, kind) && !format_needs_password(format))
		return EXIT_DONE;
	if (!format_takes_password(format))
		return fail_usage("%s takes no password", format->name);
	code = choose_kind(&out->pbe, args, format);
	if (code == EXIT_DONE)
		code = pin_get_new(&out->password, args, kind);
	out->pbe.password = secret_span(&out->password);
	out->pbe.has_password = code == EXIT_DONE;
	return code;
}

enum exit_code
protection_keep(struct protection *out, const struct args *args,
    const struct format *format, struct span password)
{
	enum exit_code code = choose_kind(&out->pbe, args, format);
	enum cng_status st;

	if (code != EXIT_DONE)
		return code;
	st = secret_copy(&out->password, password);
	if (st != CNG_OK)
		return fail(st, "the password");
	out->pbe.password = secret_span(&out->password);
	out->pbe.has_password = true;
	return EXIT_DONE;
}

void
protection_free(struct protection *guard)
{
	secret_free(&guard->password);
	memset(guard, 0, sizeof(*guard));
}

const struct pbe *
protection_pbe(const struct protection *guard)
{
	return guard->pbe.has_password ? &guard->pbe : NULL;
}
