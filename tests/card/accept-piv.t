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
reference() { :; }
ways rsa ec
finish
