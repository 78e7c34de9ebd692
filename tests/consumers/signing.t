#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# doc/howto/signing.md: Authenticode by osslsigncode, CMS by gpgsm.
set -u
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"
need gnupg-pkcs11-scd gpgsm osslsigncode
engines=$(openssl version -e | sed 's/^[^"]*"//; s/"$//')
[ -e "$engines/pkcs11.so" ] ||
	skip_all "libengine-pkcs11-openssl is not installed"
begin

# The smallest program that is one by its headers: it returns.
# shellcheck disable=SC2016 # for perl
ok "there is a program" perl -e '
	open(my $out, ">:raw", $ARGV[0]) or die;
	my $head = pack("a2 x58 V", "MZ", 64) .
	    pack("a4 v2 V3 v2", "PE", 0x14c, 1, 0, 0, 0, 0xe0, 0x102) .
	    pack("v C2 V9 v6 V4 v2 V6 x128", 0x10b, 1, 0, 0x200, 0, 0,
		0x1000, 0x1000, 0x2000, 0x400000, 0x1000, 0x200,
		4, 0, 0, 0, 4, 0, 0, 0x2000, 0x200, 0, 3, 0,
		0x100000, 0x1000, 0x100000, 0x1000, 0, 16) .
	    pack("a8 V6 v2 V", ".text", 1, 0x1000, 0x200, 0x200, 0, 0, 0,
		0, 0x60000020);
	print $out pack("a512 C x511", $head, 0xc3);
	close($out) or die' "$here/setup.exe"
chmod 644 "$here/setup.exe"

page signing
shows "osslsigncode verifies what the RSA key signed" \
	"Subject: /CN=rsa" signing
shows "... and the EC key" "Subject: /CN=ec" signing
cp "$here/setup-signed.exe" changed.exe
printf X | dd of=changed.exe bs=1 seek=600 conv=notrunc 2>/dev/null
refuses "... and refuses a program that was changed" "MISMATCH|Failed" \
	osslsigncode verify -CAfile "$here/ca.crt" -in changed.exe

gnupg=$HOME/.gnupg-token
page signing gpgsm
shows "gpgsm has learned the RSA key" "Subject: /CN=rsa" signing-gpgsm
shows "... and verifies what it signed" 'Good signature from "/CN=rsa"' \
	signing-gpgsm
# What one of GnuPG's versions cannot have beside it is still there.
says "the certificate of the EC key stays in the token" "^  label: *ec$" \
	as_user pkcs11-tool --module "$module" --token-label keys \
	--list-objects --type cert

# libksba, which writes it for gpgsm, drops a first byte that is zero, as one
# signature in 256 has; it takes what is left for good, and OpenSSL does not.
# The time is signed, too, so a second later it is another signature.
verified() {
	for _ in 1 2 3; do
		openssl cms -verify -inform DER -in "$here/message.p7s" \
			-CAfile "$here/ca.crt" -purpose any >verify.out 2>&1 &&
			return
		cat verify.out
		grep -q "wrong signature length" verify.out || return
		sleep 1
		as_user env GNUPGHOME="$gnupg" \
			CNG_PKCS11_CONF="$gnupg/cng-pkcs11.conf" sh -c 'gpgsm \
			--yes --batch --pinentry-mode loopback --passphrase-fd 3 \
			3< ~/.cng-pin --local-user /CN=rsa \
			--output message.p7s --sign message' || return
	done
	return 1
}

ok "OpenSSL verifies it, too" verified
as_user gpgconf --homedir "$gnupg" --kill gpg-agent
ok "what was decrypted is the message" \
	cmp "$here/message" "$here/message.out"
skip "gpgsm with the EC key" "gnupg-pkcs11-scd knows RSA keys only"
finish
