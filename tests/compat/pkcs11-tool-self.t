#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# The tests that OpenSC's pkcs11-tool brings along: all of them, with keys of
# each kind that it knows, and with threads and forks beside them.  It ends
# with 0 where it has counted errors, so what it says is read, too.
set -u
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"
need pkcs11-tool
bail_without_token

# clean WHAT COMMAND...: ends with 0, and complains of nothing.
complaints='ERR|[Ee]rror:|failed|wrong|mismatch|differ|rv = [1-9]|CKR_[A-Z]'
usual='No errors|CKR_OK|CKR_CRYPTOKI_ALREADY_INITIALIZED'
clean() {
	count=$((count + 1))
	what=$1
	shift
	if "$@" >said 2>&1 </dev/null &&
		! grep -vE "$usual" said | grep -qE "$complaints"; then
		echo "ok $count - $what"
	else
		echo "not ok $count - $what"
		{ echo "$*"; cat said; } | comment
	fi
}
tells() {
	pattern=$1
	count=$((count + 1))
	if grep -q -e "$pattern" said; then
		echo "ok $count - ... it tells of $pattern"
	else
		echo "not ok $count - ... it does not tell of $pattern"
		comment <said
	fi
}

clean "--test without a login" tool --token-label "$label" --test
tells "No errors"
clean "--test with an empty token" tool_in --test
tells "No errors"

clean "generate RSA" tool_in --keypairgen --key-type rsa:2048 --id 01 \
	--label one --usage-sign --usage-decrypt
clean "generate RSA for signatures" tool_in --keypairgen --key-type rsa:2048 \
	--id 02 --label two --usage-sign
clean "--test with RSA keys" tool_in --test
tells "No errors"
tells "SHA256"
clean "--test-fork" tool --test-fork
tells "forked child"
clean "--test-fork and --test" tool_in --test-fork --test
tells "No errors"

# IN and IL initialise, GI asks for the module, SL for slots, T0 for the first
# token.  The main thread goes on meanwhile.
all=GISLT0GISLT0SLT0SLT0GIGI
clean "--test-threads beside --test" tool_in --test-threads "IL$all" \
	--test-threads "IN$all" --test-threads "IL$all$all" --test
tells "No errors"
tells "Test thread 2"
# 0.23 sums up, newer ones say it of each thread
tells 'ended with CKR_OK\|Test thread 2 returning rv:CKR_OK'

clean "generate EC" tool_in --keypairgen --key-type EC:prime256v1 --id 03 \
	--label three --usage-sign
clean "--test with EC keys as well" tool_in --test
tells "No errors"

finish
