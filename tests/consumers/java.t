#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# doc/howto/java.md: keytool, jarsigner, the programs of examples/java, and
# all else that Java's provider does with a token (Exercise.java).  The java of
# $PATH is tried, or that of $JAVA_HOME.
set -u
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"
[ -z "${JAVA_HOME:-}" ] || PATH="$JAVA_HOME/bin:$PATH"
need java keytool jarsigner jar javac curl
export LC_ALL=C # what they say is read
begin
cp -R "$top/examples" "$here/examples"
chmod -R a+rX "$here/examples"
cp "$top/tests/consumers/Exercise.java" "$here"
chmod 644 "$here/Exercise.java"

page java
shows "keytool lists the RSA key" "^rsa, PrivateKeyEntry" java
shows "... and the EC key" "^ec, PrivateKeyEntry" java
ok "the request is signed right" openssl req -in "$here/made.csr" -verify -noout
ok "the certificate came out as it went in" sh -c "openssl x509 -in \
	'$here/copy.crt' | cmp - '$here/rsa.crt'"
shows "the RSA key signed the archive" 'Signed by "CN=rsa"' java
shows "... and the EC key" 'Signed by "CN=ec"' java
shows "... and both signatures are good" "^jar verified" java
shows "the file's signature was verified" "^Verified OK" java

store="-keystore NONE -storetype PKCS11 -storepass:file $HOME/.cng-pin
	-addprovider SunPKCS11 -providerarg pkcs11.cfg"
# shellcheck disable=SC2086 # a list of words
entries() { as_user keytool -list $store | sed -n 's/, PrivateKeyEntry.*//p'; }
says "three keys are left" "^brought ec rsa $" sh -c "echo \
	'$(entries | sort | tr '\n' ' ')'"
as_user cngtool list >listed 2>&1
says "cngtool lists the key that was brought" "\<brought\>" cat listed
ok "... and nothing of the one that was deleted" sh -c "! grep -w made listed"
ok "the key that was brought signs" as_user java \
	examples/java/SignFile.java pkcs11.cfg \
	"$HOME/.cng-pin" brought SHA512withRSA ca.crt
openssl x509 -in "$work/new.crt" -noout -pubkey >new.pub
ok "... and is the one of the PFX file" openssl dgst -sha512 -verify new.pub \
	-signature "$here/ca.crt.sig" "$here/ca.crt"
printf x >>"$here/app.jar"
echo other >"$here/message"
as_user jar --update --file app.jar message >out 2>&1
refuses "an archive that was changed is not signed" \
	"SecurityException|digest error|tampered" as_user jarsigner -verify app.jar

serve java server 4646
page java client
shows "the server saw the client's certificate" "^hello CN=ec, TLSv1.3" \
	java-client

# visit PORT VERSION SIGNATURES: by a client that takes only these
visit() {
	printf 'GET / HTTP/1.0\r\n\r\n' | foreign openssl s_client \
		-connect "127.0.0.1:$1" "-tls1_$2" -sigalgs "$3" \
		-cert rsa.crt -key "$work/rsa.key" -CAfile ca.crt \
		-verify_return_error -ign_eof
}
# The CA has an RSA key, so RSA+SHA256 must be there for its signature.
rsa=rsa_pss_rsae_sha256:RSA+SHA256
ec=ECDSA+SHA256:$rsa
cd "$here" || exit 1
says "TLS 1.3 with the RSA key" "type: (RSA-PSS|rsa_pss)" visit 4646 3 $rsa
says "TLS 1.3 with the EC key" "type: (ECDSA|ecdsa)" visit 4646 3 $ec
says "TLS 1.2 with the RSA key" "type: (RSA-PSS|rsa_pss)" visit 4646 2 $rsa
says "TLS 1.2 with the EC key" "type: (ECDSA|ecdsa)" visit 4646 2 $ec

# All that TLS computes is the token's work, too, where it is asked first.
sed 's/addProvider(token)/insertProviderAt(token, 1)/' \
	examples/java/TlsServer.java >First.java
unused 4647
launch first java First.java pkcs11.cfg "$HOME/.cng-pin" ca.crt 4647
ok "a server with the token before all other providers" answers 4647
says "TLS 1.3 there" "^hello CN=rsa, TLSv1.3" visit 4647 3 $ec
says "TLS 1.2 there" "^hello CN=rsa, TLSv1.2" visit 4647 2 $rsa
end_servers

printf 'KDBM\001\000\000\000\020\000\000\0000123456789abcdef' >aes.blob
ok "a secret key of a blob" as_user cngtool import --name aes aes.blob
ok "a key that wraps" as_user pkcs11-tool --module "$module" \
	--token-label keys --login --keygen --key-type AES:32 --label kek \
	--usage-wrap
{
	sed 's/cng$/more/' pkcs11.cfg
	echo "allowLegacy = true"
} >legacy.cfg
as_user java Exercise.java pkcs11.cfg "$HOME/.cng-pin" legacy.cfg \
	>"$work/exercise" 2>&1
while read -r line; do
	case $line in
	"ok - "* | "not ok - "*)
		count=$((count + 1))
		echo "${line%% - *} $count - ${line#* - }"
		;;
	*) echo "$line" | comment ;;
	esac
done <"$work/exercise"
says "that was all of it" "^end" cat "$work/exercise"
finish
