# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh
#
# What the tests with consumers share.  The commands are those of the pages in
# doc/howto, taken out of them: a test does what the page says, as the page
# says it, and then looks at what came of it.  Each test has a home of its own
# with a token in it, made by the commands of doc/howto/README.md from the
# blobs and certificates that the page assumes.
#
#	begin			makes all that
#	page NAME [WORD]	runs the ```sh blocks of doc/howto/NAME.md, or those
#				that are marked ```sh WORD
#	serve NAME WORD PORT	starts those as a server, which ends with the test
#	as_user COMMAND...	in the home, as the page's user
#	as_root page|serve ...	those whose commands say sudo; a test of root's
#
# Programs find the module in p11-kit's registry, or are told $module.  As the
# pages say it, it is the one just built; CNG_CONSUMERS_INSTALLED=yes leaves
# the pages as they are and tests what is installed.  What a test needs beside
# the packages that its page installs, it says in a line "# Packages: NAME...":
# root.sh brings them where the test runs in a root of its own.
top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=../compat/common.sh
. "$(dirname "$0")/../compat/common.sh"

unset XDG_CONFIG_HOME XDG_DATA_HOME CNG_PKCS11_CONF
here=$HOME/keys
bin=$work/bin
machine=$work/machine
module=$CNG_MODULE
servers=
# shellcheck disable=SC2154 # status is set by the trap itself
trap 'status=$?; end_servers; rm -rf "$work"; exit $status' EXIT

end_servers() {
	for server in $servers; do
		kill -s TERM -- "-$server" 2>/dev/null
	done
	servers=
}

# p11-kit reads no user's folder for root: there, another user follows the
# page.
as=
[ "$(id -u)" != 0 ] ||
	as="setpriv --reuid=nobody --regid=nogroup --clear-groups"
# shellcheck disable=SC2086 # a list of words
as_user() (cd "$here" && foreign $as "$@")

# Where sudo is only a stand-in, root follows the page, with a machine's store
# of the test's own.
as_root() {
	if [ "${CNG_CONSUMERS_FRESH:-}" = yes ]; then
		"$@"
		return
	fi
	printf '%s\n' "user_store = none" "machine_store = $machine/token.db" \
		>"$work/machine.conf"
	user=$as
	as=
	export CNG_PKCS11_CONF="$work/machine.conf"
	export PKCS11_MODULE_PATH="$module"
	"$@"
	result=$?
	unset CNG_PKCS11_CONF PKCS11_MODULE_PATH
	as=$user
	return $result
}

# What stands in for a person: PINs are said where a program would ask, and
# what the page installs is there.  A line is a program and what it does.
stand_in() {
	printf '#!/bin/sh\n%s\n' "$2" >"$bin/$1"
	chmod 755 "$bin/$1"
}

stand_ins() {
	# In a root of its own, made for this page, sudo is the real one.
	# shellcheck disable=SC2016 # for the script
	[ "${CNG_CONSUMERS_FRESH:-}" = yes ] ||
		stand_in sudo '[ "$1" = apt ] || exec "$@"'
	# shellcheck disable=SC2016
	stand_in askpass 'echo "$CNG_PIN"'
	# shellcheck disable=SC2016
	stand_in pkcs11-tool 'for word; do
	shift
	set -- "$@" "$word"
	[ "$word" != --login ] || set -- "$@" --pin "$CNG_PIN"
done
exec /usr/bin/pkcs11-tool "$@"'
	# A person takes longer than a server that says where it is and listens
	# there only then.
	# shellcheck disable=SC2016
	stand_in listening 'for _ in $(seq 600); do
	grep -q " 00010000 .* $1\$" /proc/net/unix && exit
	sleep 0.1
done
echo "nobody listens on $1 in a minute"
exit 1'
	# shellcheck disable=SC2016
	stand_in p11-kit '[ "$1" = server ] || exec /usr/bin/p11-kit "$@"
said=$(/usr/bin/p11-kit "$@") || exit
echo "$said"
eval "$said"
why=$(listening "${P11_KIT_SERVER_ADDRESS#unix:path=}") ||
	echo "echo \"$why\"; exit 1"'
	export CNG_PIN="$pin" CNG_NEW_PIN="$pin" CNG_SO_PIN="$so_pin"
	export GNUTLS_PIN="$pin" SSH_ASKPASS="$bin/askpass"
	export SSH_ASKPASS_REQUIRE=force
}

# The built ones are copied to where any user may read them.
programs() {
	mkdir "$bin"
	export PATH="$bin:$PATH:/usr/sbin"
	stand_ins
	if [ "${CNG_CONSUMERS_INSTALLED:-}" = yes ]; then
		eval "$(commands README | grep '^module=')"
		return
	fi
	cp -L "$builddir/cngtool" "$bin/cngtool"
	cp -L "$CNG_MODULE" "$work/cng-pkcs11.so"
	module=$work/cng-pkcs11.so
	mkdir -p "$HOME/.config/pkcs11/modules"
	sed "s#^module:.*#module: $module#" \
		"$builddir/p11-kit-module/cng-pkcs11.module" \
		>"$HOME/.config/pkcs11/modules/cng-pkcs11.module"
}

uses=serverAuth,clientAuth,emailProtection,codeSigning
# certify NAME SUBJECT: the certificate that Windows would have had.
certify() {
	cngtool convert "$1.blob" --to pem -o "$work/$1.key" &&
		openssl req -new -key "$work/$1.key" -subj "/CN=$2" \
			-addext "subjectAltName=DNS:localhost,IP:127.0.0.1" \
			-addext "extendedKeyUsage=$uses" \
			-out "$work/$1.csr" &&
		openssl x509 -req -in "$work/$1.csr" -CA ca.crt \
			-CAkey "$work/ca.key" -CAcreateserial \
			-copy_extensions copy -days 30 -out "$1.crt" &&
		openssl pkey -in "$work/$1.key" -pubout -out "$work/$1.pub"
}

# The files that the pages speak of.
files() {
	own=$top/tests/vectors/own
	cp "$own/rsa2048_priv.bin" rsa.blob &&
		cp "$own/p256_ecdsa_priv.bin" ec.blob &&
		openssl req -new -x509 -newkey rsa:2048 -nodes \
			-keyout "$work/ca.key" -subj "/CN=Test CA" -days 30 \
			-out ca.crt &&
		certify rsa rsa && certify ec ec && echo "hello" >message &&
		openssl req -new -x509 -newkey rsa:2048 -nodes -keyout \
			"$work/new.key" -subj "/CN=new" -days 30 \
			-out "$work/new.crt" &&
		openssl pkcs12 -export -inkey "$work/new.key" -name new \
			-in "$work/new.crt" -passout pass:pfx-password \
			-out new.pfx && echo pfx-password >pfx-password
}

begin() {
	need openssl pkcs11-tool setpriv
	mkdir "$here"
	echo "$pin" >"$work/pin"
	cd "$here" || exit 1
	programs
	if ! files >"$work/files.out" 2>&1; then
		comment <"$work/files.out"
		echo "Bail out! the blobs and certificates could not be made"
		exit 1
	fi
	if [ "$(id -u)" = 0 ]; then
		chmod 755 "$work"
		chown -R nobody:nogroup "$HOME"
	fi
	cd "$work/files" || exit 1
	unset builddir srcdir # make has them of us, and other people's makefiles
	page README
}

# Every machine knows its own name; a bare root may not.
localhost=localhost
getent hosts localhost >/dev/null || localhost=127.0.0.1

# commands NAME [WORD]
commands() {
	awk -v word="${2:-}" -f "$top/tests/consumers/page.awk" \
		"$top/doc/howto/$1.md" | if
		[ "${CNG_CONSUMERS_INSTALLED:-}" = yes ]
	then cat; else
		sed "s#^module=.*#module=$module#; s#localhost#$localhost#g"
	fi | if [ "${CNG_CONSUMERS_FRESH:-}" = yes ]; then cat; else
		sed "s#/var/lib/cng-pkcs11#$machine#g"
	fi
}

# The page speaks of $module, which its reader has from the README.
script() {
	echo "module=$module"
	commands "$@"
}

# The PIN is on standard input for a command that reads it there.  What the
# commands say is in $work/NAME.out or NAME-WORD.out.
page() {
	said=$1${2:+-$2}
	script "$@" >"$work/$said.sh"
	count=$((count + 1))
	what="the commands of $1.md${2:+, $2}"
	if ! [ "$(wc -l <"$work/$said.sh")" -gt 1 ]; then
		echo "not ok $count - $what: there are none"
	elif as_user sh -eux "$work/$said.sh" >"$work/$said.out" 2>&1 \
	    <"$work/pin"; then
		echo "ok $count - $what"
	else
		echo "not ok $count - $what"
		comment <"$work/$said.out"
	fi
}

# shows WHAT PATTERN NAME: the page's commands printed it; what the shell says
# that it runs does not count.
shows() {
	says "$1" "$2" grep -v '^+ ' "$work/$3.out"
}

# within SECONDS COMMAND...: as soon as it succeeds.
within() (
	tries=$(($1 * 10))
	shift
	until "$@"; do
		tries=$((tries - 1))
		[ $tries != 0 ] || return
		sleep 0.1
	done
)

# came PATTERN FILE: what a program writes, in its own time.
came() {
	within 60 grep -qE -e "$1" "$2" && return
	cat "$2"
	return 1
}

# Somebody listens on the port, here or on any address.
listens() {
	cat /proc/net/tcp /proc/net/tcp6 2>/dev/null |
		grep -q "^ *[0-9]*: [0-9A-F]*:$(printf %04X "$1") .* 0A "
}

# The server that was started last does, and it is that one.
answers() {
	tries=600 # Java compiles first
	until listens "$1"; do
		tries=$((tries - 1))
		[ $tries != 0 ] && kill -0 "${servers##* }" || return
		sleep 0.1
	done
	kill -0 "${servers##* }"
}

unused() {
	if listens "$1"; then
		echo "Bail out! port $1 is in use"
		exit 1
	fi
}

# serve NAME WORD PORT: ended with the test; ready when its port answers.
serve() {
	script "$1" "$2" >"$work/$1-$2.sh"
	unused "$3"
	launch "$1-$2" sh -eu "$work/$1-$2.sh"
	ok "the server of $1.md answers on port $3" answers "$3"
	answers "$3" || comment <"$work/$1-$2.out"
}

# launch NAME COMMAND...: in the home, as the page's user, behind the test.
launch() {
	name=$1
	shift
	# shellcheck disable=SC2016,SC2086 # for the shell; a list of words
	setsid sh -c 'cd "$1" && shift && exec "$@"' sh "$here" $as "$@" \
		>"$work/$name.out" 2>&1 </dev/null &
	servers="$servers $!"
}
