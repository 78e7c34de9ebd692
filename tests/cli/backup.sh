#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# cngtool backup and restore: copies of a token that is being written to,
# back into its place and elsewhere, files that are broken, places in use.
. "$(dirname "$0")/common.sh"

command -v jq > /dev/null || { echo "SKIPPED: no jq"; exit 77; }
json() { jq -er "$1" out; }
echo 87654321 > so
echo 1234 > pin
CNG_PIN=1234
export CNG_PIN
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out ec.pem
openssl genrsa -out rsa.pem 2048 2> /dev/null
umask 022

status 3 "$cngtool" backup none.bak
status 0 "$cngtool" init --label first --so-pin-file so --pin-file pin
store=$("$cngtool" tokens --json | jq -r '.[0].path')
status 0 "$cngtool" import ec.pem --label one --plaintext-exportable
status 0 "$cngtool" import rsa.pem --label two

# a backup: one file, for its owner, checked
status 0 "$cngtool" backup old.bak
says out "^backed up token 'first', serial number [0-9a-f]*, in old.bak"
says out '^4 objects opened and found whole'
is "$(stat -c %a old.bak)" 600 'a backup is for its owner'
is "$(find . -name 'old.bak*' | wc -l)" 1 'a backup is one file'
status 1 "$cngtool" backup old.bak
says err 'old.bak is there already (EXISTS); --force'
cp old.bak first.bak
cp old.bak first.copy
status 0 env -u CNG_PIN "$cngtool" backup old.bak --force --json
is "$(json .checked)" false 'without a PIN only the file is checked'
is "$(json .label)" first 'JSON has the label'
status 4 env CNG_PIN=9999 "$cngtool" backup wrong.bak
is "$(find . -name 'wrong.bak*' | wc -l)" 0 'a wrong PIN leaves nothing'
mkdir -m 777 open
chmod 777 open
status 1 "$cngtool" backup open/x.bak
says err 'not a safe place (STORE_PERMISSION)'
status 1 "$cngtool" backup /nonexistent/x.bak
says err "to /nonexistent/x.bak: the store cannot be read or written"
status 1 "$cngtool" backup x.bak --store postgresql://host/db
says err 'only tokens in files (NOT_SUPPORTED); pg_dump'
status 2 "$cngtool" backup -

# restore: not over a token, not over one in use.  Who opens the other end of
# the pipe wants its PIN, and has the store open.
status 0 "$cngtool" delete --label one --yes
status 1 "$cngtool" restore first.bak
says err 'is there already (EXISTS); --force'
mkfifo hold
"$cngtool" list --pin-file hold > held.out 2>&1 &
holder=$!
exec 3> hold
status 1 "$cngtool" restore first.bak --force
says err 'is in use (STORE_BUSY); end the programs'
echo 1234 >&3
exec 3>&-
wait "$holder"
says held.out ' two '
is "$(find "$(dirname "$store")" -name '*.copy*' | wc -l)" 0 \
	'nothing is left of a restore that failed'
status 0 "$cngtool" restore first.bak --force
says out "^restored token 'first'"
says out '^4 objects opened and found whole'
status 0 "$cngtool" list --json
is "$(json '[.[] | select(.label == "one")] | length')" 2 'what was deleted'
is "$(stat -c %a "$store")" 600 'the store is for its owner'
# an older state goes on from there
status 0 "$cngtool" import rsa.pem --label three --overwrite
status 0 "$cngtool" list
says out three
status 0 "$cngtool" restore first.bak --force
status 0 "$cngtool" list
silent out three
status 0 "$cngtool" import rsa.pem --label four

# the backup is as it was, and another place is as good
same first.bak first.copy
status 0 "$cngtool" restore first.bak --store "$work/else/where.db" --json
is "$(json .objects)" 4 'JSON has what was checked'
status 0 "$cngtool" export --store "$work/else/where.db" --label one \
	-o one.blob
"$cngtool" convert one.blob --to pem -o one.pem
openssl pkey -in one.pem -outform DER -out one.der
openssl pkey -in ec.pem -outform DER -out ec.der
same one.der ec.der
is "$(stat -c %a "$work/else")" 700 'a folder that is made is private'

# what is broken is refused, and nothing changes
before=$(sha256sum < "$store")
damage()
{
	cp first.bak bad.bak
	printf 'X' | dd of=bad.bak bs=1 seek="$1" conv=notrunc 2> dd.log
}
size=$(stat -c %s first.bak)
for at in 0 17 100 5000 9000 $((size - 3000)) $((size - 4)); do
	damage "$at"
	status 1 "$cngtool" restore bad.bak --force
	says err 'no backup of a token, or damaged (STORE_CORRUPT)'
done
head -c 12000 first.bak > bad.bak
status 1 "$cngtool" restore bad.bak --force
: > bad.bak
status 1 "$cngtool" restore bad.bak --force
cp rsa.pem bad.bak
status 1 "$cngtool" restore bad.bak --force
is "$(sha256sum < "$store")" "$before" 'nothing was changed'
status 3 "$cngtool" restore nothing.bak --force
says err 'no such file (NOT_FOUND)'
status 4 env CNG_PIN=9999 "$cngtool" restore first.bak --force
is "$(sha256sum < "$store")" "$before" 'a wrong PIN changes nothing'
# a record that was edited, checksums and all, shows when there is a PIN
if command -v sqlite3 > /dev/null; then
	cp first.bak edited.bak
	sqlite3 edited.bak "UPDATE record SET clear = zeroblob(length(clear))
		WHERE id = 1" > sqlite.log 2>&1 || cat sqlite.log
	status 1 "$cngtool" restore edited.bak --force
	is "$(sha256sum < "$store")" "$before" 'an edited record'
else
	echo "SKIPPED: an edited record: no sqlite3"
fi

# a store that is damaged makes room for a good one
status 0 "$cngtool" backup good.bak
printf 'rubbish' | dd of="$store" bs=1 seek=20 conv=notrunc 2> dd.log
status 1 "$cngtool" list
says err 'restore it from a backup'
status 0 "$cngtool" restore good.bak --force
status 0 "$cngtool" list
says out four
: > "$store"
status 0 "$cngtool" restore good.bak --force
status 0 "$cngtool" list
says out four

# a log that outlived its program is part of the store, by every name of it
rm -f hold
mkfifo hold
"$cngtool" list --pin-file hold > held.out 2>&1 &
holder=$!
exec 3> hold
status 0 "$cngtool" import ec.pem --label logged
ln -s "$store" link.db
ln "$store" twin.db
for name in "$store" link.db twin.db; do
	status 1 "$cngtool" restore "$name" --store "$work/from-live.db"
	says err 'is a store in use and no backup'
done
kill -KILL "$holder"
wait "$holder" 2> /dev/null || true
exec 3>&-
[ -s "$store-wal" ] || echo 'no log was left to try'
status 1 "$cngtool" restore link.db --store "$work/from-live.db"
says err 'is a store in use and no backup'
is "$(find . -name 'from-live*' | wc -l)" 0 'no half of a store is taken'
rm twin.db

# a log without its store is not played into another one
cp "$store-wal" log
status 0 "$cngtool" list
mkdir lost
cp log lost/token.db-wal
status 1 "$cngtool" restore good.bak --store "$work/lost/token.db"
says err 'is there already (EXISTS)'
same log lost/token.db-wal
status 0 "$cngtool" restore good.bak --store "$work/lost/token.db" --force
same log lost/token.db.damaged-wal
status 0 "$cngtool" list --store "$work/lost/token.db"
says out four
silent out logged

# onto itself, and onto what is no file
status 2 "$cngtool" backup "$store" --force
says err 'is no place for a copy of'
status 2 "$cngtool" restore link.db --force
status 2 "$cngtool" restore "$store" --force
status 0 "$cngtool" list
says out logged
mkfifo pipe
status 1 "$cngtool" backup pipe --force
[ -p pipe ] || { echo 'a pipe was replaced'; exit 1; }
mkdir folder
status 1 "$cngtool" restore good.bak --store "$work/folder" --force
[ -d folder ] || exit 1

# what a killed run left is cleared away
: > again.bak.copy
: > again.bak.copy-wal
status 0 "$cngtool" backup again.bak
is "$(find . -name 'again.bak*' | wc -l)" 1 'nothing is left of a killed run'

# two at once for one place: each is whole, or says that it is in the way
for i in 1 2 3 4; do
	"$cngtool" backup both.bak --force > "both$i.out" 2>&1 &
done
wait
status 0 "$cngtool" restore both.bak --store "$work/both.db"
is "$(find . -name 'both.bak*' | wc -l)" 1 'nothing is left of two at once'

# a token without a PIN: its key is a file of its own, which is said; a key
# that is not the token's makes room
status 0 env -u CNG_PIN "$cngtool" init --store "$work/np/t.db" --label np \
	--no-pin --so-pin-file so
status 0 env -u CNG_PIN "$cngtool" import ec.pem --label bare \
	--store "$work/np/t.db"
status 0 env -u CNG_PIN "$cngtool" backup np.bak --store "$work/np/t.db"
says err 't.db.key is not in it: keep that, too'
says out '^2 objects opened and found whole'
mkdir -m 700 np2
cp -p np/t.db.key np2/t.db.key
status 0 env -u CNG_PIN "$cngtool" restore np.bak --store "$work/np2/t.db"
silent err 'another token'
status 0 env -u CNG_PIN "$cngtool" sign --store "$work/np2/t.db" --label bare \
	--class private ec.pem -o sig
status 0 env -u CNG_PIN "$cngtool" restore good.bak \
	--store "$work/np2/t.db" --force
says err 't.db.key is that of another token'
same np/t.db.key np2/t.db.key.old
status 0 "$cngtool" list --store "$work/np2/t.db"
says out four
status 0 "$cngtool" tokens --store "$work/np2/t.db" --json
is "$(json '.[0].user_pin')" good 'no wrong try is counted'

# while somebody writes: each backup is a whole token
(
	i=0
	while [ ! -e stop ] && [ "$i" -lt 60 ]; do
		"$cngtool" import ec.pem --label "n$i" > import.out 2>&1 ||
			cat import.out
		i=$((i + 1))
	done
) &
writer=$!
for i in 1 2 3 4 5; do
	status 0 "$cngtool" backup "live$i.bak"
done
: > stop
wait "$writer"
for i in 1 5; do
	status 0 "$cngtool" restore "live$i.bak" --store "$work/live/$i.db"
done

# the key of a token without a PIN is not in its backup, nor made by a restore
status 0 "$cngtool" init --store free.db --no-pin --so-pin-file so
status 0 "$cngtool" import ec.pem --store free.db
status 0 "$cngtool" backup free.bak --store free.db
says err "free.db.key is not in it"
status 0 env -u CNG_PIN "$cngtool" restore free.bak --store away.db
silent err key
cp free.db.key away.db.key
status 0 "$cngtool" list --store away.db
says out private
rm away.db.key
status 0 "$cngtool" pin unblock --store away.db --so-pin-file so \
	--new-pin-file pin
status 0 "$cngtool" list --store away.db
says out private
cp free.db.key away.db.key
status 0 "$cngtool" restore good.bak --store away.db --force
says err 'away.db.key is that of another token'
done_all
