#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# The commands of doc/HOWTO-*.md, taken out of the pages, each on the card that
# it is about.  Left out are those that install, ask on a terminal, or need
# the build tree; PINs are said by the environment and by --pin.
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=cards.sh
. "$(dirname "$0")/cards.sh"
# shellcheck source=../compat/common.sh
. "$(dirname "$0")/../compat/common.sh"
need gids-tool pkcs11-tool opensc-tool openssl jq yubico-piv-tool gpg
why=$(cards_missing)
[ -z "$why" ] || skip_all "$why"
# shellcheck disable=SC2154 # status is set by the trap itself
trap 'status=$?; cards_end; rm -rf "$work"; exit $status' EXIT
cards_begin
reader_start Yubico

export CNG_PIN=123456 CNG_NEW_PIN=123456 CNG_PASSWORD=secret
export PATH="${builddir:?}:$PATH"
module=$CNG_MODULE
openssl genrsa -out key.pem 2048 2>/dev/null
openssl genrsa -out key2.pem 2048 2>/dev/null
cngtool convert key2.pem --to RSAPRIVATEBLOB -o key.blob
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out ec.pem
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out ec2.pem
openssl genpkey -algorithm ed25519 -out ed25519.pem
openssl genrsa -out web.pem 2048 2>/dev/null
openssl req -new -x509 -key web.pem -subj /CN=web -out web.crt
openssl pkcs12 -export -inkey web.pem -in web.crt -passout pass:secret \
	-out web.pfx
echo hello >message

# commands PAGE: the blocks before "Without a card"
# shellcheck disable=SC2016 # as it stands in the pages
commands() {
	sed '/^## Without a card/,$d' "$top/doc/$1" |
		awk -f "$top/tests/consumers/page.awk" |
		sed -e '/^sudo /d; /pin unblock/d; /change-puk/d' \
			-e '/010203\.\.\.0708/d' \
			-e "/^echo 'card_admin_key_file/,/conf\$/d" \
			-e "s#^module=.*#module=$module#" \
			-e 's#^reader=[^ ]*\( Microsystems.\)*#reader="Yubico 00 00"#' \
			-e 's#--reader $reader#--reader "$reader"#' \
			-e 's#--login#--login --pin 123456#'
}

page() {
	HOME=$work/home.$2
	export HOME
	mkdir -m 700 "$HOME"
	unset XDG_CONFIG_HOME XDG_DATA_HOME CNG_PKCS11_CONF
	commands "$1" >"$2.sh"
	ok "$1 has commands" test "$(wc -l <"$2.sh")" -gt 15
	ok "$1: each of them works" sh -eu "$2.sh"
}

ok "a GIDS card" card_start gids --app gids --blank
page HOWTO-gids.md gids
card_stop gids
ok "a PIV card" card_start piv --app piv
page HOWTO-piv.md piv
card_stop piv
ok "an OpenPGP card" card_start openpgp --app openpgp
page HOWTO-openpgp.md openpgp
card_stop openpgp
finish
