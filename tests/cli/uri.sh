#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# pkcs11: URIs, out of cngtool and into it, and into another program; and JSON
# of the commands that make something.
. "$(dirname "$0")/common.sh"

command -v jq > /dev/null || { echo "SKIPPED: no jq"; exit 77; }
json() { jq -er "$1" out; }
echo 87654321 > so
echo 1234 > pin
CNG_PIN=1234
export CNG_PIN
status 0 "$cngtool" init --label 'my keys; all' --so-pin-file so \
	--pin-file pin --json
is "$(json .label)" 'my keys; all' 'JSON of init'
is "$(json .path)" "$XDG_DATA_HOME/cng-pkcs11/token.db" 'JSON of init: path'
status 0 "$cngtool" init --store "$work/b.db" --label other --so-pin-file so \
	--pin-file pin
printf 'machine_store = none\nstore = %s/b.db\n' "$work" > "$CNG_PKCS11_CONF"
openssl genrsa -out rsa.pem 2048 2> /dev/null
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out ec.pem
status 0 "$cngtool" import rsa.pem --label 'a/b c%d' --id 01fe --name one \
	--plaintext-exportable
sed -n 2p out > printed
status 0 "$cngtool" import ec.pem --label 'a/b c%d' --id 02 --exportable
status 0 "$cngtool" import ec.pem --token other --label far --id 03

# what is printed chooses the same again
status 0 "$cngtool" list --token 'my keys; all' --json
cp out list.json
is "$(json length)" 4 'two pairs'
jq -r '.[].uri' list.json > uris
while read -r uri; do
	status 0 "$cngtool" list --uri "$uri" --json
	is "$(json length)" 1 "one object by its URI"
	is "$(json '.[0].uri')" "$uri" 'and it is that'
done < uris
status 0 "$cngtool" export --uri "$(cat printed)" -o one.blob
"$cngtool" convert one.blob --to pem -o one.pem
openssl pkey -in one.pem -outform DER -out one.der
openssl pkey -in rsa.pem -outform DER -out rsa.der
same one.der rsa.der

# written by others: more or less of it, in any order
status 0 "$cngtool" list --json --uri \
	'pkcs11:id=%01%fE;token=my%20keys%3b%20all;type=private?module-name=x'
is "$(json length)" 1 'id and type'
status 0 "$cngtool" list --json --uri 'pkcs11:type=public;object=a%2Fb%20c%25d'
is "$(json length)" 2 'label and type'
status 0 "$cngtool" list --json --uri 'pkcs11:token=other;object=far'
is "$(json '.[0].token')" other 'the URI chooses the token'
status 0 "$cngtool" list --json --uri 'pkcs11:token=other'
is "$(json length)" 2 'all of a token'
status 0 "$cngtool" sign --uri 'pkcs11:object=far;type=private;token=other' \
	rsa.pem -o sig
status 0 "$cngtool" verify --uri 'pkcs11:token=other;id=%03;type=public' \
	--signature sig rsa.pem
status 2 "$cngtool" sign --uri 'pkcs11:object=a%2Fb%20c%25d' rsa.pem -o sig
says err 'objects match'

# all of it counts: what the module shows for library, slot and token
b=$(printf %s "$work/b.db" | sed 's#/#%2F#g')
while read -r attribute; do
	uri="pkcs11:token=other;$attribute;object=far;type=private"
	status 0 "$cngtool" list --uri "$uri" --json
	is "$(json '.[0].token')" other "$uri"
done << EOF
manufacturer=cng-pkcs11
model=CNG%20soft%20token
slot-id=2
slot-description=CNG%20keys%20$b
slot-manufacturer=cng-pkcs11
library-description=Windows%20CNG%20keys
library-manufacturer=cng-pkcs11
library-version=0.1
EOF
for attribute in manufacturer=SoftHSM%20project model=SoftHSM%20v2 model= \
	slot-id=1 "slot-description=$b" slot-manufacturer=PC%2FSC \
	library-description=x library-manufacturer=SoftHSM library-version=0 \
	library-version=0.10 library-version=x; do
	uri="pkcs11:token=other;$attribute;object=far;type=private"
	status 3 "$cngtool" delete --yes --uri "$uri"
	says err "no token $uri (NO_TOKEN)"
done
for attribute in slot-id=2 "slot-description=CNG%20keys%20$b"; do
	status 0 "$cngtool" list --token "pkcs11:$attribute" --json
	is "$(json 'map(.label) | unique | join(" ")')" far "$attribute alone"
done
status 3 "$cngtool" delete --yes --uri \
	'pkcs11:model=SoftHSM%20v2;manufacturer=SoftHSM%20project;object=far'
status 0 "$cngtool" list --token pkcs11:manufacturer=cng-pkcs11 --json
is "$(json 'map(.token) | unique | length')" 2 'a URI that means both tokens'
status 3 "$cngtool" export --uri 'pkcs11:token=other;object=far' \
	--store "$XDG_DATA_HOME/cng-pkcs11/token.db"
says err 'no token pkcs11:token=other;object=far'
status 0 "$cngtool" list --uri 'pkcs11:token=other;object=far' \
	--store "$work/b.db" --json
is "$(json length)" 2 'a store, and a URI that means it'

# a URI as the key that wraps
head -c 32 /dev/urandom > kek
status 0 "$cngtool" import kek --type raw --name kek --id 04 --usage wrap,unwrap
head -c 16 /dev/urandom > aes
status 0 "$cngtool" import aes --type raw --name aes --id 05 --exportable
status 0 "$cngtool" export --id 05 --wrap-with \
	'pkcs11:token=my%20keys%3B%20all;id=%04' --type Rfc3565KeyWrapBlob \
	-o wrapped
status 3 "$cngtool" export --id 05 --wrap-with \
	'pkcs11:token=other;id=%04' --type Rfc3565KeyWrapBlob
# in the slot that its token is in
status 0 "$cngtool" import kek --type raw --token other --name kek --id 06 \
	--usage wrap,unwrap
status 0 "$cngtool" import aes --type raw --token other --name aes --id 05 \
	--exportable
status 0 "$cngtool" export --token other --name aes --wrap-with \
	'pkcs11:slot-id=2;object=kek' --type Rfc3565KeyWrapBlob -o wrapped
status 3 "$cngtool" export --token other --name aes --wrap-with \
	'pkcs11:slot-id=0;object=kek' --type Rfc3565KeyWrapBlob
status 3 "$cngtool" import wrapped --type Rfc3565KeyWrapBlob --token other \
	--name again --wrapping-key 'pkcs11:slot-id=0;object=kek'
status 0 "$cngtool" import wrapped --type Rfc3565KeyWrapBlob --token other \
	--name again --wrapping-key 'pkcs11:slot-id=2;object=kek'
for name in kek aes again; do
	status 0 "$cngtool" delete --yes --token other --name "$name"
done
status 2 "$cngtool" export --id 05 --wrap-with \
	'pkcs11:id=%4' --type Rfc3565KeyWrapBlob
says err 'not a pkcs11: URI'

# a URI that chooses no token does not mean all of them
for uri in pkcs11: 'pkcs11:;token=other' pkcs11:tokn=other pkcs11:token \
	pkcs11:object=far pkcs11:library-version=0.1 \
	'pkcs11:token=other%00x' 'pkcs11:token=other;tokn=x' 'pkcs11:token=%'; do
	status 2 "$cngtool" list --token "$uri"
done
status 2 "$cngtool" list --token pkcs11:object=far
says err 'pkcs11:object=far: a URI that chooses no token'
status 0 "$cngtool" list --token 'pkcs11:token=other;object=nothing' --json
is "$(json length)" 2 'what it says of objects does not count for a token'
for uri in 'pkcs11:tokn=other;object=far' 'pkcs11:serial=1%00;object=far' \
	'pkcs11:object'; do
	status 2 "$cngtool" list --uri "$uri"
	says err 'not a pkcs11: URI'
done
status 2 "$cngtool" sign rsa.pem --uri \
	"pkcs11:token=other;object=far?pin-source=$work/pin%00x"
says err 'pin-source names no file'

# a PIN in it is refused, and not shown, whatever else is wrong
for uri in 'pkcs11:token=nobody?pin-value=7531' \
	'pkcs11:tokn=x?module-name=y&pin-value=7531' \
	'pkcs11:token=other;pin-value=7531' 'http://x?pin-value=7531' \
	'pkcs11:token=other;id=%03?pin-value=7531'; do
	status 2 "$cngtool" delete --yes --uri "$uri"
	silent err 7531
	[ "$uri" = 'http://x?pin-value=7531' ] || says err 'shows the PIN'
done
status 2 "$cngtool" list --token 'pkcs11:token=nobody?pin-value=7531'
silent err 7531
status 2 "$cngtool" export --id 05 --type Rfc3565KeyWrapBlob --wrap-with \
	'pkcs11:token=other;id=%04?pin-value=7531'
silent err 7531
status 3 "$cngtool" list --token 'pkcs11:token=nobody?pin-source=/private'
silent err private

# what is none, and what it excludes
for uri in 'pkcs11:id=%' 'pkcs11:id=%0' 'pkcs11:id=%zz' 'pkcs11:type=nothing' \
	'pkcs11:id=%01;id=%01' 'pkcs11:object=a;object=b' 'pkcs11:;id=%01' \
	'http://x' ''; do
	status 2 "$cngtool" list --uri "$uri"
	says err 'not a pkcs11: URI'
done
status 2 "$cngtool" list --uri 'pkcs11:id=%01' --label x
says err 'uri says it all: no --label'
status 2 "$cngtool" list --uri 'pkcs11:id=%01' --token x
status 3 "$cngtool" export --uri 'pkcs11:token=nobody;id=%01'
says err 'no token pkcs11:token=nobody'
for id in %09 %00 1%00; do
	status 3 "$cngtool" export --uri "pkcs11:token=other;id=$id"
	says err 'no such object'
done

# tokens have one, too
status 0 "$cngtool" tokens --json
uri=$(json '.[] | select(.label == "other") | .uri')
says out '"uri": "pkcs11:token=my%20keys%3B%20all;serial='
status 0 "$cngtool" list --token "$uri" --json
is "$(json length)" 2 'the URI of a token'
if [ -n "${SAN_PRELOAD:-}" ]; then
	echo "not done with a sanitizer: p11tool, which loads the module"
elif command -v p11tool > /dev/null; then
	p11tool --provider "$(dirname "$cngtool")/.libs/cng-pkcs11.so" \
		--list-all "$uri" > p11.log 2>&1 < /dev/null
	says p11.log 'Label: far'
	p11tool --provider "$(dirname "$cngtool")/.libs/cng-pkcs11.so" \
		--list-token-urls > urls 2> p11.log < /dev/null
	uri=$(grep 'token=other' urls)
	says urls 'model=CNG%20soft%20token;manufacturer=cng-pkcs11;'
	status 0 "$cngtool" list --token "$uri" --json
	is "$(json length)" 2 'the URI that p11tool prints'
fi

# a key is deleted by its URI, and JSON of pin
status 0 "$cngtool" delete --yes --uri 'pkcs11:token=other;object=far;type=private'
status 0 "$cngtool" list --token other --json
is "$(json length 2> /dev/null || echo 0)" 0 'it is gone'
echo 5678 > new
status 0 "$cngtool" pin change --token other --new-pin-file new --json
is "$(json .token)" other 'JSON of pin'

# however long: each letter is six characters of it
long=$(printf 'ü%.0s' $(seq 250))
status 0 "$cngtool" generate --token 'my keys; all' --label "$long" ed25519
sed -n 2p out > printed
status 0 "$cngtool" list --uri "$(cat printed)" --json
is "$(json '.[0].uri')" "$(cat printed)" 'a long URI is printed whole'
is "$(json '.[0].label')" "$long" 'and chooses the same again'
done_all
