#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Two processes sign with the same card at once, behind a real pcscd; then a
# third one says the PIN, logs out and resets the card in between.
set -u
# shellcheck source=cards.sh
. "$(dirname "$0")/cards.sh"
# shellcheck source=../compat/common.sh
. "$(dirname "$0")/../compat/common.sh"
need opensc-tool
why=$(cards_missing)
[ -z "$why" ] || skip_all "$why"
# shellcheck disable=SC2154 # status is set by the trap itself
trap 'status=$?; cards_end; rm -rf "$work"; exit $status' EXIT
cards_begin
reader_start "Virtual Test"

two() { timeout 300 "$builddir/tests/card/two" "$CNG_MODULE" "$@"; }

# together COUNT COMMAND...: as many processes of that kind, and what the
# function "meanwhile" does.
together() {
	pids=
	left=$1
	shift
	while [ "$left" -gt 0 ]; do
		two "$@" &
		pids="$pids $!"
		left=$((left - 1))
	done
	meanwhile
	result=$?
	for pid in $pids; do
		wait "$pid" || result=1
	done
	return $result
}

# use KIND KEYS ADMINISTRATOR'S KEY
use() {
	id=$1-$2
	{
		echo "user_store = none"
		echo "machine_store = none"
		[ -z "$3" ] || echo "card_admin_key_file = $HOME/admin"
	} >"$CNG_PKCS11_CONF"
	echo "$3" >"$HOME/admin"
	chmod 600 "$HOME/admin" "$CNG_PKCS11_CONF"
	ok "$id: the card is in" card_start "$id" --app "$1"
	ok "$id: it makes its keys" two make "$2"
	# shellcheck disable=SC2317 # "together" calls it
	meanwhile() { :; }
	says "$id: two processes, 500 signatures each" "^500 signatures" \
		together 2 sign 500
	meanwhile() { two disturb 10; }
	says "$id: ... with a third one that resets" "^10 resets" \
		together 2 sign 250
	ok "$id: no wrong PIN was said" two tries
	ok "$id: the card ends" card_stop "$id"
}

use gids rsa ""
use piv both 010203040506070801020304050607080102030405060708
use openpgp rsa 12345678
use openpgp ec 12345678
finish
