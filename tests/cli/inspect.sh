#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# cngtool inspect: fields, secrets, damage, strangers.
. "$(dirname "$0")/common.sh"

openssl genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:1024 \
	-out rsa.pem 2> /dev/null ||
	openssl genrsa -out rsa.pem 1024 2> /dev/null
status 0 "$cngtool" convert rsa.pem --to RSAPRIVATEBLOB -o rsa.blob
status 0 "$cngtool" convert rsa.pem --to spki -o rsa.spki

# the whole table
status 0 "$cngtool" inspect rsa.blob
says out 'RSAPRIVATEBLOB, RSA 1024, 283 bytes: the numbers belong together'
says out 'OFFSET SIZE NAME'
says out ' 0 *4 Magic *RSA2'
says out ' 8 *4 cbPublicExp *3'
says out '27 *128 Modulus '
says out 'Prime1 *(hidden)'
modulus=$(openssl rsa -in rsa.pem -noout -modulus | tr -d '\n' |
	sed 's/Modulus=//' | tr A-F a-f)
silent out "$modulus"

# JSON, whole numbers, secrets on demand only
status 0 "$cngtool" inspect --json rsa.blob
says out "\"value\": \"$modulus\""
says out '"status": "OK"'
says out '"name": "Prime1"'
says out '"value": "(hidden)"'
"$cngtool" inspect --json --show-secrets - < rsa.blob > out
silent out 'hidden'

# damage: described up to it
head -c 100 rsa.blob > short.blob
status 1 "$cngtool" inspect short.blob
says out 'Modulus .*cut short'
says err 'RSAPRIVATEBLOB is cut short at byte 100, in Modulus (BAD_DATA);'
{ cat rsa.blob; printf xy; } > long.blob
status 1 "$cngtool" inspect --json long.blob
says out '"status": "BAD_DATA"'
says err 'ends at byte 283, but 2 more follow (BAD_DATA)'
# one bit of a prime: the numbers no longer belong together
{ head -c 200 rsa.blob; printf '\001\002'; tail -c +203 rsa.blob; } > bad.blob
status 1 "$cngtool" inspect bad.blob
says err 'BAD_KEY'

# what is no blob of ours
printf 'DSPB\200\000\000\000rest of a DSA key' > dsa.blob
status 1 "$cngtool" inspect dsa.blob
says err 'DSAPUBLICBLOB'
printf '\033[31mred' > red.blob
status 1 "$cngtool" inspect red.blob
: > empty.blob
status 1 "$cngtool" inspect empty.blob
says err 'empty'
status 3 "$cngtool" inspect missing.blob

# PEM and DER
status 0 "$cngtool" inspect rsa.pem
says out 'rsa.pem: PRIVATE KEY in PEM, RSA 1024, 6[0-9]* bytes'
status 0 "$cngtool" inspect rsa.spki
says out 'public key in DER, RSA 1024'

# file names come from outside
cp short.blob "$(printf 'a\033[31mb')"
status 1 "$cngtool" inspect "$(printf 'a\033[31mb')"
says err 'a\\x1b\[31mb'
silent err "$(printf '\033')"

status 2 "$cngtool" inspect
status 2 "$cngtool" inspect rsa.blob short.blob
status 2 "$cngtool" inspect --type NOSUCHBLOB rsa.blob
status 1 "$cngtool" inspect --type ECCPRIVATEBLOB rsa.blob
says err 'this is no ECCPRIVATEBLOB (BAD_MAGIC)'
done_all
