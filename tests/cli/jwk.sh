#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# JSON Web Keys: the published ones against OpenSSL, every kind there and back,
# sets, and keys of a token in other formats.
. "$(dirname "$0")/common.sh"

own=$srcdir/tests/vectors/own

# RFC 8037, A.1 and A.2; RFC 7517, A.2
cat > ed.json << 'END'
{"kty":"OKP","crv":"Ed25519","kid":"sign",
"d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
"x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}
END
cat > ec.json << 'END'
{"kty":"EC","crv":"P-256","use":"enc","kid":"1",
"x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
"y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM",
"d":"870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE"}
END
status 0 "$cngtool" convert ed.json --to der -o ed.der
says err "lost: the name 'sign'"
is "$(openssl pkey -inform DER -in ed.der -text -noout |
	sed -n '/priv:/,/pub:/p' | grep '^ ' | tr -d ' :\n')" \
	9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60 \
	'OpenSSL sees the key of the RFC'
status 0 "$cngtool" convert ec.json --to der -o ec.der
openssl pkey -inform DER -in ec.der -check -noout > log
says log valid
# the role goes along
status 0 "$cngtool" convert ec.json --to ECCPRIVATEBLOB -o ec.blob
silent err 'does not say'
is "$(head -c 4 ec.blob)" ECK2 'a key for encryption is one for ECDH'

# every kind
for key in rsa1024 p256_sign p384_agree p521 secp256k1 x25519 x448 ed25519 \
	ed448
do
	status 0 "$cngtool" convert "$own/$key.der" --to jwk -o k.json
	is "$(stat -c %a k.json)" 600 'a private JSON Web Key is for its owner'
	status 0 "$cngtool" convert k.json --to PKCS8_PRIVATEKEY -o k.der
	silent err lost
	# some of these files leave out what may be left out
	status 0 "$cngtool" convert "$own/$key.der" --to PKCS8_PRIVATEKEY -o w
	same k.der w
	status 0 "$cngtool" convert "$own/$key.der" --public --to jwk -o p.json
	silent p.json '"d"'
	status 0 "$cngtool" convert p.json --to spki -o p.der
	openssl pkey -inform DER -in "$own/$key.der" -pubout -outform DER \
		-out want
	same p.der want
	status 0 "$cngtool" inspect k.json
	says out 'the numbers belong together'
	says out '(hidden)'
	status 0 "$cngtool" inspect k.json --show-secrets
	silent out '(hidden)'
done
for key in dsa1024 dh768 secp160r1 other_explicit; do
	status 1 "$cngtool" convert "$own/$key.der" --to jwk
	says err 'no jwk form'
done

# a name that is no text stays behind
status 0 "$cngtool" convert "$own/ed25519.der" --to jwk -o k.json \
	--name "$(printf 'caf\351')"
silent k.json kid

# secrets
printf '0123456789abcdef' > value
status 0 "$cngtool" convert value --type raw --to jwk -o oct.json
says oct.json '"k": "MDEyMzQ1Njc4OWFiY2RlZg"'
status 0 "$cngtool" convert oct.json --to raw
same out value

# sets
{
	printf '{"keys":['
	cat ed.json
	printf ','
	cat ec.json
	printf ',{"kty":"AKP","kid":"later"}]}'
} > set.json
status 2 "$cngtool" convert set.json --to der
says err "holds 3 keys: 1 'sign', 2 '1', 3 'later'"
status 0 "$cngtool" convert set.json --key sign --to der -o o.der
same o.der ed.der
status 1 "$cngtool" convert set.json --key later --to der
says err 'key 3: .*(NOT_SUPPORTED)'
status 0 "$cngtool" inspect set.json
says out '3 keys'

# not JSON, not Base64
printf '{"kty":' > bad.json
status 1 "$cngtool" convert bad.json --to der
says err 'jwk: .*(BAD_DATA)'
sed 's/AJXi/AJX=/; s/H_/H=/; s/Ro"/Ro="/' ed.json > bad.json
status 1 "$cngtool" convert bad.json --to der
says err BAD_DATA

# a set is judged by all of its keys, but for those of a kind that is not ours
echo '{"keys":[{"kty":"oct","k":"Z2VoZWlt"},{"kty":"AKP","kid":"b"}]}' > set.json
status 0 "$cngtool" inspect set.json
says out '2 keys.*the numbers belong together'
echo '{"keys":[{"kty":"oct","k":"Z2VoZWlt"},{"kty":"oct","k":"Z2Vo="}]}' > set.json
status 1 "$cngtool" inspect set.json
says err BAD_DATA

# --- through a token ----------------------------------------------------------------

export CNG_PIN=12345678 CNG_SO_PIN=87654321
status 0 "$cngtool" init --store t.db
echo 'store = '"$work/t.db" >> "$CNG_PKCS11_CONF"
echo secret > secret
echo seven > seven
two=$own/pfx_two_keys.pfx
status 2 "$cngtool" import "$two" --password-file secret
says err 'choose one with --key'
status 2 "$cngtool" import "$two" --password-file secret --all --name x
says err '--all takes names from the file'
status 0 "$cngtool" import "$two" --password-file secret --all --exportable
is "$(grep -c ^imported out)" 2 'both keys came in'
status 0 "$cngtool" list
says out "rsa"
says out "ec"
# under a password a key may leave that may not in clear
for format in pem der pfx PKCS8_PRIVATEKEY; do
	status 0 "$cngtool" export --label ec --type $format \
		--password-file seven -o e.$format
done
status 0 openssl pkey -in e.pem -passin file:seven -outform DER -out e.plain
status 0 openssl pkcs12 -in e.pfx -passin file:seven -nodes -out o.pem
says o.pem 'friendlyName: ec'
status 0 openssl pkey -in o.pem -outform DER -out o
same o e.plain
status 0 "$cngtool" convert e.der --to der --password-file seven -o o
same o "$own/p256.der"
status 5 "$cngtool" export --label ec --type jwk
status 5 "$cngtool" export --label rsa --type pvk --password-file seven
status 5 "$cngtool" export --label ec --type pem
status 0 "$cngtool" export --label ec --type jwk --public -o p.json
silent p.json '"d"'
status 0 "$cngtool" convert p.json --to spki -o o
same o "$own/p256.spki.der"
status 0 "$cngtool" export --label ec --type spki
same out "$own/p256.spki.der"
status 0 "$cngtool" import ed.json --plaintext-exportable --name ed
status 0 "$cngtool" export --name ed --type jwk -o o.json
says o.json '"d": "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"'
says o.json '"kid": "ed"'
status 0 "$cngtool" import oct.json --plaintext-exportable --name oct
status 0 "$cngtool" export --name oct --type raw
same out value
status 0 "$cngtool" import "$own/pvk_rsa1024_weak.pvk" --name pvk \
	--password-file secret --plaintext-exportable
status 0 "$cngtool" export --name pvk --type pvk -o o.pvk
status 0 "$cngtool" convert o.pvk --to spki -o o
same o "$own/rsa1024.spki.der"
# the id of a certificate becomes that of the key
status 0 "$cngtool" import "$own/pfx_rc2.pfx" --password-file secret --json
says out '"label": "p256"'
says out '"id": "[0-9a-f]\{40\}"'
silent err 'not imported'
is "$(grep -c '"class": "cert"' out)" 1 'its certificate came along'
says err "not kept: that it was kept by 'Microsoft Software"

# --all: what came before a failure is in the token, and in the JSON
sed 's/"kid":"sign"/"kid":"before"/' ed.json > before.json
sed 's/"d":"870M/"d":"970M/' ec.json > wrong.json
{
	printf '{"keys":['
	cat before.json
	printf ','
	cat wrong.json
	printf ']}'
} > set.json
status 1 "$cngtool" import set.json --all --json
says out '"label": "before"'
is "$(grep -c '"uri"' out)" 1 'one of two'
status 0 "$cngtool" list --label before
says out before
done_all
