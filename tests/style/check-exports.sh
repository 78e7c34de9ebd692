#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# What was built says the same as layers.txt: the module and the library export
# what their maps list, the library what its header declares, and no archive
# takes a symbol from a layer it may not include.
set -eu
. "$(dirname "$0")/common.sh"
nm=${NM:-nm}
need awk sort comm
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

module=${CNG_MODULE:-$build/.libs/cng-pkcs11.so}
if [ -n "${SAN_PRELOAD:-}" ]; then
	echo "SKIPPED: the sanitizers add symbols of their own"
	exit 77
fi

# The names between "global:" and "local:" of the version script.
compare() {
	sed -n '/global:/,/local:/p' "$2" | tr -s ' \t;' '\n' |
		grep '^[A-Z][A-Za-z]*_*[A-Z]' | sort >"$tmp/listed"
	$nm -D --defined-only "$1" | awk '$2 != "A" { print $3 }' |
		sed 's/@.*//' | sort >>"$tmp/exported"
	$nm -D --defined-only "$1" | awk '$2 != "A" { print $3 }' |
		sed 's/@.*//' | sort >"$tmp/these"
	[ -s "$tmp/listed" ] || bad "$2 lists nothing"
	comm -3 "$tmp/listed" "$tmp/these" | grep . >"$tmp/diff" &&
		bad "$2: listed but not exported, or the other way round:
$(cat "$tmp/diff")"
	return 0
}
compare "$module" pkcs11/cng-pkcs11.map
ncrypt=${CNG_NCRYPT:-$build/.libs/libcng-ncrypt.so}
compare "$ncrypt" src/ncrypt/libcng-ncrypt.map
grep -o 'NCrypt[A-Za-z]*(' src/include/cng/ncrypt.h | tr -d '(' | sort \
	>"$tmp/declared"
comm -3 "$tmp/declared" "$tmp/listed" | grep . >"$tmp/diff" &&
	bad "ncrypt.h and its map differ:
$(cat "$tmp/diff")"
$nm -D --defined-only "$ncrypt" | grep ' T NCrypt' |
	grep -v '@@CNG_1\.0$' >"$tmp/diff" && bad "symbols without a version:
$(cat "$tmp/diff")"

# archive  its layer
archives="libbase:base libkey:key libcngcrypto:crypto libblob:blob
libstore:store,protect libcore:core libforeign:foreign
libpkcs11:pkcs11 libncface:ncrypt"

allowed_of() {
	for layer in $(echo "$1" | tr ',' ' '); do
		awk -v layer="$layer" '$1 == "layer" && $2 == layer {
			gsub(/,/, " ", $4); print $2, $4 }' \
			tests/style/layers.txt
	done | tr ' ' '\n' | sort -u
}

for pair in $archives; do
	lib=$build/.libs/${pair%:*}.a
	[ -f "$lib" ] || continue
	$nm --defined-only "$lib" | awk '$2 ~ /[A-Z]/ { print $3 }' |
		sort -u >"$tmp/${pair%:*}.has"
	$nm -u "$lib" | awk '$1 == "U" { print $2 }' |
		sort -u >"$tmp/${pair%:*}.wants"
done

count=0
for pair in $archives; do
	[ -f "$tmp/${pair%:*}.wants" ] || continue
	allowed=$(allowed_of "${pair#*:}")
	for other in $archives; do
		[ -f "$tmp/${other%:*}.has" ] || continue
		[ "$pair" != "$other" ] || continue
		count=$((count + 1))
		for layer in $(echo "${other#*:}" | tr ',' ' '); do
			! echo "$allowed" | grep -qx "$layer" || continue 2
		done
		taken=$(comm -12 "$tmp/${pair%:*}.wants" "$tmp/${other%:*}.has")
		[ -z "$taken" ] || bad "${pair%:*} takes from ${other%:*}:" \
			"$(echo "$taken" | tr '\n' ' ')"
	done
done
[ "$count" -ge 20 ] || bad "found too few archives: $count pairs"

# Vendor symbols stay in the layer that may include the vendor's header.
vendor() {
	for pair in $archives; do
		[ "${pair%:*}" != "$1" ] || continue
		[ -f "$tmp/${pair%:*}.wants" ] || continue
		taken=$(grep -E "$2" "$tmp/${pair%:*}.wants" | head -n 5) || :
		[ -z "$taken" ] || bad "${pair%:*} calls $taken"
	done
}
vendor libcngcrypto '^(EVP|BN|OSSL|OPENSSL|ERR|RAND|RSA|EC|d2i|i2d|X509|PKCS)_'
vendor libstore '^sqlite3_'
vendor libcore '^ini_'

finish "$(wc -l <"$tmp/exported") symbols exported, $count pairs of layers agree"
