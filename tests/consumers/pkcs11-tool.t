#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# doc/howto/pkcs11-tool.md: OpenSC's tool with the keys of two blobs, with more
# blobs by the numbers of their mechanisms, and with a token of its own.
set -u
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"
need pkcs11-tool opensc-tool openssl
version=$(opensc-tool --info 2>&1 | sed -n 's/^OpenSC \([0-9.]*\).*/\1/p')
newer() { [ "$(printf '%s\n' "$1" "$2" | sort -V | head -n 1)" = "$1" ]; }
begin

# Whoever sits there types the PINs: that of the officer, a first one, another.
new_pin=salt-and-pepper
export CNG_CHANGED_PIN=$new_pin
# shellcheck disable=SC2016 # for the script
stand_in pkcs11-tool '
as=user
for word; do [ "$word" != so ] || as=so; done
for word; do
	shift
	set -- "$@" "$word"
	case $word:$as in
	--login:user) set -- "$@" --pin "$CNG_PIN" ;;
	--login:so | --init-token:*) set -- "$@" --so-pin "$CNG_SO_PIN" ;;
	--init-pin:*) set -- "$@" --new-pin "$CNG_PIN" ;;
	--change-pin:*) set -- "$@" --new-pin "$CNG_CHANGED_PIN" ;;
	esac
done
exec /usr/bin/pkcs11-tool "$@"'
printf 'KDBM\001\000\000\000\020\000\000\0000123456789abcdef' >"$here/aes.blob"

page pkcs11-tool
shows "mechanisms are listed" "AES-KEY-WRAP" pkcs11-tool
ok "both signatures were verified" \
	test "$(grep -c '^Verified OK' "$work/pkcs11-tool.out")" = 2
ok "what was encrypted was decrypted" cmp "$here/message" "$here/message.out"
keys() {
	as_user pkcs11-tool --module "$module" --token-label keys --login "$@"
}
keys --list-objects >listed 2>&1
for name in made other kek leaves back aes; do
	says "there is $name" "label: *$name" cat listed
done

# with ID MECHANISM FILE OPTION...: pkcs11-tool writes FILE
with() {
	id=$1 mechanism=$2 file=$3
	shift 3
	rm -f "$here/$file"
	ok "$mechanism with key $id" keys --id "$id" --mechanism "$mechanism" \
		--output-file "$file" "$@"
}
iv=000102030405060708090a0b0c0d0e0f
key=30313233343536373839616263646566
with 15 AES-CBC-PAD message.aes --encrypt --iv $iv --input-file message
ok "the blob's key is the one that Windows had" sh -c "openssl enc -d \
	-aes-128-cbc -K $key -iv $iv -in '$here/message.aes' |
	cmp - '$here/message'"
with 13 AES-CBC-PAD message.aes --encrypt --iv $iv --input-file message
with 14 AES-CBC-PAD message.plain --decrypt --iv $iv --input-file message.aes
ok "the key that came back is the one that left" \
	cmp "$here/message.plain" "$here/message"
ok "what left as a blob comes back, too" as_user cngtool import --name again \
	--wrapping-key kek leaves.blob
with 10 ECDSA-SHA256 made.sig --sign --signature-format openssl \
	--input-file message
ok "... whose public half is read" as_user cngtool export --id 10 --public \
	--type spki -o made.spki
ok "... and the signature is good" openssl dgst -sha256 -keyform DER \
	-verify "$here/made.spki" -signature "$here/made.sig" "$here/message"
with 11 SHA256-RSA-PKCS other.sig --sign --input-file message
openssl pkey -inform DER -in "$here/other.der" -pubout -out other.pub
ok "the key that was written signs" openssl dgst -sha256 -verify other.pub \
	-signature "$here/other.sig" "$here/message"
# Older ones look for a secret key.
refusal=CKR_KEY_UNEXTRACTABLE
newer 0.26 "${version:-0}" || refusal="not found"
fails "a key pair does not leave" "$refusal" keys \
	--wrap --mechanism AES-KEY-WRAP --id 12 --application-id 11 \
	--output-file gone

if newer 0.26 "${version:-0}"; then
	page pkcs11-tool pairs
	with 21 SHA256-RSA-PKCS message.sig --sign --input-file message
	ok "the RSA key is the blob's" openssl dgst -sha256 \
		-verify "$work/rsa.pub" -signature "$here/message.sig" \
		"$here/message"
	with 22 ECDSA-SHA256 message.sig --sign --signature-format openssl \
		--input-file message
	ok "the EC key, too" openssl dgst -sha256 -verify "$work/ec.pub" \
		-signature "$here/message.sig" "$here/message"

	# As long as it may be, and out again under an AES key.
	openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:3072 \
		-out long.pem 2>err
	openssl pkey -in long.pem -pubout -out long.pub
	cngtool convert long.pem --to RSAFULLPRIVATEBLOB -o "$here/long.blob"
	chmod 644 "$here/long.blob" # for the page's user
	ok "a blob of $(wc -c <"$here/long.blob") bytes" keys --unwrap \
		--mechanism 0xC34E4703 --id 434e472d4e554c4c --key-type RSA: \
		--application-id 23 --application-label long --usage-sign \
		--extractable --input-file long.blob
	ok "... leaves under an AES key" keys --wrap --mechanism 0xC34E4703 \
		--id 12 --application-id 23 --output-file long.wrapped
	ok "... and comes back" keys --unwrap --mechanism 0xC34E4703 --id 12 \
		--key-type RSA: --application-id 24 --application-label long2 \
		--usage-sign --input-file long.wrapped
	with 24 SHA256-RSA-PKCS message.sig --sign --input-file message
	ok "... the same key" openssl dgst -sha256 -verify long.pub \
		-signature "$here/message.sig" "$here/message"
else
	skip "key pairs from blobs" "OpenSC is ${version:-unknown}, not 0.26"
fi

second() {
	as_user /usr/bin/pkcs11-tool --module "$module" --token-label second \
		--login --list-objects --pin "$@"
}
fails "the old PIN of the other token is dead" "CKR_PIN_INCORRECT" second "$pin"
ok "... and the new one opens it" second "$new_pin"

says "--test" "No errors" keys --test
ok "--test-fork" as_user pkcs11-tool --module "$module" --test-fork
finish
