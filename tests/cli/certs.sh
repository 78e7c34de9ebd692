#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Certificates: those that come with a key, and those that come alone.
. "$(dirname "$0")/common.sh"

command -v openssl > /dev/null || { echo 'SKIPPED: no openssl'; exit 77; }
command -v jq > /dev/null || { echo 'SKIPPED: no jq'; exit 77; }

# certificate NAME SUBJECT ISSUER OPTION...: NAME.key, NAME.crt
certificate()
{
	name=$1
	subject=$2
	issuer=$3
	shift 3
	[ -e "$name.key" ] || openssl genpkey -quiet "$@" -out "$name.key"
	openssl req -utf8 -new -key "$name.key" -subj "$subject" -out req.pem
	if [ "$issuer" = "$name" ]; then
		openssl x509 -req -in req.pem -signkey "$name.key" \
			-days 30 -out "$name.crt" 2> openssl.log
	else
		openssl x509 -req -in req.pem -CA "$issuer.crt" \
			-CAkey "$issuer.key" -CAcreateserial -days 30 \
			-out "$name.crt" 2> openssl.log
	fi
}

# pfx NAME OUT CHAIN...
pfx()
{
	name=$1
	out=$2
	shift 2
	cat "$@" > chain.pem
	openssl pkcs12 -export -inkey "$name.key" -in "$name.crt" \
		-certfile chain.pem -name "$name friend" \
		-passout pass:secret -out "$out"
}

# certs: how many the token has, and how they stand
certs()
{
	status 0 "$cngtool" list --class cert --json
	jq -r 'map(.label + "/" + .id) | sort | join(" ")' out > certs
}

ec='-algorithm EC -pkeyopt ec_paramgen_curve:P-256'
# shellcheck disable=SC2086 # several words
{
	certificate root '/O=Test/CN=Root CA' root $ec
	certificate sub '/O=Test/CN=Sub CA' root $ec
	certificate web '/CN=www.example.org' sub $ec
	certificate mail '/CN=Mäil' sub $ec
}
pfx web web.pfx sub.crt root.crt
pfx mail mail.pfx sub.crt root.crt
echo fish-and-chips > pin
export CNG_PIN=fish-and-chips CNG_PASSWORD=secret
status 0 "$cngtool" init --label certs --so-pin-file pin

# the key, its certificate and the chain
status 0 "$cngtool" import web.pfx --name web
is "$(grep -c '^imported certificate' out)" 3 'three certificates'
says out "imported private key, EC 256, 'web', id [0-9a-f]\{40\}"
says out "imported certificate, 'web', id [0-9a-f]\{40\}"
says out "imported certificate, 'Root CA', id [0-9a-f]\{40\}"
is "$(sed -n '/web/s/.*id //p' out | sort -u | wc -l)" 1 'one id for both'
silent err 'not imported'
certs
cp certs before
is "$(wc -w < certs)" 5 'three certificates, two names with a space'
status 0 "$cngtool" export --label web --class cert -o got.crt
openssl x509 -in web.crt -out web.plain.crt
same got.crt web.plain.crt
status 0 env -u CNG_PIN "$cngtool" export --uri 'pkcs11:object=web;type=cert' \
	-o without-pin.crt
same without-pin.crt web.plain.crt

# nothing is there twice
status 0 "$cngtool" import web.pfx --name again
is "$(grep -c '^imported' out)" 1 'the key alone is new'
says err 'there already: 3 certificates'
certs
same certs before
status 0 "$cngtool" delete --name again --class private -y
certs
same certs before

# the next server shares the chain; JSON has them beside the key
status 0 "$cngtool" import mail.pfx --json --id c0ffee
is "$(jq -r '.class + " " + .label' out)" 'private mail friend' 'a key'
is "$(jq -r '.certificates | map(.class + " " + .id + " " + .label) |
	join(",")' out)" 'cert c0ffee mail friend' 'and its certificate'
says err 'there already: 2 certificates'

# all goes where one says so: key, public half and certificate are one
status 0 "$cngtool" export --id c0ffee --public -o mail.pub
status 0 "$cngtool" delete --id c0ffee -y
says err 'its certificate was deleted'
certs
same certs before
status 3 "$cngtool" delete --id c0ffee -y

# a choice
status 0 "$cngtool" import mail.pfx --certs own --name mail
is "$(grep -c '^imported certificate' out)" 1 'its own'
says err 'not imported: 2 certificates'
status 0 "$cngtool" delete --name mail -y
status 0 "$cngtool" import mail.pfx --certs none --name mail
is "$(grep -c '^imported certificate' out)" 0 'none'
says err 'not imported: 3 certificates'
certs
same certs before
status 2 "$cngtool" import mail.pfx --certs some --name x

# alone: it finds its key
status 0 "$cngtool" import mail.crt
says out "imported certificate, 'mail', id"
key=$("$cngtool" list --name mail --class private --json | jq -r '.[0].id')
says out "id $key\$"
status 0 "$cngtool" import mail.crt
says err 'there already: 1 certificate'
openssl x509 -in mail.crt -outform DER -out mail.der
status 0 "$cngtool" import mail.der
says err 'there already: 1 certificate'
# a class that is said, in either way, is that one alone
uri=$("$cngtool" list --name mail --class private --json | jq -r '.[0].uri')
status 0 "$cngtool" delete --uri "$uri" -y
silent err 'its certificate was deleted'
status 0 "$cngtool" import mail.pfx --certs none --name mail
status 0 "$cngtool" delete --name mail --class private -y
silent err 'its certificate was deleted'
status 0 "$cngtool" delete --label mail --class cert -y
status 0 "$cngtool" import mail.der --label Mail --id 77 --json
is "$(jq -r '.[0].label + .[0].id' out)" Mail77 'as it was said'
status 0 "$cngtool" delete --id 77 -y
status 0 "$cngtool" import mail.crt
says out "imported certificate, 'Mäil'"
status 0 "$cngtool" delete --label 'Mäil' -y
status 2 "$cngtool" import mail.crt --name mail
status 2 "$cngtool" import mail.crt --exportable
cat mail.crt sub.crt > both.crt
status 2 "$cngtool" import both.crt --label x
openssl crl2pkcs7 -nocrl -certfile both.crt -out both.p7b
openssl crl2pkcs7 -nocrl -certfile both.crt -outform DER -out both.der
for file in both.crt both.p7b both.der; do
	status 0 "$cngtool" import "$file"
	says out "^imported certificate, 'Mäil'"
	says err 'there already: 1 certificate'
	status 0 "$cngtool" delete --label 'Mäil' -y
done
status 0 "$cngtool" import "$srcdir/tests/vectors/own/certs_two.sst"
is "$(grep -c '^imported certificate' out)" 2 'a serialised store'
head -c 300 mail.der > short.der
status 1 "$cngtool" import short.der
status 3 "$cngtool" convert mail.crt --to pem
says err 'there is no key in it, only certificates'

# PEM: the key with its chain; and JSON of --all
cat mail.key mail.crt sub.crt > mail.pem
status 0 "$cngtool" import mail.pem --name mail
says out "imported certificate, 'mail'"
says err 'there already: 1 certificate'
status 0 "$cngtool" delete --name mail -y
openssl pkcs12 -export -inkey mail.key -in mail.crt -passout pass:secret \
	-name one -out one.pfx
status 0 "$cngtool" import one.pfx --all --json
is "$(jq -r 'map(.class) | join(" ")' out)" 'private cert' 'side by side'
status 0 "$cngtool" delete --label one -y

# renewed: with the same key, and with another one
status 0 "$cngtool" delete --label web -y
status 0 "$cngtool" import web.pfx --name web
certs
web=$(tr ' ' '\n' < certs | grep '^web/')
mv web.crt web1.crt
# shellcheck disable=SC2086
certificate web '/CN=www.example.org' sub $ec
pfx web web2.pfx sub.crt root.crt
status 0 "$cngtool" import web2.pfx --name web --overwrite
certs
is "$(tr ' ' '\n' < certs | grep -c '^web/')" 1 'one certificate'
status 0 "$cngtool" export --label web --class cert -o got.crt
openssl x509 -in web.crt -out web.plain.crt
same got.crt web.plain.crt
status 0 "$cngtool" import web1.crt --overwrite
status 0 "$cngtool" export --label web --class cert -o got.crt
openssl x509 -in web1.crt -out web.plain.crt
same got.crt web.plain.crt
rm web.key
# shellcheck disable=SC2086
certificate web '/CN=www.example.org' sub $ec
pfx web web3.pfx sub.crt root.crt
status 0 "$cngtool" import web3.pfx --name web --overwrite
certs
is "$(tr ' ' '\n' < certs | grep -c '^web/')" 1 'one certificate again'
! grep -q "$web" certs || { echo 'FAILED: that of the old key'; exit 1; }
# the same key once more, without its certificate: that stays
status 0 "$cngtool" import web.key --name web --overwrite
certs
is "$(tr ' ' '\n' < certs | grep -c '^web/')" 1 'it stays'

# several files: all or none
mkdir files
cp mail.pfx files/a.pfx
cp "$srcdir/tests/vectors/own/cert_rsa2048.der" files/b.crt
status 0 "$cngtool" list --json
cp out before.json
printf junk > files/c.pfx
if setsid -w "$cngtool" import files > out 2> err < /dev/null; then
	echo 'FAILED: junk was imported'
	exit 1
fi
says err 'nothing was imported: 1 of 3 files'
status 0 "$cngtool" list --json
same out before.json
rm files/c.pfx
status 0 "$cngtool" import files
says out "^imported private key, EC 256, 'mail friend'"
says out "^imported certificate, 'mail friend'"

# in one step: where the store cannot take the certificate, there is no key
status 0 "$cngtool" list --json
cp out before.json
printf -- '-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n' > bad
cat sub.key bad > bad.pem
status 1 "$cngtool" import bad.pem --name bad
status 0 "$cngtool" list --json
same out before.json
done_all
