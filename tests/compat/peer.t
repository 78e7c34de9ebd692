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
"${CNG_PEER:-$builddir/tests/compat/peer}" "$CNG_MODULE" "$peer" \
	"$label" "$pin"
