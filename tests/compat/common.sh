# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh
#
# What the tests with foreign programs share: a private token, and a line of
# TAP for each thing tried.  The module is the one just built (CNG_MODULE);
# nothing is installed and nothing of the user's is touched.

: "${CNG_MODULE:?names the module to test}"
pin=fish-and-chips
so_pin=vinegar-and-salt
label=compat
count=0
builddir=${builddir:-$PWD}

work=$(mktemp -d)
# shellcheck disable=SC2154 # status is set by the trap itself
trap 'status=$?; rm -rf "$work"; exit $status' EXIT
trap 'exit 1' HUP INT TERM
export HOME="$work/home" XDG_CONFIG_HOME="$work/home/config"
export XDG_DATA_HOME="$work/home/share" CNG_PKCS11_CONF="$work/home/cng.conf"
unset SSH_AUTH_SOCK DISPLAY GNUTLS_PIN PKCS11SPY
mkdir -m 700 "$HOME" "$XDG_CONFIG_HOME" "$XDG_DATA_HOME" "$work/files"
cd "$work/files" || exit 1

comment() { sed 's/^/# /'; }

# ok WHAT COMMAND...: passes when the command does.
ok() {
	count=$((count + 1))
	what=$1
	shift
	if "$@" >out 2>&1 </dev/null; then
		echo "ok $count - $what"
	else
		echo "not ok $count - $what"
		{ echo "$*"; cat out; } | comment
	fi
}

# fails WHAT PATTERN COMMAND...: passes when the command fails and says so.
fails() {
	count=$((count + 1))
	what=$1
	pattern=$2
	shift 2
	if "$@" >out 2>&1 </dev/null; then
		echo "not ok $count - $what"
		{ echo "$* was expected to fail"; cat out; } | comment
	elif ! grep -qE -e "$pattern" out; then
		echo "not ok $count - $what"
		{ echo "$* failed without $pattern"; cat out; } | comment
	else
		echo "ok $count - $what"
	fi
}

# says WHAT PATTERN COMMAND...: passes when the command does and prints it.
says() {
	count=$((count + 1))
	what=$1
	pattern=$2
	shift 2
	if "$@" >out 2>&1 </dev/null && grep -qE -e "$pattern" out; then
		echo "ok $count - $what"
	else
		echo "not ok $count - $what"
		{ echo "$* without $pattern"; cat out; } | comment
	fi
}

# refuses WHAT PATTERN COMMAND...: passes when the command prints it, whatever
# its status: pkcs11-tool ends with 0 for a signature that is not valid.
refuses() {
	count=$((count + 1))
	what=$1
	pattern=$2
	shift 2
	"$@" >out 2>&1 </dev/null
	if grep -qE -e "$pattern" out; then
		echo "ok $count - $what"
	else
		echo "not ok $count - $what"
		{ echo "$* without $pattern"; cat out; } | comment
	fi
}

# skip WHAT WHY: named and counted, never silent.
skip() {
	count=$((count + 1))
	echo "ok $count - $1 # SKIP $2"
}

skip_all() {
	echo "1..0 # SKIP $*"
	exit 0
}

need() {
	for tool in "$@"; do
		command -v "$tool" >/dev/null || skip_all "$tool is not installed"
	done
}

finish() { echo "1..$count"; }

# A program that loads a module built with a sanitizer must load the runtime
# first; what it leaks itself is not ours.  None may hang for ever.
foreign() {
	if [ -n "${SAN_PRELOAD:-}" ]; then
		timeout 300 env LD_PRELOAD="$SAN_PRELOAD" \
			ASAN_OPTIONS=detect_leaks=0:max_malloc_fill_size=0 "$@"
	else
		timeout 300 "$@"
	fi
}

tool() { foreign pkcs11-tool --module "$CNG_MODULE" "$@"; }
tool_in() { tool --token-label "$label" --login --pin "$pin" "$@"; }
quiet() { "$@" >/dev/null 2>&1; }

softhsm_token() {
	mkdir "$HOME/softhsm"
	export SOFTHSM2_CONF="$HOME/softhsm.conf"
	echo "directories.tokendir = $HOME/softhsm" >"$SOFTHSM2_CONF"
	quiet softhsm2-util --init-token --free --label "$label" \
		--so-pin "$so_pin" --pin "$pin"
}

# One token with both PINs set.  CNG_STANDIN=softhsm tries the tests
# themselves against another module.
make_token() {
	if [ "${CNG_STANDIN:-}" = softhsm ]; then
		softhsm_token
		return
	fi
	# A store that the configuration names is shown before it exists, so
	# any program can make the token.
	{
		echo "store = $HOME/store.db"
		echo "user_store = none"
		echo "machine_store = none"
	} >"$CNG_PKCS11_CONF"
	chmod 600 "$CNG_PKCS11_CONF"
	tool --init-token --slot-index 0 --label "$label" \
		--so-pin "$so_pin" >out 2>&1 &&
		tool --token-label "$label" --login --login-type so \
			--so-pin "$so_pin" --init-pin --new-pin "$pin" >out 2>&1
}

bail_without_token() {
	make_token && return
	comment <out
	echo "Bail out! no token could be made"
	exit 1
}
