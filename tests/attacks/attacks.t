#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# The published attacks: a strict token defends against all of them, the same
# token under the compat policy against those that no policy allows.  SoftHSM
# shows that the attacks work where nobody defends.
set -u
# shellcheck source=../compat/common.sh
. "$(dirname "$0")/../compat/common.sh"
bail_without_token

attacks() { foreign "$builddir/tests/attacks/attacks" "$@"; }

# table FILE WHAT: the table as a comment.
table() {
	echo "# $2"
	comment <"$1"
}

# The answers that the compat policy must keep.
always="A5 A6 A8 A9 A10 A12 A13 A14 A15 A16"

attacks "$CNG_MODULE" --token "$label" --pin "$pin" >strict 2>&1
status=$?
table strict "strict"
ok "all attacks ran" test "$(grep -c '^A' strict)" = 17
ok "strict: none is open, none broke" test $status = 0
sed -n 's/^\(A[0-9]*\) .*/\1/p' strict >ids
while read -r id; do
	ok "strict: $id" grep -qE "^$id .* (defended|absent) " strict
done <ids

echo "policy = compat" >>"$CNG_PKCS11_CONF"
attacks "$CNG_MODULE" --token "$label" --pin "$pin" >compat 2>&1
table compat "compat"
for id in $always; do
	ok "compat: $id" grep -qE "^$id .* (defended|absent) " compat
done
for id in A1 A2 A4 A7 A17; do
	ok "compat allows $id" grep -qE "^$id .* OPEN " compat
done

peer=$(find /usr/lib -name libsofthsm2.so 2>/dev/null | head -n 1)
if [ -n "$peer" ] && softhsm_token; then
	attacks "$peer" --token "$label" --pin "$pin" >other 2>&1
	table other "SoftHSM"
	for id in A1 A2 A4 A6 A7; do
		ok "open where nobody defends: $id" \
			grep -qE "^$id .* OPEN " other
	done
else
	skip "the peer" "SoftHSM is not installed"
fi
finish
