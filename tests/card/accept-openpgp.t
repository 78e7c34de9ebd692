#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# An OpenPGP card, our module, GnuPG and OpenSC.
set -u
app=openpgp
# shellcheck source=accept.sh
. "$(dirname "$0")/accept.sh"
need gpg gpg-connect-agent gpgconf
# shellcheck disable=SC2154 # status is set by the trap itself
trap 'status=$?; cards_end; rm -rf "$work"; exit $status' EXIT
accept_begin "Virtual Test" 12345678

# The signature key has a slot of its own, because its PIN has.
osc_args() {
	case $1 in
	01) echo --slot-index 1 --id "$1" ;;
	*) echo --id "$1" ;;
	esac
}
reference() { :; }
ways rsa ec
finish
