#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Reference clients drive the simulated PIV card: yubico-piv-tool, Yubico's
# own module, and OpenSC.  OpenSSL checks every signature and every secret.
set -u
# shellcheck source=cards.sh
. "$(dirname "$0")/cards.sh"
# shellcheck source=../compat/common.sh
. "$(dirname "$0")/../compat/common.sh"
need opensc-tool pkcs11-tool yubico-piv-tool openssl
why=$(cards_missing)
[ -z "$why" ] || skip_all "$why"
ykcs11=$(find /usr/lib -name 'libykcs11.so.*' | head -n 1)
[ -n "$ykcs11" ] || skip_all "ykcs11 is not installed"
# shellcheck disable=SC2154 # status is set by the trap itself
trap 'status=$?; cards_end; rm -rf "$work"; exit $status' EXIT
cards_begin
reader_start "Yubico Test"

yp() { timeout 300 yubico-piv-tool --reader Yubico "$@"; }
yp_in() { yp --action verify-pin --pin 123456 "$@"; }
osc() { timeout 300 pkcs11-tool --module opensc-pkcs11.so "$@"; }
osc_in() { osc --login --pin 123456 "$@"; }
ykcs() {
	timeout 300 pkcs11-tool --module "$ykcs11" --login --pin 123456 "$@"
}

openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out ca.key
openssl req -x509 -key ca.key -subj /CN=ca -out ca.pem
head -c 300 /dev/urandom >data
openssl dgst -sha256 -binary data >data.sha256
openssl dgst -sha384 -binary data >data.sha384
{
	printf '\060\061\060\015\006\011\140\206\110\001\145\003\004\002'
	printf '\001\005\000\004\040'
	cat data.sha256
} >digestinfo

certificate() {
	openssl x509 -new -force_pubkey "$1" -subj "/CN=$2" -CA ca.pem \
		-CAkey ca.key -set_serial 5 -days 30 -out "$2.pem"
}

# signs ID KIND PUBLIC PROGRAM: a signature by the module, checked by OpenSSL.
signs() {
	rm -f sig
	case $2 in
	RSA*)
		ok "$4 signs with $1" "$4" --sign --id "$1" \
			--mechanism RSA-PKCS --input-file digestinfo \
			--output-file sig
		ok "... and OpenSSL verifies" openssl dgst -sha256 \
			-verify "$3" -signature sig data
		;;
	*)
		hash=sha256
		[ "$2" = ECCP256 ] || hash=sha384
		ok "$4 signs with $1" "$4" --sign --id "$1" \
			--mechanism ECDSA --signature-format openssl \
			--input-file data.$hash --output-file sig
		ok "... and OpenSSL verifies" openssl dgst -$hash \
			-verify "$3" -signature sig data
		;;
	esac
}

# --- a new card ---------------------------------------------------------------

ok "a card is seen" card_start piv --app piv
says "it tells who it is" "Version:	5.7.0" yp --action status
says "... and that three tries are left" "PIN tries left:	3" \
	yp --action status
says "OpenSC recognises it" "PIV|Personal Identity" opensc-tool --name

# --- keys made on the card ------------------------------------------------------

id=0
for pair in 9a:RSA2048 9c:ECCP256 9d:RSA1024 9e:ECCP384; do
	slot=${pair%:*}
	kind=${pair#*:}
	id=$((id + 1))
	ok "generate $kind in $slot" yp --action generate --slot "$slot" \
		--algorithm "$kind" --output pub$id.pem
	ok "... its public key is one" openssl pkey -pubin -in pub$id.pem \
		-noout -text
	ok "... a certificate for it" certificate pub$id.pem cert$id
	ok "... is imported" yp --action import-certificate --slot "$slot" \
		--input cert$id.pem
	ok "... and read back" yp --action read-certificate --slot "$slot" \
		--output back.pem
	ok "... unchanged" cmp back.pem cert$id.pem
done
signs 01 RSA2048 pub1.pem osc_in
signs 04 ECCP384 pub4.pem osc_in
signs 04 ECCP384 pub4.pem ykcs
signs 01 RSA2048 pub1.pem ykcs
signs 02 ECCP256 pub2.pem ykcs
says "yubico-piv-tool signs with 9c, whose PIN is asked each time" \
	"Successful ECDSA verification" yp_in --action test-signature \
	--slot 9c --input cert2.pem --algorithm ECCP256

openssl pkeyutl -encrypt -pubin -inkey pub3.pem -in data.sha256 -out cipher
ok "OpenSC decrypts with 9d" osc_in --decrypt --id 03 --mechanism RSA-PKCS \
	--input-file cipher --output-file plain
ok "... what OpenSSL encrypted" cmp plain data.sha256

# --- keys brought to it -----------------------------------------------------------

imported() {
	rm -f key.pem pub.pem
	case $2 in
	RSA*) openssl genpkey -algorithm RSA \
		-pkeyopt rsa_keygen_bits:"${2#RSA}" -out key.pem ;;
	*) openssl genpkey -algorithm EC \
		-pkeyopt ec_paramgen_curve:P-"${2#ECCP}" -out key.pem ;;
	esac 2>err
	openssl pkey -in key.pem -pubout -out pub.pem
	certificate pub.pem imported
	ok "import $2 into $1" yp --action import-key --slot "$1" \
		--input key.pem --pin-policy once
	ok "... with its certificate" yp --action import-certificate \
		--slot "$1" --input imported.pem
	says "... it signs" "Successful (RSA|ECDSA) verification" \
		yp_in --action test-signature --slot "$1" \
		--input imported.pem --algorithm "$2" --hash "$3"
	says "... and deciphers" \
		"Successfully performed (RSA|ECDH)" \
		yp_in --action test-decipher --slot "$1" \
		--input imported.pem --algorithm "$2"
}
imported 9d RSA1024 SHA256
imported 9d RSA2048 SHA256
openssl pkeyutl -encrypt -pubin -inkey pub.pem -in data.sha256 -out cipher
rm -f plain
ok "OpenSC decrypts with the imported key" osc_in --decrypt --id 03 \
	--mechanism RSA-PKCS --input-file cipher --output-file plain
ok "... what OpenSSL encrypted" cmp plain data.sha256
imported 82 ECCP256 SHA256
imported 95 ECCP384 SHA384

# A bad PIN, and the way back with the PUK.
refuses "a wrong PIN is refused" "2 tries left" \
	yp --action verify-pin --pin 111111
says "... and counted" "PIN tries left:	2" yp --action status
quiet yp --action verify-pin --pin 111111
refuses "... three times" "locked|blocked|0 tries" \
	yp --action verify-pin --pin 111111
fails "the right one no longer helps" "locked|blocked|0 tries" \
	yp --action verify-pin --pin 123456
says "the PUK unblocks" "Successfully unblocked" yp --action unblock-pin \
	--pin 12345678 --new-pin 123456
says "the PIN is changed" "Successfully changed" yp --action change-pin \
	--pin 123456 --new-pin 654321
says "... and back" "Successfully changed" yp --action change-pin \
	--pin 654321 --new-pin 123456
manager=0102030405060708a1a2a3a4a5a6a7a8c1c2c3c4c5c6c7c8
says "the management key is changed" "Successfully set new management key" \
	yp --action set-mgm-key --new-key $manager
fails "... the old one is dead" "authentication failed|Failed auth" \
	yp --action generate --slot 83 --algorithm ECCP256
ok "... and the new one works" yp --key=$manager --action generate \
	--slot 83 --algorithm ECCP256 --output pub83.pem

# --- out and in, another process, another protocol --------------------------------

ok "the card is pulled" card_pull piv
refuses "... and no longer there" "Failed to connect|no smart card|No card" \
	yp --action status
ok "it is inserted" card_insert piv
signs 01 RSA2048 pub1.pem osc_in
ok "the card ends" card_stop piv
ok "another process has its memory, with T=0" card_start piv --app piv --t0
signs 01 RSA2048 pub1.pem osc_in
ok "it ends" card_stop piv
ok "the same as a plain PIV card" card_start piv --app piv --plain-piv
signs 01 RSA2048 pub1.pem osc_in
# newer ones do not talk to such a card at all
fails "... that nothing can be imported into" \
	"Unable to import|yubikey: Not supported" \
	yp --key=$manager --action import-key --slot 9a --input key.pem
ok "it ends" card_stop piv

# --- what goes wrong ------------------------------------------------------------------

ok "a card with blocked PIN" card_start blocked --app piv --blocked
fails "... is blocked" "locked|blocked|0 tries" \
	yp --action verify-pin --pin 123456
ok "it ends" card_stop blocked
ok "a full card" card_start full --app piv --capacity 10
fails "... takes no key" "Failed|Unable" \
	yp --action import-key --slot 9a --input key.pem
ok "it ends" card_stop full
ok "a card that is pulled at the sixth command" card_start torn --app piv \
	--remove-at 6
fails "... fails an import" "Failed|fail" \
	yp --action import-key --slot 9a --input key.pem
ok "... is seen to be gone" reader_sees 0 No
ok "... comes back" card_insert torn
ok "... and takes it then" yp --action import-key --slot 9a --input key.pem
finish
