#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# cngtool and curves: those that a blob does not name, those given by their
# parameters, and keys of RFC 8410.
. "$(dirname "$0")/common.sh"

own=$srcdir/tests/vectors/own
der() { openssl pkey "$@" -outform DER; }

# a generic magic needs the name
status 1 "$cngtool" convert "$own/nistP224_ecdsa_priv.bin" --to pem -o out.pem
says err '--curve'
status 1 "$cngtool" convert "$own/nistP224_ecdsa_priv.bin" --curve nist \
	--to pem -o out.pem
says err 'no curve nist'
status 0 "$cngtool" convert "$own/nistP224_ecdsa_priv.bin" \
	--curve NISTP224 --to pem -o p224.pem
openssl pkey -in p224.pem -noout -text > text
grep -q 'ASN1 OID: secp224r1' text
status 0 "$cngtool" inspect "$own/nistP224_ecdsa_priv.bin" --curve nistP224
says out 'EC P-224'
says out 'the numbers belong together'

# and out again: what is lost is said
status 0 "$cngtool" convert p224.pem --to PRIVATEBLOB -o p224.blob
says err 'lost: the name of the curve; read it with --curve nistP224'
status 0 "$cngtool" convert p224.blob --curve nistP224 --to pem -o back.pem
der -in p224.pem > one
der -in back.pem > two
same one two

# the full layout says it all
status 0 "$cngtool" convert p224.pem --to ECCFULLPRIVATEBLOB -o full.blob
silent err 'name of the curve'
status 0 "$cngtool" convert full.blob --to pem -o back.pem
der -in back.pem > two
same one two
status 0 "$cngtool" inspect "$own/full_other_ecdsa_priv.bin"
says out 'EC 256, curve by its parameters'
says out 'cbSubgroupOrder'
says out 'the numbers belong together'
status 0 "$cngtool" convert "$own/full_other_ecdsa_priv.bin" --to pem -o x.pem
openssl pkey -in x.pem -noout -text > text
grep -q 'Field Type: prime-field' text
status 1 "$cngtool" convert "$own/full_other_ecdsa_priv.bin" \
	--to ECCPRIVATEBLOB -o x.blob
says err 'has no ECCPRIVATEBLOB form'

# RFC 8410
openssl genpkey -algorithm X25519 -out x.pem
status 0 "$cngtool" convert x.pem --to ECCPRIVATEBLOB -o x.blob
says err '--curve curve25519'
status 0 "$cngtool" convert x.blob --curve curve25519 --public --to pem \
	-o x.pub
der -in x.pem -pubout > one
der -pubin -in x.pub -pubout > two
same one two
openssl genpkey -algorithm ED25519 -out e.pem
status 0 "$cngtool" convert e.pem --to PKCS8_PRIVATEKEY -o e.der
der -in e.pem > one
same one e.der
status 1 "$cngtool" convert e.pem --to ECCPRIVATEBLOB -o e.blob

# through a token
status 0 env CNG_SO_PIN=12345678 CNG_PIN=1234 "$cngtool" init
export CNG_PIN=1234
status 0 "$cngtool" import "$own/curve25519_priv.bin" --curve curve25519 \
	--name x --plaintext-exportable
status 0 "$cngtool" export --name x -o x.out
same "$own/curve25519_priv.bin" x.out
status 0 "$cngtool" import "$own/full_other_ecdsa_priv.bin" --name full \
	--plaintext-exportable
status 0 "$cngtool" export --name full -o full.out
same "$own/full_other_ecdsa_priv.bin" full.out
status 0 "$cngtool" import p224.pem --name p224 --plaintext-exportable
status 0 "$cngtool" export --name p224 --type ECCFULLPRIVATEBLOB -o p224.out
status 0 "$cngtool" convert p224.out --to pem -o back.pem
der -in p224.pem > one
der -in back.pem > two
same one two
status 0 "$cngtool" import e.pem --name ed --plaintext-exportable
status 0 "$cngtool" export --name ed -o ed.out
der -in e.pem > one
same one ed.out
status 1 "$cngtool" import "$own/full_bad_edwards.bin" --name bad

done_all
