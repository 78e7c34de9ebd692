#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# A PIV card of Yubico's dialect, our module, yubico-piv-tool and OpenSC.
set -u
app=piv
# shellcheck source=accept.sh
. "$(dirname "$0")/accept.sh"
need yubico-piv-tool
# shellcheck disable=SC2154 # status is set by the trap itself
trap 'status=$?; cards_end; rm -rf "$work"; exit $status' EXIT
accept_begin "Yubico Test" 010203040506070801020304050607080102030405060708

yp() { timeout 60 yubico-piv-tool --reader Yubico "$@"; }
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

pins
removals
finish
