#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# cngtool with post-quantum keys: seeds kept, losses told, tokens.
. "$(dirname "$0")/common.sh"

own=$srcdir/tests/vectors/own

# described field by field, whatever libcrypto knows
status 0 "$cngtool" inspect "$own/mlkem768_seed.bin"
says out 'MLKEMPRIVATESEEDBLOB, ML-KEM-768, 84 bytes: '
says out '12 *8 ParameterSet *768'
says out '20 *64 Key *(hidden)'
checked=no
grep -q 'the numbers belong together' out && checked=yes
status 0 "$cngtool" inspect "$own/mldsa65_wrapped_seed.bin"
says out 'PQPrivateKeyBlob, ML-DSA-65'
says out 'BCryptType *PQDSAPRIVATESEEDBLOB'
status 0 "$cngtool" inspect "$own/mlkem768_both.der"
says out 'Algorithm *ML-KEM-768'
status 1 "$cngtool" inspect "$own/mlkem768_pub_trailing.bin"
says err 'ends at byte 1204, but 1 more follow (BAD_DATA)'
status 0 "$cngtool" inspect "$own/lms_pub.bin"
says out 'PQDSAPUBLICBLOB of LMS'

# the seed travels
seed=$own/mlkem768_seed.bin
for type in PQPrivateKeyBlob PKCS8_PRIVATEKEY pem der
do
	status 0 "$cngtool" convert "$seed" --to "$type" -o seed.out
	silent err lost
	status 0 "$cngtool" convert seed.out --to MLKEMPRIVATESEEDBLOB -o back
	same back "$seed"
done
status 0 "$cngtool" convert "$own/mlkem768_both.der" --to PRIVATEBLOB -o priv
says err 'lost: the seed'
same priv "$own/mlkem768_priv.bin"
status 1 "$cngtool" convert priv --to MLKEMPRIVATESEEDBLOB
says err 'ML-KEM-768 key has no MLKEMPRIVATESEEDBLOB form (BAD_TYPE)'
status 0 "$cngtool" convert priv --public --to MLKEMPUBLICBLOB -o pub
same pub "$own/mlkem768_pub.bin"
status 0 "$cngtool" convert pub --to spki -o pub.spki
same pub.spki "$own/mlkem768.spki.der"
status 0 "$cngtool" convert "$own/slhdsa_sha2_128s_priv.bin" --to der -o slh
same slh "$own/slhdsa_sha2_128s.der"

if [ $checked = no ]; then
	echo 'this OpenSSL has no post-quantum keys: tokens are not tried'
	done_all
	exit 0
fi

# what the seed expands to
status 0 "$cngtool" convert "$seed" --to MLKEMPRIVATEBLOB -o priv
says err 'lost: the seed'
same priv "$own/mlkem768_priv.bin"

echo so-pin-12 > so
echo userpin1 > pin
status 0 "$cngtool" init --so-pin-file so --pin-file pin --label pq
status 0 "$cngtool" import --pin-file pin --name kem --plaintext-exportable \
	"$seed"
status 0 "$cngtool" import --pin-file pin --name sig --plaintext-exportable \
	"$own/mldsa44_priv.bin"
status 0 "$cngtool" list --pin-file pin
says out 'ML-KEM-768'
says out 'ML-DSA-44'
status 0 "$cngtool" export --pin-file pin --name kem -o kem.blob
same kem.blob "$own/mlkem768_wrapped_seed.bin"
status 0 "$cngtool" export --pin-file pin --name kem --public -o kem.pub
same kem.pub "$own/mlkem768_pub.bin"
status 0 "$cngtool" export --pin-file pin --name sig -o sig.blob
same sig.blob "$own/mldsa44_wrapped_priv.bin"
status 1 "$cngtool" export --pin-file pin --name sig \
	--type PQDSAPRIVATESEEDBLOB
says err 'ML-DSA-44'
done_all
