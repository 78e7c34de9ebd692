#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# doc/howto/openssl.md: the openssl program, by the engine of libp11.
set -u
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"
need openssl
engines=$(openssl version -e | sed 's/^[^"]*"//; s/"$//')
[ -e "$engines/pkcs11.so" ] ||
	skip_all "libengine-pkcs11-openssl is not installed"
begin

page openssl
ok "both signatures were verified" \
	test "$(grep -c '^Verified OK' "$work/openssl.out")" = 2
ok "the request is signed right" openssl req -in "$here/new.csr" -verify -noout
ok "the certificate, too" openssl verify -CAfile "$here/self.crt" \
	"$here/self.crt"
shows "CMS was verified" "CMS Verification successful" openssl
ok "... and decrypted" cmp "$here/message" "$here/message.out"

serve openssl server 4634
page openssl client
shows "the client trusts the server" "Verify return code: 0" openssl-client
shows "... which saw the client's certificate" "Subject: CN *= *ec" \
	openssl-client
finish
