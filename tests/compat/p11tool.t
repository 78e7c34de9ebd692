#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# GnuTLS's p11tool drives the module, and so p11-kit's library and its URIs.
set -u
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"
need p11tool openssl pkcs11-tool
bail_without_token

export GNUTLS_PIN="$pin" GNUTLS_SO_PIN="$so_pin"
token="pkcs11:token=$label"
p11() { foreign p11tool --provider="$CNG_MODULE" --batch "$@"; }
p11_in() { p11 --login "$@"; }

says "the token is listed" "URL: pkcs11:.*token=$label" p11 --list-tokens
says "mechanisms are listed" "CKM_RSA_PKCS" p11 --list-mechanisms "$token"
refuses "an empty token shows nothing" "No matching objects found" \
	p11 --list-all "$token"
ok "random bytes" p11 --generate-random 32 --outraw --outfile random "$token"

for what in rsa:2048 ecdsa:256 ecdsa:384 ecdsa:521; do
	type=${what%:*}
	bits=${what#*:}
	name=$type-$bits
	if [ "$type" = rsa ]; then
		set -- --bits "$bits"
	else
		set -- --curve "secp${bits}r1"
	fi
	ok "generate $name" p11_in --generate-privkey "$type" "$@" \
		--label "$name" --mark-sign --outfile pub.pem "$token"
	says "... listed as a private key" "Label: $name" \
		p11_in --list-privkeys "$token"
	says "... and its URL" "object=$name;type=private" \
		p11_in --list-privkeys --only-urls "$token"
	ok "$name signs, and GnuTLS verifies" p11_in --test-sign \
		"$token;object=$name;type=private"
	ok "the public key is exported" p11_in --export-pubkey \
		--outfile pub2.pem "$token;object=$name;type=private"
	ok "... as OpenSSL reads it" openssl pkey -pubin -in pub2.pem -noout
	ok "... the same as at generation" cmp pub.pem pub2.pem
done
ok "RSA-PSS signs" p11_in --test-sign --sign-params RSA-PSS --hash SHA256 \
	"$token;object=rsa-2048;type=private"

openssl req -new -x509 -newkey rsa:2048 -nodes -keyout own.pem -out cert.pem \
	-subj /CN=compat -days 30 2>req.out
openssl pkey -in own.pem -pubout -out own.pub.pem
openssl x509 -in cert.pem -outform DER -out cert.der
ok "write a private key" p11_in --write --load-privkey own.pem \
	--label own --id 4f574e --mark-sign "$token"
ok "write a public key" p11_in --write --load-pubkey own.pub.pem \
	--label own --id 4f574e "$token"
ok "write a certificate" p11_in --write --load-certificate cert.pem \
	--label own --id 4f574e "$token"
ok "write a secret key" p11_in --write --label secret \
	--secret-key 000102030405060708090a0b0c0d0e0f "$token"
ok "the key signs" p11_in --test-sign "$token;object=own;type=private"
says "the certificate is listed" "Label: own" \
	p11 --list-all-certs "$token"
ok "the certificate is exported" p11 --export --outder --outfile cert.out \
	"$token;object=own;type=cert"
ok "... the same" cmp cert.der cert.out
ok "the label is changed" p11_in --set-label renamed \
	"$token;object=own;type=private"
says "... to what was asked" "Label: renamed" p11_in --list-privkeys "$token"
ok "delete the key" p11_in --delete "$token;object=renamed;type=private"
ok "delete the public key" p11_in --delete "$token;object=own;type=public"
ok "delete the certificate" p11_in --delete "$token;object=own;type=cert"
ok "list what is left" p11_in --list-all "$token"
refuses "the key is gone" "No matching objects found|requested data" \
	p11_in --list-all "$token;object=renamed"

GNUTLS_PIN=wrong-pin
fails "a wrong PIN is told" "PIN" p11_in --list-privkeys "$token"

finish
