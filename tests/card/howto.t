#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# The commands of doc/HOWTO-*.md, taken out of the pages as they stand, each
# on the card that it is about.  Only the path of the module is another one, and
# the name of the reader is long enough for one of two.  Nothing is installed;
# PINs are said by the environment, or by what stands in for a person.
#
# Packages: pcscd vsmartcard-vpcd yubico-piv-tool jq gpg gpg-agent scdaemon
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

export CNG_PIN=123456 CNG_NEW_PIN=123456 CNG_PASSWORD=secret
mkdir "$work/bin"
export PATH="$work/bin:${builddir:?}:$PATH"
puk=12345678

# stand_in PROGRAM SCRIPT
stand_in() {
	printf '#!/bin/sh\n%s\n' "$2" >"$work/bin/$1"
	chmod 755 "$work/bin/$1"
}

# shellcheck disable=SC2016 # for the script
stand_in sudo '[ "$1" = apt ]'
# shellcheck disable=SC2016
stand_in pkcs11-tool 'for word; do
	shift
	set -- "$@" "$word"
	[ "$word" != --login ] || set -- "$@" --pin "$CNG_PIN"
done
exec /usr/bin/pkcs11-tool "$@"'
# shellcheck disable=SC2016
stand_in yubico-piv-tool 'case " $* " in
*" change-puk "*) set -- "$@" --pin '$puk' --new-pin '$puk' ;;
esac
exec /usr/bin/yubico-piv-tool "$@"'

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

# commands: of the part of a page that is on standard input
commands() {
	awk -f "$top/tests/consumers/page.awk" |
		sed -e "s#^module=.*#module=$CNG_MODULE#" \
			-e "s#^reader=.*#reader='$reader_name 00 00'#"
}

# page FAMILY READER [OPTION...]: a new card there, then one without a reader
page() {
	family=$1
	from=$top/doc/HOWTO-$family.md
	HOME=$work/home.$family
	export HOME
	mkdir -m 700 "$HOME"
	unset XDG_CONFIG_HOME XDG_DATA_HOME CNG_PKCS11_CONF
	cards_begin
	reader_start "$2"
	shift 2
	ok "a card for $family" card_start "$family" --app "$family" "$@"
	sed '/^## Without a card/,$d' "$from" | commands >"$family.sh"
	ok "its page has commands" test "$(wc -l <"$family.sh")" -gt 15
	ok "... each of them works" sh -eux "$family.sh"
	card_stop "$family"
	cards_end
	sed '1,/^## Without a card/d' "$from" | commands >"$family.tree.sh"
	says "... and those without a card" " ready .* Test Reader" \
		in_tree "$PWD/$family.tree.sh"
}
in_tree() (cd "$builddir" && sh -eu "$1")

page gids "SCM Microsystems" --blank
# what a person types who is asked for the PUK
export CNG_SO_PIN=$puk
page piv Yubico
unset CNG_SO_PIN
page openpgp Nitrokey
finish
