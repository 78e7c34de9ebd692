#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# doc/howto/code.md: the programs of examples/, in Python, Go and Node.
set -u
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"
begin
cp -R "$top/examples" "$here/examples"
chmod -R a+rX "$here/examples"

# good NAME: what each of the programs has to say
good() {
	shows "the key is listed" '^private key rsa' "$1"
	shows "the signature is good" '^signature is good(: [Tt]rue)?$' "$1"
	shows "the blob comes back as it was" \
		'^blob is the same: [Tt]rue$' "$1"
	shows "under a key, too" '^wrapped key is the same: [Tt]rue$' "$1"
}

is_of_key() { openssl x509 -in "$1" -noout -pubkey | cmp - "$2"; }

if /usr/bin/python3 -c 'import PyKCS11' 2>/dev/null; then
	page code
	good code
else
	skip "Python" "python3-pykcs11 is not installed"
fi
if command -v go >/dev/null &&
	[ -d /usr/share/gocode/src/github.com/ThalesIgnite/crypto11 ]; then
	page code go
	good code-go
	ok "crypto11: the certificate verifies" \
		openssl verify -CAfile "$here/signed.crt" "$here/signed.crt"
	ok "... under the key" is_of_key "$here/signed.crt" "$work/rsa.pub"
else
	skip "Go" "golang-go or its packages are not installed"
fi
# have_js NAME: npm's registry alone has these, or they are there (NODE_PATH)
have_js() {
	as_user node -e "require('$1')" >"$work/npm.out" 2>&1 ||
		as_user npm install "$1" >"$work/npm.out" 2>&1 </dev/null
}

# What was asked for is there then, and the page asks for it once more.
if command -v node >/dev/null && have_js pkcs11js && have_js graphene-pk11; then
	[ -z "${NODE_PATH:-}" ] || stand_in npm :
	page code node
	good code-node
	page code graphene
	good code-graphene
else
	tail -n 20 "$work/npm.out" | comment
	skip "Node" "pkcs11js or graphene-pk11 cannot be installed by npm"
fi
finish
