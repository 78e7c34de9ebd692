#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# cngtool sign and verify: OpenSSL verifies what we sign, and we what it signs.
. "$(dirname "$0")/common.sh"

command -v jq > /dev/null || { echo "SKIPPED: no jq"; exit 77; }
json() { jq -er "$1" out; }
echo 87654321 > so
echo 1234 > pin
CNG_PIN=1234
export CNG_PIN
status 0 "$cngtool" init --label keys --so-pin-file so --pin-file pin
openssl genrsa -out rsa.pem 2048 2> /dev/null
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out p256.pem
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-521 -out p521.pem
openssl genpkey -algorithm ED25519 -out ed.pem
head -c 3000 /dev/urandom > text
for key in rsa p256 p521 ed; do
	openssl pkey -in $key.pem -pubout -out $key.pub
	status 0 "$cngtool" import $key.pem --name $key
done

for key in rsa p256 p521; do
	for hash in sha1 sha256 sha384 sha512; do
		status 0 "$cngtool" sign --name $key --digest $hash text \
			-o sig
		openssl dgst -$hash -verify $key.pub -signature sig text > out
		says out 'Verified OK'
		openssl dgst -$hash -sign $key.pem -out theirs text
		status 0 env -u CNG_PIN "$cngtool" verify --label $key \
			--digest $hash --signature theirs text
		says out '^good signature of public key'
	done
done
status 0 "$cngtool" sign --name rsa --pss text -o sig
openssl dgst -sha256 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:32 \
	-verify rsa.pub -signature sig text > out
says out 'Verified OK'
status 0 "$cngtool" verify --name rsa --pss --signature sig text --json
is "$(json .good)" true 'JSON of a good signature'
is "$(json .key.label)" rsa 'JSON of its key'
status 0 "$cngtool" sign --name ed text -o sig
openssl pkeyutl -verify -pubin -inkey ed.pub -rawin -in text -sigfile sig > out
says out 'Signature Verified Successfully'
status 0 "$cngtool" sign --name p521 text -o sig
openssl dgst -sha512 -verify p521.pub -signature sig text > out
says out 'Verified OK'
status 0 "$cngtool" verify --name p521 --signature sig text
# many, so that short numbers and high bits come up
for i in 1 2 3 4 5 6 7 8 9 10 11 12; do
	echo $i > small
	"$cngtool" sign --name p256 small -o sig
	openssl dgst -sha256 -verify p256.pub -signature sig small > out
	says out 'Verified OK'
	"$cngtool" verify --name p256 --signature sig small > out
	says out good
done

# DSA whose q is not of the usual length
openssl genpkey -genparam -algorithm DSA -pkeyopt dsa_paramgen_bits:2048 \
	-pkeyopt dsa_paramgen_q_bits:224 -out q224.par 2> /dev/null
openssl genpkey -paramfile q224.par -out q224.pem
openssl pkey -in q224.pem -pubout -out q224.pub
status 0 "$cngtool" import q224.pem --name q224
status 0 "$cngtool" sign --name q224 text -o sig
openssl dgst -sha256 -verify q224.pub -signature sig text
status 0 "$cngtool" verify --name q224 --signature sig text
status 1 "$cngtool" verify --name q224 --signature sig q224.pub

# a MAC of a secret key
echo '{"kty":"oct","k":"c2VjcmV0IHNlY3JldCBzZWNyZXQgc2VjcmV0","alg":"HS256"}' \
	> mac.jwk
status 0 "$cngtool" import mac.jwk --name mac --usage sign,verify
status 0 "$cngtool" sign --name mac text -o sig
openssl dgst -sha256 -mac HMAC -macopt key:'secret secret secret secret' \
	-binary -out theirs text
same sig theirs
status 0 "$cngtool" verify --name mac --signature sig text
echo 12 > small
"$cngtool" sign --name p256 small -o sig

# what is wrong
echo other > other
status 1 "$cngtool" verify --name p256 --signature sig other
says err 'not a signature of this key (SIGNATURE)'
status 1 "$cngtool" verify --name rsa --signature sig small
status 1 "$cngtool" verify --name p256 --signature other small
status 1 "$cngtool" verify --name p256 --digest sha512 --signature sig small
status 2 "$cngtool" verify --name p256 small
says err 'needs --signature'
status 2 "$cngtool" verify --name p256 --signature - --pin-file - small
says err 'standard input is wanted twice'
status 2 "$cngtool" sign --name p256 --digest md5 text -o sig
status 2 "$cngtool" sign --name ed --digest sha256 text -o sig
says err 'takes no --digest'
status 1 "$cngtool" sign --name p256 --pss text -o sig
says err 'pss is for RSA keys (KEY_TYPE)'
status 3 "$cngtool" sign --name nobody text -o sig
status 4 env -u CNG_PIN "$cngtool" sign --name rsa text -o sig
status 0 "$cngtool" import rsa.pem --name only --usage decrypt
status 5 "$cngtool" sign --name only text -o sig
says err 'cannot sign: .*KEY_USAGE'
done_all
