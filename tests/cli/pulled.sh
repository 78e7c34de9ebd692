#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# A card that is pulled at any command of an import over what is in a slot:
# afterwards it lists the old container, the new one, or none, with name, key
# and certificate; and the slot takes the next one.
. "$(dirname "$0")/common.sh"
. "$srcdir/tests/cli/readers.sh"
readers_begin

export CNG_PIN=123456 CNG_PASSWORD=secret
allow_import
echo 12345678 > admin.key
chmod 600 admin.key

# pair NAME: a key and its certificate
pair()
{
	openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 \
		-out "$1.pem"
	openssl req -new -x509 -key "$1.pem" -subj "/CN=$1" -out "$1.crt"
	openssl pkcs12 -export -inkey "$1.pem" -in "$1.crt" \
		-passout pass:secret -out "$1.pfx"
	openssl pkey -in "$1.pem" -pubout -outform DER -out "$1.spki"
}
for stem in old new next; do
	pair "$stem"
done

run()
{
	setsid -w "$cngtool" "$@" > out 2> err < /dev/null
}

# what: which container is there, whole; or something else
what()
{
	run list --reader Card --json || { cat err; return; }
	case $(json 'map(.class) | sort | join(" ")') in
	'') echo none; return ;;
	'cert private public') ;;
	*) json 'map(.class) | join(" ")'; return ;;
	esac
	name=$(json 'map(select(.class == "private") | .name)[0]')
	run export --reader Card --name "$name" --public --type spki \
		-o card.spki || { cat err; return; }
	for there in old new; do
		cmp -s card.spki "$there.spki" || continue
		# a card that keeps no names has that of the slot
		case $name in
		"$there" | 'PIV Authentication') ;;
		*) echo "$there is called $name"; return ;;
		esac
		run export --reader Card --label "$name" --class cert \
			-o card.crt || { cat err; return; }
		if [ "$(openssl x509 -in card.crt -noout -subject -nameopt \
			RFC2253)" = "subject=CN=$there" ]; then
			echo "$there"
		else
			echo "$there with another certificate"
		fi
		return
	done
	echo "another: $name"
}

# over OPTIONS SLOT [FAULT]: what is to be pulled
over()
{
	cp before card
	rm -f log
	readers "Card=$1,state=$work/card,log=$work/log${3:+,fault=$3}"
	run import new.pfx --reader Card --name new --key-slot "$2" --overwrite
}

# pulled OPTIONS SLOT: from before the first command that changes anything
# (PUT DATA, a key) to behind the last one
pulled()
{
	echo "# $1"
	rm -f card before
	readers "Card=$1,state=$work/card"
	status 0 "$cngtool" import old.pfx --reader Card --name old \
		--key-slot "$2"
	is "$(what)" old 'the old one'
	cp card before
	over "$1" "$2"
	is "$(what)" new 'the new one'
	range=$(awk 'tolower($0) ~ /^.0(da|db|fe)/ { last = NR
		if (first == "") first = NR } END { print first - 1, last }' log)
	at=${range% *}
	seen=
	while [ "$at" -le $((${range#* } + 1)) ]; do
		code=0
		over "$1" "$2" "remove:$at" || code=$?
		[ "$code" -ne 0 ] || { echo "FAILED: not pulled at $at"; exit 1; }
		readers "Card=$1,state=$work/card"
		is=$(what)
		case $is in
		old | new | none) ;;
		*) echo "FAILED: pulled at $at: $is"; exit 1 ;;
		esac
		case $seen in
		*"$is "*) ;;
		*) seen="$seen$is " ;;
		esac
		# all that is left of it is in nobody's way
		if [ "$is" = none ]; then
			status 0 "$cngtool" import next.pfx --reader Card \
				--name next --key-slot "$2"
		fi
		at=$((at + 1))
	done
	is "$seen" 'old none new ' "in this order, at $range"
}

pulled piv 9a
pulled piv,pivapplet 9a
echo "card_admin_key_file = $work/admin.key" >> "$CNG_PKCS11_CONF"
pulled openpgp sign
done_all
