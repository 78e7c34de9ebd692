# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh
#
# What the tests of cngtool share: a home of their own, checks that say what
# they check.  Sourced by each test; run from the build folder.
set -eu

export LC_ALL=C.UTF-8
srcdir=${srcdir:-$(dirname "$0")/../..}
cngtool=${CNGTOOL:-$PWD/cngtool}
[ -x "$cngtool" ] || { echo "no $cngtool: run this in the build folder"; exit 1; }
case $srcdir in
/*) ;;
*) srcdir=$PWD/$srcdir ;;
esac

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
HOME=$work/home
XDG_DATA_HOME=$work/data
XDG_CONFIG_HOME=$work/config
export HOME XDG_DATA_HOME XDG_CONFIG_HOME
# a configuration that shows no store of this machine
CNG_PKCS11_CONF=$work/cng-pkcs11.conf
export CNG_PKCS11_CONF
unset CNG_PIN CNG_NEW_PIN CNG_SO_PIN CNG_PASSWORD CREDENTIALS_DIRECTORY
unset CNG_PKCS11_DEBUG SIMCARD_READERS SSH_ASKPASS SSH_ASKPASS_REQUIRE
mkdir -p "$HOME"
echo 'machine_store = none' > "$CNG_PKCS11_CONF"
cd "$work"
checks=0

# status WANTED COMMAND...: runs, keeps ./out and ./err, compares the code.
# setsid: no test may stop at a question on the terminal.
status()
{
	wanted=$1
	shift
	got=0
	setsid -w "$@" > out 2> err < /dev/null || got=$?
	checks=$((checks + 1))
	if [ "$got" -ne "$wanted" ]; then
		echo "FAILED: exit $got, not $wanted: $*"
		sed 's/^/  /' err
		exit 1
	fi
	case $wanted in
	0) ;;
	*)
		# one line, whatever went wrong
		[ "$(wc -l < err)" -eq 1 ] || {
			echo "FAILED: more or less than one line: $*"
			sed 's/^/  /' err
			exit 1
		}
		;;
	esac
	echo "ok: exit $got: $*" | sed "s#$work/##g; s#[^ ]*/cngtool#cngtool#"
}

# says FILE PATTERN: the file has a line that matches.
says()
{
	checks=$((checks + 1))
	grep -q -- "$2" "$1" || {
		echo "FAILED: $1 does not say: $2"
		sed 's/^/  /' "$1"
		exit 1
	}
	echo "ok: $1 says: $2"
}

# silent FILE PATTERN: no line matches.
silent()
{
	checks=$((checks + 1))
	! grep -q -- "$2" "$1" || {
		echo "FAILED: $1 says: $2"
		sed 's/^/  /' "$1"
		exit 1
	}
	echo "ok: $1 does not say: $2"
}

# same FILE FILE
same()
{
	checks=$((checks + 1))
	cmp "$1" "$2" || { echo "FAILED: $1 and $2 differ"; exit 1; }
	echo "ok: $1 is $2"
}

# is TEXT TEXT WHAT
is()
{
	checks=$((checks + 1))
	[ "$1" = "$2" ] || { echo "FAILED: $3: '$1', not '$2'"; exit 1; }
	echo "ok: $3"
}

# soon COMMAND...: waits until it succeeds.  The bound is only there so that
# what never comes does not hang the test.
soon()
{
	looks=0
	until "$@"; do
		looks=$((looks + 1))
		[ "$looks" -lt 600 ] || {
			echo "FAILED: not in a minute: $*"
			return 1
		}
		sleep 0.1
	done
}

done_all()
{
	[ "$checks" -ge 5 ] || { echo "FAILED: $checks checks"; exit 1; }
	echo "$checks checks passed"
}
