#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# A GIDS card, our module, and OpenSC.
set -u
app=gids
# shellcheck source=accept.sh
. "$(dirname "$0")/accept.sh"
need pkcs15-init pkcs15-tool
# shellcheck disable=SC2154 # status is set by the trap itself
trap 'status=$?; cards_end; rm -rf "$work"; exit $status' EXIT
accept_begin

# OpenSC numbers the containers.
osc_args() {
	echo --id "$(osc --list-objects --type cert | awk -v name="$2" '
		/^  label:/ { sub(/^  label: */, ""); found = $0 == name }
		/^  ID:/ && found { print $2; exit }')"
}
reference() { :; }
ways rsa
finish
