#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Inside of OpenSSL: libp11's engine signs with our keys, and a provider of
# our own computes digests with the module, so that libcrypto calls it from
# within its calls and when the process ends.
set -u
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"
need openssl pkcs11-tool
bail_without_token

label_of() { echo "pkcs11:token=$label;id=%$1;type=private"; }
echo "a message" >data
ok "generate an RSA key" tool_in --keypairgen --key-type rsa:2048 --id 11 \
	--label engine-rsa
ok "generate an EC key" tool_in --keypairgen --key-type EC:prime256v1 \
	--id 12 --label engine-ec

# --- a provider ---------------------------------------------------------------

provider="$builddir/.libs"
guest() {
	verb=$1
	shift
	foreign openssl "$verb" -provider-path "$provider" \
		-provider guest-provider -provider default \
		-propquery '?provider=guest' "$@"
}
openssl dgst -sha256 -r data >expected
guest dgst -sha256 -r data >got 2>err
ok "the provider's digest ends well" test $? = 0
ok "... and is right" cmp expected got
if grep -q . err; then comment <err; fi
head -c 3000000 /dev/zero >big
openssl dgst -sha256 -r big >expected
ok "a large digest" guest dgst -sha256 -r -out got big
ok "... is right" cmp expected got
# --- an engine ----------------------------------------------------------------

engines=$(openssl version -e | sed 's/^[^"]*"//; s/"$//')
if [ ! -e "$engines/pkcs11.so" ]; then
	skip "the engine of libp11" "libengine-pkcs11-openssl is not installed"
	finish
	exit 0
fi
cat >engine.cnf <<END
openssl_conf = init
[init]
engines = list
[list]
pkcs11 = ours
[ours]
engine_id = pkcs11
dynamic_path = $engines/pkcs11.so
MODULE_PATH = $CNG_MODULE
PIN = $pin
init = 0
END
engine() {
	verb=$1
	shift
	foreign env OPENSSL_CONF="$PWD/engine.cnf" openssl "$verb" \
		-engine pkcs11 "$@"
}
for id in 11 12; do
	ok "engine: the public key of $id" engine pkey -inform engine \
		-in "$(label_of $id)" -pubout -out pub.pem
	ok "engine: a signature" engine dgst -keyform engine \
		-sign "$(label_of $id)" -sha256 -out sig data
	ok "... is right" openssl dgst -sha256 -verify pub.pem -signature sig \
		data
	ok "engine: a certificate" engine req -new -x509 -keyform engine \
		-key "$(label_of $id)" -subj /CN=engine -days 3 -out cert.pem
	ok "... is right" openssl verify -CAfile cert.pem cert.pem
done
ok "engine: random bytes" engine rand -hex 8
# both at once: the module has two users in one process
both() {
	foreign env OPENSSL_CONF="$PWD/engine.cnf" openssl dgst \
		-engine pkcs11 -keyform engine -sign "$(label_of 11)" \
		-provider-path "$provider" -provider guest-provider \
		-provider default -propquery '?provider=guest' \
		-sha256 -out sig data
}
engine pkey -inform engine -in "$(label_of 11)" -pubout -out pub.pem 2>err
ok "engine and provider in one process" both
ok "... sign right" openssl dgst -sha256 -verify pub.pem -signature sig data

finish
