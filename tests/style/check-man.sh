#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Manual pages are well-formed, and say what the program says: every command
# and every long option of cngtool is documented, and none that is not there.
set -eu
. "$(dirname "$0")/common.sh"
need mandoc
cngtool=${CNGTOOL:-$build/cngtool}

for page in man/*.[1-9]; do
	mandoc -T lint -W warning "$page" || bad "$page: mandoc has findings"
done

commands=$("$cngtool" --help | sed -n 's/^  \([a-z][a-z-]*\)  .*/\1/p')
[ "$(echo "$commands" | wc -w)" -ge 8 ] || bad "cngtool --help lists too little"
for command in $commands; do
	grep -qE "^\.(It|Ss|Nm|Cm|It Cm|Ss Cm)?.*\\b$command\\b" man/cngtool*.1 ||
		bad "man: command $command is missing"
	for option in $("$cngtool" "$command" --help |
		grep -oE -- '--[a-z][a-z-]+' | sort -u); do
		grep -qE -- "(Fl -|--)${option#--}\\b" man/cngtool*.1 ||
			bad "man: $command $option is missing"
	done
done
finish "manual pages and cngtool agree: $(echo "$commands" | wc -w) commands"
