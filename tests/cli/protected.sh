#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# cngtool with ProtectedKeyBlob: a domain's, opened with its root keys, and a
# token's own.
. "$(dirname "$0")/common.sh"
own=$srcdir/tests/vectors/own
roots=$own/kds_roots.ldif

# a domain's: told in full, looked into with a root key
status 0 "$cngtool" inspect "$own/protected_p256_dh.bin"
says out 'ProtectedKeyBlob, [0-9]* bytes: wrapped or sealed, not looked into'
says out 'AlgName *ECDSA_P256'
says out 'RootKeyId *f8409988-6666-6e15-7b73-e39b3b85a242'
says out 'L0Index *361'
says out 'DomainName *example.org'
says out 'ProtectionDescriptor *SID=S-1-5-18'
status 0 "$cngtool" inspect "$own/protected_p256_dh.bin" --kds-root-key "$roots"
says out 'ProtectedKeyBlob, EC P-256, [0-9]* bytes: the numbers belong'
status 0 "$cngtool" inspect --json "$own/protected_p256_dh.bin"
says out '"type": "ProtectedKeyBlob"'
says out '"name": "KeyIdentifier.RootKeyId"'
status 0 "$cngtool" inspect "$own/protected_two_sids.bin"
says out 'SID=S-1-5-18 OR SID=S-1-5-19'
says out 'recognised, but no key that can be imported'
status 0 "$cngtool" inspect "$own/protected_local.bin"
says out 'LOCAL=user'
says out 'recognised, but no key that can be imported'
status 1 "$cngtool" inspect "$own/protected_version.bin"
says err BAD_DATA

# the key within, in another form
for pair in rsa1024:rsa1024_priv sha1_dh:rsa1024_priv sha256:rsa1024_priv \
	ecdh_p256:p256_ecdsa_priv ecdh_p384:p384_ecdh_priv; do
	status 0 "$cngtool" convert "$own/protected_${pair%:*}.bin" \
		--kds-root-key "$roots" --to PRIVATEBLOB -o within
	says err 'lost: the protection'
	same within "$own/${pair#*:}.bin"
done
status 0 "$cngtool" convert "$own/protected_aes256.bin" \
	--kds-root-key "$roots" --to KeyDataBlob -o within
same within "$own/aes256.bin"
status 2 "$cngtool" convert "$own/protected_rsa1024.bin" --to pem
says err 'opened by --kds-root-key only'
grep -v '^cn: f8409988' "$roots" > fewer
status 3 "$cngtool" convert "$own/protected_rsa1024.bin" \
	--kds-root-key fewer --to pem
says err 'root key is not in the file'
status 2 "$cngtool" convert "$own/protected_rsa1024.bin" \
	--kds-root-key "$own/rsa1024_pub.bin" --to pem
status 1 "$cngtool" convert "$own/protected_damaged.bin" \
	--kds-root-key "$roots" --to pem
says err WRAPPED_KEY
status 1 "$cngtool" convert "$own/protected_sddl.bin" \
	--kds-root-key "$roots" --to pem
says err NOT_SUPPORTED
status 2 "$cngtool" convert "$own/rsa1024_priv.bin" --to ProtectedKeyBlob
says err "made by 'cngtool export'"

# into a token
echo 87654321 > so
echo 1234 > pin
CNG_PIN=1234
export CNG_PIN
status 0 "$cngtool" init --label keys --so-pin-file so --pin-file pin
status 0 "$cngtool" import "$own/protected_ecdh_p256.bin" --name dns \
	--kds-root-key "$roots" --plaintext-exportable
status 0 "$cngtool" export --name dns -o dns.blob
same dns.blob "$own/p256_ecdsa_priv.bin"
status 2 "$cngtool" import "$own/protected_rsa1024.bin" --name no
says err 'opened by --kds-root-key only'
status 0 "$cngtool" import "$own/protected_aes256.bin" --name secret \
	--kds-root-key "$roots" --usage encrypt,decrypt

# the root key itself is a secret of the token: its id, then the key
{
	printf '\210\231\100\370\146\146\025\156\173\163\343\233\073\205\242'
	printf '\102'
	sed -n '/^cn: f8409988/,/^$/p' "$roots" |
		sed -n '/RootKeyData/,/^$/p' | tr -d '\n ' |
		sed 's/.*:://' | openssl base64 -d -A
} > root
status 0 "$cngtool" convert "$own/protected_rsa1024.bin" --kds-root-key root \
	--to RSAPRIVATEBLOB -o within
same within "$own/rsa1024_priv.bin"
status 0 "$cngtool" import root --type raw --name root --usage unwrap
status 0 "$cngtool" import "$own/protected_rsa1024.bin" --wrapping-key root \
	--name unwrapped --plaintext-exportable
status 0 "$cngtool" export --name unwrapped -o unwrapped.blob
same unwrapped.blob "$own/rsa1024_priv.bin"

# out of it, for itself
status 0 "$cngtool" import "$own/rsa1024_priv.bin" --name keep --exportable
status 0 "$cngtool" export --name keep --type ProtectedKeyBlob -o keep.prtk
status 0 "$cngtool" inspect keep.prtk
says out 'ProtectionDescriptor *LOCAL=user'
says out 'TokenSerial *[0-9a-f]*'
status 0 "$cngtool" export --name keep --descriptor LOCAL=machine -o m.prtk
status 0 "$cngtool" inspect m.prtk
says out 'ProtectionDescriptor *LOCAL=machine'
for blob in keep m; do
	status 0 "$cngtool" import $blob.prtk --name $blob.back \
		--plaintext-exportable
	status 0 "$cngtool" export --name $blob.back -o back.blob
	same back.blob "$own/rsa1024_priv.bin"
done
status 1 "$cngtool" convert keep.prtk --to pem
says err 'sealed by a token'
status 1 "$cngtool" export --name keep --descriptor SID=S-1-5-18
says err 'nobody here can protect so'
status 2 "$cngtool" export --name keep --descriptor everybody
status 2 "$cngtool" export --name keep --type RSAPRIVATEBLOB \
	--descriptor LOCAL=user
says err 'only ProtectedKeyBlob'
status 0 "$cngtool" import "$own/rsa1024_priv.bin" --name stays
status 5 "$cngtool" export --name stays --type ProtectedKeyBlob
says err KEY_UNEXTRACTABLE
{ head -c 400 keep.prtk; printf '\001\002'; tail -c +403 keep.prtk; } > bad
status 1 "$cngtool" import bad --name bad
status 0 "$cngtool" init --store other.db --label other --so-pin-file so \
	--pin-file pin
status 1 "$cngtool" import keep.prtk --name keep --store other.db
says err 'was made by another token'
done_all
