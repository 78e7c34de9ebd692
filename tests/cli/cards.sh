#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# cngtool on cards, one process after the other with the same simulated cards:
# what there is, import in every format, what is refused and why, export of
# what is public, PINs, deletion.
. "$(dirname "$0")/common.sh"
. "$srcdir/tests/cli/readers.sh"
readers_begin

A_gids='GIDS One'
A_piv='PIV One'
A_openpgp='OpenPGP One'
readers "$A_gids=gids,state=$work/gids.card" \
	"$A_piv=piv,state=$work/piv.card" \
	"$A_openpgp=openpgp,state=$work/openpgp.card" \
	'Plain PIV=piv,plain-piv' 'Empty=gids,out' 'PIV One More=gids,out'

# --- what there is ----------------------------------------------------------

status 0 "$cngtool" tokens --json
is "$(json length)" 6 'readers, with and without a card'
is "$(json 'map(.type // "-") | join(" ")')" 'GIDS PIV OpenPGP PIV - -' \
	'the types of cards'
is "$(json '.[1].card | "\(.pin_tries) \(.unblock_tries) \(.can_import)"')" \
	'3 3 true' 'what the PIV card says of itself'
is "$(json '.[0] | "\(.used) of \(.used + .free)"')" '0 of 64' \
	'containers of GIDS'
is "$(json '.[3] | "\(.state) \(.free) \(.can | length)"')" \
	'read only 0 0' 'a plain PIV card'
is "$(json '.[4].state')" 'no card' 'an empty reader'
status 0 "$cngtool" tokens
says out '^ *34 GIDS card .*3 of 3 left .*import,generate  *GIDS One$'
says out 'no card .*Empty$'
[ ! -s err ] || { cat err; exit 1; }
status 0 "$cngtool" list
silent err 'Empty'
status 0 env -u SIMCARD_READERS "$cngtool" tokens --json
is "$(json length)" 0 'no service: no reader'
is "$(wc -c < err)" "$(echo "cngtool: tokens: there is no token; make one \
with 'cngtool init'" | wc -c)" 'no service: nothing is said of it'
echo 'readers = none' >> "$CNG_PKCS11_CONF"
status 0 "$cngtool" tokens --json
is "$(json length)" 0 'readers = none'
sed -i '/^readers/d' "$CNG_PKCS11_CONF"

# --- which card -------------------------------------------------------------

serial=$(readers_serial "$A_gids")
status 0 "$cngtool" tokens --json --token "$serial"
is "$(json '.[0].path')" "$A_gids" 'by the serial number'
long=$(json '.[0].card.serial')
status 0 "$cngtool" tokens --json --token "$long"
is "$(json '.[0].path')" "$A_gids" 'by the whole serial number'
status 0 "$cngtool" tokens --json --token "pkcs11:serial=$serial;type=private"
is "$(json 'map(.path) | join(" ")')" "$A_gids" 'by a URI: serial'
status 0 "$cngtool" tokens --json --token \
	'pkcs11:slot-description=OpenPGP%20One?module-name=x'
is "$(json 'map(.path) | join(" ")')" "$A_openpgp" 'by a URI: reader'
status 0 "$cngtool" tokens --json --token 'pkcs11:token=nothing'
is "$(json length)" 0 'by a URI that fits none'
status 0 "$cngtool" tokens --json --reader 'PIV One'
is "$(json length)" 1 'the whole name of a reader goes before longer ones'
status 2 "$cngtool" import rsa.blob --reader PIV --name x
says err 'several readers begin with PIV'
status 3 "$cngtool" import rsa.blob --reader Nothing --name x
says err 'no reader Nothing (NO_READER)'
status 3 "$cngtool" import rsa.blob --reader Empty --name x
says err 'Empty: there is no card in the reader (NO_CARD); insert the card'
status 2 "$cngtool" list --reader Empty --token x

# --- refused ----------------------------------------------------------------

export CNG_PIN=123456
status 1 "$cngtool" import rsa.blob --reader "$A_gids" --name web
says err "put the line 'AllowPrivateExchangeKeyImport = 1' into \
$CNG_PKCS11_CONF\$"
status 1 "$cngtool" import rsa.blob --reader "$A_piv" --name web --usage sign
says err "AllowPrivateSignatureKeyImport = 1"
status 1 "$cngtool" import ecdh.blob --reader "$A_piv" --name web
says err "AllowPrivateECDHEKeyImport = 1"
status 1 "$cngtool" import ecdsa.blob --reader "$A_piv" --name web
says err "AllowPrivateECDSAKeyImport = 1"
cp "$CNG_PKCS11_CONF" other.conf
status 1 "$cngtool" import rsa.blob --reader "$A_gids" --config other.conf
says err 'into other.conf$'
allow_import
status 1 "$cngtool" import rsa.blob --reader 'Plain' --name web
says err 'no key can be brought onto this PIV card (READ_ONLY)'
status 1 "$cngtool" generate rsa2048 --reader 'Plain' --name web
says err 'no key can be made on this PIV card (READ_ONLY)'
status 4 "$cngtool" import rsa.blob --reader "$A_openpgp" --name web
says err 'wants its admin PIN .*none is configured (NO_ADMIN).*card_admin_key_file = '
status 1 "$cngtool" import rsa.blob --reader "$A_gids" --name 'a\b'
says err 'has no backslash (PROP_VALUE); choose a --name'
status 2 "$cngtool" import rsa.blob --reader "$A_gids" --exportable
says err 'does not leave a card'
status 1 "$cngtool" import dsa.pem --reader "$A_gids" --name dsa
says err 'this GIDS card takes no key of that type'
status 1 "$cngtool" import p224.pem --reader "$A_piv" --name p224
says err 'this PIV card takes no key of that type'
status 1 "$cngtool" import small.pem --reader "$A_piv" --name small
says err 'takes no key of that size (KEY_SIZE)'
status 1 "$cngtool" import rsa.blob --reader "$A_gids" --name \
	1234567890123456789012345678901234567890
says err 'at most 39 characters'
status 4 env -u CNG_PIN "$cngtool" import rsa.blob --reader "$A_gids"
says err 'no user PIN'
status 1 "$cngtool" import short.blob --reader "$A_gids" --name short
says err 'short.blob: RSAPRIVATEBLOB is cut short'
for reader in "$A_gids" "$A_piv" "$A_openpgp"; do
	is "$(readers_used "$reader")" 0 "$reader has nothing after all that"
done

# --- import, in every format ------------------------------------------------

# bring READER FILE NAME [OPTION...]: import, and the public key comes back
bring()
{
	reader=$1
	file=$2
	name=$3
	shift 3
	status 0 "$cngtool" import "$file" --reader "$reader" --name "$name" \
		"$@"
	status 0 env -u CNG_PIN "$cngtool" export --reader "$reader" \
		--name "$name" --public --type spki -o card.spki
	same card.spki "$file.spki"
}

echo 12345678 > admin.key
chmod 600 admin.key
echo "card_admin_key_file = $work/admin.key" >> "$CNG_PKCS11_CONF"
export CNG_PASSWORD=secret
bring "$A_gids" rsa.blob 'Schlüssel №1'
bring "$A_gids" rsa2.pvk pvk --usage sign
bring "$A_gids" rsa3.jwk jwk
bring "$A_piv" rsa.blob 'Schlüssel №1'
bring "$A_piv" ecdsa.blob ecdsa
bring "$A_piv" ecdh.blob ecdh
bring "$A_piv" ed.pem ed
bring "$A_piv" x.pem x
bring "$A_piv" ec.jwk jwk
bring "$A_openpgp" rsa.blob 'Schlüssel №1'
bring "$A_openpgp" ecdsa.blob ecdsa
status 0 "$cngtool" list --reader "$A_gids" --json
is "$(json 'map(select(.class == "private") | .name) | join("/")')" \
	'Schlüssel №1/pvk/jwk' 'names are kept'
is "$(json '.[] | select(.class == "private" and .name == "pvk") |
	.usage | join(" ")')" sign 'a container for signatures'
status 0 env -u CNG_PIN "$cngtool" list --reader "$A_gids"
silent out ' private '
says out ' public .*Schlüssel №1'
says err 'private objects are hidden'

# PFX: the certificate goes along, also when the key is there twice
for reader in "$A_gids" "$A_piv" "$A_openpgp"; do
	status 0 "$cngtool" import web.pfx --reader "$reader" --usage sign
	says out "imported private key, RSA 2048, 'friendly'"
	says err 'not imported: 1 certificate;'
	status 0 env -u CNG_PIN "$cngtool" export --reader "$reader" \
		--label friendly --class cert -o card.crt
	same card.crt web.crt
	status 0 "$cngtool" list --reader "$reader" --class cert --json
	is "$(json length)" 1 'one certificate'
done
status 0 "$cngtool" export --reader "$A_piv" --label friendly --class cert \
	--type der -o card.der
openssl x509 -in web.crt -outform DER -out web.der
same card.der web.der
status 2 "$cngtool" export --reader "$A_piv" --label friendly --class cert \
	--type jwk

# the name is taken, and made free
for reader in "$A_gids" "$A_piv" "$A_openpgp"; do
	status 1 "$cngtool" import rsa2.pem --reader "$reader" \
		--name 'Schlüssel №1'
	says err 'has a key named Schlüssel №1 already (EXISTS).*--overwrite'
done
for reader in "$A_gids" "$A_piv"; do
	used=$(readers_used "$reader")
	bring "$reader" rsa2.pem 'Schlüssel №1' --overwrite
	is "$(readers_used "$reader")" "$used" 'it took the place of the other'
done

# --- out --------------------------------------------------------------------

for reader in "$A_gids" "$A_piv" "$A_openpgp"; do
	status 5 "$cngtool" export --reader "$reader" --name 'Schlüssel №1' \
		-o stolen
	says err 'does not leave its card (KEY_UNEXTRACTABLE); --public'
	status 5 "$cngtool" export --reader "$reader" --name 'Schlüssel №1' \
		--type pfx --password-env CNG_PASSWORD -o stolen
	[ ! -e stolen ] || { echo 'FAILED: a key came out'; exit 1; }
done

# --- several files ----------------------------------------------------------

mkdir keys
cp rsa.blob keys/one.blob
cp ecdsa.blob keys/two.blob
cp rsa2.pem keys/three.pem
several 1 "$cngtool" import keys --reader "$A_gids"
says out "imported private key, RSA 2048, 'one'"
says out "imported private key, RSA 2048, 'three'"
says err 'two.blob: this GIDS card takes no key of that type'
says err '2 of 3 keys are on the card$'
several 1 "$cngtool" import keys --reader "$A_gids" --overwrite --json
is "$(json 'map(.label) | sort | join(" ")')" 'one three' 'two keys, as JSON'
several 0 "$cngtool" import keys --reader "$A_piv"
is "$(grep -c ^imported out)" 3 'each is said'

# --- a card that is full, one that goes away --------------------------------

readers "Small=gids,state=$work/small.card,capacity=4000"
several 1 "$cngtool" import rsa.blob rsa2.pem rsa3.jwk --reader Small
says err 'has no room for it; .*(STORE_FULL); .cngtool delete. makes room'
full=$(readers_used Small)
case $full in
1 | 2) ;;
*) echo "FAILED: $full keys"; exit 1 ;;
esac
is "$(grep -c ^imported out)" "$full" 'what was said to be there is'
status 0 "$cngtool" delete --reader Small --label rsa --yes
is "$(readers_used Small)" "$((full - 1))" 'room again'
readers "Pulled=gids,state=$work/pulled.card"
status 0 "$cngtool" tokens
readers "Pulled=gids,state=$work/pulled.card,fault=remove:40"
several 1 "$cngtool" import rsa.blob rsa2.pem rsa3.jwk rsa.pem --reader Pulled
says err 'the card was taken out of Pulled (DEVICE_REMOVED)'
says err 'not tried: '
pulled=$(grep -c ^imported out || :)
readers "Pulled=gids,state=$work/pulled.card"
# the one that was under way is there as a whole, or not at all
status 0 "$cngtool" list --reader Pulled --json --class private
is "$(json length)" "$(readers_used Pulled)" 'each container has its key'
left=$(($(json length) - pulled))
[ "$left" -eq 0 ] || [ "$left" -eq 1 ] || { echo "FAILED: $left"; exit 1; }
status 0 "$cngtool" import rsa.blob --reader Pulled --name again --overwrite

# Whatever write fails, a container of that name stays: the old or the new key.
readers "Over=gids,state=$work/over.card"
status 0 "$cngtool" import rsa2.pem --reader Over --name web
cp over.card over.before
at=1
while [ "$at" -le 60 ]; do
	cp over.before over.card
	readers "Over=gids,state=$work/over.card,fault=full:$at"
	setsid -w "$cngtool" import web.pfx --reader Over --name web \
		--overwrite > out 2> err < /dev/null || :
	readers "Over=gids,state=$work/over.card"
	status 0 "$cngtool" list --reader Over --json --class private
	[ "$(json length)" -ge 1 ] || { echo "FAILED: lost at $at"; exit 1; }
	at=$((at + 7))
done

# --- a card that keeps no names and tells no public key ---------------------

# What it does not tell stands where the certificate would.
readers "Applet=piv,pivapplet,state=$work/applet.card"
status 0 "$cngtool" import rsa2.pem --reader Applet --name alone
silent err certificate
status 0 "$cngtool" import web.pfx --reader Applet --name both
status 0 "$cngtool" list --reader Applet --json --class private
is "$(json 'map(.name) | sort | join(", ")')" 'Retired Key 1, alone' \
	'with a certificate and without'
status 0 "$cngtool" export --reader Applet --name alone --public --type spki \
	-o card.spki
same card.spki rsa2.pem.spki

# --- deletion, keys made there ----------------------------------------------

readers "$A_gids=gids,state=$work/gids.card" \
	"$A_piv=piv,state=$work/piv.card" \
	"$A_openpgp=openpgp,state=$work/openpgp.card"
for reader in "$A_gids" "$A_piv"; do
	used=$(readers_used "$reader")
	status 0 "$cngtool" delete --reader "$reader" --name friendly --yes
	is "$(readers_used "$reader")" "$((used - 1))" 'one container less'
	status 0 "$cngtool" list --reader "$reader" --label friendly --json
	is "$(json length)" 0 'its certificate went with it'
	status 0 "$cngtool" generate rsa2048 --reader "$reader" --name made
	says out "made private key, RSA 2048, 'made'"
done
for algorithm in P-256 nistP384 ed25519 X25519; do
	status 0 "$cngtool" generate "$algorithm" --reader "$A_piv" --name \
		"made-$algorithm" --json
	is "$(json '.flags | join(" ")')" local 'made there'
done
status 1 "$cngtool" generate p-256 --reader "$A_gids" --name no
says err 'takes no key of that type'
status 2 "$cngtool" generate rsa1 --reader "$A_gids"

# --- PINs -------------------------------------------------------------------

# pin READER CODE: wrong, blocked, unblocked
pin()
{
	status 4 env CNG_PIN=99999999 "$cngtool" list --reader "$1"
	says err 'wrong PIN, 2 tries left (PIN_WRONG)'
	status 0 "$cngtool" tokens --reader "$1" --json
	says out '"user_pin": "2 .*left"'
	status 4 env CNG_NEW_PIN=12345 "$cngtool" pin unblock --reader "$1" \
		--so-pin-file code
	status 0 env CNG_NEW_PIN=654321 "$cngtool" pin change --reader "$1"
	status 4 env CNG_NEW_PIN=654321 "$cngtool" pin change --reader "$1"
	status 4 env CNG_PIN=999999 "$cngtool" pin change --reader "$1" \
		--new-pin-env CNG_PIN
	says err 'wrong PIN, 1 try left (PIN_WRONG); one more blocks it'
	status 4 "$cngtool" list --reader "$1"
	says err "PIN is blocked (PIN_LOCKED); 'cngtool pin unblock' .* takes $3"
	status 0 "$cngtool" tokens --reader "$1"
	says out ' blocked '
	echo "$2" > code
	status 4 env CNG_NEW_PIN=123456 CNG_SO_PIN="$4" "$cngtool" pin \
		unblock --reader "$1"
	says err 'PIN_WRONG'
	status 0 env CNG_NEW_PIN=123456 "$cngtool" pin unblock --reader "$1" \
		--so-pin-file code
	says out 'has a new PIN, and all its tries'
	status 0 "$cngtool" list --reader "$1" --class private --json
	[ "$(json length)" -gt 0 ] || { echo 'FAILED: no login'; exit 1; }
}

echo 1 > code
pin "$A_piv" 12345678 'the PUK' 87654321
pin "$A_openpgp" 12345678 'the reset code' 87654321
key=010203040506070801020304050607080102030405060708
pin "$A_gids" "$key" 'the admin key' "${key%8}4"
# without a code, by what the configuration has
printf '%s\n' "$key" > admin.key
status 0 env CNG_NEW_PIN=123456 "$cngtool" pin unblock --reader "$A_gids"
status 4 env CNG_NEW_PIN=123456 "$cngtool" pin unblock --reader "$A_piv"
says err 'no code to unblock with'

# stores have the same commands
unset SIMCARD_READERS
echo 87654321 > so
status 0 "$cngtool" init --label mine --so-pin-file so
status 0 env CNG_NEW_PIN=654321 "$cngtool" pin change
status 4 "$cngtool" generate ed25519 --name ed
status 0 env CNG_NEW_PIN=123456 "$cngtool" pin unblock --so-pin-file so
status 4 env CNG_NEW_PIN=123456 CNG_SO_PIN=wrong "$cngtool" pin unblock
for algorithm in rsa2048 rsa3072 nistP256 p-384 P-521 ed25519 curve25519; do
	status 0 "$cngtool" generate $algorithm --name "a-$algorithm"
done
status 1 "$cngtool" generate ed25519 --name a-ed25519
says err 'a key named a-ed25519 exists already (EXISTS)'
status 5 "$cngtool" export --name a-rsa2048
status 2 "$cngtool" pin
status 2 "$cngtool" pin erase
says err 'say change or unblock'
done_all
