#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# cngtool convert: to blobs and back, with OpenSSL as the judge; losses told.
. "$(dirname "$0")/common.sh"

openssl genrsa -out rsa.pem 2048 2> /dev/null
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -out ec.pem

der() { openssl pkey "$@" -outform DER; }

# RSA: every blob type holds the whole key
der -in rsa.pem > rsa.der
for type in RSAPRIVATEBLOB RSAFULLPRIVATEBLOB PRIVATEBLOB PKCS8_PRIVATEKEY
do
	status 0 "$cngtool" convert rsa.pem --to "$type" -o rsa.$type
	silent err lost
	status 0 "$cngtool" convert rsa.$type --to pem -o back.pem
	der -in back.pem > back.der
	same rsa.der back.der
	is "$(stat -c %a rsa.$type)" 600 "a private key is for its owner"
done

# EC: a PEM key says nothing of its use, the blob must
der -in ec.pem > ec.der
status 0 "$cngtool" convert ec.pem --to ECCPRIVATEBLOB -o ec.blob
says err 'does not say what the key is for'
status 0 "$cngtool" convert ec.blob --to der -o back.raw
der -inform DER -in back.raw > back.der
same ec.der back.der
status 0 "$cngtool" inspect ec.blob
says out 'ECCPRIVATEBLOB, EC P-384'

# public parts
der -in rsa.pem -pubout > rsa.pub
status 0 "$cngtool" convert rsa.pem --to spki -o spki
says err 'lost: the private part'
same spki rsa.pub
status 0 "$cngtool" convert rsa.RSAPRIVATEBLOB --to RSAPUBLICBLOB -o pub.blob
says err 'lost: the private part'
status 0 "$cngtool" convert pub.blob --to pem -o pub.pem
der -pubin -in pub.pem > back.pub
same rsa.pub back.pub
status 0 "$cngtool" convert rsa.pem --public --to pem
cp out public.out
der -pubin -in public.out > back.pub
same rsa.pub back.pub

# a public key has no private form
status 1 "$cngtool" convert pub.blob --to RSAPRIVATEBLOB
says err 'no RSAPRIVATEBLOB form (BAD_TYPE)'
status 1 "$cngtool" convert rsa.pem --to ECCPRIVATEBLOB
says err 'RSA 2048 key has no ECCPRIVATEBLOB form'

# passwords: file, variable, wrong, none
openssl pkcs8 -topk8 -in rsa.pem -passout pass:seven -out enc.pem
echo seven > password
status 0 "$cngtool" convert enc.pem --to der --password-file password -o o.der
says err 'lost: the protection by a password'
der -inform DER -in o.der > back.der
same back.der rsa.der
status 0 env CNG_PASSWORD=seven "$cngtool" convert enc.pem --to der -o o2.der
same o2.der o.der
status 0 env W=seven "$cngtool" convert enc.pem --to der --password-env W
status 4 env W=eight "$cngtool" convert enc.pem --to der --password-env W
says err BAD_PASSWORD
status 4 "$cngtool" convert enc.pem --to der
says err 'no password, and no terminal'
status 4 "$cngtool" convert enc.pem --to der --password-env NOT_SET

# secret keys
printf '0123456789abcdef' > value
status 0 "$cngtool" convert value --type raw --to KeyDataBlob -o aes.blob
is "$(head -c 4 aes.blob)" KDBM 'a KeyDataBlob begins with KDBM'
status 0 "$cngtool" convert aes.blob --to raw
says err 'lost: what kind of key'
same out value
status 1 "$cngtool" convert aes.blob --to pem
says err 'AES 128 key has no pem form'

# a file is replaced as a whole, or stays as it was
echo precious > keep
status 1 "$cngtool" convert pub.blob --to RSAPRIVATEBLOB -o keep
is "$(cat keep)" precious 'a failed conversion leaves the file alone'
status 3 "$cngtool" convert pub.blob --to pem -o no/such/folder

# a link stays a link, and so does /dev/stdout
ln -s linked.pem link.pem
: > linked.pem
status 0 "$cngtool" convert rsa.pem --to pem -o link.pem
is "$(readlink link.pem)" linked.pem 'the link is there'
der -in linked.pem > back.der
same rsa.der back.der
ln -s /proc/self/fd/1 own-stdout
status 0 "$cngtool" convert rsa.pem --to pem -o own-stdout
is "$(readlink own-stdout)" /proc/self/fd/1 'the link to standard output is there'
der -in out > back.der
same rsa.der back.der

# the process is not for others to look into: its files in /proc are root's.
# Who opens the other end of the pipe has begun to read.
caps=+dac_override,+dac_read_search
set -- setpriv --reuid 65534 --inh-caps $caps --ambient-caps $caps
[ "$(id -u)" != 0 ] || "$@" true 2> /dev/null || set -- not
[ "$(id -u)" = 0 ] || set --
if [ "${1-}" = not ]; then
	echo 'not done: as root, without setpriv, all processes look the same'
else
	mkfifo pipe
	"$@" "$cngtool" inspect pipe > out &
	pid=$!
	exec 3> pipe
	is "$(stat -c %u "/proc/$pid/environ")" 0 'no core dumps'
	cat rsa.der >&3
	exec 3>&-
	wait "$pid"
	says out RSA
fi

# standard input and output, options after the file
status 2 "$cngtool" convert - --to pem --recipient-key -
says err 'standard input is wanted twice'
status 2 "$cngtool" convert - --to PKCS7_ENVELOPE --recipient-cert -
status 2 "$cngtool" inspect - --kds-root-key -
"$cngtool" convert - --to spki < rsa.pem > stdout 2> /dev/null
same stdout rsa.pub

status 2 "$cngtool" convert rsa.pem
status 2 "$cngtool" convert rsa.pem --to nonsense
says err 'no blob type nonsense'
status 2 "$cngtool" convert --to
says err 'to needs TYPE'
status 2 "$cngtool" convert rsa.pem --to pem --to der
says err 'to is given twice'
done_all
