#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# GnuPG and OpenSC drive the simulated OpenPGP card.
set -u
# shellcheck source=cards.sh
. "$(dirname "$0")/cards.sh"
# shellcheck source=../compat/common.sh
. "$(dirname "$0")/../compat/common.sh"
need gpg gpg-connect-agent gpgconf opensc-tool openpgp-tool pkcs11-tool \
	openssl
why=$(cards_missing)
[ -z "$why" ] || skip_all "$why"
[ -x "$(gpgconf --list-components | sed -n 's/^scdaemon:[^:]*://p')" ] ||
	skip_all "scdaemon is not installed"
# shellcheck disable=SC2154 # status is set by the trap itself
trap 'status=$?; gpg_end || status=1; cards_end; rm -rf "$work"; exit $status' \
	EXIT
cards_begin
reader_start "Virtual Test"

# A short name for the agent's sockets.
export GNUPGHOME="$cards/gnupg"
mkdir -m 700 "$GNUPGHOME"
echo disable-ccid >"$GNUPGHOME/scdaemon.conf"
echo allow-loopback-pinentry >"$GNUPGHOME/gpg-agent.conf"
g() { timeout 300 gpg --batch --yes --pinentry-mode loopback "$@"; }
g_pin() { echo 123456 | g --passphrase-fd 0 "$@"; }
scd() { timeout 300 gpg-connect-agent "$@" /bye; }
osc() { timeout 300 pkcs11-tool --module opensc-pkcs11.so "$@"; }
admin() { timeout 300 openpgp-tool --verify CHV3 --pin 12345678 "$@"; }
head -c 300 /dev/urandom >data

# --- a new card ------------------------------------------------------------------

ok "a card is seen" card_start pgp --app openpgp
says "OpenSC recognises it" "OpenPGP card v3.4" opensc-tool --name
says "gpg shows it" "Version .*: 3.4" g --card-status
says "scdaemon learns it" "S APPTYPE openpgp" scd "scd learn --force"
says "... that keys can be imported" "ki=1" scd "scd learn --force"
says "... and that it has no KDF" "kdf=0" scd "scd learn --force"

# --- keys of gpg brought to the card -----------------------------------------------

# Answers to the prompts of "gpg --edit-key".  It asks once more for the PIN
# after it changed a key's attributes, and takes no offence if it did not.
to_card() {
	pin=12345678
	printf '%s\n' keytocard y 1 $pin $pin "key 1" keytocard 2 $pin $pin \
		"key 1" "key 2" keytocard 3 $pin $pin save |
		timeout 300 gpg --pinentry-mode loopback --command-fd 0 \
			--no-tty --status-fd 1 --edit-key "$1" >card.out 2>&1
	! grep SC_OP_FAILURE card.out
}

# brought NAME SIGN ENCRYPT: three keys of these kinds, made by gpg.
brought() {
	ok "$1: gpg makes keys" g --passphrase '' --quick-gen-key \
		"$1 <$1@example.org>" "$2" sign never
	print=$(gpg --list-keys --with-colons "$1@example.org" |
		sed -n 's/^fp[r]:*\([0-9A-F]*\):/\1/p' | head -n 1)
	quiet g --passphrase '' --quick-add-key "$print" "$3" encr never
	quiet g --passphrase '' --quick-add-key "$print" "$2" auth never
	ok "$1: they go to the card" to_card "$print"
	says "$1: and are shown there" "card-no: FFFE" g --card-status
	rm -f data.sig data.enc plain
	ok "$1: the card signs" g_pin --local-user "$print" --output data.sig \
		--detach-sign data
	says "$1: gpg verifies" "Good signature" g --verify data.sig data
	ok "$1: gpg encrypts" g --trust-model always --recipient "$print" \
		--output data.enc --encrypt data
	ok "$1: the card decrypts" g_pin --output plain --decrypt data.enc
	ok "$1: what was encrypted" cmp plain data
}

brought rsa rsa2048 rsa2048
says "the signatures are counted" "Signature counter : 1" g --card-status

ok "the card is pulled" card_pull pgp
fails "... and gpg does not find it" "No such device|Card not present|failed" \
	g --card-status
ok "it is inserted" card_insert pgp
rm -f data.sig
ok "the key is on it" g_pin --local-user rsa@example.org \
	--output data.sig --detach-sign data
says "... and signs" "Good signature" g --verify data.sig data
ok "gpg lets go of the card" gpg_end

# --- OpenSC on the same keys --------------------------------------------------------

# The signature key has a slot of its own, because its PIN has.
osc_sign() { osc --slot-index 1 "$@"; }
says "OpenSC sees them" "Signature key" osc_sign --list-objects
rm -f sig pub.der
ok "OpenSC reads the public key" osc_sign --read-object --type pubkey --id 01 \
	--output-file pub.der
ok "OpenSC signs" osc_sign --login --pin 123456 --sign --id 01 \
	--mechanism SHA256-RSA-PKCS --input-file data --output-file sig
ok "... and OpenSSL verifies" openssl dgst -sha256 -keyform DER \
	-verify pub.der -signature sig data
ok "OpenSC makes a key on the card" admin --gen-key 3 --key-type rsa2048
rm -f sig pub.der
ok "... reads its public half" osc --read-object --type pubkey --id 03 \
	--output-file pub.der
ok "... which OpenSSL takes" openssl pkey -pubin -inform DER -in pub.der \
	-noout
ok "it ends" card_stop pgp

# --- curves ---------------------------------------------------------------------------

# gpg changes the algorithm attributes on its way.
curve=0
for pair in ed25519:cv25519 nistp256:nistp256 nistp384:nistp384; do
	curve=$((curve + 1))
	ok "a card for ${pair%:*}" card_start curve$curve --app openpgp
	brought "${pair%:*}" "${pair%:*}" "${pair#*:}"
	ok "gpg lets go of the card" gpg_end
	ok "it ends" card_stop curve$curve
done
ok "a card with short APDUs only" card_start short --app openpgp --short-only
brought short rsa2048 rsa2048
finish
