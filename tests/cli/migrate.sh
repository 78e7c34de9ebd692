#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# cngtool migrate: out of SoftHSM, out of our own module, out of a folder of
# everything; again, interrupted, from modules that do not behave.
. "$(dirname "$0")/common.sh"

for program in jq softhsm2-util pkcs11-tool; do
	command -v "$program" > /dev/null || {
		echo "SKIPPED: no $program"
		exit 77
	}
done
soft=
for path in /usr/lib/*/softhsm/libsofthsm2.so /usr/lib/softhsm/libsofthsm2.so
do
	if [ -f "$path" ]; then soft=$path; fi
done
[ -n "$soft" ] || { echo "SKIPPED: no libsofthsm2.so"; exit 77; }
build=$(dirname "$cngtool")
bad=$build/.libs/badmodule.so
ours=$build/.libs/cng-pkcs11.so
json() { jq -er "$1" out; }

# --- a token of SoftHSM
mkdir soft
printf 'directories.tokendir = %s/soft\nobjectstore.backend = file\n' \
	"$work" > softhsm2.conf
SOFTHSM2_CONF=$work/softhsm2.conf
export SOFTHSM2_CONF
softhsm2-util --init-token --free --label 'old hsm' --so-pin 12345678 \
	--pin 4321 > soft.log
p11() { pkcs11-tool --module "$soft" --token-label 'old hsm' --login \
	--pin 4321 "$@" > p11.log 2>&1 || { cat p11.log; exit 1; }; }
openssl genrsa -out rsa.pem 2048 2> /dev/null
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out ec.pem
for kind in rsa ec; do
	openssl pkey -in $kind.pem -outform DER -out $kind.der
	openssl pkey -in $kind.pem -pubout -outform DER -out $kind.pub
	openssl req -x509 -new -key $kind.pem -subj "/CN=$kind" -days 30 \
		-out $kind.crt 2> /dev/null
	openssl x509 -in $kind.crt -outform DER -out $kind.cer
done
p11 --write-object rsa.der --type privkey --id 0a01 --label web \
	--usage-sign --extractable
p11 --write-object rsa.pub --type pubkey --id 0a01 --label 'web public'
p11 --write-object rsa.cer --type cert --id 0a01 --label 'web cert'
p11 --write-object ec.der --type privkey --id 0b02 --label mail --usage-sign \
	--extractable
p11 --keypairgen --key-type EC:secp384r1 --id 0c03 --label stays --usage-sign
p11 --keygen --key-type AES:32 --id 0d04 --label aes --extractable \
	--sensitive
p11 --keygen --key-type AES:16 --id 0e05 --label aes-stays --sensitive
p11 --keypairgen --key-type EC:prime256v1 --id 0c04 --label listed \
	--usage-sign --extractable --allowed-mechanisms ECDSA,ECDSA-SHA256
head -c 16 /dev/urandom > plain
p11 --write-object plain --type secrkey --key-type AES:16 --id 0f06 \
	--label aes-plain --extractable
echo hello > contents
p11 --write-object contents --type data --label note

# --- ours
echo 87654321 > so
echo 1234 > pin
CNG_PIN=1234
CNG_FROM_PIN=4321
export CNG_PIN CNG_FROM_PIN
status 0 "$cngtool" init --label new --so-pin-file so --pin-file pin
store=$("$cngtool" tokens --json | jq -r '.[0].path')

# nothing is kept of a dry run, but all is tried
status 5 "$cngtool" migrate --from-module "$soft" --from-token 'old hsm' \
	--dry-run --json
says err '2 of 12 cannot be copied (KEY_UNEXTRACTABLE)'
is "$(json '.dry_run')" true 'a dry run says so'
is "$(json '.copied')" 10 'what a dry run would copy'
is "$(json '.objects | map(.outcome) | unique | join(", ")')" \
	'not copied, to copy' 'a dry run says what would be'
status 0 "$cngtool" list --json
is "$(json length)" 0 'a dry run copies nothing'

# all of it
status 5 "$cngtool" migrate --from-module "$soft" --json
is "$(json '.copied')" 10 'copied'
is "$(json '.not_copied')" 2 'not copied'
is "$(json '[.objects[] | select(.outcome == "not copied") | .label] |
	sort | join(" ")')" 'aes-stays stays' 'what stays, by name'
json '.objects[] | select(.label == "stays" and .class == "private") |
	.reason' > reason
says reason 'never leaves its token (not CKA_EXTRACTABLE)'
is "$(json '[.objects[] | select(.wrapped) | .label] | sort | join(" ")')" \
	'aes listed mail web' 'what came out wrapped'
status 0 "$cngtool" list --json
cp out list.json
is "$(json '[.[] | select(.class == "private")] | length')" 3 'private keys'
is "$(json '.[] | select(.class == "private" and .label == "web") | .id')" \
	0a01 'the id is kept'
is "$(json '.[] | select(.class == "public" and .id == "0a01") | .label')" \
	'web public' 'the public half keeps its own label'
is "$(json '.[] | select(.class == "private" and .label == "web") |
	.usage | index("sign") != null')" true 'the usage is kept'
is "$(json '.[] | select(.class == "private" and .label == "web") |
	.flags | join(" ")')" exportable 'the policy is kept'
is "$(json '.[] | select(.label == "aes-plain") | .flags | join(" ")')" \
	'exportable plaintext' 'the policy of a readable key is kept'
status 0 "$cngtool" export --label aes-plain --type KeyDataBlob -o kdbm
tail -c 16 kdbm > value
same value plain
P=x
export P
status 0 "$cngtool" export --label web --class private --password-env P \
	-o web.p8
openssl pkey -inform DER -in web.p8 -passin pass:x -outform DER -out web.der
same web.der rsa.der
status 0 "$cngtool" export --label mail --class private --password-env P \
	-o mail.p8
openssl pkey -inform DER -in mail.p8 -passin pass:x -pubout -outform DER \
	-out mail.pub
same mail.pub ec.pub

# a list of mechanisms is policy, too
status 0 "$cngtool" sign --label listed --class private contents -o sig
status 0 "$cngtool" verify --label listed --class public --signature sig \
	contents
status 1 "$cngtool" sign --label listed --class private --digest sha384 \
	contents -o sig
says err 'MECHANISM'

# again: nothing new
status 5 "$cngtool" migrate --from-module "$soft" --json
is "$(json .copied)" 0 'a second run copies nothing'
is "$(json .already_there)" 10 'a second run finds all'
status 0 "$cngtool" list --json
same out list.json
status 0 "$cngtool" delete --label 'web cert' --yes
status 5 "$cngtool" migrate --from-module "$soft" --from-token \
	'pkcs11:token=old%20hsm;manufacturer=SoftHSM%20project;model=SoftHSM%20v2'
says out '^copied  *cert .*web cert'
says out '^already there  *private .*web'
says out '^not copied  *private .*stays .*never leaves'
says out '^1 copied, 9 already there, 2 cannot be copied'
silent err '\['
status 5 "$cngtool" migrate --from-module "$soft" --quiet
is "$(wc -l < out)" 3 'a quiet run tells what stays'

# a killed run leaves whole objects, and the next one finishes; not often, as
# one that dies at the PIN counts as a wrong one.  SoftHSM writes to its token
# at each login, and may have been in the middle of that: it gets it back.
cp -R soft soft.whole
status 0 "$cngtool" init --force --label new --so-pin-file so --pin-file pin
i=1
while [ "$i" -le 5 ]; do
	timeout -s KILL "0.$((i + 1))" "$cngtool" migrate --from-module \
		"$soft" > killed.out 2>&1 || true
	i=$((i + 1))
done
rm -r soft
mv soft.whole soft
status 5 "$cngtool" migrate --from-module "$soft" --json
is "$(json '.copied + .already_there')" 10 'killed runs are finished'
status 0 "$cngtool" list --json
is "$(json 'length')" 11 'nothing is there twice'
shape() { jq -S 'map(del(.unique_id, .uri)) | sort_by(.class, .id, .label)' \
	"$1"; }
shape list.json > clean
shape out > resumed
same resumed clean

# so does one that ends when private keys are there with public halves, whose
# own labels and uses are still to come
status 0 "$cngtool" init --force --label new --so-pin-file so --pin-file pin
BADMODULE_REAL=$soft
export BADMODULE_REAL
status 1 env BADMODULE=halfway "$cngtool" migrate --from-module "$bad"
status 0 "$cngtool" list --json
shape out > half
is "$(jq '[.[] | select(.label == "web public")] | length' half)" 0 \
	'a run ended before the public keys'
status 5 "$cngtool" migrate --from-module "$soft" --json --dry-run
status 0 "$cngtool" list --json
shape out > dry
same dry half
status 5 "$cngtool" migrate --from-module "$soft" --json
status 0 "$cngtool" list --json
shape out > resumed
same resumed clean
status 5 "$cngtool" migrate --from-module "$soft" --json
is "$(json .copied)" 0 'and then there is nothing left to do'
# a pair that was there by another name is not renamed by halves
status 0 "$cngtool" init --force --label new --so-pin-file so --pin-file pin
status 0 "$cngtool" import rsa.pem --label mine --id 0a01
status 5 "$cngtool" migrate --from-module "$soft" --json
status 0 "$cngtool" list --json
is "$(json '[.[] | select(.id == "0a01" and .class != "cert") | .label] |
	unique | join(" ")')" mine 'a pair of before keeps its label'

# who is interrupted in the middle leaves no key to wrap with
BADMODULE=slow BADMODULE_LEFT="$work/left" "$cngtool" migrate --dry-run \
	--from-module "$bad" > slow.out 2>&1 &
slow=$!
soon test -s left.made
kill -KILL "$slow"
wait "$slow" 2> /dev/null || true
soon test -s left
is "$(cat left)" 0 'an interrupted run removes the key to wrap with'
rm left left.made

# a progress bar on a terminal only
if command -v script > /dev/null; then
	script -qec "$cngtool migrate --from-module $soft" bar > /dev/null \
		2>&1 < /dev/null || true
	says bar '12 of 12'
	script -qec "$cngtool migrate --quiet --from-module $soft" bar \
		> /dev/null 2>&1 < /dev/null || true
	silent bar '12 of 12'
fi

# --- what is said wrongly
status 2 "$cngtool" migrate
says err 'from where'
status 2 "$cngtool" migrate --from-module "$soft" rsa.pem
status 2 "$cngtool" migrate --from-token x rsa.pem
says err 'from-token is for --from-module'
status 2 "$cngtool" migrate --from-module "$soft" --exportable
says err 'keep their policy'
status 2 "$cngtool" migrate --from-module "$soft" --from-pin-file - \
	--pin-file -
says err 'standard input is wanted twice'
for uri in 'pkcs11:;token=none' pkcs11:tokn=none 'pkcs11:object=web' \
	pkcs11:token 'pkcs11:token=old%20hsm%00x' \
	'pkcs11:token=old%20hsm?pin-value=4321'; do
	status 2 "$cngtool" migrate --from-module "$soft" --from-token "$uri"
	silent err 4321
done
for said in manufacturer=nonsense model=nonsense slot-description=nonsense \
	slot-manufacturer=nonsense library-manufacturer=cng-pkcs11 \
	library-description=nonsense library-version=77.1 slot-id=77; do
	status 3 "$cngtool" migrate --from-module "$soft" --from-token \
		"pkcs11:token=old%20hsm;$said"
	says err "has no such token, but 'old hsm'"
done
status 3 "$cngtool" migrate --from-module "$soft" --from-token nobody
says err "has no such token, but 'old hsm'"
status 4 env CNG_FROM_PIN=9999 "$cngtool" migrate --from-module "$soft"
says err 'wrong PIN for its token (PIN_WRONG)'
status 4 env -u CNG_FROM_PIN "$cngtool" migrate --from-module "$soft"
says err "no PIN of token 'old hsm', and no terminal"
status 3 env SOFTHSM2_CONF=/dev/null "$cngtool" migrate --from-module "$soft"
says err 'shows no token'
status 1 "$cngtool" migrate --from-module /nonexistent.so
says err 'cannot be loaded'
libc=$(ldd "$cngtool" | awk '$1 ~ /^libc\.so/ { print $3 }')
status 1 "$cngtool" migrate --from-module rsa.pem
says err 'cannot be loaded'
status 1 "$cngtool" migrate --from-module "$libc"
says err 'it has no C_GetFunctionList'
status 4 env CNG_PIN=9999 "$cngtool" migrate --from-module "$soft"
says err 'PIN_WRONG'

# --- modules that do not behave
broken()
{
	status 1 env BADMODULE="$1" \
		ASAN_OPTIONS="handle_segv=0:handle_sigbus=0:${ASAN_OPTIONS:-}" \
		"$cngtool" migrate --from-module "$bad"
	says err "$2"
}
broken crash 'the module crashed (signal 11)'
broken exit 'the module ended its process'
broken refuse 'C_Initialize fails (0x30)'
broken null 'C_GetFunctionList fails'
broken version 'speaks Cryptoki 9'
# one that hangs does not outlive the one that asks, with a PIN in it
BADMODULE=hang BADMODULE_LEFT="$work/left" "$cngtool" migrate --dry-run \
	--from-module "$bad" > hang.out 2>&1 &
hanging=$!
soon test -s left || { kill -KILL "$hanging"; exit 1; }
kill -KILL "$hanging"
wait "$hanging" 2> /dev/null || true
ended() { ! grep -qs '^State:[[:space:]]*[^XZ]' "/proc/$1/status"; }
soon ended "$(cat left)" || {
	kill -KILL "$(cat left)"
	echo 'FAILED: a module that hangs stays behind'
	exit 1
}
rm left
broken find 'C_FindObjects answers nonsense'
broken late 'the module crashed (signal 7)'
status 0 "$cngtool" init --force --label new --so-pin-file so --pin-file pin
status 1 env BADMODULE=lengths "$cngtool" migrate --from-module "$bad" --json
is "$(json .copied)" 0 'nonsense is not copied'
# what restricts a key and cannot come along keeps the key
for how in template odd mute-list mute-template mute-flag; do
	status 1 env BADMODULE=$how "$cngtool" migrate --from-module "$bad" \
		--dry-run --json
	is "$(json '[.objects[] | select(.outcome == "to copy") | .class] |
		unique | join(" ")')" 'cert data' "no key comes without its $how"
done
status 5 env BADMODULE=print "$cngtool" migrate --from-module "$bad" --json \
	--dry-run
is "$(json .copied)" 10 'what a module prints is not in the report'
# the key to wrap with is removed again
status 5 env BADMODULE=no-create BADMODULE_LEFT="$work/left" \
	"$cngtool" migrate --from-module "$bad" --json
is "$(json .copied)" 10 'a module that makes no keys of given values'
is "$(cat left)" -1 'the key to wrap with was removed'
status 1 env BADMODULE=no-keys BADMODULE_LEFT="$work/left" \
	"$cngtool" migrate --from-module "$bad" --json
is "$(cat left)" 0 'what could not be made is not removed'
# what calls its AES keys Camellia keys has them come as such
status 0 "$cngtool" init --force --label new --so-pin-file so --pin-file pin
status 5 env BADMODULE=camellia "$cngtool" migrate --from-module "$bad" --json
status 0 "$cngtool" list --json
is "$(json '.[] | select(.label == "aes-plain") | .type, .bits')" "Camellia
128" 'the type of a Camellia key is kept'
status 4 env -u CNG_FROM_PIN BADMODULE=forge "$cngtool" migrate \
	--from-module "$bad"
says err "no PIN of token 'A\{32\}',"
status 0 "$cngtool" init --force --label new --so-pin-file so --pin-file pin
status 5 env BADMODULE_LEFT="$work/left" "$cngtool" migrate --from-module \
	"$bad" --json
is "$(cat left)" 0 'what was made was removed'

# --- from our own module, by each mechanism
CNG_PKCS11_CONF=$work/other.conf
export CNG_PKCS11_CONF
printf 'machine_store = none\nuser_store = none\nstore = %s/other.db\n' \
	"$work" > other.conf
status 0 "$cngtool" migrate --store "$store" rsa.pem --quiet --dry-run
status 0 "$cngtool" init --store "$work/other.db" --label other \
	--so-pin-file so --pin-file pin
BADMODULE_REAL=$ours
CNG_FROM_PIN=1234
printf 'machine_store = none\nuser_store = %s\n' "$store" > other.conf
for mechanism in 0x210b 0x210a 0x210c 0x1054 0x1085; do
	"$cngtool" init --force --store "$work/other.db" --label other \
		--so-pin-file so --pin-file pin > /dev/null
	status 0 env BADMODULE_ONLY=$mechanism "$cngtool" migrate \
		--from-module "$bad" --store "$work/other.db" --json
	is "$(json '.copied')" 11 "all by mechanism $mechanism"
done
status 1 env BADMODULE_ONLY=0x1 "$cngtool" migrate --from-module "$bad" \
	--store "$work/other.db" --json
is "$(json '.already_there')" 7 'without a mechanism what is readable'
json '.objects[] | select(.label == "web" and .class == "private") |
	.reason' > reason
says reason 'its module has no mechanism for that'
CNG_PKCS11_CONF=$work/cng-pkcs11.conf

# --- files
mkdir files files/deeper
cp rsa.pem files/site.pem
openssl pkcs12 -export -inkey ec.pem -in ec.crt -name 'mail key' \
	-passout pass:secret -out files/mail.pfx
cp rsa.cer files/site.cer
"$cngtool" convert rsa.pem --to RSAPRIVATEBLOB -o files/twin.blob
openssl genpkey -algorithm ED25519 -out ed.pem
"$cngtool" convert ed.pem --to jwk -o files/ed.jwk 2> /dev/null
head -c 16 /dev/urandom > aes
"$cngtool" convert aes --type raw --to KeyDataBlob -o files/aes.blob
openssl pkey -in ec.pem -pubout -out files/zz.pub.pem
head -c 300 /dev/urandom > files/rubbish
printf '\0' | cat - files/rubbish > files/rubbish2
: > files/empty
echo 'shopping list' > files/notes.txt
head -c 100 files/twin.blob > files/cut.blob
cp rsa.pem files/deeper/not-me.pem
status 0 "$cngtool" init --force --label new --so-pin-file so --pin-file pin
status 1 env CNG_PASSWORD=secret "$cngtool" migrate files --json
is "$(json .copied)" 6 'of the folder: two pairs, Ed25519, AES, two certificates'
is "$(json .already_there)" 2 'one key is there twice, and one as its half'
is "$(json '[.objects[] | select(.outcome == "not copied") | .file] |
	join(" ")')" \
	'files/cut.blob files/empty files/notes.txt files/rubbish files/rubbish2' \
	'rubbish, by its name'
json '.objects[] | select(.file == "files/cut.blob") | .reason' > reason
says reason '^RSAPRIVATEBLOB is cut short at byte 100'
status 0 "$cngtool" list --json
is "$(json '.[] | select(.class == "cert" and .label == "site") | .id')" \
	"$(json '.[] | select(.class == "private" and .label == "site") | .id')" \
	'a certificate has the id of its key'
is "$(json '.[] | select(.class == "private" and .label == "mail key") |
	.flags | length')" 0 'a key of a file stays, unless --exportable'
status 1 env CNG_PASSWORD=secret "$cngtool" migrate files
says out '^0 copied, 8 already there, 5 cannot be copied'
status 4 env CNG_PASSWORD=wrong "$cngtool" migrate files/mail.pfx
says out "the password does not open the key"
# a stream gives one password for all of them
mkdir twice
cp files/mail.pfx twice/one.pfx
cp files/mail.pfx twice/two.pfx
echo secret > password
status 0 sh -c '"$@" < password' sh "$cngtool" migrate twice --password-file -
says out ' 0 cannot be copied'
status 3 "$cngtool" migrate nothing
says err 'cannot read nothing: No such file or directory (NOT_FOUND)$'
status 3 "$cngtool" migrate files/deeper/nothing
status 1 "$cngtool" migrate rsa.pem/nothing
says err 'cannot read rsa.pem/nothing: Not a directory (STORE_IO)$'
mkdir none
status 3 "$cngtool" migrate none
says err 'no files there'

# a wrapped key is one for import, and not said wrongly
mkdir closed
status 0 "$cngtool" import rsa.pub --label to --usage wrap
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out inner.pem
status 0 "$cngtool" import inner.pem --label inner --exportable
status 0 "$cngtool" export --label inner --type PKCS11RsaAesWrapBlob \
	--wrap-with to -o closed/rapw.blob
status 1 "$cngtool" migrate closed --json
is "$(json '.objects[0].error')" NOT_SUPPORTED 'a wrapped key in a folder'

# secret keys are known by all of their value: these have one check value
b64() { printf %s "$1" | openssl base64 | tr '+/' '-_' | tr -d '=\n'; }
mkdir secrets
printf '{"keys":[{"kty":"oct","kid":"s","k":"%s"},%s"%s"}]}' \
	"$(b64 33626147a57ed513)" '{"kty":"oct","kid":"s","k":' \
	"$(b64 611d91fa2e0687fd)" > secrets/two.jwk
status 0 "$cngtool" migrate secrets --json
is "$(json .copied)" 2 'two keys that look the same'
status 0 "$cngtool" migrate secrets --json
is "$(json .already_there)" 2 'and are found again'
done_all
