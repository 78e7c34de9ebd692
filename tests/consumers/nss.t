#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# doc/howto/nss.md: the tools of NSS, with a database as Chromium has it.
set -u
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"
need modutil certutil cmsutil
begin

page nss
shows "modutil lists the token" "token: keys" nss
shows "certutil lists the certificates" "^keys:rsa  *u,u,u" nss
shows "... and the keys" "^< 1> ec  *02 " nss
shows "... and that of the PFX file" "^< *[0-9]> rsa .* new" nss
ok "what was decrypted is the message" cmp "$here/message" "$here/message.out2"
ok "OpenSSL verifies what NSS signed" openssl cms -verify -inform DER \
	-in "$here/message.cms" -CAfile "$here/ca.crt" -purpose any
ok "... with the EC key, too" openssl cms -verify -inform DER \
	-in "$here/message.ec" -CAfile "$here/ca.crt" -purpose any
ok "the key that left is the one that came" sh -c "openssl pkcs12 -nodes \
	-in '$here/copy.pfx' -passin pass:pfx-password | openssl pkey | \
	cmp - '$work/new.key'"
skip "pk12util on this token" \
	"NSS derives the key of the PFX there, with the older CK_PKCS5_PBKD2_PARAMS"
finish
