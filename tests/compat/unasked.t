#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Programs that nobody gives a PIN: the configuration finds it, or the token
# has none.
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
own=$top/tests/vectors/own
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"
need pkcs11-tool openssl ssh-keygen

umask 077
echo "$pin" >pin
echo "$so_pin" >so
export PATH="${builddir:?}:$PATH"
store=$HOME/keys.db
# conf LINE...: after the line of the store
conf() {
	printf '%s\n' "user_store = none" "machine_store = none" \
		"store = $store" "$@" >"$CNG_PKCS11_CONF"
}
conf
ok "a token" cngtool init --store "$store" --label "$label" --pin-file pin \
	--so-pin-file so
ok "a key" cngtool import --store "$store" --pin-file pin --name rsa --id 01 \
	"$own/rsa2048_priv.bin"
ok "its public key" cngtool export --store "$store" --name rsa --public \
	--type spki -o rsa.spki
ok "... for OpenSSL" openssl pkey -pubin -inform DER -in rsa.spki -out rsa.pub
head -c 100 /dev/urandom >data

# sign WHAT OPTION...: the signature is good
sign() {
	what=$1
	shift
	rm -f sig
	ok "$what" tool --sign --mechanism SHA256-RSA-PKCS --id 01 \
		--input-file data --output-file sig "$@"
	ok "... is good" openssl dgst -sha256 -verify rsa.pub -signature sig data
}

# lacks TEXT: the slots are listed without it
lacks() { ! tool --list-slots 2>&1 | grep -q -e "$1"; }

# seen COMMAND...: the private key is
seen() { "$@" 2>&1 | grep -q 'Private Key Object'; }
unseen() { ! seen "$@"; }

# --- pin_source --------------------------------------------------------------

says "without a source a PIN is wanted" "login required" tool --list-slots
ok "... and no other way is said" lacks "PIN pad"
conf "pin_source = $PWD/pin"
says "the path is protected" "login required.*PIN pad present" \
	tool --list-slots
sign "a PIN of the configuration" --login
ok "without a login nothing is open" unseen tool --list-objects
sign "one that is said goes as well" --login --pin "$pin"
fails "... or does not" CKR_PIN_INCORRECT tool --login --pin nonsense \
	--list-objects
mkdir creds
cp pin creds/hsm-pin
conf "pin_source = credential:hsm-pin"
fails "no credentials" 'CKR_|PIN' tool --login --list-objects
export CREDENTIALS_DIRECTORY="$PWD/creds"
sign "a credential of a service" --login
unset CREDENTIALS_DIRECTORY
conf "pin_source = $PWD/pin"
chmod 640 pin
ok "a PIN that others can read is not used" lacks "PIN pad"
chmod 600 pin
says "ssh-keygen asks for none" '^ssh-rsa ' \
	foreign ssh-keygen -D "$CNG_MODULE"
# wrong ones do not lock it
echo nonsense >wrong
conf "pin_source = $PWD/wrong"
for _ in 1 2 3 4 5 6 7 8 9 10 11 12; do
	foreign pkcs11-tool --module "$CNG_MODULE" --login --list-objects \
		>/dev/null 2>&1 </dev/null
done
sign "twelve times the wrong source, and the PIN is good" --login --pin "$pin"

# --- no PIN ------------------------------------------------------------------

store=$HOME/free.db
conf
ok "a token without a PIN" cngtool init --store "$store" --label "$label" \
	--no-pin --so-pin-file so
ok "and a key" cngtool import --store "$store" --name rsa --id 01 \
	"$own/rsa2048_priv.bin"
ok "no login is required" lacks "login required"
ok "all is seen" seen tool --list-objects
sign "it signs"
sign "who logs in is let" --login --pin whatever
ok "a key is made" tool --keypairgen --key-type EC:prime256v1 --id 02
ok "and removed" tool --delete-object --type privkey --id 02
fails "the SO has a PIN" CKR_PIN_INCORRECT \
	tool --login --login-type so --so-pin nonsense --init-pin \
	--new-pin "$pin"
chmod 644 "$store.key"
ok "a key that others can read is not used" unseen tool --list-objects
says "a login is required then" "login required" tool --list-slots
chmod 600 "$store.key"
says "ssh-keygen needs no PIN" '^ssh-rsa ' \
	foreign ssh-keygen -D "$CNG_MODULE"
ok "the SO sets a PIN" tool --login --login-type so --so-pin "$so_pin" \
	--init-pin --new-pin "$pin"
ok "the key in the file is no good any more" test ! -e "$store.key"
sign "the PIN is" --login --pin "$pin"
ok "again without" cngtool init --store "$store" --force --no-pin \
	--so-pin-file so
ok "made anew" tool --init-token --slot 2 --label "$label" --so-pin "$so_pin"
ok "the key of the old one is gone" test ! -e "$store.key"
finish
