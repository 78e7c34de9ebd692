#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# A page of doc/howto has a test that runs it and stands in the table of its
# README.md; what the pages install, and the tests need, is in build-aux/packages.
set -eu
. "$(dirname "$0")/common.sh"

listed=$(sed -n 's/^consumers+*		*\([^	]*\).*/\1/p' build-aux/packages)
first=doc/howto/README.md

for file in doc/howto/*.md tests/consumers/*.t; do
	name=$(basename "${file%.*}")
	for package in $(tests/consumers/root.sh packages "$name"); do
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
done
finish "each page has a test, a place in the table, and its packages listed"
