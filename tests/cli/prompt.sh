#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# cngtool asks on the terminal: without echo, twice for a new PIN; and leaves
# the terminal as it was, also when it is interrupted.
. "$(dirname "$0")/common.sh"

for tool in script stty; do
	command -v $tool > /dev/null || { echo "SKIPPED: no $tool"; exit 77; }
done

# A terminal made by script(1): what is typed comes through a fifo, what is
# shown goes to ./screen.
terminal()
{
	rm -f keys screen
	mkfifo keys
	: > screen
	script -qefc "$1" screen < keys > /dev/null 2>&1 &
	pid=$!
	exec 3> keys
}

# Waits until the screen shows the text for the n-th time.  The bound is only
# there so that a broken program does not hang the test.
expect()
{
	tries=0
	until [ "$(grep -o -- "$1" screen | wc -l)" -ge "${2:-1}" ]; do
		tries=$((tries + 1))
		[ "$tries" -lt 600 ] || {
			echo "FAILED: the screen never shows: $1"
			cat screen
			exit 1
		}
		sleep 0.1
	done
}

# What is typed too early is thrown away with the echo, so after a prompt.
type_line() { printf '%s\n' "$1" >&3; }

hang_up()
{
	exec 3>&-
	got=0
	wait "$pid" || got=$?
}

terminal "'$cngtool' init --label asked; stty -a"
expect 'New SO PIN: '
type_line 12345678
expect 'Repeat: New SO PIN: '
type_line 1234567
expect 'the two entries differ'
expect 'New SO PIN: ' 3
type_line 87654321
expect 'Repeat: New SO PIN: ' 2
type_line 87654321
expect 'New user PIN: '
type_line 2468
expect 'Repeat: New user PIN: '
type_line 2468
expect '[^a-z]echoe*[^a-z]'
hang_up
is "$got" 0 'init succeeds with PINs from the terminal'
says screen "made token 'asked'"
silent screen 12345678
silent screen 87654321
silent screen 2468
says screen ' echo '

# interrupted: the echo is back, nothing was stored
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out ec.pem
terminal "'$cngtool' import ec.pem --name no; echo code \$?; stty -a"
expect 'User PIN: '
printf '\003' >&3
expect '[^a-z]echoe*[^a-z]'
hang_up
says screen ' echo '
silent screen 'imported'

# a wrong answer, then a right one; no is no
terminal "'$cngtool' import ec.pem --name yes; echo code \$?"
expect 'User PIN: '
type_line 2468
expect 'code [0-9]'
hang_up
says screen 'code 0'
terminal "'$cngtool' delete --name yes; echo code \$?"
expect 'User PIN: '
type_line 2468
expect 'Delete private key, EC 256, .yes. from token .asked.'
type_line n
expect 'code [0-9]'
hang_up
says screen 'nothing was deleted'
says screen 'code 1'
terminal "'$cngtool' delete --name yes; echo code \$?"
expect 'User PIN: '
type_line 2468
expect 'Delete private key'
type_line y
expect 'code [0-9]'
hang_up
says screen 'code 0'

# which file a password is for; nothing else is on that line
mkdir keys.d
openssl pkcs8 -topk8 -in ec.pem -passout pass:sesame -out keys.d/locked.pem
terminal "CNG_PIN=2468 '$cngtool' migrate keys.d; echo code \$?"
expect 'Password of keys.d/locked.pem: '
type_line sesame
expect 'code [0-9]'
hang_up
says screen 'code 0'
tr '\r' '\n' < screen > lines
says lines '^\[\.*\] 0 of 1'
says lines '^Password of keys.d/locked.pem: '
done_all
