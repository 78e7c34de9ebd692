#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# cngtool without a command's work: help, versions, wrong usage; and that the
# bash completion says what the program says.
. "$(dirname "$0")/common.sh"

status 0 "$cngtool" --version
says out '^cngtool (cng-pkcs11) [0-9]'
status 0 "$cngtool" --help
cp out help
status 0 "$cngtool" help
same out help
status 0 "$cngtool" help types
says out '^RSAPRIVATEBLOB  *BCRYPT_RSAPRIVATE_BLOB'
awk '{ print $1 }' out | sort > types

status 2 "$cngtool"
status 2 "$cngtool" nonsense
says err "no command nonsense; see 'cngtool help'"
status 2 "$cngtool" list --nonsense
says err "cngtool: list: unknown or ambiguous option --nonsense; see"
status 2 "$cngtool" list --json=yes
says err 'json takes no value'
status 2 "$cngtool" list -x
says err 'unknown option -x'
status 2 "$cngtool" tokens extra
says err 'one argument too many: extra'
status 2 "$cngtool" "$(printf 'bad\033[31m')"
silent err "$(printf '\033')"
# shellcheck disable=SC2016 # the inner shell expands it
status 1 sh -c '"$0" help > /dev/full' "$cngtool"

# the completion knows each command, option and type, and no other
command -v bash > /dev/null || { echo "SKIPPED: no bash"; exit 77; }
offer()
{
	bash -c '. "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
		_cngtool; printf "%s\n" "${COMPREPLY[@]}"' bash \
		"$srcdir/src/cli/cngtool.bash-completion" "$@" | sort
}
sed -n 's/^  \([a-z][a-z]*\)  .*/\1/p' help | sort > commands
offer cngtool '' | grep -v '^-' > offered
same offered commands
while read -r command; do
	"$cngtool" help "$command" | grep -oE '^ +(-., )?--[a-z-]+' |
		grep -oE -- '--[a-z-]+' | sort > wanted
	offer cngtool "$command" -- > offered
	same offered wanted
done <<EOF
$(grep -v '^help$' commands)
EOF
offer cngtool inspect --type '' > offered
same offered types
PATH=$(dirname "$cngtool"):$PATH
export PATH
status 0 "$cngtool" help curves
sort out > curves
says curves '^nistP256$'
offer cngtool convert --curve '' > offered
same offered curves
is "$(offer cngtool import --key-slot 95)" 95 'the last slot'
for option in --token --reader --name --uri; do
	is "$(offer cngtool sign "$option" '')" '' "no files after $option"
done
done_all
