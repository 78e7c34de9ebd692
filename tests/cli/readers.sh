# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh
#
# Simulated readers for the tests of cngtool, and keys to bring onto cards.
# Sourced after common.sh.

json() { jq -er "$1" out; }

# The service is a library with the cards in it, in the place of libpcsclite.
readers_begin()
{
	command -v jq > /dev/null || { echo 'SKIPPED: no jq'; exit 77; }
	library=${SIMCARD_LIBRARY:-${cngtool%/*}/tests/card/pcsc/.libs}
	[ -f "$library" ] && library=${library%/*}
	[ -f "$library/libpcsclite.so.1" ] || {
		echo "SKIPPED: no simulated readers in $library"
		exit 77
	}
	LD_LIBRARY_PATH=$library
	export LD_LIBRARY_PATH
	readers_keys
}

# readers "NAME=APP[,OPTION...]"...
readers()
{
	SIMCARD_READERS=$(printf '%s;' "$@")
	SIMCARD_READERS=${SIMCARD_READERS%;}
	export SIMCARD_READERS
}

# readers_used READER, readers_serial READER
readers_used()
{
	"$cngtool" tokens --reader "$1" --json | jq -er '.[0].used'
}

readers_serial()
{
	"$cngtool" tokens --reader "$1" --json | jq -er '.[0].serial'
}

allow_import()
{
	for key in Exchange Signature ECDHE ECDSA; do
		echo "AllowPrivate${key}KeyImport = 1" >> "$CNG_PKCS11_CONF"
	done
}

# several WANTED COMMAND...: as status, for what says more than one line
several()
{
	wanted=$1
	shift
	got=0
	setsid -w "$@" > out 2> err < /dev/null || got=$?
	is "$got" "$wanted" "exit $wanted: $(echo "$*" |
		sed "s#$work/##g; s#[^ ]*/cngtool#cngtool#")"
}

# rsa.blob and so on, each with its public key in FILE.spki
readers_keys()
{
	for key in rsa rsa2 rsa3; do
		openssl genrsa -out $key.pem 2048 2> /dev/null
	done
	openssl genrsa -out small.pem 1536 2> /dev/null
	openssl dsaparam -genkey -noout -out dsa.pem 2048 2> /dev/null
	openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 \
		-out ec.pem
	openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-224 \
		-out p224.pem
	openssl genpkey -algorithm ed25519 -out ed.pem
	openssl genpkey -algorithm x25519 -out x.pem
	"$cngtool" convert rsa.pem --to RSAPRIVATEBLOB -o rsa.blob
	"$cngtool" convert rsa2.pem --to pvk -o rsa2.pvk 2> /dev/null
	"$cngtool" convert rsa3.pem --to jwk -o rsa3.jwk 2> /dev/null
	"$cngtool" convert ec.pem --to jwk -o ec.jwk 2> /dev/null
	"$cngtool" convert ec.pem --to ECCPRIVATEBLOB -o ecdh.blob 2> err
	# the magic of a key for signatures: ECS2 for ECK2
	{ printf ECS2; tail -c +5 ecdh.blob; } > ecdsa.blob
	head -c 100 rsa.blob > short.blob
	openssl req -new -x509 -key rsa.pem -subj /CN=web -out web.crt
	openssl req -new -x509 -key rsa2.pem -subj /CN=ca -out ca.crt
	openssl pkcs12 -export -inkey rsa.pem -in web.crt -certfile ca.crt \
		-name friendly -passout pass:secret -out web.pfx
	for file in rsa.blob rsa.pem:rsa rsa2.pvk:rsa2 rsa2.pem:rsa2 \
		rsa3.jwk:rsa3 ecdsa.blob:ec ecdh.blob:ec ec.jwk:ec ed.pem:ed \
		x.pem:x; do
		from=${file#*:}
		openssl pkey -in "${from%.blob}.pem" -pubout -outform DER \
			-out "${file%:*}.spki"
	done
}
