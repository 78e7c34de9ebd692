#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Key files beyond CNG: PFX, PVK, PEM in its old and new forms, PKCS#8 under
# every password scheme; OpenSSL reads what we write and writes what we read.
. "$(dirname "$0")/common.sh"

openssl req -x509 -newkey rsa:2048 -nodes -keyout rsa.pem -out rsa.crt \
	-subj /CN=web -days 30 2> /dev/null
openssl ecparam -name prime256v1 -genkey -noout -out ec.sec1
openssl pkey -in ec.sec1 -out ec.pem
openssl req -x509 -key ec.pem -out ec.crt -subj /CN=mail -days 30
own=$srcdir/tests/vectors/own
openssl pkey -inform DER -in "$own/dsa1024.der" -out dsa.pem
legacy="-provider default -provider legacy"
echo seven > seven
echo eight > eight
echo 'pä€ß🔑' > utf8
echo > empty

public() { openssl pkey "$@" -pubout; }
public -in rsa.pem > rsa.pub
public -in ec.pem > ec.pub
public -in dsa.pem > dsa.pub

# is_key FILE WHICH: a private key that OpenSSL reads, the one it should be
is_key()
{
	public -in "$1" > is.pub
	same is.pub "$2.pub"
}

# --- PFX, theirs --------------------------------------------------------------

theirs()
{
	which=$1
	shift
	openssl pkcs12 -export -inkey "$which.pem" -in "$which.crt" \
		"$@" -out t.pfx
}
for key in rsa ec; do
	for how in "" -legacy "-keypbe PBE-SHA1-3DES -certpbe PBE-SHA1-RC2-128 $legacy" \
		"-keypbe AES-128-CBC -macalg sha512" "-keypbe NONE" \
		"-keypbe PBE-SHA1-RC4-128 -certpbe PBE-SHA1-2DES $legacy"; do
		# shellcheck disable=SC2086
		theirs $key $how -name web -passout file:seven
		status 0 "$cngtool" convert t.pfx --to pem \
			--password-file seven -o o.pem
		says err "lost: the name 'web'"
		silent err 'lost: [0-9]* certificate'
		is_key o.pem $key
		openssl x509 -in o.pem -out o.crt
		same o.crt $key.crt
	done
done
status 4 "$cngtool" convert t.pfx --to pem --password-file eight
says err BAD_PASSWORD
status 4 "$cngtool" convert t.pfx --to pem
theirs rsa -passout file:utf8
status 0 "$cngtool" convert t.pfx --to pem --password-file utf8 -o o.pem
is_key o.pem rsa
theirs rsa -passout file:empty
status 0 "$cngtool" convert t.pfx --to pem -o o.pem
is_key o.pem rsa
theirs rsa -passout file:seven -nomac
status 1 "$cngtool" convert t.pfx --to pem --password-file seven
says err 'without a MAC'
openssl pkcs12 -export -nokeys -in rsa.crt -passout file:seven -out t.pfx
status 3 "$cngtool" convert t.pfx --to pem --password-file seven
says err 'there is no key in it'

# --- PFX, ours ----------------------------------------------------------------

cat rsa.pem rsa.crt > both.pem
for how in "" "--encryption 3des"; do
	for pw in seven utf8 empty; do
		# shellcheck disable=SC2086
		status 0 "$cngtool" convert both.pem --to pfx $how \
			--new-password-file $pw --name web -o our.pfx
		is "$(stat -c %a our.pfx)" 600 "a PFX is for its owner"
		openssl pkcs12 -in our.pfx -passin file:$pw -nodes -info \
			> o.pem 2> info
		is_key o.pem rsa
		says o.pem 'friendlyName: web'
		openssl x509 -in o.pem -out o.crt
		same o.crt rsa.crt
	done
done
says info 'MAC: sha1'
status 0 "$cngtool" convert both.pem --to pfx --new-password-file seven -o a.pfx
openssl pkcs12 -in a.pfx -passin file:seven -nodes -info > o.pem 2> info
says info 'MAC: sha256, Iteration 100000'
says info 'AES-256-CBC'
# key and certificate find each other
is "$(grep -c 'localKeyID: ' o.pem)" 2 'key and certificate have an id'
is "$(grep 'localKeyID: ' o.pem | sort -u | wc -l)" 1 'the same one'
status 4 "$cngtool" convert both.pem --to pfx
says err 'no new password'
status 2 "$cngtool" convert both.pem --to spki --new-password-file seven
says err 'spki takes no password'
status 1 "$cngtool" convert rsa.pem --public --to pfx --new-password-file seven
says err 'no pfx form'

# what Windows notes stays, under a better cipher and the same password
theirs ec -legacy -name mail -LMK -CSP "Microsoft Software Key Storage Provider" \
	-passout file:seven
status 0 "$cngtool" convert t.pfx --to pfx --password-file seven -o our.pfx
silent err lost
openssl pkcs12 -in our.pfx -passin file:seven -nodes > o.pem
is_key o.pem ec
says o.pem 'Microsoft CSP Name: Microsoft Software Key Storage Provider'
says o.pem 'Microsoft Local Key set'
says o.pem 'friendlyName: mail'
status 0 "$cngtool" inspect our.pfx --password-file seven
says out '1 key, 1 certificate'
says out 'CSPName *Microsoft Software Key Storage Provider'
says out 'localMachineKeyset *yes'
status 0 "$cngtool" inspect our.pfx
says out 'encrypted, not looked into'
says out 'sha256, 100000 iterations'
silent out friendlyName
status 4 "$cngtool" inspect our.pfx --password-file eight
status 0 "$cngtool" inspect our.pfx --password-file seven --json
says out '"name": "certificate"'

# --- several keys ---------------------------------------------------------------

echo secret > secret
two=$own/pfx_two_keys.pfx
openssl pkcs12 -in "$two" -passin file:secret -nodes -out all.pem
is "$(grep -c 'BEGIN PRIVATE KEY' all.pem)" 2 'OpenSSL finds both keys'
status 2 "$cngtool" convert "$two" --to pem --password-file secret
says err "holds 2 keys: 1 'rsa', 2 'ec'"
status 0 "$cngtool" convert "$two" --to der --key ec --password-file secret -o o
cmp -s o "$own/p256.der" || { echo "FAILED: another key"; exit 1; }
status 0 "$cngtool" convert "$two" --to der --key 1 --password-file secret -o o
openssl pkey -inform DER -in "$own/rsa1024.der" -pubout > want
public -inform DER -in o > is.pub
same is.pub want
status 3 "$cngtool" convert "$two" --to der --key 3 --password-file secret
says err "no key 3, but 1 'rsa', 2 'ec'"
status 0 "$cngtool" convert "$two" --to pfx --password-file secret -o all.pfx
silent err lost
openssl pkcs12 -in all.pfx -passin file:secret -nodes -out all.pem
is "$(grep -c 'BEGIN PRIVATE KEY' all.pem)" 2 'and both again'

# --- PVK ------------------------------------------------------------------------

for how in none strong weak; do
	# shellcheck disable=SC2086
	openssl rsa -in rsa.pem -outform PVK -pvk-$how $legacy \
		-passout file:seven -out t.pvk 2> log
	status 0 "$cngtool" convert t.pvk --to pem --password-file seven -o o.pem
	is_key o.pem rsa
	status 0 "$cngtool" inspect t.pvk
	says out cbEncryptData
done
status 4 "$cngtool" convert t.pvk --to pem --password-file eight
openssl dsa -in dsa.pem -outform PVK -pvk-none -out t.pvk 2> log
status 0 "$cngtool" convert t.pvk --to pem -o o.pem
is_key o.pem dsa
for key in rsa dsa; do
	status 0 "$cngtool" convert $key.pem --to pvk -o our.pvk
	openssl $key -inform PVK -in our.pvk -out o.pem 2> log
	is_key o.pem $key
	status 0 "$cngtool" convert $key.pem --to pvk \
		--new-password-file seven -o our.pvk
	# shellcheck disable=SC2086
	openssl $key -inform PVK -in our.pvk -passin file:seven $legacy \
		-out o.pem 2> log
	is_key o.pem $key
done
status 1 "$cngtool" convert ec.pem --to pvk
says err 'EC P-256 key has no pvk form'
status 2 "$cngtool" convert rsa.pem --to pvk --encryption 3des
says err 'pvk has its own encryption'

# --- MSBLOB -----------------------------------------------------------------------

for key in rsa dsa; do
	status 0 "$cngtool" convert $key.pem --to msblob -o our.blob
	openssl $key -inform MSBLOB -in our.blob -out o.pem 2> log
	is_key o.pem $key
	openssl $key -in $key.pem -outform MSBLOB -out t.blob 2> log
	status 0 "$cngtool" convert t.blob --to pem -o o.pem
	is_key o.pem $key
	status 0 "$cngtool" convert t.blob --type msblob --to pem -o o.pem
	is_key o.pem $key
done
status 1 "$cngtool" convert ec.pem --to msblob

# --- PEM --------------------------------------------------------------------------

# a block of somebody else's does not hide the key, nor its certificate
printf -- '%s\n' '-----BEGIN FOREIGN-----' 'Proc-Type: 4,MIC-ONLY' '' AAAA \
	'-----END FOREIGN-----' > foreign
cat foreign rsa.pem foreign rsa.crt foreign > t.pem
status 0 "$cngtool" convert t.pem --to pem -o o.pem
is_key o.pem rsa
openssl x509 -in o.pem -out o.crt
same o.crt rsa.crt
seq 257 | while read -r _; do cat rsa.crt; done > t.pem
cat rsa.pem >> t.pem
status 1 "$cngtool" convert t.pem --to pem
says err BAD_DATA

for cipher in des3 aes128 aes256 camellia192 des; do
	# shellcheck disable=SC2086
	openssl rsa -in rsa.pem -traditional -$cipher -passout file:seven \
		-out t.pem $legacy 2> log
	says t.pem 'Proc-Type: 4,ENCRYPTED'
	status 0 "$cngtool" convert t.pem --to pem --password-file seven -o o.pem
	is_key o.pem rsa
	status 4 "$cngtool" convert t.pem --to pem --password-file eight
done
status 4 "$cngtool" convert t.pem --to pem
status 0 "$cngtool" inspect t.pem
says out 'old PEM.*encrypted, not looked into'
status 0 "$cngtool" inspect t.pem --password-file seven
says out 'RSA 2048.*the numbers belong together'
openssl rsa -in rsa.pem -traditional -out rsa.old 2> log
openssl dsa -in dsa.pem -out dsa.old 2> log
cp ec.sec1 ec.old
for key in rsa ec dsa; do
	status 0 "$cngtool" convert $key.pem --to pem-old -o our.old
	same our.old $key.old
	status 0 "$cngtool" convert our.old --to pem -o o.pem
	is_key o.pem $key
	status 0 "$cngtool" convert $key.pem --to pem \
		--new-password-file utf8 -o our.pem
	says our.pem 'BEGIN ENCRYPTED PRIVATE KEY'
	openssl pkey -in our.pem -passin file:utf8 -out o.pem
	is_key o.pem $key
done
openssl rsa -in rsa.pem -RSAPublicKey_out -out rsa1.pub 2> log
status 0 "$cngtool" convert rsa.pem --public --to pem-old
same out rsa1.pub

# --- PKCS#8 -----------------------------------------------------------------------

for scheme in PBE-SHA1-3DES PBE-SHA1-2DES PBE-SHA1-RC2-128 PBE-SHA1-RC2-40 \
	PBE-SHA1-RC4-128 PBE-SHA1-RC4-40 PBE-MD5-DES PBE-SHA1-DES PBE-SHA1-RC2-64 \
	PBE-MD5-RC2-64; do
	# shellcheck disable=SC2086
	openssl pkcs8 -topk8 -in ec.pem -v1 $scheme $legacy \
		-passout file:seven -out t.pem
	status 0 "$cngtool" convert t.pem --to pem --password-file seven -o o.pem
	is_key o.pem ec
	status 4 "$cngtool" convert t.pem --to pem --password-file eight
done
for cipher in des3 aes-128-cbc aes-192-cbc aes-256-cbc; do
	for prf in hmacWithSHA1 hmacWithSHA256 hmacWithSHA384 hmacWithSHA512; do
		openssl pkcs8 -topk8 -in ec.pem -v2 $cipher -v2prf $prf \
			-passout file:utf8 -out t.pem
		status 0 "$cngtool" convert t.pem --to pem \
			--password-file utf8 -o o.pem
		is_key o.pem ec
	done
done
openssl pkcs8 -topk8 -in ec.pem -scrypt -passout file:seven -out t.pem
status 0 "$cngtool" convert t.pem --to pem --password-file seven -o o.pem
is_key o.pem ec
for how in aes256 3des; do
	for pw in seven utf8 empty; do
		status 0 "$cngtool" convert rsa.pem --to PKCS8_PRIVATEKEY \
			--encryption $how --new-password-file $pw -o our.p8
		openssl pkcs8 -inform DER -in our.p8 -passin file:$pw -out o.pem
		is_key o.pem rsa
		status 0 "$cngtool" inspect our.p8 --password-file $pw
		says out 'the numbers belong together'
	done
done

done_all
