#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# doc/howto/gnutls.md: the tools of GnuTLS, and TLS with the keys of both ends
# in the token.
set -u
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"
need p11tool certtool gnutls-serv gnutls-cli
begin

page gnutls
shows "the token is listed" "token=keys" gnutls
shows "... and its private key" "object=rsa;type=private" gnutls
shows "the key signs" "Verifying against public key in the token... ok" gnutls
ok "the certificate came out as it went in" sh -c "openssl x509 -in \
	'$here/copy.crt' | cmp - '$here/rsa.crt'"
ok "the request is signed right" openssl req -in "$here/request.pem" -verify \
	-noout
ok "the certificate, too" openssl verify -CAfile "$here/self.pem" \
	"$here/self.pem"
ok "... by the key that came as a blob" sh -c "openssl x509 -noout -pubkey -in \
	'$here/self.pem' | cmp - '$work/rsa.pub'"
says "the new key is there" "made" as_user cngtool list
says "... and the one that was written" "other" as_user cngtool list

serve gnutls server 4633
page gnutls client
shows "the client trusts the server" "certificate is trusted" gnutls-client
shows "... and was asked who it is" "Server has requested a certificate" \
	gnutls-client
ok "... which the server saw and trusts" came "Subject: CN=ec" \
	"$work/gnutls-server.out"
shows "the wrapped key came back" "back" gnutls
finish
