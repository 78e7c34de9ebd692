#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Which card is asked, and where on it a key goes: a store is used without a
# word to any card, however slow or broken it is; --key-slot.
. "$(dirname "$0")/common.sh"
. "$srcdir/tests/cli/readers.sh"
readers_begin

# --- a store is meant -------------------------------------------------------

export CNG_PIN=654321
echo 87654321 > so
status 0 "$cngtool" init --label mine --so-pin-file so
status 0 "$cngtool" init --label other --so-pin-file so --store other.store
readers "Slow=piv,delay=1000,log=$work/slow.log" \
	"Broken=gids,fault=garbage:1+,log=$work/broken.log"
uri='pkcs11:token=mine;type=private'
status 0 "$cngtool" import rsa.blob --name first
status 0 "$cngtool" import rsa2.pem --name second --token mine
several 0 "$cngtool" import rsa3.jwk ed.pem
status 0 "$cngtool" generate ed25519 --name made --token "$uri"
status 0 "$cngtool" import rsa.blob --name first --store other.store
status 0 "$cngtool" list --token mine
status 0 "$cngtool" tokens --token mine
status 0 "$cngtool" export --name first --public
status 0 "$cngtool" pin change --new-pin-env CNG_PIN
status 0 "$cngtool" delete --name made --yes
status 3 "$cngtool" export --name nothing --public
if [ -e slow.log ] || [ -e broken.log ]; then
	echo 'FAILED: a card was asked'
	exit 1
fi
echo 'ok: no card was asked anything'

# of readers that one alone
readers "Quick=piv,log=$work/quick.log" \
	"Broken=gids,fault=garbage:1+,log=$work/broken.log"
status 0 "$cngtool" tokens --reader Quick
[ -s quick.log ] || { echo 'FAILED: the log has nothing'; exit 1; }
[ ! -e broken.log ] || { echo 'FAILED: another reader was asked'; exit 1; }
status 0 "$cngtool" tokens
[ -s broken.log ] || { echo 'FAILED: not all were asked'; exit 1; }

# --- slots ------------------------------------------------------------------

CNG_PIN=123456
allow_import
echo 12345678 > admin.key
chmod 600 admin.key
readers "PIV=piv,state=$work/piv.card" "GIDS=gids,state=$work/gids.card" \
	"Applet=piv,pivapplet,state=$work/applet.card" \
	"PGP=openpgp,state=$work/pgp.card"

# slot_of READER NAME
slot_of()
{
	"$cngtool" list --reader "$1" --name "$2" --json 2> err |
		jq -er '.[0].key_slot'
}

status 2 "$cngtool" import rsa.blob --name x --token mine --key-slot 9a
says err 'for PIV and OpenPGP cards, which token mine is not'
status 2 "$cngtool" import rsa.blob --reader GIDS --name x --key-slot 9a
for slot in 9b 81 96 9 '' 9a0 zz sign; do
	status 2 "$cngtool" import rsa.blob --reader PIV --name x \
		--key-slot "$slot"
	says err 'has 9a, 9c, 9d, 9e and 82 to 95'
done
several 2 "$cngtool" import rsa.blob rsa2.pem --reader PIV --key-slot 9a
status 2 "$cngtool" import web.pfx --all --reader PIV --key-slot 9a
for slot in 9A 9c 9D 9e 82 95; do
	name=$(echo "in $slot" | tr A-F a-f)
	status 0 "$cngtool" import rsa.blob --reader PIV --name "$name" \
		--key-slot "$slot" --json
	is "$(slot_of PIV "$name")" "${name#in }" "$name"
done
status 0 "$cngtool" list --reader PIV
says out ' SLOT$'
says out ' in 95 .* 95$'
status 0 env -u CNG_PIN "$cngtool" list --token mine
silent out SLOT
status 0 "$cngtool" generate nistP256 --reader PIV --name made --key-slot 83 \
	--json
is "$(json .key_slot)" 83 'made where it was wished'
status 1 "$cngtool" generate nistP256 --reader PIV --name new --key-slot 83
says err 'slot 83 of token .* has a key or a certificate already (EXISTS)'
status 1 "$cngtool" import rsa2.pem --reader PIV --name new --key-slot 9a
says err 'slot 9a of token .* has a key or a certificate already (EXISTS)'
status 1 "$cngtool" import rsa2.pem --reader PIV --name made --key-slot 84
says err 'has a key named made already (EXISTS)'

# over what is there: the same name, another one, or a name from elsewhere
export CNG_PASSWORD=secret
status 0 "$cngtool" import web.pfx --reader PIV --name 'in 9a' --key-slot 9a \
	--overwrite
for name in 'in 9a' new made; do
	status 0 "$cngtool" import rsa2.pem --reader PIV --name "$name" \
		--key-slot 9a --overwrite
	is "$(slot_of PIV "$name")" 9a "over 9a: $name"
	status 0 "$cngtool" export --reader PIV --name "$name" --public \
		--type spki -o card.spki
	same card.spki rsa2.pem.spki
done
status 0 "$cngtool" list --reader PIV --json
is "$(json 'map(select(.class == "private") | .key_slot) | sort |
	join(" ")')" '82 95 9a 9c 9d 9e' 'and nothing else'
is "$(json 'map(select(.class == "cert")) | length')" 0 \
	'the certificate of the old key is gone'
# a card that cannot remove the old key keeps that one only, unless it is said
# which slot is written over
status 0 "$cngtool" import rsa.blob --reader Applet --name old
for slot in 1st 2nd 95; do
	set -- --overwrite
	case $slot in 95) set -- --overwrite --key-slot $slot ;; esac
	status 1 "$cngtool" import rsa2.pem --reader Applet --name old "$@"
	says err 'cannot remove the old key .*(NO_REMOVAL); --key-slot with'
	status 0 "$cngtool" list --reader Applet --class private --json
	is "$(json length)" 1 "refused, $slot"
done
status 0 "$cngtool" import rsa2.pem --reader Applet --name old --overwrite \
	--key-slot "$(slot_of Applet old)"
status 0 "$cngtool" export --reader Applet --name old --public --type spki \
	-o card.spki
same card.spki rsa2.pem.spki
status 0 "$cngtool" list --reader Applet --class private --json
is "$(json length)" 1 'in the place of the old one'
# slot 9c wants its PIN for each use: a stream gives it once, and a URI tells
# where it is
echo "$CNG_PIN" > pin
chmod 600 pin
status 0 env -u CNG_PIN sh -c '"$@" < pin' sh "$cngtool" sign --reader PIV \
	--name 'in 9c' --pin-file - rsa.pem -o card.sig
openssl pkey -inform DER -pubin -in rsa.blob.spki -out rsa.pub
openssl dgst -sha256 -verify rsa.pub -signature card.sig rsa.pem
status 0 env -u CNG_PIN "$cngtool" sign -o card.sig rsa.pem --uri \
	"pkcs11:serial=$(readers_serial PIV);object=in%209c?pin-source=$work/pin"
status 0 "$cngtool" tokens --reader PIV --json
is "$(json '.[0].card.pin_tries')" 3 'and no try was lost'

# what the card does not take leaves what was there
status 1 "$cngtool" import small.pem --reader PIV --name made --key-slot 9a \
	--overwrite
status 0 "$cngtool" export --reader PIV --name made --public --type spki \
	-o card.spki
same card.spki rsa2.pem.spki

# a slot that others have and this card has not
status 0 "$cngtool" import web.pfx --reader Applet --name a --key-slot 8c
status 1 "$cngtool" import web.pfx --reader Applet --name b --key-slot 8d
says err 'the card has no slot 8d (PROP_VALUE); say another --key-slot'

echo "card_admin_key_file = $work/admin.key" >> "$CNG_PKCS11_CONF"
status 2 "$cngtool" import rsa.blob --reader PGP --name x --key-slot 9a
says err 'an OpenPGP card has sign, decrypt and auth'
for slot in auth sign decrypt; do
	status 0 "$cngtool" import rsa.blob --reader PGP --name "to $slot" \
		--key-slot "$slot"
	is "$(slot_of PGP "to $slot")" "$slot" "place: $slot"
done
status 1 "$cngtool" import rsa2.pem --reader PGP --name x --key-slot sign
says err 'slot sign of token .* has a key'
for name in 'to sign' x; do
	status 0 "$cngtool" import rsa2.pem --reader PGP --name "$name" \
		--key-slot sign --overwrite
	is "$(slot_of PGP "$name")" sign "over sign: $name"
	status 0 "$cngtool" export --reader PGP --name "$name" --public \
		--type spki -o card.spki
	same card.spki rsa2.pem.spki
done
done_all
