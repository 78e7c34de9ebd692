#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# cngtool and PKCS7_ENVELOPE.  OpenSSL's cms opens what we wrote, and writes
# what we open: RSA with both paddings, EC, several recipients, key
# identifiers, streamed BER, PEM.
. "$(dirname "$0")/common.sh"

certificate() # name, then how to make the key
{
	name=$1
	shift
	openssl req -x509 -newkey "$@" -nodes -keyout "$name.pem" \
		-out "$name.crt" -subj "/CN=test $name" -days 3650 \
		2> /dev/null
}
certificate rsa rsa:2048
certificate ec ec -pkeyopt ec_paramgen_curve:P-256
certificate p384 ec -pkeyopt ec_paramgen_curve:P-384
certificate p521 ec -pkeyopt ec_paramgen_curve:P-521
certificate other rsa:2048
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 \
	-out key.pem
status 0 "$cngtool" convert key.pem --to PKCS8_PRIVATEKEY -o key.der
# other OpenSSLs keep RC2 and RC4 elsewhere
legacy=
openssl cms -encrypt -binary -rc2 -in key.der -outform DER -out x \
	rsa.crt 2> /dev/null || legacy='-provider legacy -provider default'

# ours, opened by OpenSSL: each kind of recipient, each cipher
for to in rsa ec p384 p521; do
	status 0 "$cngtool" convert key.pem --to PKCS7_ENVELOPE \
		--recipient-cert "$to.crt" -o ours.p7m
	openssl cms -decrypt -inform DER -in ours.p7m -inkey "$to.pem" \
		-recip "$to.crt" > ours.der
	same ours.der key.der
	status 0 "$cngtool" convert ours.p7m --recipient-key "$to.pem" \
		--to PKCS8_PRIVATEKEY -o back.der
	says err 'lost: the envelope'
	same back.der key.der
done
for how in aes256:aes-256-cbc aes192:aes-192-cbc aes128:aes-128-cbc \
	3des:des-ede3-cbc; do
	status 0 "$cngtool" convert key.pem --to PKCS7_ENVELOPE \
		--recipient-cert rsa.crt --encryption "${how%:*}" -o ours.p7m
	openssl cms -cmsout -print -inform DER -in ours.p7m > text
	grep -q "algorithm: ${how#*:}" text
	openssl cms -decrypt -inform DER -in ours.p7m -inkey rsa.pem \
		-recip rsa.crt > ours.der
	same ours.der key.der
done

# several recipients in one store: each of them opens it
openssl crl2pkcs7 -nocrl -certfile rsa.crt -certfile ec.crt -outform DER \
	-out both.p7b
status 0 "$cngtool" convert key.pem --to PKCS7_ENVELOPE \
	--recipient-cert both.p7b -o both.p7m
for to in rsa ec; do
	openssl cms -decrypt -inform DER -in both.p7m -inkey "$to.pem" \
		-recip "$to.crt" > ours.der
	same ours.der key.der
	status 0 "$cngtool" convert both.p7m --recipient-key "$to.pem" \
		--to PKCS8_PRIVATEKEY -o back.der
	same back.der key.der
done
status 1 "$cngtool" convert both.p7m --recipient-key other.pem --to pem
says err WRAPPED_KEY
status 1 "$cngtool" convert both.p7m --recipient-key p384.pem --to pem
says err WRAPPED_KEY

# theirs, opened by us
theirs() # recipient, then options
{
	to=$1
	shift
	openssl cms -encrypt -binary -in key.der -out theirs.p7m "$@"
	status 0 "$cngtool" convert theirs.p7m --recipient-key "$to.pem" \
		--to PKCS8_PRIVATEKEY -o back.der
	same back.der key.der
	status 0 "$cngtool" inspect theirs.p7m
	says out 'EncryptedContent '
}
theirs rsa -outform DER rsa.crt
theirs rsa -outform DER -keyid -recip rsa.crt
theirs rsa -outform DER -aes128 -recip other.crt -recip rsa.crt
theirs rsa -outform DER -des3 -stream rsa.crt
theirs rsa -outform PEM -aes192 rsa.crt
for md in sha1 sha256 sha512; do
	theirs rsa -outform DER -recip rsa.crt -keyopt \
		rsa_padding_mode:oaep -keyopt rsa_oaep_md:$md
done
theirs rsa -outform DER -recip rsa.crt -keyopt rsa_padding_mode:oaep \
	-keyopt rsa_oaep_md:sha256 -keyopt rsa_mgf1_md:sha1 -keyopt \
	rsa_oaep_label:6c6162656c
says out 'SHA2-256, mask SHA1, with a label'
for to in ec p384 p521; do
	theirs "$to" -outform DER -recip "$to.crt"
	theirs "$to" -outform DER -stream -aes128 -keyid -recip "$to.crt"
done
for md in sha1 sha224 sha384 sha512; do
	theirs ec -outform DER -recip ec.crt -keyopt ecdh_kdf_md:$md
done
theirs p384 -outform DER -recip p384.crt -keyopt ecdh_cofactor_mode:1
theirs ec -outform DER -recip rsa.crt -recip ec.crt
# shellcheck disable=SC2086
theirs rsa -outform DER $legacy -rc2 rsa.crt
# shellcheck disable=SC2086
theirs rsa -outform DER $legacy -rc2-40 rsa.crt

# what else may be inside: as CryptoAPI archives it, and as CNG has it
for type in CAPIPRIVATEBLOB RSAFULLPRIVATEBLOB RSAPRIVATEBLOB; do
	status 0 "$cngtool" convert other.pem --to $type -o inner
	openssl cms -encrypt -binary -in inner -outform DER -out inner.p7m \
		rsa.crt
	status 0 "$cngtool" convert inner.p7m --recipient-key rsa.pem \
		--to $type -o back
	same back inner
done
status 0 "$cngtool" convert other.pem --to RSAPUBLICBLOB -o inner
for inner in inner key.pem theirs.p7m; do
	openssl cms -encrypt -binary -in $inner -outform DER -out no.p7m \
		rsa.crt
	status 1 "$cngtool" convert no.p7m --recipient-key rsa.pem --to pem
	says err WRAPPED_KEY
done

# inspect needs no key
status 0 "$cngtool" inspect both.p7m
says out 'wrapped or sealed, not looked into'
says out 'Recipient\[0\].Issuer *CN=test rsa'
says out 'Recipient\[1\].KeyEncryptionAlgorithm *dhSinglePass-stdDH-sha256'
says out 'ContentEncryptionAlgorithm *aes-256-cbc'
status 0 "$cngtool" inspect --json both.p7m
says out '"Recipient\[1\].SerialNumber"'
says out '"PKCS7_ENVELOPE"'

# into a token and out of it
echo 87654321 > so
echo 1234 > pin
CNG_PIN=1234
export CNG_PIN
status 0 "$cngtool" init --label keys --so-pin-file so --pin-file pin
status 0 "$cngtool" import rsa.pem --name rsa --usage unwrap
status 0 "$cngtool" import ec.pem --name ec
status 0 "$cngtool" import both.p7m --name one --wrapping-key rsa --exportable
status 0 "$cngtool" import both.p7m --name two --wrapping-key ec \
	--plaintext-exportable
status 0 "$cngtool" import both.p7m --name three --recipient-key ec.pem \
	--plaintext-exportable
for name in two three; do
	status 0 "$cngtool" export --name $name --type PKCS8_PRIVATEKEY \
		-o back.der
	same back.der key.der
done
status 5 "$cngtool" export --name one --type PKCS8_PRIVATEKEY
status 0 "$cngtool" export --name one --recipient-cert ec.crt \
	--encryption aes128 -o one.p7m
openssl cms -decrypt -inform DER -in one.p7m -inkey ec.pem -recip ec.crt \
	> back.der
same back.der key.der
openssl pkey -in rsa.pem -pubout -out rsa.pub
status 0 "$cngtool" import rsa.pub --name to --usage wrap
status 0 "$cngtool" export --name one --type PKCS7_ENVELOPE --wrap-with to \
	-o one.p7m
status 0 "$cngtool" inspect one.p7m
says out 'Recipient\[0\].SubjectKeyIdentifier'
openssl cms -decrypt -inform DER -in one.p7m -inkey rsa.pem > back.der
same back.der key.der
# OAEP where it is asked for; a label alone asks for it with SHA-256
status 0 "$cngtool" export --name one --recipient-cert rsa.crt \
	--oaep-hash sha384 -o oaep.p7m
status 0 "$cngtool" inspect oaep.p7m
says out 'rsaesOaep, SHA2-384, mask SHA2-384 *$'
openssl cms -decrypt -inform DER -in oaep.p7m -inkey rsa.pem -recip rsa.crt \
	> back.der
same back.der key.der
for to in '--recipient-cert both.p7b' '--wrap-with to'; do
	# shellcheck disable=SC2086
	status 0 "$cngtool" export --name one --type PKCS7_ENVELOPE $to \
		--oaep-label for-you -o oaep.p7m
	status 0 "$cngtool" inspect oaep.p7m
	says out 'rsaesOaep, SHA2-256, mask SHA2-256, with a label'
	status 0 "$cngtool" convert oaep.p7m --recipient-key rsa.pem \
		--to PKCS8_PRIVATEKEY -o back.der
	same back.der key.der
done
openssl cms -decrypt -inform DER -in oaep.p7m -inkey rsa.pem > back.der
same back.der key.der
status 2 "$cngtool" export --name one --recipient-cert rsa.crt \
	--oaep-hash md5
status 2 "$cngtool" export --name one --recipient-cert rsa.crt --aes-bits 128
says err 'aes-bits is for PKCS11RsaAesWrapBlob only'
# its own certificate does not open a way out for a key that stays
status 0 "$cngtool" import key.pem --name stays
status 5 "$cngtool" export --name stays --recipient-cert rsa.crt
says err KEY_UNEXTRACTABLE

# one key is all that there are
status 0 "$cngtool" import both.p7m --all --recipient-key ec.pem --exportable
says out '^imported private key'
status 0 "$cngtool" import both.p7m --all --recipient-key ec.pem --json
says out '^\['
says out '"class": "private"'
status 2 "$cngtool" import both.p7m --all --wrapping-key rsa
says err 'no --all'
status 2 "$cngtool" import both.p7m --key 2 --wrapping-key rsa

# nobody here, and mistakes
status 3 "$cngtool" import both.p7m --name no
says err 'no key here belongs to a recipient'
status 1 "$cngtool" convert both.p7m --recipient-key both.p7m --to pem
says err 'not for a key like that in both.p7m.*private key of a recipient'
status 2 "$cngtool" convert both.p7m --to pem
says err 'needs --recipient-key'
status 2 "$cngtool" convert key.pem --to PKCS7_ENVELOPE
says err 'needs --recipient-cert'
status 2 "$cngtool" convert key.pem --to pem --recipient-cert rsa.crt
status 2 "$cngtool" export --name one --type PKCS7_ENVELOPE
says err 'needs --recipient-cert or --wrap-with'
status 2 "$cngtool" export --name one --recipient-cert rsa.crt \
	--encryption rot13
says err 'not aes256, aes192, aes128 or 3des'
status 1 "$cngtool" export --name one --recipient-cert key.pem
status 1 "$cngtool" convert key.pem --to PKCS7_ENVELOPE --recipient-cert so
{ cat both.p7m; printf x; } > long.p7m
status 1 "$cngtool" convert long.p7m --recipient-key rsa.pem --to pem
status 1 "$cngtool" inspect long.p7m
head -c 400 both.p7m > short.p7m
status 1 "$cngtool" inspect short.p7m
done_all
