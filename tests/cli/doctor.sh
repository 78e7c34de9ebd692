#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# cngtool doctor: each thing that it finds is put in its way, is found, and
# goes when the command is run that it names.  As another user than root,
# whose files p11-kit reads.
. "$(dirname "$0")/common.sh"
command -v jq > /dev/null || { echo "SKIPPED: no jq"; exit 77; }
module=${CNG_MODULE:-${cngtool%/*}/.libs/cng-pkcs11.so}
[ -f "$module" ] || { echo "FAILED: no $module"; exit 1; }

build=${cngtool%/*}

# Another user can read neither the build folder nor what is another's.
mkdir bin lib
cp "$cngtool" bin/
cp "$module" lib/
chmod 755 . bin lib
cngtool=$work/bin/cngtool
module=$work/lib/cng-pkcs11.so
as=
if [ "$(id -u)" -eq 0 ]; then
	command -v setpriv > /dev/null || { echo "SKIPPED: no setpriv"; exit 77; }
	as='setpriv --reuid=65534 --regid=65534 --clear-groups'
	# shellcheck disable=SC2086 # words
	$as "$cngtool" --version > version 2>&1 || {
		cat version
		echo "SKIPPED: another user cannot run cngtool"
		exit 77
	}
fi
unset SSH_AGENT_PID P11_KIT_NO_USER_CONFIG OPENSSL_MODULES OPENSSL_ENGINES
units=$XDG_CONFIG_HOME/pkcs11/modules
agent=
own() { [ -z "$as" ] || chown -R 65534:65534 "$work"; }

# doctor WANTED [OPTION]...: ./out has the JSON, ./err what was said
doctor()
{
	wanted=$1
	shift
	own
	# shellcheck disable=SC2086 # words
	status "$wanted" ${agent:+ssh-agent -P "$agent"} $as "$cngtool" doctor \
		--json "$@"
}

# about AREA STATE PATTERN: a line of that state says that
about()
{
	jq -r --arg area "$1" --arg state "$2" '.[] | select(.area == $area
		and .state == $state) | .what' out > said
	says said "$3"
}

# mend AREA: runs the command of the last finding there
mend()
{
	jq -er --arg area "$1" '[.[] | select(.area == $area and
		.state == "FINDING") | .mend] | last' out > mend.sh
	sed "s#$work/##g; s/^/mend: /" mend.sh
	# shellcheck disable=SC2086 # words
	$as sh mend.sh > mended 2>&1 < /dev/null || { cat mended; exit 1; }
}

# p11-kit knows nothing of the module; ssh-agent would not take it from there
doctor 1 --module "$module"
says err '^cngtool: doctor: [0-9]* findings*$'
about configuration good 'no error'
about module good 'can be loaded'
about store note 'none yet'
about clock good plausible
about entropy good 'random'
jq -e '.[] | select(.area == "libcrypto" and .state != "FINDING")' out \
	> libcrypto
says libcrypto 'ML-KEM'
doctor 1 --module "$work/nowhere.so"
about module FINDING 'nowhere.so is not there'
jq -r '.[] | select(.area == "module") | .mend' out > said
says said '^find / -name cng-pkcs11.so'
if command -v p11-kit > /dev/null; then
	doctor 1 --module "$module"
	about p11-kit FINDING 'names \(the\|another\) module'
	mend p11-kit
	# with a sanitizer before it, p11-kit waits for ever for the lock of
	# its own translations
	if [ -z "${SAN_PRELOAD:-}" ]; then
		# shellcheck disable=SC2086 # words
		$as p11-kit list-modules > known 2>&1
		says known cng-pkcs11
	else
		echo "not done with a sanitizer: p11-kit list-modules"
	fi
else
	mkdir -p "$units"
	echo "module: $module" > "$units/cng-pkcs11.module"
fi

# from here on p11-kit's file says where the module is
agent="$work/*"
if command -v ssh-agent > /dev/null; then
	agent=
	doctor 1
	about ssh-agent FINDING "outside the agent's usual list"
	agent="/usr/*,!$work/lib/*,$work/*"
	doctor 1
	about ssh-agent FINDING "outside the agent's list"
	agent="/usr/lib*/*,$work/*"
	doctor 0
	about ssh-agent good 'inside its list'
fi
about p11-kit good "loads $module"
unit=$units/cng-pkcs11.module
echo "module: $work/nowhere/cng-pkcs11.so" > "$unit"
doctor 1 --module "$module"
about p11-kit FINDING 'nowhere/cng-pkcs11.so, which is not there'
mend p11-kit
doctor 0
echo 'module:' > "$unit"
doctor 1 --module "$module"
about p11-kit FINDING 'it is disabled'
mend p11-kit
echo 'disable-in: ssh, p11-kit-proxy' >> "$unit"
doctor 0
about p11-kit note 'not for these programs: ssh, p11-kit-proxy'
chmod 666 "$module"
doctor 1
about module FINDING 'others can change'
chmod 755 "$module"
echo 'no module' > lib/text.so
doctor 1 --module "$work/lib/text.so"
about module FINDING .

# NSS: a database of the user, a profile with a difficult name
database=$HOME/.pki/nssdb
profile="$HOME/.mozilla/firefox/it's a \$(touch evil) profile"
mkdir -p "$database" "$profile"
for folder in "$database" "$profile"; do
	printf 'library=\nname=NSS Internal PKCS #11 Module\n\n' \
		> "$folder/pkcs11.txt"
done
doctor 1
about NSS FINDING 'nssdb does not load the module'
about NSS FINDING 'profile does not load the module'
printf 'library=p11-kit-proxy.so\nname=p11-kit\n' >> "$profile/pkcs11.txt"
doctor 1
about NSS FINDING 'does not show the module'
sed -i /disable-in/d "$unit"
doctor 1
about NSS good 'profile loads it through p11-kit-proxy.so'
printf 'library=%s\nname=cng\n' "$module" >> "$profile/pkcs11.txt"
doctor 1
about NSS note 'twice'
printf 'library=%s\nname=cng\n' "$module" >> "$database/pkcs11.txt"
doctor 0
about NSS good 'nssdb loads it'
rm -r "$profile" "$database"
if [ -n "${SAN_PRELOAD:-}" ]; then
	echo "not done with a sanitizer: modutil, which loads the module"
elif command -v modutil > /dev/null && command -v certutil > /dev/null; then
	mkdir -p "$profile"
	own
	# shellcheck disable=SC2086 # words
	$as certutil -N --empty-password -d "sql:$profile"
	doctor 1
	about NSS FINDING 'does not load the module'
	mend NSS
	doctor 0
	about NSS good 'profile loads it'
	sed -i "s#^library=/.*#library=$work/nowhere/cng-pkcs11.so#" \
		"$profile/pkcs11.txt"
	doctor 1
	about NSS FINDING 'a module that is not there'
	mend NSS
	doctor 1
	about NSS FINDING 'does not load the module'
	rm -r "$profile"
fi
is "$(find . -name evil)" '' 'names of folders are not run'

# configuration, files, stores
cp "$CNG_PKCS11_CONF" conf
echo 'nonsense = 1' >> "$CNG_PKCS11_CONF"
doctor 1
about configuration FINDING 'cng-pkcs11.conf:2: unknown key'
cp conf "$CNG_PKCS11_CONF"
chmod 666 "$CNG_PKCS11_CONF"
doctor 1
about configuration FINDING 'can be written by others'
mend configuration
doctor 0
echo 1234 > pin
chmod 644 pin
doctor 1 --pin-file pin
about files FINDING 'others can read pin'
mend files
doctor 0 --pin-file pin
about files good sound
doctor 1 --so-pin-file nowhere
about files FINDING 'nowhere: the SO PIN cannot be read'
mkdir logs
echo "log_file = $work/logs" >> "$CNG_PKCS11_CONF"
doctor 1
about files FINDING 'logs: no log is written there'
rmdir logs
touch logs
chmod 666 logs
doctor 1
about files FINDING 'others can change .*logs'
mend files
doctor 0
cp conf "$CNG_PKCS11_CONF"
# shellcheck disable=SC2086 # words
status 0 env CNG_SO_PIN=12345678 CNG_PIN=1234 $as "$cngtool" init
store=$XDG_DATA_HOME/cng-pkcs11/token.db
doctor 0
about store good 'its schema is current'
chmod 644 "$store"
doctor 1
about files FINDING 'others can read .*token.db'
mend files
doctor 0
chmod 777 "$XDG_DATA_HOME/cng-pkcs11"
doctor 1
about files FINDING 'others can change'
about store FINDING 'unsafe'
mend files
doctor 0
touch -d '+3 days' "$store"
doctor 1
about clock FINDING 'future'
touch "$store"
cp "$store" whole
head -c 5000 whole > "$store"
doctor 1
about store FINDING .
cp whole "$store"
cp whole shared.db
chmod 640 shared.db
echo "store = $work/shared.db" >> "$CNG_PKCS11_CONF"
doctor 0
about files note 'shared.db: its group can read it, and try PINs'
about files good sound
chmod 644 shared.db
doctor 0
about files note 'shared.db: everybody can'
chmod 600 shared.db
doctor 0
jq -r '.[] | select(.area == "files" and .state == "note")' out > said
[ ! -s said ] || { cat said; exit 1; }
cp conf "$CNG_PKCS11_CONF"

# files with PINs: the two places tell the same, and name the file
echo 1234 > secret
chmod 644 secret
printf 'pin_source = %s\n' "$work/secret" > pinned
printf 'store = %s\n' "$store" | cat conf - pinned > "$CNG_PKCS11_CONF"
doctor 1
about files FINDING "others can read $work/secret"
about store FINDING "the file with its PIN, $work/secret: can be read by"
mend store
doctor 0
about files good sound
mv secret elsewhere
doctor 1
about files FINDING "$work/secret: the PIN of a store cannot be read"
about store FINDING "$work/secret: there is no such file"
jq -r '.[] | select(.state == "FINDING") | .mend' out > said
says said "(umask 077; editor .*/secret"
is "$(grep -c . said)" 2 'a command for each'
cp conf "$CNG_PKCS11_CONF"
echo 00 > "$store.key"
chmod 640 "$store.key"
doctor 1
about files FINDING "others can read $store.key"
rm "$store.key"
echo "card_admin_key_file = $work/none" >> "$CNG_PKCS11_CONF"
doctor 1
about files FINDING 'management key of cards cannot be read'
jq -r '.[] | select(.state == "FINDING" and .mend == "") | .what' out > said
is "$(cat said)" '' 'a command for it'
cp conf "$CNG_PKCS11_CONF"
own
# shellcheck disable=SC2086 # words
CNG_PKCS11_DEBUG=loud $as "$cngtool" doctor --json > out 2> both || :
says both '^cng-pkcs11: CNG_PKCS11_DEBUG: not understood'
about files FINDING 'CNG_PKCS11_DEBUG: not understood'

# OpenSSL and readers
mkdir modules
OPENSSL_MODULES=$work/modules
OPENSSL_ENGINES=$work/modules
export OPENSSL_MODULES OPENSSL_ENGINES
doctor 0
about OpenSSL note 'neither provider nor engine'
touch modules/pkcs11.so
doctor 0
about OpenSSL good 'the provider is there'
about OpenSSL good 'the engine is there'
about PC/SC note 'no smart cards'
cp conf "$CNG_PKCS11_CONF"
echo 'readers = none' >> "$CNG_PKCS11_CONF"
doctor 0
jq -r '.[] | select(.area == "PC/SC") | .what' out > readers
says readers 'wants no readers'
cp conf "$CNG_PKCS11_CONF"
simulated=${SIMCARD_LIBRARY:-$build/tests/card/pcsc/.libs/libpcsclite.so.1}
if [ -f "$simulated" ]; then
	cp "$simulated" lib/
	own
	# shellcheck disable=SC2086 # words
	status 0 ${agent:+ssh-agent -P "$agent"} $as env \
		"LD_LIBRARY_PATH=$work/lib" 'SIMCARD_READERS=Reader A=piv' \
		"$cngtool" doctor --json
	about PC/SC good 'the card service answers'
	about PC/SC good 'reader Reader A'
fi
find "$HOME" "$XDG_CONFIG_HOME" -type f -exec cksum {} + | sort > before
# shellcheck disable=SC2086 # words
status 0 ${agent:+ssh-agent -P "$agent"} $as "$cngtool" doctor
says out '^good     store '
find "$HOME" "$XDG_CONFIG_HOME" -type f -exec cksum {} + | sort > after
same before after
done_all
