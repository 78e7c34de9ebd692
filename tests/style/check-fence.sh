#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Calls that the program must not make, and where some may be made.
set -eu
. "$(dirname "$0")/common.sh"

# shellcheck disable=SC2046 # no file of ours has a blank in its name
awk -f tests/style/code.awk -f tests/style/fence.awk \
	tests/style/fence.txt $(sources) || found=1
finish "no banned call"
