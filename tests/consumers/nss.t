#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# doc/howto/nss.md: the tools of NSS, with a database as Chromium has it.
#
# Packages: unzip
set -u
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"
need modutil certutil cmsutil pk12util signtool unzip
begin

page nss
shows "modutil lists the token" "token: keys" nss
shows "certutil lists the certificates" "^keys:rsa  *u,u,u" nss
shows "... and the keys" "^< 1> ec  *02 " nss
ok "what was decrypted is the message" cmp "$here/message" "$here/message.out2"
ok "OpenSSL verifies what NSS signed" openssl cms -verify -inform DER \
	-in "$here/message.cms" -CAfile "$here/ca.crt" -purpose any
ok "... with the EC key, too" openssl cms -verify -inform DER \
	-in "$here/message.ec" -CAfile "$here/ca.crt" -purpose any
shows "pk12util says so, too" "PKCS12 IMPORT SUCCESSFUL" nss
ok "the key that left is the one that came" sh -c "openssl pkcs12 -nodes \
	-in '$here/copy.pfx' -passin pass:pfx-password | openssl pkey | \
	cmp - '$work/new.key'"
shows "signtool verifies what it signed" "archive \"site.jar\" has passed" nss
shows "... with the EC key, too" "archive \"site2.jar\" has passed" nss
ok "OpenSSL verifies it" sh -c "cd '$work' && unzip -qo '$here/site.jar' &&
	openssl smime -verify -inform DER -in META-INF/zigbert.rsa \
	-content META-INF/zigbert.sf -CAfile '$here/ca.crt' -purpose any"
says "the request is of the imported key" "$(openssl rsa -pubin -modulus -noout \
	-in "$work/rsa.pub")" openssl req -inform DER -in "$here/again.req" \
	-verify -noout -modulus
ok "that of a new key is good" openssl req -inform DER -in "$here/fresh.req" \
	-verify -noout

nss=sql:$HOME/.pki/nssdb
as_user modutil -force -dbdir "$nss" -add cng-pkcs11 -libfile "$module" \
	>"$work/again.out" 2>&1
says "the certificate made here has its key" "^keys:self  *u,u,u" as_user \
	certutil -d "$nss" -L -h keys -f "$HOME/.cng-pin"

# take NAME WORDS: another PFX file comes in.
take() {
	as_user pk12util -i "$1.pfx" -d "$nss" -h keys -k "$HOME/.cng-pin" \
		-w pfx-password
}
pfx() {
	name=$1
	kind=$2
	shift 2
	openssl req -new -x509 -newkey "$kind" -pkeyopt "$1" -nodes \
		-keyout "$work/$name.key" -subj "/CN=$name" -days 30 \
		-out "$work/$name.crt" && shift &&
		openssl pkcs12 -export -inkey "$work/$name.key" -name "$name" \
			-in "$work/$name.crt" -passout pass:pfx-password \
			"$@" >"$here/$name.pfx"
}
returns() {
	as_user pk12util -o "$1.out.pfx" -d "$nss" -n "keys:$1" \
		-k "$HOME/.cng-pin" -w pfx-password &&
		openssl pkcs12 -nodes -in "$here/$1.out.pfx" \
			-passin pass:pfx-password | openssl pkey |
			cmp - "$work/$1.key"
}
ok "a PFX file with an EC key" pfx curved ec ec_paramgen_curve:P-256
ok "... comes in" take curved
ok "... and leaves" returns curved
ok "a PFX file of old, in 3DES and RC2" pfx old rsa rsa_keygen_bits:2048 -legacy
ok "... comes in" take old
exportable() {
	openssl req -new -x509 -newkey rsa:2048 -nodes -subj "/CN=may" \
		-keyout "$work/may.key" -days 30 -out "$here/may.crt" &&
		install -m 644 "$work/may.key" "$here/may.pem" &&
		as_user cngtool import --name may --exportable may.pem &&
		as_user certutil -d "$nss" -A -h keys -f "$HOME/.cng-pin" \
			-n may -t ,, -i may.crt
}
ok "a key that came by cngtool, and may leave" exportable
says "... is that of the certificate that NSS adds" "^keys:may  *u,u,u" \
	as_user certutil -d "$nss" -L -h keys -f "$HOME/.cng-pin"
ok "... and leaves by pk12util" returns may
fails "a key that may not leave does not" "could not be located and exported" \
	as_user pk12util -o rsa.pfx -d "$nss" -n keys:rsa -k "$HOME/.cng-pin" \
	-w pfx-password
finish
