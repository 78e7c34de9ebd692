#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# codespell on everything that people read.  Words that it does not know and
# that are right go into spelling.txt.
set -eu
. "$(dirname "$0")/common.sh"
need codespell

# shellcheck disable=SC2046 # no file of ours has a blank in its name
codespell --ignore-words=tests/style/spelling.txt \
	--uri-ignore-words-list='*' --skip='*.blob,*.bin,*.der,*/corpus/*' \
	$(all_sources) $(scripts) ./*.md NEWS doc man p11-kit-module \
	src/cli tests/style tests/compat || bad "codespell has findings"
finish "no spelling mistake that codespell knows"
