#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# doc/howto/firefox.md: a Firefox without a screen visits two sites, one of
# which wants the RSA key's certificate, the other one the EC key's.
#
# Packages: binutils nginx-light python3
set -u
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"
# shellcheck source=browser.sh
. "$top/tests/consumers/browser.sh"
need firefox-esr modutil certutil nginx python3 nm
begin
sites

# Its functions come before those of the system's SQLite in that process: what
# it lacks would be done by the other one on the same connection.
sqlite_of() {
	nm -D --"$1"-only "$2" | sed -n 's/.* \(sqlite3_[a-z0-9_]*\).*/\1/p' |
		sort -u
}
none_missing() { ! comm -23 "$work/wanted" "$work/there" | grep .; }
theirs=/usr/lib/firefox-esr/libmozsqlite3.so
if [ -e "$theirs" ]; then
	sqlite_of undefined "$module" >"$work/wanted"
	sqlite_of defined "$theirs" >"$work/there"
	ok "the module takes something of SQLite" test -s "$work/wanted"
	ok "... that Firefox's has, too" none_missing
else
	skip "Firefox's SQLite" "it is not $theirs"
fi

page firefox
unused 4673
# shellcheck disable=SC2016 # for the script
stand_in firefox-esr 'exec /usr/bin/firefox-esr --headless --marionette \
	--remote-allow-system-access "$@"'
echo 'user_pref("marionette.port", 4673);' >>"$HOME/firefox-keys/user.js"
serve firefox visit 4673
python3 "$top/tests/consumers/marionette.py" 4673 "$pin" \
	https://localhost:4671/ https://localhost:4672/ https://localhost:4671/ \
	>"$work/seen.out" 2>&1
comment <"$work/seen.out"
shows "nginx saw the RSA key's certificate" "^page: hello CN=rsa$" seen
shows "... and that of the EC key" "^page: hello CN=ec$" seen
shows "Firefox asked for the PIN" "^dialog: .*\<keys\>" seen
ok "... once, and for nothing else" test \
	"$(grep -c "^dialog:" "$work/seen.out")" = 1
finish
