#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Short by rule: a function has at most 80 lines, a file at most 700.
# Prints the longest ones each time.
set -eu
. "$(dirname "$0")/common.sh"
need ctags
case $(ctags --version) in
*Universal*) ;;
*) echo "SKIPPED: ctags is not universal-ctags"; exit 77 ;;
esac

functions=$(all_sources | grep '\.c$' |
	ctags -L - -f - --languages=C --kinds-C=f --fields=+ne -n |
	awk -F'\t' '{
		for (i = 4; i <= NF; i++) {
			if ($i ~ /^line:/) line = substr($i, 6)
			if ($i ~ /^end:/) end = substr($i, 5)
		}
		print end - line + 1, $2 ":" line, $1
	}' | sort -rn)
files=$(all_sources | xargs wc -l | grep -v ' total$' | sort -rn)

echo "longest functions:"
echo "$functions" | head -n 10
echo "longest files:"
echo "$files" | head -n 5
over=$(echo "$functions" | awk '$1 > 80 { print $2 ": " $3 " has " $1 " lines" }')
[ -z "$over" ] || bad "$over"
over=$(echo "$files" | awk '$1 > 700 { print $2 ": " $1 " lines" }')
[ -z "$over" ] || bad "$over"
[ "$(echo "$functions" | wc -l)" -gt 50 ] || bad "found too few functions"
finish "no function over 80 lines, no file over 700"
