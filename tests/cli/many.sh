#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# cngtool import with several files, and with a folder of them: all or none.
. "$(dirname "$0")/common.sh"

# lines WANTED COUNT COMMAND...: fails so, with that many lines about it.
lines()
{
	wanted=$1
	count=$2
	shift 2
	got=0
	setsid -w "$@" > out 2> err < /dev/null || got=$?
	is "$got" "$wanted" "exit $wanted"
	is "$(wc -l < err)" "$count" "$count lines about it"
}

own=$srcdir/tests/vectors/own
echo fish-and-chips > pin
status 0 "$cngtool" init --label many --pin-file pin --so-pin-file pin

mkdir keys keys/deeper
cp "$own/full_p256_ecdsa_priv.bin" keys/first.key
cp "$own/rsa1024_e3_full.bin" keys/second.key
printf 'KDBM\001\000\000\000\020\000\000\000sixteen letters!' > keys/third
: > keys/.hidden
: > keys/deeper/empty

status 0 "$cngtool" import --pin-file pin keys
is "$(grep -c '^imported' out)" 3 'all files of a folder are imported'
status 0 "$cngtool" list --pin-file pin
says out first
says out second
says out third

status 0 "$cngtool" import --json --pin-file pin keys/third keys/first.key
is "$(grep -c '"uri"' out)" 2 'several files are imported in one list'

# one that cannot be read keeps the others out, and all such are named
status 0 "$cngtool" list --json --pin-file pin
cp out before
echo junk > keys/bad
head -c 40 keys/first.key > keys/short
lines 1 3 "$cngtool" import --pin-file pin keys
says err keys/bad
says err keys/short
says err 'nothing was imported: 2 of 5 files'
status 0 "$cngtool" list --json --pin-file pin
same out before

# so does one that the token refuses
rm keys/bad keys/short
size=$(wc -c < keys/first.key)
head -c $((size - 1)) keys/first.key > keys/wrong
last=$(tail -c 1 keys/first.key | od -An -tu1 | tr -d ' ')
# shellcheck disable=SC2059 # an octal number
printf "\\$(printf %o $((last ^ 1)))" >> keys/wrong
lines 1 2 "$cngtool" import --pin-file pin keys
says err keys/wrong
says err 'nothing was imported'
status 0 "$cngtool" list --json --pin-file pin
same out before

status 2 "$cngtool" import --pin-file pin --label x keys
# a stream gives one password for all of them
for name in one two; do
	openssl genpkey -algorithm ED25519 -out $name.pem
	openssl req -x509 -new -key $name.pem -subj "/CN=$name" -out $name.crt
	openssl pkcs12 -export -inkey $name.pem -in $name.crt -name $name \
		-passout pass:secret -out $name.pfx
done
echo secret > password
status 0 sh -c '"$@" < password' sh "$cngtool" import one.pfx two.pfx \
	--password-file - --pin-file pin --certs none
is "$(grep -c '^imported private key' out)" 2 'both open with one password'
status 2 "$cngtool" import one.pfx - --pin-file -
says err 'standard input is wanted twice'
status 2 "$cngtool" import - one.pfx -
says err 'standard input is wanted twice'
mkdir none
status 3 "$cngtool" import --pin-file pin none
says err 'no files there (NOT_FOUND)$'
status 3 "$cngtool" import --pin-file pin keys/third keys/fourth
says err 'cannot read keys/fourth: No such file or directory (NOT_FOUND)$'
done_all
