# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh
#
# What the style checks share.  Each check is a script of its own: status 0
# passed, 1 failed with a line per finding, 77 skipped with the reason.
# Called by make check from the build folder, or by hand from anywhere.

# shellcheck disable=SC2034 # for those that look at what was built
build=$PWD
cd "${srcdir:-$(dirname "$0")/../..}" || exit 1
found=0

# The finding goes where the reader of the log sees it.
bad() {
	echo "$*"
	found=1
}

# A tool that is missing makes the check useless; saying so is all we can do.
need() {
	for tool in "$@"; do
		command -v "$tool" >/dev/null && continue
		echo "SKIPPED: $tool is not installed"
		exit 77
	done
}

# All C files of the program (not of its tests).
sources() {
	find src pkcs11 blob store -name '*.[ch]' | sort
}

all_sources() {
	find src pkcs11 blob store examples tests bench -name '*.[ch]' | sort
}

scripts() {
	{ find .ci tests bench -type f
		# not in the archive
		[ ! -d debian/tests ] || find debian/tests -type f
		ls quickstart runtests build-aux/get-* build-aux/setup; } |
		sort |
		while read -r file; do
			case $(head -c 20 "$file" | tr -d '\0') in
			"#!/bin/sh"*) echo "$file" ;;
			esac
		done
}

finish() {
	[ "$found" = 0 ] || exit 1
	echo "$*"
	exit 0
}
