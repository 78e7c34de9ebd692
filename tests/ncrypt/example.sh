#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# The example as a user of the library would build it: only the public headers
# and the shared library, as C and as C++, and a store made by cngtool.
set -eu
build=$PWD
cd "${srcdir:-$(dirname "$0")/../..}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cngtool=${CNGTOOL:-$build/cngtool}
lib=$build/.libs
die() { echo "example: $*"; exit 1; }

if [ -n "${SAN_PRELOAD:-}" ]; then
	echo "SKIPPED: a program of its own has no sanitizer"
	exit 77
fi
# shellcheck disable=SC2086 # CC may have options
${CC:-cc} -std=c11 -Wall -Wextra -Werror -Isrc/include -o "$work/example" \
	examples/ncrypt-import.c -L"$lib" -lcng-ncrypt -Wl,-rpath,"$lib"
for header in types bcrypt ncrypt; do
	echo "#include <cng/$header.h>" >"$work/$header.c"
	# shellcheck disable=SC2086
	${CC:-cc} -std=c11 -Wall -Wextra -Wpedantic -Werror -Isrc/include \
		-fsyntax-only "$work/$header.c" ||
		die "<cng/$header.h> does not stand alone"
done

printf 'user_store = %s/token.db\nmachine_store = none\n' "$work" \
	>"$work/conf"
export CNG_PKCS11_CONF="$work/conf" CNG_PIN=user-1234 CNG_SO_PIN=so-12345
"$cngtool" init --label example >"$work/out" 2>&1 </dev/null ||
	die "cngtool init: $(cat "$work/out")"

blob=tests/vectors/own/rsa1024_full.bin
"$work/example" "$blob" >"$work/out" 2>&1 || die "$(cat "$work/out")"
cat >"$work/want" <<END
signature of 128 bytes verifies
1024 bits, public blob of 155 bytes
private export: 0x80090029
END
cmp -s "$work/want" "$work/out" || die "it says: $(cat "$work/out")"

# What it kept it has deleted; what it cannot read it says by its code.
"$cngtool" list >"$work/out" 2>&1 || die "cngtool list: $(cat "$work/out")"
! grep -q example: "$work/out" || die "the key is still there"
! "$work/example" /dev/null >"$work/out" 2>&1 || die "no blob, and no error"
grep -q 'NCryptImportKey: 0x80090027' "$work/out" ||
	die "empty blob: $(cat "$work/out")"
! "$work/example" "$work/none" >"$work/out" 2>&1 || die "no file, no error"
grep -q "^$work/none: No such file" "$work/out" ||
	die "no file: $(cat "$work/out")"
if CNG_PIN='' "$work/example" "$blob" >"$work/out" 2>&1; then
	die "no PIN, and no error"
fi
grep -q 'NCryptImportKey: 0x80090022' "$work/out" ||
	die "no PIN: $(cat "$work/out")"

# A key of the reader's that is called so is left alone.
"$cngtool" import --name example "$blob" >"$work/out" 2>&1 </dev/null ||
	die "cngtool import: $(cat "$work/out")"
! "$work/example" "$blob" >"$work/out" 2>&1 || die "the key is replaced"
grep -q 'NCryptImportKey: 0x8009000f' "$work/out" ||
	die "a key of that name: $(cat "$work/out")"
"$cngtool" export --name example --public >"$work/out" 2>&1 ||
	die "the key is gone: $(cat "$work/out")"
echo "the example works as on Windows"
