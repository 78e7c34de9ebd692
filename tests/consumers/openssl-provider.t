#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# doc/howto/openssl-provider.md: the openssl program, by pkcs11-provider, which
# stands first in its configuration: what it does itself there, the module is
# asked for, too, and must not ask back.
# Packages: openssh-client
set -u
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"
need openssl ssh-keygen
providers=$(openssl version -m | sed 's/^[^"]*"//; s/"$//')
[ -e "$providers/pkcs11.so" ] || skip_all "pkcs11-provider is not installed"
begin

page openssl-provider
ok "all three signatures were verified" \
	test "$(grep -c '^Verified OK' "$work/openssl-provider.out")" = 3
ok "the request is signed right" openssl req -in "$here/new.csr" -verify -noout
ok "the certificate, too" openssl verify -CAfile "$here/self.crt" \
	"$here/self.crt"
shows "CMS was verified" "CMS Verification successful" openssl-provider
ok "... and decrypted" cmp "$here/message" "$here/message.out"

# Programs that use the module, and OpenSSL, whose configuration has a provider
# that uses the module: twice in one process.
configured() {
	as_user env OPENSSL_CONF="$here/openssl.cnf" "$@"
}
ok "pkcs11-tool signs under this configuration" configured pkcs11-tool \
	--module "$module" --token-label keys --login --sign --id 01 \
	--mechanism SHA256-RSA-PKCS --input-file message \
	--output-file message.direct
ok "... what openssl verifies" configured openssl dgst -sha256 \
	-verify rsa.pub -signature message.direct message
ok "ssh-keygen lists the keys under it" configured ssh-keygen -D "$module"
ok "cngtool lists the keys under it" configured cngtool list

serve openssl-provider server 4635
page openssl-provider client
shows "the client trusts the server" "^subject=CN *= *rsa" \
	openssl-provider-client
shows "... and is answered" "HTTP/1.0 200 ok" openssl-provider-client
shows "... which saw the client's certificate" "Subject: CN *= *ec" \
	openssl-provider-client
finish
