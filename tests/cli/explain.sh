#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# cngtool explain: numbers and names of all faces, and that no code of the
# headers lacks its words.
. "$(dirname "$0")/common.sh"
command -v jq > /dev/null || { echo "SKIPPED: no jq"; exit 77; }
json() { jq -er "$1" out; }

# code NAME CODE...: each is explained as that, and as nothing else
code()
{
	name=$1
	shift
	for given in "$@"; do
		status 0 "$cngtool" explain --json "$given"
		is "$(json '[.[].name] | join(" ")')" "$name" "$given is $name"
	done
}
code NTE_BAD_KEYSET 0x80090016 0X80090016 80090016 -2146893802 2148073494 \
	NTE_BAD_KEYSET nte_bad_keyset bad_keyset
code SCARD_W_WRONG_CHV 0x8010006B -2146434965 SCARD_W_WRONG_CHV wrong_chv
code SCARD_E_NO_SERVICE 0x8010001d
code SCARD_E_UNEXPECTED 0x8010001F
status 0 "$cngtool" explain 0x8010001F
says out 'from pcsc-lite .* SCARD_E_UNSUPPORTED_FEATURE'
code SCARD_E_UNSUPPORTED_FEATURE 0x80100022
code CRYPT_E_BAD_ENCODE 0x80092002
code ERROR_FILE_NOT_FOUND 0x80070002
code E_INVALIDARG 0x80070057 -2147024809
code RPC_X_NULL_REF_POINTER 0x800706F4 -2147023116 null_ref_pointer
code 'CKR_PIN_TOO_WEAK' 0x1b8 CKR_PIN_TOO_WEAK pin_too_weak
code 'CKR_PIN_TOO_WEAK (p11-kit)' 0x1c3 451
code STATUS_BUFFER_TOO_SMALL 0xc0000023
code CKR_PIN_INCORRECT 0xa0 0x000000A0 A0 160 CKR_PIN_INCORRECT
code CKR_TOKEN_NOT_INITIALIZED 0x208
code 6982 6982 0x6982 SW6982 69:82 '69 82'
code 63C2 63c2 0x63C2
code 6CF0 6cf0
code PIN_WRONG PIN_WRONG pin_wrong ERR_PIN_WRONG CNG_ERR_PIN_WRONG
code 'CKR_OK ERROR_SUCCESS' 0
code 'CKR_BUFFER_TOO_SMALL NTE_BUFFER_TOO_SMALL STATUS_BUFFER_TOO_SMALL BUFFER_TOO_SMALL' \
	buffer_too_small

# what it stands for here comes from the tables of the faces
status 0 "$cngtool" explain --json 6983 CKR_PIN_LOCKED SCARD_W_CHV_BLOCKED
is "$(json '[.[].here[].name] | unique | join(" ")')" PIN_LOCKED \
	'all three are PIN_LOCKED'
status 0 "$cngtool" explain --json PIN_LOCKED
is "$(json '.[] | select(.codes) | .codes | sort | join(" ")')" \
	'6983 CKR_PIN_LOCKED SCARD_W_CHV_BLOCKED' 'and back'
status 0 "$cngtool" explain 0x80090010 6a82
says out '^NTE_PERM  (HRESULT 0x80090010, -2146893808)$'
says out '^  here .*KEY_USAGE: the key may not be used for that'
says out '^6A82  (card)$'
says out '^  cause '
says out '^  do '
status 0 "$cngtool" explain
says out '^0x00000190 CKR_CRYPTOKI_NOT_INITIALIZED '
for number in 0 1 2 3 4; do
	status 0 "$cngtool" explain 0x1c$number
	says out "where the standard has 0x1B$((number + 5))"
done

# every code of the headers, with words for all of it
status 0 "$cngtool" explain --json
cat "$srcdir/pkcs11/cryptoki.h" "$srcdir/pkcs11/cryptoki3.h" \
	"$srcdir/src/include/cng/types.h" |
	sed -nE 's/^#define ((CKR|NTE|SCARD|RPC_X)_[A-Z0-9_]+) .*/\1/p' |
	sort > wanted
[ "$(wc -l < wanted)" -ge 150 ] || { echo "FAILED: few codes"; exit 1; }
jq -r '.[].name' out | sort > known
is "$(comm -23 wanted known)" '' 'no code of the headers is missing'
is "$(jq '[.[] | select((.meaning and .cause and .advice) | not)] | length' \
	out)" 0 'none lacks meaning, cause or advice'
is "$(jq -r '.[].name' out | uniq -d)" '' 'none is there twice'

status 3 "$cngtool" explain 0xdeadbeef
says err 'no code 0xdeadbeef is known'
status 3 "$cngtool" explain "$(printf 'X\033[31m')"
silent err "$(printf '\033')"
status 3 "$cngtool" explain ''
status 3 "$cngtool" explain 99999999999999999999
status 3 "$cngtool" explain 6982 nonsense
says out '^6982 '
done_all
