# SPDX-License-Identifier: BSD-2-Clause
#
# Fish completion for cngtool.  Commands and options, with what they mean, are
# those that the program's own help lists.

# Lines of a word, a tab, and what it means.
function __cngtool_commands
	cngtool help 2>/dev/null |
		string replace -rf '^  ([a-z]+) +(.*)$' '$1\t$2'
end

function __cngtool_options
	set -l words (commandline -opc)
	cngtool help $words[2] 2>/dev/null |
		string replace -rf -- '^  ..[, ] *--([a-z-]+)( [A-Z]+)? +(.*)$' \
			'--$1\t$3'
end

function __cngtool_types
	cngtool help types 2>/dev/null |
		string replace -rf '^(\S+) +(.*)$' '$1\t$2'
end

function __cngtool_is_first
	test (count (commandline -opc)) -eq 1
end

# The word before the cursor is one of these.
function __cngtool_after
	contains -- (commandline -opc)[-1] $argv
end

function __cngtool_runs
	set -l words (commandline -opc)
	test (count $words) -gt 1; and contains -- $words[2] $argv
end

set -l texts --name --label --id --uri --token --reader --wrapping-key \
	--wrap-with --key --oaep-label --from-token
set -l envs --pin-env --so-pin-env --new-pin-env --password-env \
	--new-password-env --from-pin-env

complete -c cngtool -e
complete -c cngtool -f -n __cngtool_is_first -a '(__cngtool_commands)'
complete -c cngtool -f -n "not __cngtool_is_first; and string match -q -- '-*' \
(commandline -ct)" -a '(__cngtool_options)'
complete -c cngtool -f -n '__cngtool_after --type --to' -a '(__cngtool_types)'
complete -c cngtool -f -n '__cngtool_after --curve' \
	-a '(cngtool help curves 2>/dev/null)'
complete -c cngtool -f -n '__cngtool_after --class' \
	-a 'private public secret cert data'
complete -c cngtool -f -n '__cngtool_after --descriptor' \
	-a 'LOCAL=user LOCAL=machine'
complete -c cngtool -f -n '__cngtool_after --encryption' \
	-a 'aes256 aes192 aes128 3des'
complete -c cngtool -f -n '__cngtool_after --oaep-hash' \
	-a 'sha1 sha256 sha384 sha512'
complete -c cngtool -f -n '__cngtool_after --digest' \
	-a 'sha1 sha224 sha256 sha384 sha512'
complete -c cngtool -f -n '__cngtool_after --aes-bits' -a '128 192 256'
complete -c cngtool -f -n '__cngtool_after --certs' -a 'all own none'
complete -c cngtool -f -n '__cngtool_after --key-slot' \
	-a '9a 9c 9d 9e 82 83 84 85 86 87 88 89 8a 8b 8c 8d 8e 8f
		90 91 92 93 94 95 sign decrypt auth'
complete -c cngtool -f -n '__cngtool_after --usage' \
	-a 'sign verify encrypt decrypt wrap unwrap derive'
complete -c cngtool -f -n "__cngtool_after $envs" -a '(set -xn)'
complete -c cngtool -f -n "__cngtool_after $texts"
complete -c cngtool -f -n '__cngtool_runs pin' -a 'change unblock'
complete -c cngtool -f -n '__cngtool_runs help' \
	-a '(__cngtool_commands) types curves'
complete -c cngtool -f -n '__cngtool_runs generate' -a 'rsa2048 rsa3072
	rsa4096 nistP256 nistP384 nistP521 ed25519 curve25519'
