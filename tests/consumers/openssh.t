#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# doc/howto/openssh.md: logs in to an sshd on the loopback, with the module in
# ssh and with the agent, with each kind of key.  The page's "host" is that
# sshd.
# Packages: openssh-server
set -u
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"
need ssh ssh-keygen ssh-add ssh-agent ssh-copy-id sshd
port=4622
begin

# more keys: what the first page brings is RSA and P-256
cp "$top/tests/vectors/own/p384_ecdsa_priv.bin" \
	"$top/tests/vectors/own/ed25519.der" "$here"
ok "a key on P-384" as_user cngtool import --name p384 p384_ecdsa_priv.bin
ok "an Ed25519 key" as_user cngtool import --name ed25519 ed25519.der

# The first visit, of ssh-copy-id, is with a key in a file: in place of a
# password.
known=$work/remote/.ssh/authorized_keys
mkdir "$work/remote"
ssh-keygen -q -t ed25519 -N '' -f "$work/server"
ssh-keygen -q -t ed25519 -N '' -f "$here/first"
[ "$(id -u)" != 0 ] || chown nobody "$here" "$here/first"
cat >"$work/sshd.conf" <<END
Port $port
ListenAddress 127.0.0.1
HostKey $work/server
PidFile none
UsePAM no
StrictModes no
PermitRootLogin yes
PasswordAuthentication no
KbdInteractiveAuthentication no
AuthorizedKeysFile $here/first.pub $known
SetEnv HOME=$work/remote
LogLevel VERBOSE
END
[ "$(id -u)" != 0 ] || mkdir -p /run/sshd
# Only root's sshd can read this.
case $(getent shadow "$(id -un)") in
*:!*)
	echo "Bail out! without PAM, sshd refuses $(id -un): the password" \
		"is locked, its entry in /etc/shadow begins with !"
	exit 1
	;;
esac
unused $port
setsid "$(command -v sshd)" -D -e -f "$work/sshd.conf" \
	>>"$work/sshd.log" 2>&1 </dev/null &
servers=$!
ok "sshd answers" answers $port

# ssh looks up the home of its user and not HOME.
cat >"$work/ssh.conf" <<END
Host host
	HostName 127.0.0.1
	Port $port
	User $(id -un)
	UserKnownHostsFile $work/known
	IdentityFile $here/first
Match all
	Include $HOME/.ssh/config
END
echo "[127.0.0.1]:$port $(cut -d' ' -f1,2 "$work/server.pub")" >"$work/known"
chmod a+r "$work/ssh.conf" "$work/known"
stand_in ssh "exec /usr/bin/ssh -F '$work/ssh.conf' \"\$@\""
# shellcheck disable=SC2016 # for the script
stand_in ssh-copy-id '/usr/bin/ssh-copy-id "$@" && mv first gone'
# The agent is told of the place of the build.
launch agent ssh-agent -D -a "$HOME/agent" -P "$work/*,/usr/lib*/*"
export SSH_AUTH_SOCK="$HOME/agent"
ok "the agent answers" listening "$SSH_AUTH_SOCK"

page openssh
ok "four logins, one by ssh-copy-id" \
	test "$(grep -c '^Accepted publickey' "$work/sshd.log")" = 4
shows "the signature was verified" "^Good \"file\" signature for me" openssh

accepted() { grep '^Accepted publickey' "$work/sshd.log" | grep -F "$1"; }

# Each key by itself: the server knows this one only.
ok "the agent takes the token again" as_user ssh-add -s "$module"
n=0
while read -r type key name; do
	n=$((n + 1))
	echo "$type $key" >"$known"
	print=$(ssh-keygen -lf "$known" | cut -d' ' -f2)
	: >"$work/sshd.log"
	ok "$name, $type, logs in by the agent" \
		as_user ssh -o PKCS11Provider=none host :
	ok "... with this key" accepted "$print"
	: >"$work/sshd.log"
	ok "$name logs in by the module in ssh" \
		as_user ssh -o IdentityAgent=none host :
	ok "... with this key" accepted "$print"
done <"$here/keys.pub"
# OpenSSH before 10.1 takes Ed25519 keys from files only.
if grep -q '^ssh-ed25519' "$here/keys.pub"; then
	ok "all four were tried" test $n = 4
else
	ok "all three were tried" test $n = 3
	skip "Ed25519 in OpenSSH" "$(ssh -V 2>&1 | sed 's/,.*//') is too old"
fi

finish
