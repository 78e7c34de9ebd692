#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# doc/howto/p11-kit.md: the registry, the proxy, and the module in another
# process behind a socket.
set -u
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"
need p11-kit pkcs11-tool
begin
# The server's socket is made there.
export XDG_RUNTIME_DIR="$HOME"

page p11-kit
shows "p11-kit lists the module" "^(module: )?cng-pkcs11" p11-kit
shows "... and the token" "token: keys" p11-kit
ok "both signatures were verified" \
	test "$(grep -c '^Verified OK' "$work/p11-kit.out")" = 2
case $(p11-kit --help 2>&1) in
*list-tokens*)
	page p11-kit list-tokens
	shows "p11-kit lists the tokens" "^token: keys$" p11-kit-list-tokens
	shows "... and the certificate in ours" "label: ec$" \
		p11-kit-list-tokens
	;;
*) skip "p11-kit list-tokens" "p11-kit has it from 0.25 on" ;;
esac
finish
