#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# cngtool with DSA, Diffie-Hellman and CryptoAPI keys: OpenSSL as the judge,
# losses told, tokens.
. "$(dirname "$0")/common.sh"

own=$srcdir/tests/vectors/own

# field by field
status 0 "$cngtool" inspect "$own/dsa1024_priv.bin"
says out 'DSAPRIVATEBLOB, DSA 1024, 456 bytes: the numbers belong together'
says out 'DSPV *DSA private key'
says out 'PrivateExponent *(hidden)'
status 0 "$cngtool" inspect "$own/capi_dh1024_priv.bin"
says out 'CAPIDHPRIVATEBLOB, DH 1024'
says out 'bitlenX *1024'
status 1 "$cngtool" inspect "$own/dsa1024_pub_other_seed.bin"
says err BAD_PUBLIC_KEY
status 1 "$cngtool" inspect "$own/dh768_pub_trailing.bin"
says err 'ends at byte 296, but 1 more follow (BAD_DATA)'

# MSBLOB: OpenSSL reads what we write, and we what it writes
openssl genrsa -out rsa.pem 2048 2> /dev/null
status 0 "$cngtool" convert rsa.pem --to CAPIPRIVATEBLOB -o rsa.blob
openssl rsa -in rsa.pem -outform MSBLOB -out rsa.msblob 2> /dev/null
same rsa.blob rsa.msblob
status 0 "$cngtool" convert rsa.msblob --to pem -o back.pem
is "$(openssl rsa -in back.pem -modulus -noout)" \
	"$(openssl rsa -in rsa.pem -modulus -noout)" 'the same modulus'
status 0 "$cngtool" convert rsa.blob --public --to CAPIPUBLICBLOB -o pub.blob
openssl rsa -in rsa.pem -pubout -outform MSBLOB -out pub.msblob 2> /dev/null
same pub.blob pub.msblob
for key in capi_dss1024_priv.bin capi_rsa1024_sign_priv.bin; do
	openssl pkey -inform MSBLOB -in "$own/$key" -outform DER -pubout \
		-out theirs
	status 0 "$cngtool" convert "$own/$key" --to spki -o ours
	same ours theirs
done

# from CryptoAPI to CNG and back, and what is lost on the way
status 0 "$cngtool" convert "$own/capi_dss1024_priv.bin" \
	--to DSAPRIVATEBLOB -o dsa
silent err lost
same dsa "$own/dsa1024_priv.bin"
status 0 "$cngtool" convert dsa --to V2CAPIDSAPRIVATEBLOB -o capi
silent err lost
same capi "$own/capi_dss1024_priv.bin"
status 0 "$cngtool" convert dsa --to PKCS8_PRIVATEKEY -o dsa.der
says err 'lost: the seed'
same dsa.der "$own/dsa1024.der"
status 0 "$cngtool" convert "$own/capi_dh1024_priv.bin" \
	--to DHPRIVATEBLOB -o dh
says err 'lost: the order q'
status 0 "$cngtool" convert "$own/dh768_priv.bin" --to pem -o dh.pem
openssl pkey -in dh.pem -outform DER -out theirs
same theirs "$own/dh768.der"
status 1 "$cngtool" convert "$own/dsa2048_priv.bin" --to V2CAPIDSAPRIVATEBLOB
says err 'DSA 2048 key has no V2CAPIDSAPRIVATEBLOB form (BAD_TYPE)'
status 1 "$cngtool" convert "$own/dh768_pub.bin" --to DHPRIVATEBLOB
says err 'a public DH 768 key has no DHPRIVATEBLOB form'

# tokens
echo so-pin-12 > so
echo userpin1 > pin
status 0 "$cngtool" init --so-pin-file so --pin-file pin --label finite
for key in dsa2048_priv dh768_priv capi_dss1024_priv; do
	status 0 "$cngtool" import --pin-file pin --name $key --exportable \
		--plaintext "$own/$key.bin"
done
status 0 "$cngtool" list --pin-file pin
says out 'DSA *2048'
says out 'DH *768'
status 0 "$cngtool" export --pin-file pin --name dsa2048_priv -o out.blob
same out.blob "$own/dsa2048_priv.bin"
status 0 "$cngtool" export --pin-file pin --name dh768_priv -o out.blob
same out.blob "$own/dh768_priv.bin"
status 0 "$cngtool" export --pin-file pin --name dh768_priv --public -o o.blob
same o.blob "$own/dh768_pub.bin"
status 0 "$cngtool" export --pin-file pin --name capi_dss1024_priv \
	--type DSAPRIVATEBLOB -o out2.blob
same out2.blob "$own/dsa1024_priv.bin"
done_all
