#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Reference clients drive the simulated GIDS card: OpenSC's gids-tool,
# pkcs15-init, pkcs15-tool and module.  OpenSSL checks what comes out.
set -u
# shellcheck source=cards.sh
. "$(dirname "$0")/cards.sh"
# shellcheck source=../compat/common.sh
. "$(dirname "$0")/../compat/common.sh"
need gids-tool pkcs15-init pkcs15-tool pkcs11-tool opensc-tool openssl
why=$(cards_missing)
[ -z "$why" ] || skip_all "$why"
# shellcheck disable=SC2154 # status is set by the trap itself
trap 'status=$?; cards_end; rm -rf "$work"; exit $status' EXIT
cards_begin
reader_start "Virtual Test"

admin=000102030405060708090a0b0c0d0e0f1011121314151617
serial=00112233445566778899AABBCCDDEEFF
osc() { timeout 300 pkcs11-tool --module opensc-pkcs11.so "$@"; }
osc_in() { osc --login --pin 123456 "$@"; }
init() {
	timeout 300 pkcs15-init --auth-id 80 --pin 123456 --verify-pin "$@"
}
gids() { timeout 300 gids-tool "$@"; }

head -c 300 /dev/urandom >data
openssl dgst -sha256 -binary data >data.sha256

public_of() {
	rm -f pub.pem
	ok "the public key of $1 is read" timeout 300 pkcs15-tool \
		--read-public-key "$1" --output pub.pem
}

signs() {
	rm -f sig
	ok "key $1 signs" osc_in --sign --id "$1" --mechanism SHA256-RSA-PKCS \
		--input-file data --output-file sig
	ok "... and OpenSSL verifies" openssl dgst -sha256 -verify "$2" \
		-signature sig data
}

decrypts() {
	rm -f plain
	openssl pkeyutl -encrypt -pubin -inkey "$2" -in data.sha256 -out cipher
	ok "key $1 decrypts PKCS#1" osc_in --decrypt --id "$1" \
		--mechanism RSA-PKCS --input-file cipher --output-file plain
	ok "... what OpenSSL encrypted" cmp plain data.sha256
}

# --- from blank to a card with keys -------------------------------------------

ok "a blank card is seen" card_start gids --app gids --blank
says "OpenSC recognises it" "GIDS" opensc-tool --name
ok "gids-tool initialises it" gids --initialize --pin 123456 \
	--admin-key $admin --serial-number $serial
says "it has its serial number" "[Ss]erial.*00112233445566778899aabbccddeeff" \
	timeout 300 pkcs15-tool --dump
ok "generate a key that signs" init --generate-key rsa/2048 --label made \
	--id 00 --key-usage sign
public_of 00
cp pub.pem pub0.pem
signs 00 pub.pem

imported() {
	openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:"$2" \
		-out key.pem 2>err
	openssl pkey -in key.pem -pubout -out want.pem
	openssl req -x509 -key key.pem -subj "/CN=key $1" -out cert.pem
	ok "import RSA $2 to $3" init --store-private-key key.pem \
		--label "key $1" --id "$1" --key-usage "$3"
	ok "... with its certificate" init --store-certificate cert.pem \
		--id "$1"
	rm -f back.pem
	ok "... and read it back" timeout 300 pkcs15-tool \
		--read-certificate "$1" --output back.pem
	ok "... unchanged" cmp back.pem cert.pem
	public_of "$1"
	ok "... is the one that went in" cmp pub.pem want.pem
}
imported 01 1024 sign
signs 01 want.pem
imported 02 2048 decrypt
decrypts 02 want.pem
signs 02 want.pem
cp want.pem want2.pem
says "the containers are there" "key 02" timeout 300 pkcs15-tool --list-keys

# --- PINs -----------------------------------------------------------------------

refuses "a wrong PIN is refused" "CKR_PIN_INCORRECT" \
	osc --login --pin 111111 --list-objects
says "... and counted" "Tries left *: 2" timeout 300 pkcs15-tool --dump
for attempt in 2 3; do
	refuses "wrong PIN $attempt" "CKR_PIN" \
		osc --login --pin 111111 --list-objects
done
refuses "the right one no longer helps" "CKR_PIN_LOCKED" \
	osc_in --list-objects
ok "the admin key unblocks" gids --unblock --pin 123456 --admin-key $admin
signs 00 pub0.pem
says "the PIN is changed" "PIN successfully changed" osc_in --change-pin \
	--new-pin 6543210
says "... and back" "PIN successfully changed" osc --login --pin 6543210 \
	--change-pin --new-pin 123456

# --- out and in, another process, another protocol -------------------------------

ok "the card is pulled" card_pull gids
refuses "... and no longer there" "No slot|not present|No smart card|no token" \
	osc_in --sign --id 00 --mechanism SHA256-RSA-PKCS --input-file data
ok "it is inserted" card_insert gids
signs 00 pub0.pem
ok "the card ends" card_stop gids
ok "another process has its memory, with T=0" card_start gids --app gids --t0
signs 00 pub0.pem
decrypts 02 want2.pem
imported 03 2048 sign
ok "delete a key" init --delete-objects privkey,pubkey --id 03
ok "it ends" card_stop gids

# --- what goes wrong -----------------------------------------------------------------

ok "a card that Windows knows already" card_start new --app gids
says "... has nothing on it" "GIDS card" timeout 300 pkcs15-tool --dump
ok "... and takes a key" init --store-private-key key.pem --id 00 \
	--label first --key-usage sign
ok "it ends" card_stop new
ok "a full card" card_start full --app gids --capacity 1200
fails "... takes no key" "enough memory|Not enough|fail" \
	init --store-private-key key.pem --id 00 --label first --key-usage sign
ok "it ends" card_stop full
ok "a card that takes 100 ms for a command" card_start slow --app gids --delay 100
says "... is slow, but works" "GIDS" opensc-tool --name
ok "it ends" card_stop slow
for fault in garbage truncate overlong inner short flood; do
	ok "a card with $fault answers" card_start $fault --app gids \
		--fault $fault=40+
	ends() { "$@"; [ $? -lt 124 ]; }
	ok "... ends no client" ends timeout 300 pkcs15-tool --dump
	ok "... and is still there" card_tell $fault count
	ok "it ends" card_stop $fault
done
finish
