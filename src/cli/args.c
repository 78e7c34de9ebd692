/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The option table, and getopt_long driven by it.
 */
#include "cli/args.h"

#include "base/util.h"

#include <getopt.h>
#include <string.h>

static const struct option_info options[OPT_COUNT] = {
	[OPT_HELP] = { "help", 'h', NULL, "show this help" },
	[OPT_JSON] = { "json", 0, NULL, "print JSON" },
	[OPT_OUTPUT] = { "output", 'o', "FILE",
	    "write there; - is standard output" },

	[OPT_TOKEN] = { "token", 0, "LABEL",
	    "the token with this label or serial number, or pkcs11: URI" },
	[OPT_READER] = { "reader", 0, "NAME",
	    "the card in this reader; the name may be cut short" },
	[OPT_STORE] = { "store", 0, "PATH", "the token in this store file" },
	[OPT_MACHINE] = { "machine", 0, NULL, "the machine's token" },
	[OPT_CONFIG] = { "config", 0, "FILE",
	    "read this configuration instead of the usual ones" },
	[OPT_MODULE] = { "module", 0, "FILE",
	    "the PKCS#11 module, when it is not where it was installed" },

	[OPT_PIN_FILE] = { "pin-file", 0, "FILE",
	    "first line is the user PIN; - is standard input" },
	[OPT_PIN_ENV] = { "pin-env", 0, "VAR",
	    "variable with the user PIN [CNG_PIN]" },
	[OPT_SO_PIN_FILE] = { "so-pin-file", 0, "FILE",
	    "first line is the security officer's PIN, or a card's PUK" },
	[OPT_SO_PIN_ENV] = { "so-pin-env", 0, "VAR",
	    "variable with that PIN [CNG_SO_PIN]" },
	[OPT_NEW_PIN_FILE] = { "new-pin-file", 0, "FILE",
	    "first line is the new user PIN" },
	[OPT_NEW_PIN_ENV] = { "new-pin-env", 0, "VAR",
	    "variable with the new user PIN [CNG_NEW_PIN]" },
	[OPT_PASSWORD_FILE] = { "password-file", 0, "FILE",
	    "first line is the password of the key file" },
	[OPT_PASSWORD_ENV] = { "password-env", 0, "VAR",
	    "variable with that password [CNG_PASSWORD]" },
	[OPT_NEW_PASSWORD_FILE] = { "new-password-file", 0, "FILE",
	    "first line is the password of the result" },
	[OPT_NEW_PASSWORD_ENV] = { "new-password-env", 0, "VAR",
	    "variable with that password [CNG_NEW_PASSWORD]" },

	[OPT_NAME] = { "name", 0, "NAME", "CNG key name" },
	[OPT_LABEL] = { "label", 0, "LABEL", "label" },
	[OPT_ID] = { "id", 0, "HEX", "id" },
	[OPT_CLASS] = { "class", 0, "CLASS",
	    "private, public, secret, cert or data" },

	[OPT_URI] = { "uri", 0, "URI",
	    "the token and the object that a pkcs11: URI means" },

	[OPT_TYPE] = { "type", 0, "TYPE",
	    "type or format, as in 'cngtool help types'" },
	[OPT_TO] = { "to", 0, "TYPE",
	    "type or format, as in 'cngtool help types'" },
	[OPT_PUBLIC] = { "public", 0, NULL, "the public part only" },
	[OPT_SHOW_SECRETS] = { "show-secrets", 0, NULL,
	    "print private numbers too" },
	[OPT_WRAPPING_KEY] = { "wrapping-key", 0, "KEY",
	    "name, label, id or URI of the key that unwraps the file" },
	[OPT_WRAP_WITH] = { "wrap-with", 0, "KEY",
	    "name, label, id or URI of the key to wrap with" },
	[OPT_ENCRYPTION] = { "encryption", 0, "KIND",
	    "aes256 [default] or 3des; of an envelope also aes192, aes128" },
	[OPT_OAEP_HASH] = { "oaep-hash", 0, "HASH",
	    "of an RSA-AES blob or an envelope: sha1, sha256, sha384, sha512" },
	[OPT_OAEP_LABEL] = { "oaep-label", 0, "TEXT",
	    "of an RSA-AES blob or an envelope: a label bound to the key" },
	[OPT_AES_BITS] = { "aes-bits", 0, "BITS",
	    "of PKCS11RsaAesWrapBlob: 128, 192 or 256 [default]" },
	[OPT_CURVE] = { "curve", 0, "NAME",
	    "of an ECC blob that does not say: nistP256, curve25519 ..." },
	[OPT_KEY] = { "key", 0, "KEY",
	    "name, id or number of one of several keys in the file" },
	[OPT_ALL] = { "all", 0, NULL, "all keys in the file" },
	[OPT_KDS_ROOT_KEY] = { "kds-root-key", 0, "FILE",
	    "root keys that open a ProtectedKeyBlob of a domain" },
	[OPT_DESCRIPTOR] = { "descriptor", 0, "RULE",
	    "of ProtectedKeyBlob: LOCAL=user [default] or LOCAL=machine" },
	[OPT_RECIPIENT_CERT] = { "recipient-cert", 0, "FILE",
	    "certificate that PKCS7_ENVELOPE is for" },
	[OPT_RECIPIENT_KEY] = { "recipient-key", 0, "FILE",
	    "private key that opens PKCS7_ENVELOPE" },

	[OPT_EXPORTABLE] = { "exportable", 0, NULL,
	    "the key may leave the token, but only encrypted" },
	[OPT_PLAINTEXT_EXPORTABLE] = { "plaintext-exportable", 0, NULL,
	    "the key may leave the token in plain text" },
	[OPT_OVERWRITE] = { "overwrite", 0, NULL,
	    "replace a key of the same name" },
	[OPT_NO_VALIDATION] = { "no-validation", 0, NULL,
	    "do not check that private and public numbers agree" },
	[OPT_USAGE] = { "usage", 0, "LIST",
	    "only these of sign,verify,encrypt,decrypt,wrap,unwrap,derive" },
	[OPT_KEY_SLOT] = { "key-slot", 0, "SLOT",
	    "of a card: 9a, 9c, 9d, 9e, 82 to 95; sign, decrypt, auth" },
	[OPT_CERTS] = { "certs", 0, "WHICH",
	    "certificates in the file: all [default], own or none" },
	[OPT_NO_PIN] = { "no-pin", 0, NULL,
	    "no user PIN: a file beside the store has the key" },

	[OPT_DIGEST] = { "digest", 0, "HASH",
	    "sha1, sha224, sha256, sha384 or sha512 [as the key is strong]" },
	[OPT_PSS] = { "pss", 0, NULL, "pad as RSASSA-PSS does" },
	[OPT_SIGNATURE] = { "signature", 0, "FILE",
	    "the signature to verify" },

	[OPT_FROM_MODULE] = { "from-module", 0, "FILE",
	    "the PKCS#11 module to copy from" },
	[OPT_FROM_TOKEN] = { "from-token", 0, "LABEL",
	    "its token: label, serial number, or pkcs11: URI" },
	[OPT_FROM_PIN_FILE] = { "from-pin-file", 0, "FILE",
	    "first line is the PIN of that token" },
	[OPT_FROM_PIN_ENV] = { "from-pin-env", 0, "VAR",
	    "variable with that PIN [CNG_FROM_PIN]" },
	[OPT_DRY_RUN] = { "dry-run", 0, NULL,
	    "try everything, keep nothing, and report" },
	[OPT_QUIET] = { "quiet", 0, NULL,
	    "no progress bar; report only what stays behind" },

	[OPT_FORCE] = { "force", 0, NULL,
	    "erase what is there already" },
	[OPT_YES] = { "yes", 'y', NULL, "do not ask" },
};

/* getopt answers with this plus the option's number. */
#define VALUE_BASE 256

struct parser {
	struct option longs[OPT_COUNT + 1];
	char shorts[2 * OPT_COUNT + 2];
};

const struct option_info *
option_info(enum opt opt)
{
	return opt < OPT_COUNT ? &options[opt] : NULL;
}

static void
parser_fill(struct parser *p, uint64_t allowed)
{
	size_t rows = 0, letters = 0;

	memset(p, 0, sizeof(*p));
	p->shorts[letters++] = ':';
	for (size_t i = 0; i < OPT_COUNT; i++) {
		if ((allowed & OPT_BIT(i)) == 0)
			continue;
		p->longs[rows++] = (struct option){
			.name = options[i].name,
			.has_arg = options[i].arg != NULL,
			.val = VALUE_BASE + (int)i,
		};
		if (options[i].letter == 0)
			continue;
		p->shorts[letters++] = options[i].letter;
		if (options[i].arg != NULL)
			p->shorts[letters++] = ':';
	}
}

static enum opt
opt_of(int value)
{
	for (size_t i = 0; i < OPT_COUNT; i++) {
		if (value == VALUE_BASE + (int)i ||
		    (value != 0 && value == options[i].letter))
			return (enum opt)i;
	}
	return OPT_COUNT;
}

/* getopt stopped: at an unknown option or one without its value. */
static enum exit_code
complain(int answer, char **argv)
{
	enum opt opt = opt_of(optopt);

	if (opt != OPT_COUNT && answer == ':')
		return fail_usage("--%s needs %s", options[opt].name,
		    options[opt].arg);
	if (opt != OPT_COUNT && optopt >= VALUE_BASE)
		return fail_usage("--%s takes no value", options[opt].name);
	if (optopt > 0 && optopt < VALUE_BASE)
		return fail_usage("unknown option -%c", optopt);
	return fail_usage("unknown or ambiguous option %s", argv[optind - 1]);
}

enum exit_code
args_parse(struct args *out, int argc, char **argv, uint64_t allowed)
{
	struct parser p;
	int answer;

	memset(out, 0, sizeof(*out));
	parser_fill(&p, allowed);
	opterr = 0;
	optind = 0;
	while ((answer = getopt_long(argc, argv, p.shorts, p.longs, NULL)) !=
	    -1) {
		enum opt opt;

		if (answer == '?' || answer == ':')
			return complain(answer, argv);
		opt = opt_of(answer);
		if (opt == OPT_COUNT)
			return fail_usage("unknown option");
		if (out->value[opt] != NULL)
			return fail_usage("--%s is given twice",
			    options[opt].name);
		out->value[opt] = optarg == NULL ? "" : optarg;
	}
	out->operand = argv + optind;
	out->operand_count = (size_t)(argc - optind);
	return EXIT_DONE;
}
