#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Every script of the project, read by shellcheck.
set -eu
. "$(dirname "$0")/common.sh"
need shellcheck

list=$(scripts)
# shellcheck disable=SC2086 # no file of ours has a blank in its name
shellcheck --external-sources --source-path=SCRIPTDIR $list ||
	bad "shellcheck has findings"
finish "$(echo "$list" | wc -l) scripts are clean"
