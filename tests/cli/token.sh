#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# cngtool on tokens: init, import, list, export, delete, tokens; PINs and
# their sources, exit codes, policy.
. "$(dirname "$0")/common.sh"

openssl genrsa -out rsa.pem 2048 2> /dev/null
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out ec.pem
"$cngtool" convert rsa.pem --to RSAPRIVATEBLOB -o rsa.blob
"$cngtool" convert ec.pem --to ECCPRIVATEBLOB -o ec.blob 2> /dev/null
json() { jq -er "$1" out; }
command -v jq > /dev/null || { echo "SKIPPED: no jq"; exit 77; }

# nothing there
status 0 "$cngtool" tokens --json
is "$(json length)" 0 'no token to begin with'
status 3 "$cngtool" list
says err "make one with 'cngtool init'"
status 4 "$cngtool" init
says err 'no SO PIN, and no terminal'
status 4 env CNG_SO_PIN=123 CNG_PIN=1234 "$cngtool" init
says err 'the SO PIN has 3 bytes (PIN_LENGTH)'
status 4 env CNG_SO_PIN=12345678 CNG_PIN=123 "$cngtool" init
is "$(find "$XDG_DATA_HOME" -type f 2> /dev/null | wc -l)" 0 \
	'a bad PIN leaves no file'
status 2 env CNG_SO_PIN=12345678 CNG_PIN=1234 "$cngtool" init \
	--label 123456789012345678901234567890123

# a token
echo 87654321 > so
echo 1234 > pin
status 0 "$cngtool" init --label 'my keys' --so-pin-file so --pin-file pin
status 0 "$cngtool" tokens --json
is "$(json '.[0].label')" 'my keys' 'the label'
is "$(json '.[0].state')" ready 'the state'
is "$(json '.[0].user_pin')" good 'the PIN'
store=$(json '.[0].path')
is "$(stat -c %a "$store")" 600 'the store is for its owner'
status 0 "$cngtool" tokens
says out 'my keys .*ready'
status 1 "$cngtool" init --so-pin-file so --pin-file pin
says err "initialised already, as 'my keys' (EXISTS); --force"

# PINs: wrong, from a variable, from a credential, none
status 4 env CNG_PIN=9999 "$cngtool" import rsa.blob --name web
says err 'PIN_WRONG'
status 0 "$cngtool" tokens --json
is "$(json '.[0].user_pin')" 'wrong tries' 'a wrong try shows'
status 4 "$cngtool" import rsa.blob --name web
says err 'no user PIN, and no terminal'
mkdir credentials
cp pin credentials/cng-pin
status 0 env CREDENTIALS_DIRECTORY="$work/credentials" "$cngtool" import \
	rsa.blob --name web
says out "imported private key, RSA 2048, 'web'"
says out '^pkcs11:token=my%20keys;serial=[0-9a-f]*;id=%'
CNG_PIN=1234
export CNG_PIN

# the same name again
status 1 "$cngtool" import ec.blob --name web
says err 'a key named web exists already (EXISTS)'
status 0 "$cngtool" import ec.blob --name web --overwrite --json
is "$(json .type)" EC 'the key was replaced'
status 0 "$cngtool" import rsa.blob --name rsa --plaintext-exportable \
	--id 0102 --usage sign
status 0 "$cngtool" import ec.blob --name ec2 --exportable --label 'E C'

# listing, with and without a PIN
status 0 "$cngtool" list --json
is "$(json 'map(select(.class == "private")) | length')" 3 'private keys'
is "$(json '.[] | select(.class == "private" and .name == "rsa") | .id')" \
	0102 'the id'
is "$(json '.[] | select(.class == "private" and .name == "rsa") |
	.usage | join(" ")')" sign 'the usage'
is "$(json '.[] | select(.class == "private" and .name == "rsa") |
	.flags | join(" ")')" 'exportable plaintext' 'the policy'
silent err hidden
status 0 env -u CNG_PIN "$cngtool" list
says err 'private objects are hidden'
silent out ' private '
says out ' public '
status 0 "$cngtool" list --token 'my keys' --name ec2 --class private
says out ' private .*E C'
is "$(wc -l < out)" 2 'one line and its heading'
status 3 "$cngtool" list --token other

# export follows the policy
status 5 "$cngtool" export --name web --type ECCPRIVATEBLOB
says err 'KEY_UNEXTRACTABLE'
status 5 "$cngtool" export --name ec2
says err 'KEY_SENSITIVE'
status 0 "$cngtool" export --name rsa -o again.blob
same again.blob rsa.blob
is "$(stat -c %a again.blob)" 600 'an exported private key is for its owner'
status 0 env -u CNG_PIN "$cngtool" export --name web --public -o web.pub
"$cngtool" convert web.pub --to spki -o web.spki
openssl pkey -in ec.pem -pubout -outform DER > ec.spki
same web.spki ec.spki
status 0 env P=secret "$cngtool" export --name ec2 --password-env P -o ec.p8
openssl pkey -inform DER -in ec.p8 -passin pass:secret -outform DER > back.der
openssl pkey -in ec.pem -outform DER > ec.der
same back.der ec.der
status 4 "$cngtool" export --name ec2 --encryption 3des
says err 'no password, and no terminal'
status 0 env CNG_PASSWORD=secret "$cngtool" export --name ec2 \
	--encryption 3des -o ec3.p8
status 0 env CNG_PASSWORD=secret "$cngtool" convert ec3.p8 --to \
	ECCPRIVATEBLOB -o ec3.blob
same ec3.blob ec.blob
status 2 "$cngtool" export --name ec2 --encryption none
status 3 "$cngtool" export --name nothing
status 2 "$cngtool" export
status 2 "$cngtool" export --name rsa --public --type RSAPRIVATEBLOB
status 1 "$cngtool" export --name rsa --type ECCPUBLICBLOB

# wrapping: out under an AES key, in again
head -c 32 /dev/urandom > aes
status 0 "$cngtool" import aes --type raw --name kek --usage wrap,unwrap
status 0 "$cngtool" export --name ec2 --wrap-with kek -o wrapped
status 1 "$cngtool" inspect wrapped
status 0 "$cngtool" import wrapped --wrapping-key kek --name unwrapped \
	--plaintext-exportable
status 0 "$cngtool" export --name unwrapped -o unwrapped.blob
same unwrapped.blob ec.blob
status 1 "$cngtool" import rsa.blob --wrapping-key kek --name no
says err WRAPPED_KEY
status 3 "$cngtool" import wrapped --wrapping-key nothing --name no

# formats other than blobs
status 0 "$cngtool" import rsa.pem --name pem
openssl pkey -in rsa.pem -pubout -out rsa.pub.pem
status 0 "$cngtool" import rsa.pub.pem --label public --id 77
says out 'imported public key, RSA 2048'
openssl pkcs8 -topk8 -in rsa.pem -passout pass:seven -out enc.pem
status 0 env CNG_PASSWORD=seven "$cngtool" import enc.pem --name enc
status 4 env CNG_PASSWORD=eight "$cngtool" import enc.pem --name enc2
head -c 100 rsa.blob > short.blob
status 1 "$cngtool" import short.blob --name short
says err 'short.blob: RSAPRIVATEBLOB is cut short at byte 100, in Modulus'

status 2 "$cngtool" import - --pin-file - --name both
says err 'standard input is wanted twice'
"$cngtool" import ec.pem --pin-file - --name pinstdin < pin > out
says out 'imported private key, EC 256'

# deleting: never in doubt
status 2 "$cngtool" delete --name rsa
says err 'no terminal to ask on, use --yes'
status 2 "$cngtool" delete --yes
status 0 "$cngtool" delete --name rsa --yes
status 3 "$cngtool" delete --name rsa --yes
status 0 "$cngtool" list --json --name rsa
is "$(json length)" 0 'the public half went, too'
status 0 "$cngtool" generate nistP256 --name made
status 0 "$cngtool" delete --name made --yes
status 0 "$cngtool" list --json
is "$(json 'map(select(.label == "made")) | length')" 0 \
	'nor is one left of a pair that was made'
status 0 "$cngtool" import ec.blob --label twin
status 0 "$cngtool" import rsa.blob --label twin
status 2 "$cngtool" delete --label twin --yes
says err '2 objects match'

# another store, two at once
status 0 "$cngtool" init --store "$work/other.db" --label second \
	--so-pin-file so --pin-file pin
status 0 "$cngtool" import ec.blob --store "$work/other.db" --name there
status 0 "$cngtool" list --store "$work/other.db" --json
is "$(json 'map(.token) | unique | join(" ")')" second 'only that store'
echo "store = $work/other.db" >> "$CNG_PKCS11_CONF"
status 0 "$cngtool" tokens --json
is "$(json length)" 2 'two tokens'
status 0 "$cngtool" list --json
is "$(json 'map(select(.class == "private")) | length')" 0 \
	'a PIN is not tried on several tokens'
status 2 "$cngtool" list --token second --store "$work/other.db"

# erasing wants the SO PIN
status 4 env CNG_SO_PIN=wrong "$cngtool" init --force --store \
	"$work/other.db" --pin-file pin
says err PIN_WRONG
status 0 "$cngtool" init --force --store "$work/other.db" --label fresh \
	--so-pin-file so --pin-file pin
status 0 "$cngtool" list --store "$work/other.db" --json
is "$(json length)" 0 'the token is empty'

# damage is told, and not repaired by making a new one
printf 'not a database at all, and long enough to be looked at' > bad.db
chmod 600 bad.db
cp bad.db kept.db
status 1 "$cngtool" list --store "$work/bad.db"
status 1 "$cngtool" init --store "$work/bad.db" --so-pin-file so --pin-file pin
same bad.db kept.db
echo 'store ' > "$CNG_PKCS11_CONF"
status 1 "$cngtool" tokens
says err ':1:'
done_all
