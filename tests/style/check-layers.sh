#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Layers point one way: every #include against the table in layers.txt, and
# the words that a layer must not know.
set -eu
. "$(dirname "$0")/common.sh"

# shellcheck disable=SC2046 # no file of ours has a blank in its name
exec awk -f tests/style/code.awk -f tests/style/layers.awk \
	tests/style/layers.txt $(sources)
