#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# doc/howto/migrate.md: out of a token of SoftHSM and a folder of files; a
# backup, and a token made of it.
#
# Packages: jq
set -u
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"
need softhsm2-util pkcs11-tool jq
[ -f /usr/lib/softhsm/libsofthsm2.so ] || {
	echo "1..0 # SKIP no /usr/lib/softhsm/libsofthsm2.so"
	exit 0
}
begin

# What the page assumes.
export SOFTHSM2_CONF="$HOME/softhsm2.conf" CNG_FROM_PIN=4321
soft() {
	pkcs11-tool --module /usr/lib/softhsm/libsofthsm2.so \
		--token-label old --login --pin 4321 "$@"
}
old_token() {
	printf 'directories.tokendir = %s/old\nobjectstore.backend = file\n' \
		"$HOME" >"$SOFTHSM2_CONF" && mkdir "$HOME/old" exported &&
		softhsm2-util --init-token --free --label old \
			--so-pin 12345678 --pin 4321 &&
		openssl genrsa -out web.pem 2048 &&
		openssl pkey -in web.pem -outform DER -out web.der &&
		soft --write-object web.der --type privkey --id 0a01 \
			--label web --usage-sign --extractable &&
		soft --keypairgen --key-type EC:prime256v1 --id 0b02 \
			--label mail --usage-sign --extractable &&
		cp new.pfx rsa.blob ca.crt exported
}
cd "$here" || exit 1
if ! old_token >"$work/old.out" 2>&1; then
	comment <"$work/old.out"
	echo "Bail out! the old token could not be made"
	exit 1
fi
[ "$(id -u)" != 0 ] || chown -R nobody:nogroup "$HOME"
cd "$work/files" || exit 1

page migrate
# The public half of the pair that was made there comes with its own.
shows "the keys were copied" "^copied  *private .*web .*0a01" migrate
shows "... and those of the folder" "^copied  *private .*exported/new.pfx" \
	migrate
shows "the blob was there already" "^already there .*exported/rsa.blob" migrate
shows "the signature is good" "^good signature of public key" migrate
shows "the backup was checked" "objects opened and found whole" migrate
ok "a second run copies nothing" \
	jq -e '.copied == 0 and .not_copied == 0' "$here/report.json"
openssl pkey -in "$here/web.pem" -pubout -out web.pub
ok "OpenSSL verifies it, too" openssl dgst -sha256 -verify web.pub \
	-signature "$here/message.sig" "$here/message"
finish
