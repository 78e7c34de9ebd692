#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# The Linux commands of doc/FROM-WINDOWS.md, taken out of the page and run from
# top to bottom, on what Windows would have given.  What asks on a terminal
# gets its answer from here, cngtool by a program that asks for it.
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
own=$top/tests/vectors/own
page=$top/doc/FROM-WINDOWS.md
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"
need pkcs11-tool certtool openssl jq

# PINs and passwords come when they are asked for, and not before.
cat >askpass <<'END'
#!/bin/sh
case $1 in
*SO*) echo 12345678 ;;
*PIN*) echo 123456 ;;
*) echo secret ;;
esac
END
chmod 755 askpass
unset CNG_PIN CNG_SO_PIN CNG_NEW_PIN CNG_PASSWORD CNG_NEW_PASSWORD
unset CREDENTIALS_DIRECTORY
export SSH_ASKPASS="$PWD/askpass" SSH_ASKPASS_REQUIRE=force
export PATH="${builddir:?}:$PATH"
echo 'machine_store = none' >"$CNG_PKCS11_CONF"
chmod 600 "$CNG_PKCS11_CONF"
cp "$top/doc/sample/rsa-2048.blob" web.blob
cp "$own/pfx_rc2.pfx" web.pfx
cp "$own/enc_aes256.der" ec.p8
cp "$own/p384_ecdsa_priv.bin" service.blob
cp "$own/pfx_aes256.pfx" user.pfx
cp "$own/pfx_empty.pfx" vault.pfx
ok "the recovery agent's PFX" cngtool convert "$own/rsa1024_priv.bin" \
	--to pfx -o agent.pfx

# section NUMBER: the sh blocks below that heading; 0 is before the first
# shellcheck disable=SC2016 # as it stands in the page
section() {
	awk -v wanted="$1" '
		/^## Afterwards/ { exit }
		/^## [0-9]/ { at = $2 + 0 }
		/^```/ { inside = $0 == "```sh"; next }
		inside && at == wanted' "$page" |
		sed -e "s#^module=.*#module=$CNG_MODULE#" \
			-e 's#--login#--login --pin 123456#' \
			-e 's#"$uri"#"$uri;pin-value=123456"#'
}

# follow NUMBER LINES WHAT: each command of a section works
follow() {
	section "$1" >commands
	ok "$3: there are commands" test "$(wc -l <commands)" -ge "$2"
	{ section 0 | grep '^module='; cat commands; } >commands.sh
	ok "$3" bash -euo pipefail commands.sh
	cp out said
}

# imported NAME FILE: the key in the token is the one of that file
imported() {
	ok "the public key of $1" cngtool export --name "$1" --public \
		--type spki -o name.spki
	ok "and of $2" cngtool convert "$2" --to spki -o file.spki
	ok "are the same" cmp name.spki file.spki
}

follow 0 3 "once"
follow 1 8 "a PFX of IIS"
says "it says what the page says" '^Verified OK' cat said
imported web "$own/pfx_rc2.pfx"
says "the certificate is beside the key" cert cngtool list --label web
follow 2 8 "blobs of .NET"
says "it says what the page says" '^Verified OK' cat said
imported site web.blob
imported ec ec.p8
follow 3 3 "a blob of NCryptExportKey"
imported service service.blob
for kind in inside octets; do
	cp "$own/recovery_$kind.p7" recovery.p7
	follow 4 5 "a recovery blob, $kind"
	imported archived "$own/rsa1024_priv.bin"
	imported mail user.pfx
	for name in mail agent archived; do
		ok "$name goes" cngtool delete --yes --class private \
			--name $name
	done
done
follow 5 1 "a PFX of Key Vault"
follow 6 5 "a new key and its request"
says "the request is ours" 'www\.example\.org' cat said

# a blob that no other machine can use is known, and refused
says "a key of a TPM" PcpTpmProtectedKeyBlob \
	cngtool inspect "$own/tpm_loadable.bin"
fails "is no key to import" 'NOT_SUPPORTED|BAD_DATA' \
	cngtool import "$own/tpm_loadable.bin"
# as it was before this page: OpenSSL alone does not read it
fails "OpenSSL needs its old provider for RC2" 'unsupported' \
	openssl pkcs12 -in web.pfx -passin pass:secret -nodes
# every file that the page points to is there
# shellcheck disable=SC2016 # for the inner shell
ok "the page points to what there is" sh -c '
	sed -n "s/.*](\([A-Za-z.\/-]*\)[)#].*/\1/p" "$1" | sort -u |
	while read -r file; do
		test -e "$2/doc/$file" || exit 1
	done' sh "$page" "$top"
finish
