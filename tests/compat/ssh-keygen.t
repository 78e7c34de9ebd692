#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# OpenSSH: the keys of the token as SSH keys.
set -u
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"
need ssh-keygen pkcs11-tool openssl
bail_without_token

for type in rsa:2048 EC:prime256v1 EC:secp384r1 EC:secp521r1; do
	id=$((${id:-20} + 1))
	ok "generate $type" tool_in --keypairgen --key-type $type --id $id \
		--label "ssh $type"
done

keygen() { foreign ssh-keygen "$@"; }
keys() { keygen -D "$CNG_MODULE" 2>/dev/null; }
for name in ssh-rsa ecdsa-sha2-nistp256 ecdsa-sha2-nistp384 \
	ecdsa-sha2-nistp521; do
	says "ssh-keygen -D shows $name, no PIN asked" "^$name AAAA" keys
done
keys >keys.pub
ok "each key once" test "$(wc -l <keys.pub)" = 4
says "the label is the comment" "ssh rsa:2048" cat keys.pub
ok "read the RSA public key" tool_in --read-object --type pubkey --id 21 \
	--output-file rsa.der
openssl pkey -pubin -inform DER -in rsa.der -out rsa.pem
ok "it is the key on the token" grep -qF \
	"$(ssh-keygen -i -m PKCS8 -f rsa.pem | cut -d' ' -f2)" keys.pub

finish
