#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# An OpenPGP card, our module, GnuPG and OpenSC.
#
# Packages: pcscd vsmartcard-vpcd libengine-pkcs11-openssl pkcs11-provider
# Packages: gpg gpg-agent scdaemon
set -u
app=openpgp
# shellcheck source=accept.sh
. "$(dirname "$0")/accept.sh"
need gpg gpg-connect-agent gpgconf
# shellcheck disable=SC2154 # status is set by the trap itself
trap 'status=$?; cards_end; rm -rf "$work"; exit $status' EXIT
# A short name for the sockets.
gpg_begin() {
	export GNUPGHOME="$cards/gnupg"
	mkdir -m 700 "$GNUPGHOME"
	echo disable-ccid >"$GNUPGHOME/scdaemon.conf"
	scdaemon=$(gpgconf --list-components | sed -n 's/^scdaemon:[^:]*://p')
}

gpg_once() {
	timeout 300 gpg --batch "$@"
	once=$?
	gpg_end && return $once
}

# scd_signs KIND: by gpg's daemon itself.
scd_signs() {
	rm -f scd.sig
	printf '%s\000' $card_pin >scd.pin
	{
		echo "/definqfile NEEDPIN scd.pin"
		echo "SERIALNO openpgp"
		echo "SETDATA $(basenc --base16 -w 0 data.sha256)"
		echo "/datafile scd.sig"
		echo "PKSIGN --hash=sha256 OPENPGP.1"
		echo "/bye"
	} >scd.words
	ok "scdaemon signs" scd_runs
	if [ "$1" = rsa ]; then
		ok "... and OpenSSL verifies" openssl dgst -sha256 \
			-verify rsa-sign.pub -signature scd.sig data
	else
		ok "... a signature of both numbers" test \
			"$(wc -c <scd.sig)" = 64
	fi
}
scd_runs() {
	timeout 300 gpg-connect-agent --exec "$scdaemon" --server \
		<scd.words && test -s scd.sig
}

accept_begin "Virtual Test" 12345678
gpg_begin

# The signature key has a slot of its own, because its PIN has.
osc_args() {
	case $1 in
	01) echo --slot-index 1 --id "$1" ;;
	*) echo --id "$1" ;;
	esac
}
reference() {
	says "gpg sees the key that signs" "Signature key ....: [0-9A-F]" \
		gpg_once --card-status
	says "... and the one that decrypts" "Encryption key....: [0-9A-F]" \
		gpg_once --card-status
	scd_signs "$1"
}
pin_is() { timeout 300 openpgp-tool --verify CHV1 --pin "$1"; }
tries_are() {
	gpg_once --card-status >status.out &&
		grep "PIN retry counter : $1 " status.out
}

ways rsa ec
pins
removals
finish
