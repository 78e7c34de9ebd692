#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# The completions of zsh and fish load, and offer each command, option and
# type that the program has, and no other.  (That of bash: frame.sh.)
. "$(dirname "$0")/common.sh"

PATH=$(dirname "$cngtool"):$PATH
export PATH
"$cngtool" --help | sed -n 's/^  \([a-z][a-z]*\)  .*/\1/p' | sort > commands
# shellcheck disable=SC2094 # "types" is a word of the command
"$cngtool" help types | awk '{ print $1 }' | sort > types
options_of()
{
	"$cngtool" help "$1" | grep -oE '^ +(-., )?--[a-z-]+' |
		grep -oE -- '--[a-z-]+' | sort
}
status 0 "$cngtool" --help
missing=

# try SHELL OFFER: OFFER prints what is offered after the words it is given
try()
{
	"$2" '' > offered
	same offered commands
	while read -r command; do
		options_of "$command" > wanted
		"$2" "$command" -- > offered
		same offered wanted
	done < commands
	"$2" inspect --type '' > offered
	same offered types
	"$2" convert --curve '' > offered
	"$cngtool" help curves | sort > wanted
	same offered wanted
	says wanted '^nistP256$'
	"$2" import --key-slot 95 > offered
	is "$(cat offered)" 95 "$1: the last slot"
	for option in --token --reader --name --uri; do
		"$2" sign "$option" '' > offered
		is "$(cat offered)" '' "$1: no files after $option"
	done
	"$2" sign --digest sha3 > offered
	is "$(tr '\n' ' ' < offered)" 'sha384 ' "$1: values of an option"
}

offer_fish()
{
	# shellcheck disable=SC2016 # for fish
	fish -N -c 'source $argv[1]
		complete -C (string join " " -- cngtool $argv[2..-1])' \
		"$srcdir/src/cli/cngtool.fish" "$@" 2>> shell.log |
		cut -f 1 | sort -u
}
if command -v fish > /dev/null; then
	try fish offer_fish
else
	missing="$missing fish"
fi

# What zsh would show is taken from the functions that it hands it to.
offer_zsh()
{
	zsh -f -c '
		source $1; shift
		words=(cngtool "$@"); CURRENT=$#words; PREFIX=$words[-1]
		_describe() { print -l -- ${${(P)2}%%:*} }
		compadd() { print -l -- ${(M)@:#$PREFIX*} }
		_files() { print files }
		_message() { : }
		_cngtool' zsh "$srcdir/src/cli/cngtool.zsh-completion" "$@" \
		2>> shell.log | sort -u
}
if command -v zsh > /dev/null; then
	zsh -n "$srcdir/src/cli/cngtool.zsh-completion"
	# by name, as compinit finds it
	mkdir functions
	cp "$srcdir/src/cli/cngtool.zsh-completion" functions/_cngtool
	is "$(zsh -f -c 'fpath=($PWD/functions $fpath); autoload -Uz compinit
		compinit -u -D; print $_comps[cngtool]')" _cngtool \
		'compinit finds it'
	try zsh offer_zsh
else
	missing="$missing zsh"
fi
[ ! -s shell.log ] || { echo 'FAILED: the shells complain'; cat shell.log
	exit 1; }
if [ -n "$missing" ]; then echo "SKIPPED: no$missing"; exit 77; fi
done_all
