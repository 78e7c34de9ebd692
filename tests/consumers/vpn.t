#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# doc/howto/vpn.md: strongSwan's pki, and OpenVPN with its key in the token, to
# a server on the loopback.  Neither end has a network device.
set -u
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"
need openvpn pki socat
[ -e /usr/lib/ipsec/plugins/libstrongswan-pkcs11.so ] ||
	skip_all "libstrongswan-extra-plugins is not installed"
[ -e /usr/lib/ipsec/plugins/libstrongswan-openssl.so ] ||
	skip_all "libstrongswan-standard-plugins is not installed"
begin
# It asks on the terminal, unless it has none.
# shellcheck disable=SC2016 # for the script
stand_in pki 'echo "$CNG_PIN" | setsid -w /usr/bin/pki "$@"'

page vpn
shows "pki finds the RSA key" "privkey: *RSA 2048 bits" vpn
ok "the public key is right" sh -c "openssl pkey -pubin -in '$here/ec.pub' |
	cmp - '$work/ec.pub'"
says "the request is good" "self-signature verify OK" openssl req -verify \
	-noout -in "$here/new.csr"
ok "... and for the EC key" sh -c "openssl req -pubkey -noout \
	-in '$here/new.csr' | cmp - '$work/ec.pub'"
ok "the self-signed certificate is good" openssl verify \
	-CAfile "$here/self.crt" "$here/self.crt"
ok "... and of the RSA key" sh -c "openssl x509 -pubkey -noout \
	-in '$here/self.crt' | cmp - '$work/rsa.pub'"

# The other end, and what a client has been given for it.
cp "$work/rsa.key" "$here/server.key"
[ "$(id -u)" != 0 ] || chown nobody "$here/server.key"
unused 4661
launch server openvpn --dev null --ifconfig-noexec --tls-server \
	--proto tcp-server --local 127.0.0.1 --port 4661 --dh none \
	--ca ca.crt --cert rsa.crt --key server.key --verb 3
ok "a server answers" answers 4661

given() {
	cat >"$here/client.conf" <<-EOF
	dev null
	ifconfig-noexec
	tls-client
	proto tcp-client
	remote 127.0.0.1 4661
	ca ca.crt
	verb 3
	EOF
	[ "$(id -u)" != 0 ] || chown nobody "$here/client.conf"
}

# stop: the server of the test that was started last
stop() {
	kill -s TERM -- "-${servers##* }"
	wait "${servers##* }"
	servers=${servers% *}
}

# connects NAME ID: the page names the key by its id.
connects() {
	given
	script vpn openvpn | sed "s#/01#/$2#" >"$work/client.sh"
	script vpn pin >"$work/pin.sh"
	launch "client-$1" sh -eu "$work/client.sh"
	ok "OpenVPN with the $1 key waits for its PIN" came \
		"MANAGEMENT: unix domain socket listening" \
		"$work/client-$1.out"
	launch "pin-$1" sh -eu "$work/pin.sh"
	ok "OpenVPN connects with the $1 key" came \
		"Initialization Sequence Completed" "$work/client-$1.out"
	says "... and the server has seen its certificate" \
		"VERIFY OK: depth=0, CN=$1" cat "$work/server.out"
	stop
	stop
}
connects rsa 01
connects ec 02
finish
