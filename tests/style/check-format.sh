#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# What the eye stumbles over: lines over 80 columns, blanks at their end, //
# comments, files without the licence line or without a word on their purpose.
set -eu
. "$(dirname "$0")/common.sh"

# shellcheck disable=SC2046 # no file of ours has a blank in its name
awk -f tests/style/code.awk -f tests/style/format.awk $(all_sources) ||
	found=1
for file in $(scripts) $(find . -name local.mk -path './[a-z]*'); do
	case $file in
	*/local.mk) ;;
	*)
		head -n 3 "$file" | grep -q 'SPDX-License-Identifier: BSD-2' ||
			bad "$file: no licence line"
		;;
	esac
	! grep -nE '[[:blank:]]$' "$file" | sed "s#^#$file: blank at the end: #" |
		grep . || found=1
done
finish "the text is in order"
