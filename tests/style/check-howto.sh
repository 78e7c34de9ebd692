#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# A page of doc/howto has a test that runs it and stands in the table of its
# README.md; no block of commands is left out; what the pages install, and the
# tests need, is in build-aux/packages.
set -eu
. "$(dirname "$0")/common.sh"

listed=$(sed -n 's/^consumers+*		*\([^	]*\).*/\1/p' build-aux/packages)
first=doc/howto/README.md
blocks=$(mktemp)
trap 'rm -f "$blocks"' EXIT

for file in doc/howto/*.md tests/consumers/*.t; do
	name=$(basename "${file%.*}")
	packages=$(tests/consumers/root.sh packages "$name")
	for package in $packages; do
		echo "$listed" | grep -qxF -e "$package" ||
			bad "$file: $package is not in build-aux/packages"
	done
done
for page in doc/howto/*.md; do
	name=$(basename "$page" .md)
	[ "$page" != "$first" ] || continue
	grep -qF "tests/consumers/$name.t" tests/consumers/local.mk ||
		bad "$page: tests/consumers/$name.t is no test"
	grep -qF "]($name.md)" "$first" || bad "$page is not in $first"
	awk '/^```/ && (inside = !inside) { print substr($0, 4) }' "$page" |
		sort -u >"$blocks"
	while read -r language word; do
		[ "$language" = sh ] ||
			bad "$page: a block of \"$language\" is run by nobody"
		grep -qE "^[^#]*(page|serve|script) $name ?$word( |\$)" \
			"tests/consumers/$name.t" ||
			bad "tests/consumers/$name.t: the block $word is not run"
	done <"$blocks"
done
finish "each page has a test, a place in the table, and its packages listed"
