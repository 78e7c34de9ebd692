#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# cngtool with symmetric, wrapped and sealed blobs; OpenSSL opens what we
# wrapped, and we open what it wrapped.
. "$(dirname "$0")/common.sh"

openssl genrsa -out rsa.pem 2048 2> /dev/null
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out ec.pem
openssl pkey -in ec.pem -outform DER -out ec.der
echo 87654321 > so
echo 1234 > pin
CNG_PIN=1234
export CNG_PIN
status 0 "$cngtool" init --label keys --so-pin-file so --pin-file pin

# CipherKeyBlob
printf '0123456789abcdef' > aes
status 0 "$cngtool" convert aes --type raw --to CipherKeyBlob -o aes.blob
status 0 "$cngtool" inspect aes.blob
says out 'CipherKeyBlob, AES 128, 52 bytes'
status 0 "$cngtool" convert aes.blob --to KeyDataBlob -o aes.kdbm
status 0 "$cngtool" import aes.blob --name aes --exportable
status 0 "$cngtool" import aes.blob --name plain --plaintext-exportable
status 0 "$cngtool" export --name plain --type CipherKeyBlob -o again.blob
same again.blob aes.blob
{ head -c 16 aes.blob; printf 'D\000E\000S\000\000\000'
	tail -c 28 aes.blob; } > des.blob
status 0 "$cngtool" inspect des.blob
says out 'recognised, but no key that can be imported'
says out 'AlgName *DES'
status 1 "$cngtool" import des.blob --name des
says err NOT_SUPPORTED

# Rfc3565KeyWrapBlob: OpenSSL opens it
head -c 32 /dev/zero | tr '\000' 'k' > kek
kek=$(od -An -v -tx1 kek | tr -d ' \n')
status 0 "$cngtool" import kek --type raw --name kek --usage wrap,unwrap
status 0 "$cngtool" export --name aes --type Rfc3565KeyWrapBlob \
	--wrap-with kek -o kw.blob
openssl enc -d -id-aes256-wrap -iv A6A6A6A6A6A6A6A6 -K "$kek" \
	-in kw.blob > kw.plain
same kw.plain aes
status 0 "$cngtool" inspect --type Rfc3565KeyWrapBlob kw.blob
says out 'wrapped or sealed, not looked into'
status 0 "$cngtool" import kw.blob --type Rfc3565KeyWrapBlob \
	--wrapping-key kek --name kw --plaintext-exportable
status 0 "$cngtool" export --name kw -o kw.kdbm
same kw.kdbm aes.kdbm
status 2 "$cngtool" export --name aes --type Rfc3565KeyWrapBlob
says err 'needs --wrap-with'
status 2 "$cngtool" import kw.blob --type Rfc3565KeyWrapBlob --name no
says err 'holds a wrapped key'
status 2 "$cngtool" convert aes --type raw --to Rfc3565KeyWrapBlob
says err "is made by 'cngtool export'"

# PKCS11RsaAesWrapBlob, both ways
status 0 "$cngtool" import rsa.pem --name wrapper --usage unwrap
openssl pkey -in rsa.pem -pubout -out rsa.pub
status 0 "$cngtool" import rsa.pub --name to --usage wrap
status 0 "$cngtool" import ec.pem --name ec --exportable
status 0 "$cngtool" export --name ec --type PKCS11RsaAesWrapBlob \
	--wrap-with to -o rapw.blob
status 0 "$cngtool" inspect rapw.blob
says out 'PaddingAlgId *SHA256'
len=$(od -An -tu4 -j4 -N4 rapw.blob | tr -d ' ')
tail -c +17 rapw.blob | head -c 256 > rapw.oaep
tail -c +273 rapw.blob | head -c $((len - 256)) > rapw.kwp
openssl pkeyutl -decrypt -inkey rsa.pem -pkeyopt rsa_padding_mode:oaep \
	-pkeyopt rsa_oaep_md:sha256 -pkeyopt rsa_mgf1_md:sha256 \
	-in rapw.oaep > rapw.aes
# another hash, a label, a shorter key: OpenSSL needs the same
status 0 "$cngtool" export --name ec --type PKCS11RsaAesWrapBlob \
	--wrap-with to --oaep-hash SHA384 --oaep-label for-you --aes-bits 192 \
	-o label.blob
status 0 "$cngtool" inspect label.blob
says out 'PaddingAlgId *SHA384'
says out 'PaddingLabel *666f722d796f75'
tail -c +17 label.blob | head -c 256 > label.oaep
openssl pkeyutl -decrypt -inkey rsa.pem -pkeyopt rsa_padding_mode:oaep \
	-pkeyopt rsa_oaep_md:sha384 -pkeyopt rsa_mgf1_md:sha384 \
	-pkeyopt rsa_oaep_label:666f722d796f75 -in label.oaep > label.aes
is "$(wc -c < label.aes)" 24 'the AES key has 192 bits'
status 0 "$cngtool" import label.blob --wrapping-key wrapper --name label
status 2 "$cngtool" export --name ec --type PKCS11RsaAesWrapBlob \
	--wrap-with to --oaep-hash md5
says err 'oaep-hash md5: not sha1'
status 2 "$cngtool" export --name ec --type PKCS11RsaAesWrapBlob \
	--wrap-with to --aes-bits 0128
says err 'not 128, 192 or 256'
status 2 "$cngtool" export --name aes --type Rfc3565KeyWrapBlob \
	--wrap-with kek --oaep-label x
says err 'oaep-label is for PKCS11RsaAesWrapBlob and PKCS7_ENVELOPE only'
key=$(od -An -v -tx1 rapw.aes | tr -d ' \n')
openssl enc -d -id-aes256-wrap-pad -iv A65959A6 -K "$key" -in rapw.kwp |
	openssl pkey -inform DER -outform DER > rapw.der
same rapw.der ec.der
openssl pkcs8 -topk8 -nocrypt -in ec.pem -outform DER > ec.p8
openssl pkeyutl -encrypt -pubin -inkey rsa.pub \
	-pkeyopt rsa_padding_mode:oaep -pkeyopt rsa_oaep_md:sha512 \
	-pkeyopt rsa_mgf1_md:sha512 -in kek > theirs.oaep
openssl enc -e -id-aes256-wrap-pad -iv A65959A6 -K "$kek" \
	-in ec.p8 > theirs.kwp
cat theirs.oaep theirs.kwp > theirs
len=$(wc -c < theirs)
{
	printf RAPW
	# shellcheck disable=SC2059
	printf "\\$(printf %03o $((len % 256)))\\$(printf %03o $((len / 256)))"
	printf '\000\000\016\000\000\000\000\000\000\000'
	cat theirs
	printf 'S\000H\000A\0005\0001\0002\000\000\000'
} > theirs.blob
status 0 "$cngtool" import theirs.blob --wrapping-key wrapper --name theirs \
	--plaintext-exportable
status 0 "$cngtool" export --name theirs -o theirs.ec
status 0 "$cngtool" convert ec.pem --to ECCPRIVATEBLOB -o ec.blob
status 0 "$cngtool" convert theirs.ec --to spki -o theirs.spki
openssl pkey -in ec.pem -pubout -outform DER > ec.spki
same theirs.spki ec.spki
status 2 "$cngtool" import rapw.blob --name no
says err 'holds a wrapped key'

# OpaqueTransport: back to this token, with name and policy
status 0 "$cngtool" export --name ec --type OpaqueTransport -o ec.opaque
status 0 "$cngtool" inspect ec.opaque
says out 'TokenSerial *[0-9a-f]*'
status 1 "$cngtool" import ec.opaque
says err EXISTS
status 0 "$cngtool" delete --name ec --yes
status 0 "$cngtool" import ec.opaque
says out "'ec'"
status 5 "$cngtool" export --name ec
says err KEY_SENSITIVE
status 2 "$cngtool" import ec.opaque --exportable
says err 'brings its own policy'
status 1 "$cngtool" import ec.opaque --name other
says err TEMPLATE_INCONSISTENT
status 1 "$cngtool" convert ec.opaque --to pem
says err 'sealed by a token'
{ head -c 200 ec.opaque; printf '\001\002'; tail -c +203 ec.opaque; } > bad
status 1 "$cngtool" import bad
says err BAD_DATA
status 0 "$cngtool" init --store other.db --label other --so-pin-file so \
	--pin-file pin
status 1 "$cngtool" import ec.opaque --store other.db
says err 'was made by another token'

# strangers are told field by field
printf '\020\000\000\000KDF1\012\000\000\000\003\000\000\000' > kdf
printf 'H\000K\000D\000F\000\000\000key' >> kdf
status 0 "$cngtool" inspect kdf
says out 'KDFKeyBlob, 29 bytes: recognised'
says out 'AlgName *HKDF'
status 1 "$cngtool" import kdf --name kdf
says err KDFKeyBlob
head -c 28 kdf > short
status 1 "$cngtool" inspect short
says out 'cut short'
status 0 "$cngtool" inspect "$srcdir/tests/vectors/own/opaque_mib1.bin"
says out 'KeyFile.cbPrivateKey'
status 1 "$cngtool" import "$srcdir/tests/vectors/own/opaque_mib1.bin"
says err NOT_SUPPORTED
# --all of a sealed key is that one
status 0 "$cngtool" export --name plain --type OpaqueTransport -o sealed.blob
status 1 "$cngtool" import sealed.blob --all
says err EXISTS
status 0 "$cngtool" import sealed.blob --all --overwrite
says out '^imported secret key'
done_all
