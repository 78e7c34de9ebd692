#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# SoftHSM as the independent peer: signatures, ciphertexts, shared secrets and
# wrapped keys go both ways.  The work is done by peer.c.
set -u
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"
need softhsm2-util pkcs11-tool

peer=
for place in /usr/lib/softhsm /usr/lib/*/softhsm /usr/lib64/softhsm \
	/usr/local/lib/softhsm; do
	[ -n "$peer" ] || [ ! -f "$place/libsofthsm2.so" ] ||
		peer=$place/libsofthsm2.so
done
[ -n "$peer" ] || skip_all "libsofthsm2.so is not installed"
bail_without_token
[ "${CNG_STANDIN:-}" = softhsm ] || softhsm_token
# With two modules loaded, the search for leaks crashes in their thread-local
# storage; tests/face looks for ours.
ASAN_OPTIONS=detect_leaks=0 \
	"${CNG_PEER:-$builddir/tests/compat/peer}" "$CNG_MODULE" "$peer" \
	"$label" "$pin"
