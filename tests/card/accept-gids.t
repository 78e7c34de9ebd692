#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# A GIDS card, our module, and OpenSC.
#
# Packages: pcscd vsmartcard-vpcd libengine-pkcs11-openssl pkcs11-provider
set -u
app=gids
# shellcheck source=accept.sh
. "$(dirname "$0")/accept.sh"
need pkcs15-init pkcs15-tool
# shellcheck disable=SC2154 # status is set by the trap itself
trap 'status=$?; cards_end; rm -rf "$work"; exit $status' EXIT
accept_begin "Virtual Test"

# OpenSC numbers the containers.
osc_args() {
	echo --id "$(osc --list-objects --type cert | awk -v name="$2" '
		/^  label:/ { sub(/^  label: */, ""); found = $0 == name }
		/^  ID:/ && found { print $2; exit }')"
}
reference() {
	for use in sign exchange; do
		says "pkcs15-tool lists \"Container, $use\"" \
			"Private RSA Key .Container, $use" \
			timeout 300 pkcs15-tool --list-keys
	done
}
pin_is() { osc --login --pin "$1" --list-objects --type privkey; }
tries_are() { timeout 300 pkcs15-tool --dump | grep "Tries left *: $1"; }

ways rsa

ok "a new card" card_start curve --app gids
# No other program knows keys on curves there.
fails "keys on curves are refused" "CKR_TEMPLATE_INCONSISTENT" \
	bring object curve ec-sign
ok "it ends" card_stop curve

# --- what OpenSC wrote --------------------------------------------------------------

ok "a new card" card_start theirs --app gids
init() {
	timeout 300 pkcs15-init --auth-id 80 --pin $card_pin --verify-pin "$@"
}
for use in sign exchange; do
	usage=sign
	[ $use = sign ] || usage=decrypt
	id=00
	[ $use = sign ] || id=01
	ok "pkcs15-init writes \"OpenSC, $use\"" init --store-private-key \
		rsa-$use.pem --label "OpenSC, $use" --id $id --key-usage $usage
	ok "... with its certificate" init --store-certificate \
		rsa-$use.cert.pem --id $id
	uses "our module" rsa-$use mine_in --id "$(id_of "OpenSC, $use")"
	rm -f back.cert
	ok "... which is read" mine --read-object --type cert \
		--id "$(id_of "OpenSC, $use")" --output-file back.cert
	ok "... as it was" cmp back.cert rsa-$use.cert
done
ok "there is room for ours" bring object "Ours" rsa-sign
ok "it ends" card_stop theirs

pins
removals
finish
