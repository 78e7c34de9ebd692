#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# JSON of the commands that write or remove, and of failures: one object on
# standard output, beside the line on stderr.
. "$(dirname "$0")/common.sh"

command -v jq > /dev/null || { echo "SKIPPED: no jq"; exit 77; }
json() { jq -er "$1" out; }
one() { is "$(jq -s length out)" 1 'one document'; }
echo 87654321 > so
echo 1234 > pin
CNG_PIN=1234
export CNG_PIN
status 0 "$cngtool" init --label keys --so-pin-file so --pin-file pin
openssl genrsa -out rsa.pem 2048 2> /dev/null
openssl req -x509 -new -key rsa.pem -subj /CN=web -days 30 -out rsa.crt \
	2> /dev/null
openssl pkcs12 -export -inkey rsa.pem -in rsa.crt -name web -out web.pfx \
	-passout pass:secret
echo secret > password
status 0 "$cngtool" import web.pfx --password-file password --name web \
	--plaintext-exportable

# --- what was written
status 0 "$cngtool" sign --name web rsa.pem -o sig --json
one
is "$(json .path)" sig 'sign: path'
is "$(json .type)" signature 'sign: type'
is "$(json .key.name)" web 'sign: key'
status 0 "$cngtool" verify --name web --signature sig rsa.pem --json
is "$(json .good)" true 'a good signature'
status 0 "$cngtool" export --name web --type PKCS8_PRIVATEKEY -o key.p8 --json
one
is "$(json '[.path, .type, .key.class] | join(" ")')" \
	'key.p8 PKCS8_PRIVATEKEY private' 'export'
status 0 "$cngtool" export --label web --class cert -o web.pem --json
is "$(json '[.path, .type, .key.class] | join(" ")')" 'web.pem pem cert' \
	'export: certificate'
status 0 "$cngtool" convert web.pfx --password-file password --to pem \
	-o web.key --json
one
is "$(json '[.path, .type] | join(" ")')" 'web.key pem' 'convert'
says err 'lost: the protection by a password'
is "$(json '.notes[] | select(test("password"))')" \
	'lost: the protection by a password' 'convert: what is lost'
openssl pkey -in web.key -noout
for out in '' '--output=-'; do
	# shellcheck disable=SC2086 # none or one word
	status 2 "$cngtool" sign --name web rsa.pem --json $out
	says err '--json needs --output FILE'
	one
	is "$(json .error)" ARGUMENT 'standard output is for the JSON'
	# shellcheck disable=SC2086
	status 2 "$cngtool" export --name web --json $out
	# shellcheck disable=SC2086
	status 2 "$cngtool" convert rsa.pem --to der --json $out
done

# --- failures
failure() { one; is "$(json .error)" "$1" "failure: $1"; }
status 4 env CNG_PIN=9999 "$cngtool" list --json
failure PIN_WRONG
is "$(json .message)" 'token keys: the PIN is wrong' 'failure: message'
is "$(json .advice)" 'too many wrong PINs lock the token' 'failure: advice'
is "cngtool: list: $(json .message) ($(json .error)); $(json .advice)" \
	"$(cat err)" 'it is the line on stderr'
status 3 "$cngtool" delete --yes --name nothing --json
failure NOT_FOUND
status 3 "$cngtool" inspect /nonexistent --json
is "$(jq -c keys out)" '["error","message"]' 'no advice where there is none'
status 2 "$cngtool" list --json --nonsense
failure ARGUMENT
is "$(json .advice)" "see 'cngtool help list'" 'advice on usage'
status 2 "$cngtool" nonsense --json
failure ARGUMENT
status 2 "$cngtool" list --nonsense
is "$(wc -c < out)" 0 'no JSON that nobody asked for'
status 2 "$cngtool" list --label --json --nonsense
status 3 "$cngtool" export --name nothing --json -o x
failure NOT_FOUND
printf 'bad\377name' > name
status 3 "$cngtool" sign --name "$(cat name)" rsa.pem -o x --json
failure NOT_FOUND
status 1 "$cngtool" verify --name web --signature sig pin --json
one
is "$(jq -c . out)" '{"good":false}' 'a bad signature'
says err '(SIGNATURE)'
mkdir folder
cp rsa.pem web.pem folder
echo nonsense > folder/x
status 1 "$cngtool" migrate folder --json
one
is "$(json .not_copied)" 1 'a report is not followed by its failure'

# --- what went
status 2 "$cngtool" delete --name web --json
failure ARGUMENT
status 0 "$cngtool" delete --yes --label web --json
one
is "$(json '.deleted | map(.class) | join(" ")')" 'private cert' \
	'the key, and its certificate'
is "$(json '.notes[0]')" 'its certificate was deleted, too' 'and a remark'
done_all
