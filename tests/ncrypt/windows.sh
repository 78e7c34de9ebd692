#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# A program written for Windows, with the two changes that the manual names
# and no other, as C and as C++; and the library by dlopen alone.
set -eu
build=$PWD
cd "${srcdir:-$(dirname "$0")/../..}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cngtool=${CNGTOOL:-$build/cngtool}
lib=$build/.libs
die() { echo "windows: $*"; exit 1; }

if [ -n "${SAN_PRELOAD:-}" ]; then
	echo "SKIPPED: a program of its own has no sanitizer"
	exit 77
fi
for from in tests/ncrypt/windows.c tests/ncrypt/plain-dlopen.c; do
	sed -e 's/<windows\.h>/<cng\/types.h>/' -e 's/\([^A-Za-z0-9_]\)L"/\1u"/g' \
		"$from" >"$work/$(basename "$from")"
done
! grep -q 'L"\|windows\.h' "$work/windows.c" || die "not all was changed"
cp "$work/windows.c" "$work/windows.cc"

# <ncrypt.h> and <bcrypt.h> are found by the flags of pkg-config.
flags="-Wall -Wextra -Werror -Isrc/include -Isrc/include/cng"
# shellcheck disable=SC2086 # CC, CXX and flags are lists
${CC:-cc} -std=c11 $flags -o "$work/windows-c" "$work/windows.c" \
	-L"$lib" -lcng-ncrypt -Wl,-rpath,"$lib"
programs=$work/windows-c
if command -v "${CXX:-c++}" >/dev/null; then
	for std in c++11 c++17 c++20; do
		# shellcheck disable=SC2086
		"${CXX:-c++}" -std=$std $flags -o "$work/windows-$std" \
			"$work/windows.cc" -L"$lib" -lcng-ncrypt \
			-Wl,-rpath,"$lib"
		programs="$programs $work/windows-$std"
	done
	for header in types bcrypt ncrypt; do
		echo "#include <cng/$header.h>" >"$work/$header.cc"
		# shellcheck disable=SC2086
		"${CXX:-c++}" -std=c++17 $flags -Wpedantic -fsyntax-only \
			"$work/$header.cc" ||
			die "<cng/$header.h> does not stand alone in C++"
	done
else
	echo "no C++ compiler: as C only"
fi
# shellcheck disable=SC2086
${CC:-cc} -std=c11 $flags -o "$work/plain" "$work/plain-dlopen.c" -ldl

printf 'user_store = %s/token.db\nmachine_store = none\n' "$work" \
	>"$work/conf"
export CNG_PKCS11_CONF="$work/conf" CNG_PIN=user-1234 CNG_SO_PIN=so-12345
"$cngtool" init --label windows >"$work/out" 2>&1 </dev/null ||
	die "cngtool init: $(cat "$work/out")"
for program in $programs; do
	"$program" >"$work/out" 2>&1 || die "$program: $(cat "$work/out")"
	grep -qx 'as on Windows' "$work/out" ||
		die "$program: $(cat "$work/out")"
done
"$work/plain" "$lib/libcng-ncrypt.so" >"$work/out" 2>&1 ||
	die "dlopen: $(cat "$work/out")"
echo "$(echo "$programs" | wc -w) programs and dlopen work as on Windows"
