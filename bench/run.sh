#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Measures the module as built against a peer, with tokens that are thrown
# away.  Run it in the build folder: the tokens are beside it, on a real disk,
# since half of a durable store's work is waiting for one.
#
#   run.sh softhsm|nss|none [OPTION of bench/bench]...
set -eu

: "${CNG_MODULE:=$PWD/.libs/cng-pkcs11.so}"
bench=${CNG_BENCH:-$PWD/bench/bench}
pin=fish-and-chips
label=bench

usage() {
	echo "usage: run.sh softhsm|nss|none [OPTION of bench/bench]..." >&2
	exit 2
}

# first FILE...: the first that there is.
first() {
	for file in "$@"; do
		if [ -f "$file" ]; then
			echo "$file"
			return
		fi
	done
	echo "run.sh: the peer is not installed" >&2
	exit 1
}

[ $# -gt 0 ] || usage
peer=$1
shift
work=$(mktemp -d "$PWD/bench-XXXXXX")
# shellcheck disable=SC2154 # status is set by the trap itself
trap 'status=$?; rm -rf "$work"; exit $status' EXIT
trap 'exit 1' HUP INT TERM

export CNG_PKCS11_CONF="$work/cng.conf"
{
	echo "store = $work/store.db"
	echo "user_store = none"
	echo "machine_store = none"
} >"$CNG_PKCS11_CONF"
chmod 600 "$CNG_PKCS11_CONF"

set -- --ours "$CNG_MODULE" --label "$label" --pin "$pin" \
	--folder "$work" "$@"
case $peer in
softhsm)
	module=$(first /usr/lib/softhsm/libsofthsm2.so \
		/usr/lib/*/softhsm/libsofthsm2.so \
		/usr/lib64/softhsm/libsofthsm2.so \
		/usr/local/lib/softhsm/libsofthsm2.so)
	mkdir "$work/softhsm"
	export SOFTHSM2_CONF="$work/softhsm.conf"
	echo "directories.tokendir = $work/softhsm" >"$SOFTHSM2_CONF"
	echo "log.level = ERROR" >>"$SOFTHSM2_CONF"
	set -- --peer "$module" --peer-name SoftHSM "$@"
	;;
nss)
	module=$(first /usr/lib/*/libsoftokn3.so /usr/lib64/libsoftokn3.so \
		/usr/lib/*/nss/libsoftokn3.so)
	mkdir "$work/nss"
	echo "$pin" >"$work/pin"
	certutil -N -d "sql:$work/nss" -f "$work/pin"
	set -- --peer "$module" --peer-name NSS \
		--peer-label "NSS Certificate DB" \
		--peer-init "configdir='sql:$work/nss' certPrefix='' \
keyPrefix='' secmod='secmod.db' flags=" "$@"
	;;
none) ;;
*) usage ;;
esac
"$bench" "$@"
