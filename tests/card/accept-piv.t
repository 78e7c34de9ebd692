#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# A PIV card of Yubico's dialect, our module, yubico-piv-tool and OpenSC.
#
# Packages: pcscd vsmartcard-vpcd libengine-pkcs11-openssl pkcs11-provider
# Packages: yubico-piv-tool
set -u
app=piv
# shellcheck source=accept.sh
. "$(dirname "$0")/accept.sh"
need yubico-piv-tool
# shellcheck disable=SC2154 # status is set by the trap itself
trap 'status=$?; cards_end; rm -rf "$work"; exit $status' EXIT
accept_begin "Yubico Test" 010203040506070801020304050607080102030405060708

yp() { timeout 300 yubico-piv-tool --reader Yubico "$@"; }
osc_args() { echo --id "$1"; }
reference() {
	algorithm=RSA2048
	[ "$1" = rsa ] || algorithm=ECCP256
	says "yubico-piv-tool signs with 9C" \
		"Successful (RSA|ECDSA) verification" yp --action verify-pin \
		--pin $card_pin --action test-signature --slot 9c \
		--input "$1-sign.cert.pem" --algorithm $algorithm
	says "... and deciphers with 9D" "Successfully performed (RSA|ECDH)" \
		yp --action verify-pin --pin $card_pin --action test-decipher \
		--slot 9d --input "$1-exchange.cert.pem" --algorithm $algorithm
	says "... and knows the certificates" "CN=$1-sign" yp --action status
}
lacks_keys() {
	mine_in --list-objects --type privkey >objects 2>&1 &&
		lacks 'Private Key' objects
}
pin_is() { yp --action verify-pin --pin "$1"; }
tries_are() { yp --action status | grep "PIN tries left:	$1"; }

ways rsa ec

# --- what yubico-piv-tool wrote -------------------------------------------------------

ok "a new card" card_start theirs --app piv
for pair in 9a:01:rsa-sign 9d:03:rsa-exchange 82:05:ec-sign 83:06:ec-exchange; do
	slot=${pair%%:*}
	stem=${pair##*:}
	id=${pair#*:}
	id=${id%:*}
	ok "yubico-piv-tool writes to $slot" yp --action import-key \
		--slot "$slot" --input "$stem.pem"
	uses "our module" "$stem" mine_in --id "$id"
	ok "... a certificate" yp --action import-certificate --slot "$slot" \
		--input "$stem.cert.pem"
	rm -f back.cert
	ok "... which is read" mine --read-object --type cert --id "$id" \
		--output-file back.cert
	ok "... as it was" cmp back.cert "$stem.cert"
done
ok "there is room for ours" bring object "Ours" rsa-sign
ok "it ends" card_stop theirs

# --- a card without a container map ---------------------------------------------------

# What we note in place of certificates is none to others.
cngtool_key() {
	cngtool import --reader "Yubico Test 00 00" --key-slot 9c --name "$1" \
		"$2.pem"
}
no_certificate() {
	pkcs15-tool --list-certificates >list.out 2>&1 || return
	osc --list-objects --type cert >>list.out 2>&1 || return
	yp --action status >>list.out 2>&1 || return
	lacks 'X.509\|Certificate Object\|CN=' list.out
}
theirs() {
	ok "yubico-piv-tool writes a key over it" yp --action import-key \
		--slot 9c --input rsa-sign.pem
	ok "... and a certificate" yp --action import-certificate --slot 9c \
		--input rsa-sign.cert.pem
	uses "our module" rsa-sign mine_in --id 02
	says "... and OpenSC sees it" "Certificate Object" osc --list-objects \
		--type cert
}

echo "# piv: notes"
ok "a card that keeps no names" card_start applet --app piv --pivapplet
before=$(commands applet)
ok "a key without a certificate" quiet cngtool_key Bare ec-sign
says "... has its name" "label: *Bare" mine_in --list-objects --type privkey
uses "... our module" ec-sign mine_in --id 02
ok "... others see no certificate" no_certificate
theirs
# the third object that was written is the note that makes it whole
at=$(awk '$3 == ">" && $4 ~ /^00DB3FFF/ && ++n == 3 { print $2 + 1 }' \
	"$cards/applet.log")
at=$((at - before))
ok "it ends" card_stop applet
ok "a new one, pulled at command $at" card_start half --app piv --pivapplet
quiet card_tell half fault remove "$at"
quiet cngtool_key Bare ec-sign
ok "... is gone" reader_sees 0 No
ok "... comes back" card_insert half
ok "... with nothing" lacks_keys
ok "... others see no certificate" no_certificate
ok "... and takes the key now" quiet cngtool_key Again ec-sign
uses "... our module" ec-sign mine_in --id 02
ok "... no other slot was lost" one_key
ok "it ends" card_stop half
ok "another one" card_start half2 --app piv --pivapplet
quiet card_tell half2 fault remove "$at"
quiet cngtool_key Bare ec-sign
ok "... is gone" reader_sees 0 No
ok "... comes back" card_insert half2
theirs
ok "it ends" card_stop half2

pins
removals
finish
