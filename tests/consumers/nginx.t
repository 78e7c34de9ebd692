#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# doc/howto/nginx.md: nginx with a key of the token, also as the system starts
# it, and its workers.
# Packages: curl
set -u
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"
need curl nginx
engines=$(openssl version -e | sed 's/^[^"]*"//; s/"$//')
[ -e "$engines/pkcs11.so" ] ||
	skip_all "libengine-pkcs11-openssl is not installed"
begin

page nginx
serve nginx server 4643

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
	as_root page nginx machine
	end_servers
	ok "the first nginx ends" within 60 ended
	as_root serve nginx system 4643
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
finish
