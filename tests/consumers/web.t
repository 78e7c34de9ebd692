#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# doc/howto/web.md: nginx with a key of the token, which curl visits with
# another one, also as the system starts it; and stunnel.
set -u
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"
need curl nginx stunnel4
engines=$(openssl version -e | sed 's/^[^"]*"//; s/"$//')
[ -e "$engines/pkcs11.so" ] ||
	skip_all "libengine-pkcs11-openssl is not installed"
begin

page web
serve web nginx 4643
page web curl
shows "nginx saw the EC key's certificate" "^hello CN=ec" web-curl
shows "... and that of the RSA key" "^hello CN=rsa" web-curl
fails "nobody comes in without" "400|required|alert" as_user curl --max-time 30 --silent \
	--show-error --fail --cacert ca.crt https://localhost:4643/

# Each worker has a session of its own, also after a reload.
visits() {
	for _ in $(seq 50); do
		foreign curl --max-time 30 --silent --show-error --fail \
			--cacert "$here/ca.crt" --cert "$here/ec.crt" \
			--key "$work/ec.key" https://localhost:4643/ ||
			return
	done
}

# workers: their numbers
workers() {
	cat /proc/[0-9]*/stat 2>/dev/null | awk \
		-v master="$(cat "$HOME/nginx.pid")" '$4 == master { print $1 }'
}

reloaded() {
	before=$(workers)
	kill -s HUP "$(cat "$HOME/nginx.pid")"
	within 60 replaced
}
replaced() { ! workers | grep -qxF "$before"; }

ok "nginx has workers" [ "$(workers | wc -w)" = 2 ]
ok "... that all have the key" visits
ok "nginx reads its configuration anew" reloaded
ok "... and its new workers have the key" visits

# The same with a master that is root, where that can be.
users() {
	for worker in $(workers); do
		stat -c %U "/proc/$worker"
	done | sort -u
}

ended() { ! listens 4643; }

if [ "$(id -u)" = 0 ]; then
	as_root page web machine
	end_servers
	ok "the first nginx ends" within 60 ended
	as_root serve web system 4643
	says "the system's nginx has workers of another user" "^www-data$" \
		users
	ok "... that have the key" visits
	ok "root changes the store" as_root as_user \
		sudo cngtool import --machine --name more --id 03 ec.blob
	ok "... and they still have it" visits
	ok "the system's nginx reads its configuration anew" reloaded
	ok "... and its new workers have the key" visits
else
	skip "workers of another user" "only root can start them"
fi

# A server without TLS behind stunnel.
unused 4645
# shellcheck disable=SC2016 # for perl
launch plain perl -MIO::Socket::INET -e '
	$SIG{PIPE} = "IGNORE";
	$s = IO::Socket::INET->new(LocalAddr => "127.0.0.1:4645",
	    Listen => 5, ReuseAddr => 1) or die;
	while ($c = $s->accept) {
		while (<$c>) { last if /^\r?$/ }
		print $c "HTTP/1.0 200 OK\r\n\r\nplain\n"; close $c
	}'
ok "a server without TLS answers" answers 4645
serve web stunnel 4644
says "stunnel's certificate is good, and its key" "^plain" as_user curl \
	--max-time 30 --silent --show-error --cacert ca.crt https://localhost:4644/
finish
