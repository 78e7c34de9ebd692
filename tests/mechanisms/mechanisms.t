#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# The table of doc/MECHANISMS.md: every mechanism and function of a fresh
# token is proven, and the lines compared.  "mechanisms.t --write" puts what
# was found into the file.
set -u
# shellcheck source=../compat/common.sh
. "$(dirname "$0")/../compat/common.sh"

srcdir=${srcdir:-$(dirname "$0")/../..}
case $srcdir in
/*) ;;
*) srcdir=$OLDPWD/$srcdir ;;
esac
doc=$srcdir/doc/MECHANISMS.md
vectors=$srcdir/tests/vectors/published

printf 'store = %s/token.db\nuser_store = none\nmachine_store = none\n' \
	"$HOME" >"$CNG_PKCS11_CONF"
chmod 600 "$CNG_PKCS11_CONF"

"$builddir/tests/mechanisms/cells" "$vectors" found >tap 2>err </dev/null
status=$?
# What only tokens of the other policy have, in such a token.
printf 'store = %s/compat.db\nuser_store = none\nmachine_store = none\n%s\n' \
	"$HOME" 'policy = compat' >"$CNG_PKCS11_CONF"
"$builddir/tests/mechanisms/cells" "$vectors" besides compat >>tap 2>>err \
	</dev/null || [ "$status" -gt 1 ] || status=$?
cat besides >>found
grep -v '^1\.\.' tap | awk '
	/^not ok / { $3 = ++count }
	/^ok / { $2 = ++count }
	{ print }'
count=$(grep -c -E '^(not )?ok ' tap)
# Both runs came to their end, and what they say of it is what they did.
plans=$(grep -c '^1\.\.' tap)
bad=$(grep -c '^not ok ' tap)
if [ "$status" -gt 1 ] || [ "$count" -lt 500 ] || [ "$plans" != 2 ] ||
	{ [ "$status" = 1 ] && [ "$bad" = 0 ]; }; then
	comment <err
	echo "Bail out! the cells were not tried: $status"
	exit 1
fi

if [ "${1:-}" = --write ]; then
	{
		sed '/^|---/q' "$doc"
		cat found
	} >new && cp new "$doc"
	exit "$status"
fi

# What needs a newer libcrypto is not compared where that is not there.
sed '1,/^|---/d' "$doc" | grep '^|' >claimed
# shellcheck disable=SC2016 # Markdown, not a command
grep -q '`ML_KEM`' found ||
	{
		grep -v -E '`(ML_|SLH_|HASH_(ML|SLH)_|CNG_(MLKEM|PQ))' claimed >older
		sed 's/, ACVP [A-Za-z]*//g' older >claimed
	}
# shellcheck disable=SC2016
grep -q '`BLAKE2B_160`' found ||
	{
		grep -v -E '`BLAKE2B_(160|256|384)' claimed >older
		cp older claimed
	}
# shellcheck disable=SC2016
grep -q '`CAMELLIA_' found ||
	{
		grep -v '`CAMELLIA_' claimed >older
		cp older claimed
	}
ok "doc/MECHANISMS.md says so: make mechanisms writes it" \
	diff claimed found
echo "1..$count"
