#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# p11-kit finds the module by the file that make install installs, here in
# the user's own folder and with the place of the build in it.
set -u
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"
need p11-kit pkcs11-tool
bail_without_token

module_file=${CNG_MODULE_FILE:-$builddir/p11-kit-module/cng-pkcs11.module}
says "the file names the module" '^module: .*cng-pkcs11\.so$' \
	cat "$module_file"
says "the file lets programs live without it" '^critical: no$' \
	cat "$module_file"
# p11-kit reads no user's folder for root: there, another user asks.
module=$CNG_MODULE
as_user() { foreign "$@"; }
if [ "$(id -u)" = 0 ]; then
	cp -L "$CNG_MODULE" "$work/module.so"
	module=$work/module.so
	chmod 755 "$work"
	chown -R nobody:nogroup "$HOME" "$work/files"
	as_user() {
		foreign setpriv --reuid=nobody --regid=nogroup --clear-groups \
			"$@"
	}
fi
mkdir -p "$XDG_CONFIG_HOME/pkcs11/modules"
sed "s#^module:.*#module: $module#" "$module_file" \
	>"$XDG_CONFIG_HOME/pkcs11/modules/cng-built.module"

kit() { as_user p11-kit "$@"; }
says "p11-kit list-modules shows the module" "^(module: )?cng-built" \
	kit list-modules
says "... and its token" "token: $label" kit list-modules

proxy=$(pkg-config --variable=proxy_module p11-kit-1 2>/dev/null)
if [ -f "$proxy" ]; then
	says "the proxy module shows the token" "token label *: $label" \
		as_user pkcs11-tool --module "$proxy" --list-slots
	ok "generate through the proxy" as_user pkcs11-tool --module "$proxy" \
		--token-label "$label" --login --pin "$pin" \
		--keypairgen --key-type rsa:2048 --id 01 --label proxied
	says "... and see it without" "label: *proxied" \
		as_user pkcs11-tool --module "$module" --token-label "$label" \
		--login --pin "$pin" --list-objects
else
	skip "p11-kit's proxy module" "pkg-config does not know its place"
fi

finish
