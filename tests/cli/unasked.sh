#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# PINs that nobody types: pin_source, credentials of a service, pin-source of
# a URI, a token without a PIN, and the program of SSH_ASKPASS.
. "$(dirname "$0")/common.sh"

command -v jq > /dev/null || { echo 'SKIPPED: no jq'; exit 77; }
own=$srcdir/tests/vectors/own
store=$work/keys.db
umask 077
echo fish-and-chips > pin
echo so-pin-so-pin > so
status 0 "$cngtool" init --store "$store" --label keys --pin-file pin \
	--so-pin-file so
status 0 "$cngtool" import --store "$store" --pin-file pin --name rsa \
	"$own/rsa2048_priv.bin"

# conf LINE...: the configuration, with our store
conf()
{
	printf '%s\n' 'user_store = none' 'machine_store = none' \
		"store = $store" "$@" > "$CNG_PKCS11_CONF"
}

# private WHAT: the private key is seen
private()
{
	status 0 "$cngtool" list --token keys --json
	is "$(jq -r 'map(.class) | sort | join(" ")' out)" 'private public' "$1"
}

hidden()
{
	status 0 "$cngtool" list --token keys --json
	is "$(jq -r 'map(.class) | join(" ")' out)" public "$1"
}

# --- pin_source -------------------------------------------------------------
conf
hidden 'without a source'
conf "pin_source = $work/pin"
private 'a path'
conf "pin_source = file:$work/pin"
private 'a file: URI'
conf 'pin_source = credential:web-pin'
hidden 'no credentials here'
mkdir creds
cp pin creds/web-pin
chmod 440 creds/web-pin
export CREDENTIALS_DIRECTORY="$work/creds"
private 'a credential'
rm -f creds/web-pin
status 3 "$cngtool" import --token keys --name x "$own/p256_ecdh_priv.bin"
unset CREDENTIALS_DIRECTORY
conf "pin_source = $work/pin"
chmod 640 pin
status 1 "$cngtool" import --token keys --name x "$own/p256_ecdh_priv.bin"
says err "the file with its PIN, $work/pin: can be read by others"
says err "chmod go= '*$work/pin"
status 0 env "CNG_PKCS11_DEBUG=file:$work/log" "$cngtool" list --token keys
says err "hidden; the file with the PIN, $work/pin: can be read by others"
says log "warn: $store: the PIN is not taken from $work/pin: can be read by"
is "$(grep -c 'not taken' log)" 1 'a warning, and one'
conf "pin_source = $work/none"
status 0 "$cngtool" list --token keys
says err "$work/none: there is no such file; (umask 077; editor"
conf "pin_source = $work/pin"
chmod 600 pin
# what is said goes before it
echo another > other
status 4 "$cngtool" list --token keys --pin-file other
status 0 "$cngtool" import --token keys --name ec "$own/p256_ecdh_priv.bin"
status 0 "$cngtool" delete --token keys --name ec -y

# a source that is wrong does not lock the token
conf "pin_source = $work/other"
for _ in 1 2 3; do
	status 4 "$cngtool" delete --token keys --name ec -y
done
for _ in 1 2 3 4 5 6 7 8; do
	status 4 "$cngtool" delete --token keys --name ec -y
done
status 0 "$cngtool" list --token keys --pin-file pin
for bad in "pin_source = |cat $work/pin" 'pin_source = pin' \
	"pin_source = file://elsewhere$work/pin" \
	'pin_source = credential:../pin' 'pin_source = credential:'; do
	conf "$bad"
	status 1 "$cngtool" list
	says err 'cng-pkcs11.conf:4: '
done
conf "pin_source = |cat $work/pin"
status 1 "$cngtool" list
says err 'commands are not run'
{ echo "pin_source = $work/pin"; echo "store = $store"; } > "$CNG_PKCS11_CONF"
status 1 "$cngtool" list
says err 'no store is named above it'

# --- a URI -------------------------------------------------------------------
conf
uri="pkcs11:token=keys?pin-source=file:$work/pin"
status 0 "$cngtool" list --token "$uri" --json
is "$(jq length out)" 2 'the private key is seen'
status 0 "$cngtool" list --token "pkcs11:token=keys?pin-source=$work%2Fpin" \
	--json
is "$(jq length out)" 2 'percent-encoded'
chmod 644 pin
status 1 "$cngtool" list --token "$uri"
says err 'chmod go='
chmod 600 pin
status 2 "$cngtool" list --token 'pkcs11:token=keys?pin-value=fish-and-chips'
says err 'shows the PIN to everybody'
status 2 "$cngtool" list \
	--token "pkcs11:token=keys?pin-source=file://elsewhere$work/pin"
says err 'of this machine'
status 0 "$cngtool" list \
	--token "pkcs11:token=keys?pin-source=file://$work/pin" --json
is "$(jq length out)" 2 'without a host'
status 2 "$cngtool" list --token "pkcs11:token=keys?pin-source=|cat%20$work/pin"
says err 'commands are not run'
status 3 "$cngtool" list --token 'pkcs11:token=keys?pin-source=file:/nowhere'
uri='pkcs11:token=keys;object=rsa'
status 0 "$cngtool" sign --uri "$uri?pin-source=$work/pin" pin
status 2 "$cngtool" sign --uri "$uri?pin-value=none" pin
says err 'shows the PIN to everybody'

# --- SSH_ASKPASS -------------------------------------------------------------
cat > askpass <<'END'
#!/bin/sh
echo "$1" >> asked
[ "${ANSWER-}" != none ] || exit 1
echo "${ANSWER:-fish-and-chips}"
END
chmod 755 askpass
export SSH_ASKPASS="$work/askpass"
status 4 "$cngtool" delete --token keys --name ec -y
status 3 env DISPLAY=:0 "$cngtool" delete --token keys --name ec -y
says asked '^User PIN: $'
status 3 env SSH_ASKPASS_REQUIRE=force "$cngtool" delete --token keys \
	--name ec -y
status 4 env SSH_ASKPASS_REQUIRE=never DISPLAY=:0 "$cngtool" delete \
	--token keys --name ec -y
# whoever started it may ignore the end of children
status 3 env --ignore-signal=CHLD SSH_ASKPASS_REQUIRE=force "$cngtool" delete \
	--token keys --name ec -y
status 1 env SSH_ASKPASS_REQUIRE=force ANSWER="$(printf %01100d 0)" \
	"$cngtool" delete --token keys --name ec -y
says err 'longer than 1024 bytes (DATA_SIZE)'
status 4 env SSH_ASKPASS_REQUIRE=force ANSWER=wrong-one "$cngtool" delete \
	--token keys --name ec -y
status 1 env SSH_ASKPASS_REQUIRE=force ANSWER=none "$cngtool" delete \
	--token keys --name ec -y
status 3 env SSH_ASKPASS_REQUIRE=force SSH_ASKPASS=/nowhere/askpass \
	"$cngtool" delete --token keys --name ec -y
says err 'cannot be started'
# it asks for secrets only
status 2 env SSH_ASKPASS_REQUIRE=force "$cngtool" delete --token keys \
	--name rsa
: > asked
status 0 env SSH_ASKPASS_REQUIRE=force CNG_SO_PIN=so-pin-so-pin \
	"$cngtool" init --store "$work/asked.db"
is "$(grep -c PIN asked)" 2 'a new PIN is asked for twice'
unset SSH_ASKPASS

# --- without a PIN -----------------------------------------------------------
free=$work/free.db
status 0 "$cngtool" init --store "$free" --label free --no-pin \
	--so-pin-file so
says err "whoever can read $free.key can use the keys"
is "$(stat -c %a "$free.key")" 600 'the key is private'
is "$(wc -c < "$free.key")" 65 'the key has 64 digits'
status 0 "$cngtool" import --store "$free" --name rsa "$own/rsa2048_priv.bin"
status 0 "$cngtool" list --store "$free" --json
is "$(jq length out)" 2 'all is seen'
silent err 'private objects are hidden'
echo "store = $free" >> "$CNG_PKCS11_CONF"
status 0 "$cngtool" list --json
is "$(jq -r 'map(.token + .class) | sort | join(" ")' out)" \
	'freeprivate freepublic keyspublic' 'and beside others'
# a key that wants the PIN for each use takes it where the token has it
always=$work/always.db
if [ -n "${SAN_PRELOAD:-}" ]; then
	echo 'not done with a sanitizer: pkcs11-tool, which loads the module'
elif ! command -v pkcs11-tool > /dev/null; then
	echo 'not done without pkcs11-tool: a key that wants its PIN each time'
else
	status 0 "$cngtool" init --store "$always" --label always --no-pin \
		--so-pin-file so
	CNG_PKCS11_CONF=$work/always.conf
	printf '%s\n' 'user_store = none' 'machine_store = none' \
		"store = $always" > "$CNG_PKCS11_CONF"
	pkcs11-tool --module "${cngtool%/*}/.libs/cng-pkcs11.so" --keypairgen \
		--key-type EC:prime256v1 --usage-sign --always-auth \
		--label each --id 01 > p11.log 2>&1 || { cat p11.log; exit 1; }
	status 0 "$cngtool" sign --label each pin -o sig
	status 0 "$cngtool" pin change --token always --new-pin-file pin
	status 4 "$cngtool" sign --label each pin -o sig
	status 0 "$cngtool" sign --label each pin -o sig --pin-file pin
	echo "pin_source = $work/pin" >> "$CNG_PKCS11_CONF"
	status 0 "$cngtool" sign --label each pin -o sig
	status 0 "$cngtool" verify --label each --signature sig pin
	CNG_PKCS11_CONF=$work/cng-pkcs11.conf
fi
# file and owner
for mode in 640 604 660 602; do
	chmod $mode "$free.key"
	status 1 "$cngtool" delete --store "$free" --name rsa -y
	says err 'chmod go='
done
chmod 600 "$free.key"
if [ "$(id -u)" = 0 ]; then
	chown nobody "$free.key"
	status 1 "$cngtool" delete --store "$free" --name rsa -y
	chown root "$free.key"
fi
# another token's key opens nothing, and locks nothing
mv "$free.key" saved
tr '0-9a-f' '1-9a-f0' < saved > "$free.key"
for _ in 1 2 3 4 5; do
	status 4 "$cngtool" delete --store "$free" --name rsa -y
done
printf 'short\n' > "$free.key"
status 4 "$cngtool" delete --store "$free" --name rsa -y
rm "$free.key"
status 4 "$cngtool" delete --store "$free" --name rsa -y
# the digits are a PIN
status 0 "$cngtool" list --store "$free" --pin-file saved --json
is "$(jq length out)" 2 'the file is the PIN'
cp saved "$free.key"
status 0 "$cngtool" list --store "$free" --json
# a PIN takes its place
status 0 "$cngtool" pin change --store "$free" --new-pin-file pin
[ ! -e "$free.key" ] || { echo 'FAILED: the key file is there'; exit 1; }
status 0 "$cngtool" list --store "$free" --pin-file pin
status 4 "$cngtool" list --store "$free" --pin-file saved
# and back: all keys are gone then
status 0 "$cngtool" init --store "$free" --no-pin --force --so-pin-file so
status 0 "$cngtool" list --store "$free" --json
is "$(jq length out)" 0 'a new token'
status 0 "$cngtool" init --store "$free" --force --so-pin-file so --pin-file pin
[ ! -e "$free.key" ] || { echo 'FAILED: the key file is there'; exit 1; }
status 2 "$cngtool" init --store "$work/x.db" --no-pin --pin-file pin
done_all
