#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# doc/howto/web.md: curl, which visits nginx with a key of the token; and
# stunnel.
# Packages: nginx-light
set -u
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"
need curl nginx stunnel4
engines=$(openssl version -e | sed 's/^[^"]*"//; s/"$//')
[ -e "$engines/pkcs11.so" ] ||
	skip_all "libengine-pkcs11-openssl is not installed"
begin

page web
serve nginx server 4643
page web curl
shows "nginx saw the EC key's certificate" "^hello CN=ec" web-curl
shows "... and that of the RSA key" "^hello CN=rsa" web-curl
fails "nobody comes in without" "400|required|alert" as_user curl --max-time 30 --silent \
	--show-error --fail --cacert ca.crt https://localhost:4643/

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
