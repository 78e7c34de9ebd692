#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# The results of consumers' tests, which run here first and then, where they
# skip something, in a root of another release.  In the build folder, TEST
# without its ".t":
#
#   results.sh clear TEST...	forgets what was put aside earlier
#   results.sh aside TEST...	prints those that skipped something here and
#				puts their results aside
#   results.sh settle TEST...	of these, puts both results side by side, so
#				that a skip counts only if it is one there, too
#   results.sh tell TEST...	names what was skipped, and the sums
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
verb=$1
shift

clear() {
	for test in "$@"; do
		rm -f "$test.here.log" "$test.here.trs"
	done
}

aside() {
	for test in "$@"; do
		grep -qs '^:test-result: SKIP' "$test.trs" || continue
		mv "$test.log" "$test.here.log"
		mv "$test.trs" "$test.here.trs"
		echo "$test.t"
	done
}

# Where there was no root, what happened here stands, and why there was none.
settle() {
	for test in "$@"; do
		[ -f "$test.here.trs" ] || continue
		if grep -q '^1\.\.0 # SKIP' "$test.log"; then
			grep '^1\.\.0 # SKIP' "$test.log" >>"$test.here.log"
			mv "$test.here.log" "$test.log"
			mv "$test.here.trs" "$test.trs"
		else
			sed -i '/^:test-result: SKIP/d' "$test.here.trs"
			sed -i 's/# SKIP/# later:/' "$test.here.log"
		fi
	done
}

results() {
	for test in "$@"; do
		for file in "$test.here.$kind" "$test.$kind"; do
			[ ! -f "$file" ] || echo "$file"
		done
	done
}

tell() {
	kind=log
	for log in $(results "$@"); do
		sed -n -e "s#^ok [0-9]* - \(.*\)\# SKIP#$log: skipped: \1:#p" \
			-e "s#^1\.\.0 \# SKIP#$log: skipped:#p" "$log"
	done
	kind=trs
	results "$@" | awk -f "$top/build-aux/tally.awk" | tail -n 1 |
		sed 's/\(.*\) \(.*\) \(.*\)/\1 passed, \2 failed, \3 skipped/'
}

case $verb in
clear) clear "$@" ;;
aside) aside "$@" ;;
settle) settle "$@" ;;
tell) tell "$@" ;;
*) echo "usage: results.sh clear|aside|settle|tell TEST..." >&2; exit 2 ;;
esac
