# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh
#
# What the acceptance tests of the three card families share.  The module as
# built and foreign programs meet on one card, in a reader of a real pcscd:
# what was brought to it by one is found, used and changed by the others.
# OpenSSL checks each result, and the blobs are written here, not by our code.
#
# The test says what $app is, and what other programs are for it:
#
#	osc_args ID NAME	how OpenSC's module finds that key
#	reference KIND		after a way: the same keys by another program
#	pin_is PIN, tries_are N	fails when they are not

# shellcheck source=cards.sh
. "$(dirname "$0")/cards.sh"
# shellcheck source=../compat/common.sh
. "$(dirname "$0")/../compat/common.sh"
need pkcs11-tool opensc-tool openssl basenc awk
why=$(cards_missing)
[ -z "$why" ] || skip_all "$why"
: "${app:?the application}"
card_pin=123456
null=434e472d4e554c4c

tools=$(opensc-tool --info 2>&1 | sed -n 's/^OpenSC \([0-9.]*\).*/\1/p')
newer() { [ "$(printf '%s\n' "$1" "$2" | sort -V | head -n 1)" = "$1" ]; }

# --- the programs ---------------------------------------------------------------

# The first reader has slot 34.
mine() { tool --slot 34 "$@"; }
mine_in() { mine --login --pin $card_pin "$@"; }
osc() { timeout 300 pkcs11-tool --module opensc-pkcs11.so "$@"; }
with_ncrypt() {
	CNG_PIN=$card_pin timeout 300 "$builddir/tests/card/ncrypt" "$@"
}
cngtool() { CNG_PIN=$card_pin timeout 300 "$builddir/cngtool" "$@"; }

# accept_begin [READER [ADMIN]]: ADMIN is a line of card_admin_key_file.
accept_begin() {
	cards_begin
	reader_start "${1:-Virtual Test}"
	{
		echo "user_store = none"
		echo "machine_store = none"
		for kind in Exchange Signature ECDHE ECDSA; do
			echo "AllowPrivate${kind}KeyImport = 1"
		done
		[ -z "${2:-}" ] || echo "card_admin_key_file = $HOME/admin"
	} >"$CNG_PKCS11_CONF"
	echo "${2:-}" >"$HOME/admin"
	chmod 600 "$CNG_PKCS11_CONF" "$HOME/admin"
	head -c 300 /dev/urandom >data
	openssl dgst -sha256 -binary data >data.sha256
	head -c 32 /dev/urandom >secret
	openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 \
		-out peer.pem
	openssl pkey -in peer.pem -pubout -out peer.pub
	openssl pkey -in peer.pem -pubout -outform DER -out peer.der
	openssl req -x509 -key peer.pem -subj /CN=authority -out authority.pem
	make_keys
	openssl_begin
}

# --- keys and their blobs ---------------------------------------------------------

bytes() { tr -d ' :\n' | tr a-f A-F | basenc --base16 -d; }

# le32 NUMBER, as hex.
le32() {
	printf '%02X%02X%02X%02X' $(($1 % 256)) $(($1 / 256 % 256)) \
		$(($1 / 65536 % 256)) 0
}

# number N BYTES: the N-th INTEGER of $1.numbers, filled up on the left.
number() {
	sed -n "$1p" numbers |
		awk -v n=$(($2 * 2)) '{ while (length($0) < n) $0 = "0" $0
			print }'
}

# RSAFULLPRIVATEBLOB of 2048 bits.
rsa_blob() {
	openssl rsa -in "$1.pem" -traditional -outform DER 2>err |
		openssl asn1parse -inform DER |
		sed -n 's/.*INTEGER *://p' >numbers
	{
		printf 'RSA3' | basenc --base16
		le32 2048; le32 3; le32 256; le32 128; le32 128
		number 3 3; number 2 256
		for n in 5 6 7 8 9; do number $n 128; done
		number 4 256
	} | bytes >"$1.blob"
}

# ECCPRIVATEBLOB of P-256; the magic says what the key is for.
ec_blob() {
	{
		printf '%s\040\000\000\000' "$2"
		openssl pkey -in "$1.pem" -pubout -outform DER | tail -c 64
		openssl ec -in "$1.pem" -outform DER 2>err | tail -c +8 |
			head -c 32
	} >"$1.blob"
}

make_keys() {
	for use in sign exchange; do
		openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 \
			-out rsa-$use.pem 2>err
		openssl genpkey -algorithm EC \
			-pkeyopt ec_paramgen_curve:P-256 -out ec-$use.pem
		rsa_blob rsa-$use
	done
	ec_blob ec-sign ECS2
	ec_blob ec-exchange ECK2
	for stem in rsa-sign rsa-exchange ec-sign ec-exchange; do
		openssl pkey -in $stem.pem -pubout -out $stem.pub
		openssl pkey -in $stem.pem -outform DER -out $stem.der
		openssl x509 -new -force_pubkey $stem.pub -subj "/CN=$stem" \
			-CA authority.pem -CAkey peer.pem -set_serial 5 \
			-days 30 -outform DER -out $stem.cert
		openssl x509 -inform DER -in $stem.cert -out $stem.cert.pem
	done
}

usage_of() {
	case $1 in
	*-sign) echo sign ;;
	rsa-*) echo decrypt ;;
	ec-*) echo derive ;;
	esac
}

# --- onto the card ------------------------------------------------------------------

# bring WAY NAME STEM
bring() {
	case $1 in
	object)
		mine_in --write-object "$3.der" --type privkey \
			--label "$2" --usage-"$(usage_of "$3")"
		;;
	unwrap)
		type=RSA:
		case $3 in ec-*) type=EC: ;; esac
		mine_in --unwrap --mechanism 0xC34E4700 --id $null \
			--application-label "$2" --application-id 77 \
			--key-type $type --usage-"$(usage_of "$3")" \
			--input-file "$3.blob"
		;;
	cngtool)
		cngtool import --reader "$reader_name 00 00" --name "$2" \
			--usage "$(usage_of "$3")" "$3.blob"
		;;
	ncrypt)
		type=RSAFULLPRIVATEBLOB
		case $3 in ec-*) type=ECCPRIVATEBLOB ;; esac
		with_ncrypt import "$2" $type "$3.blob" "$(usage_of "$3")"
		;;
	esac
}

# What is known of the key of that name, in a process that begins then.
id_of() {
	mine_in --list-objects --type privkey 2>err | awk -v name="$1" '
		/^  label:/ { sub(/^  label: */, ""); found = $0 == name }
		/^  ID:/ && found { print $2; exit }'
}

verifies() {
	openssl dgst -sha256 -verify "$1.pub" -signature sig data
}

# --- with a key that is there ---------------------------------------------------------

# uses WHO STEM COMMAND...: WHO signs, decrypts or derives, by the module of
# the command.
uses() {
	who=$1
	stem=$2
	shift 2
	rm -f sig plain
	case $stem in
	rsa-sign)
		ok "$who signs" "$@" --sign --mechanism SHA256-RSA-PKCS \
			--input-file data --output-file sig
		ok "... and OpenSSL verifies" verifies "$stem"
		;;
	ec-sign)
		ok "$who signs" "$@" --sign --mechanism ECDSA \
			--signature-format openssl \
			--input-file data.sha256 --output-file sig
		ok "... and OpenSSL verifies" verifies "$stem"
		;;
	rsa-exchange)
		openssl pkeyutl -encrypt -pubin -inkey "$stem.pub" -in secret \
			-out cipher
		ok "$who decrypts" "$@" --decrypt --mechanism RSA-PKCS \
			--input-file cipher --output-file plain
		ok "... what OpenSSL encrypted" cmp plain secret
		;;
	ec-exchange)
		openssl pkeyutl -derive -inkey "$stem.pem" -peerkey peer.pub \
			-out shared
		ok "$who derives" "$@" --derive --mechanism ECDH1-DERIVE \
			--input-file peer.der --output-file plain
		ok "... what OpenSSL derives" cmp plain shared
		;;
	esac
}

# Paddings that the host makes.
uses_more() {
	rm -f sig plain
	case $1 in
	rsa-sign)
		ok "PSS" mine_in --id "$2" --sign \
			--mechanism SHA256-RSA-PKCS-PSS --salt-len 32 \
			--input-file data --output-file sig
		ok "... and OpenSSL verifies" openssl dgst -sha256 \
			-sigopt rsa_padding_mode:pss -verify "$1.pub" \
			-signature sig data
		;;
	rsa-exchange)
		openssl pkeyutl -encrypt -pubin -inkey "$1.pub" -in secret \
			-pkeyopt rsa_padding_mode:oaep \
			-pkeyopt rsa_oaep_md:sha256 -out cipher
		ok "OAEP" mine_in --id "$2" --decrypt \
			--mechanism RSA-PKCS-OAEP --hash-algorithm SHA256 \
			--mgf MGF1-SHA256 --input-file cipher \
			--output-file plain
		ok "... what OpenSSL encrypted" cmp plain secret
		;;
	esac
}

# --- OpenSSL ------------------------------------------------------------------------------

openssl_begin() {
	engine=$(openssl version -e | sed 's/^[^"]*"//; s/"$//')/pkcs11.so
	provider=$(openssl version -m | sed 's/^[^"]*"//; s/"$//')/pkcs11.so
	cat >engine.cnf <<-END
		openssl_conf = init
		[init]
		engines = list
		[list]
		pkcs11 = card
		[card]
		engine_id = pkcs11
		dynamic_path = $engine
		MODULE_PATH = $CNG_MODULE
		PIN = $card_pin
		init = 0
	END
	cat >provider.cnf <<-END
		openssl_conf = init
		[init]
		providers = list
		[list]
		default = ours
		pkcs11 = card
		[ours]
		activate = 1
		[card]
		module = $provider
		pkcs11-module-path = $CNG_MODULE
		pkcs11-module-token-pin = $card_pin
		activate = 1
	END
}

# It asks for the PIN of each signature; without a terminal it reads a line.
by_engine() {
	verb=$1
	shift
	echo $card_pin | foreign env OPENSSL_CONF="$PWD/engine.cnf" \
		setsid --wait openssl "$verb" -engine pkcs11 "$@"
}

by_provider() {
	foreign env OPENSSL_CONF="$PWD/provider.cnf" openssl "$@"
}

# openssl_uses STEM ID
openssl_uses() {
	uri="pkcs11:id=$(echo "$2" | sed 's/../%&/g');type=private"
	for with in engine provider; do
		form=
		[ $with = provider ] || form="-keyform engine"
		file=$provider
		[ $with = provider ] || file=$engine
		if ! [ -e "$file" ]; then
			skip "OpenSSL by the $with" "this release has none"
			continue
		fi
		rm -f sig plain
		# shellcheck disable=SC2086 # $form is two words or none
		case $1 in
		*-sign)
			ok "OpenSSL signs by the $with" by_$with dgst \
				-sha256 $form -sign "$uri" -out sig data
			ok "... and verifies" verifies "$1"
			;;
		rsa-exchange)
			openssl pkeyutl -encrypt -pubin -inkey "$1.pub" \
				-in secret -out cipher
			ok "OpenSSL decrypts by the $with" by_$with pkeyutl \
				-decrypt $form -inkey "$uri" -in cipher \
				-out plain
			ok "... what it encrypted" cmp plain secret
			;;
		esac
	done
}

# --- one way ------------------------------------------------------------------------------

# checked NAME STEM: in the reader is a card that nobody of us has seen yet.
checked() {
	id=$(id_of "$1")
	ok "\"$1\" is found by its name" test -n "$id"
	rm -f back.der back.pub back.cert
	ok "... with its public key" mine --read-object --type pubkey \
		--id "$id" --output-file back.der
	openssl pkey -pubin -inform DER -in back.der -pubout -out back.pub
	ok "... that is the blob's" cmp back.pub "$2.pub"
	uses "pkcs11-tool" "$2" mine_in --id "$id"
	[ "$app" = openpgp ] || uses_more "$2" "$id"
	openssl_uses "$2" "$id"
	ok "a certificate is written" mine_in --write-object "$2.cert" \
		--type cert --id "$id" --label "$1"
	ok "... and read" mine --read-object --type cert --id "$id" \
		--output-file back.cert
	ok "... as it was" cmp back.cert "$2.cert"
	seen "$1" "$2" "$id"
}

# seen NAME STEM ID: by OpenSC's own module.
seen() {
	rm -f back.cert
	# shellcheck disable=SC2046 # words
	set -- "$1" "$2" $(osc_args "$3" "$1")
	name=$1
	stem=$2
	shift 2
	ok "OpenSC sees the certificate" osc "$@" --read-object --type cert \
		--output-file back.cert
	ok "... as it was" cmp back.cert "$stem.cert"
	uses "OpenSC" "$stem" osc "$@" --login --pin $card_pin
	[ "$app" != gids ] || says "OpenSC sees the name" "label: *$name" \
		osc --list-objects --type cert
}

wraps() {
	set -- "$builddir/tests/card/wrapkey" "$CNG_MODULE" 34 $card_pin \
		"Container, exchange"
	if [ "$app" = openpgp ]; then
		# the card takes off another padding itself
		fails "no AES key is unwrapped with OAEP (CKR 0x70)" \
			"C_UnwrapKey: CKR 0x70$" foreign "$@"
	else
		ok "an AES key is wrapped, and unwrapped by the card" \
			foreign "$@"
	fi
}

# way WAY KIND: a signature and an exchange container, RSA or EC.
way() {
	echo "# $app: $2 keys by $1"
	ok "a new card" card_start "$1-$2" --app "$app"
	for use in sign exchange; do
		ok "$1 brings \"Container, $use\"" bring "$1" "Container, $use" \
			"$2-$use"
	done
	fails "... and no other key of that name" "$exists" bring "$1" \
		"Container, sign" "$2-exchange"
	[ "$1" = unwrap ] || ok "$1 brings a name that is not ASCII" \
		bring "$1" "Prüfung für 3 €" "$2-sign"
	ok "the card is pulled" card_pull "$1-$2"
	fails "... and nothing is there" "." mine_in --list-objects
	ok "it is inserted" card_insert "$1-$2"
	for use in sign exchange; do
		checked "Container, $use" "$2-$use"
	done
	[ "$1" = unwrap ] || says "the other name is as it was" \
		"^  label: *Prüfung für 3 €$" mine_in --list-objects
	reference "$2"
	[ "$2" = ec ] || wraps
	if [ "$1$2" = ncryptrsa ]; then
		rm -f sig
		ok "NCryptOpenKey finds it, and it signs" with_ncrypt sign \
			"Container, sign" data.sha256 sig
		ok "... and OpenSSL verifies" verifies rsa-sign
	fi
	ok "it ends" card_stop "$1-$2"
}

# ways KIND...
ways() {
	exists="CKR_TEMPLATE_INCONSISTENT|0x8009000f|already"
	for kind in "$@"; do
		way object "$kind"
		if newer 0.26 "$tools"; then
			way unwrap "$kind"
		else
			skip "$kind keys by C_UnwrapKey of pkcs11-tool" \
				"OpenSC $tools unwraps secret keys only"
		fi
		way cngtool "$kind"
		way ncrypt "$kind"
	done
}

# --- PINs ---------------------------------------------------------------------------------

pins() {
	echo "# $app: PINs"
	ok "a new card" card_start pins --app "$app"
	says "the PIN is changed" "successfully changed" mine_in \
		--change-pin --new-pin 7654321
	ok "... which others see" pin_is 7654321
	says "... and back" "successfully changed" mine --login \
		--pin 7654321 --change-pin --new-pin $card_pin
	ok "... which others see" pin_is $card_pin
	fails "a wrong PIN is refused" CKR_PIN_INCORRECT mine --login \
		--pin 1111111 --list-objects
	ok "... and has cost a try" tries_are 2
	ok "the right one works" mine_in --list-objects
	ok "... and gives the tries back" tries_are 3
	ok "it ends" card_stop pins
}

# --- a card that is pulled while it is written ----------------------------------------------

commands() { card_tell "$1" count | cut -d ' ' -f 2; }

# torn N: the import is cut at the N-th command.
torn() {
	ok "a new card, pulled at command $1" card_start "torn$1" --app "$app"
	quiet card_tell "torn$1" fault remove "$1"
	quiet bring object "Torn" rsa-exchange
	ok "... is gone" reader_sees 0 No
	ok "... comes back" card_insert "torn$1"
	if mine_in --list-objects >objects 2>&1 && grep -q Torn objects; then
		uses "the whole container" rsa-exchange \
			mine_in --id "$(id_of Torn)"
	else
		ok "... with nothing of it" lacks Torn objects
		ok "... and takes it now" bring object "Torn" rsa-exchange
		uses "the container" rsa-exchange mine_in --id "$(id_of Torn)"
	fi
	ok "... which is the only one" one_key
	ok "it ends" card_stop "torn$1"
}

lacks() { ! grep -q "$1" "$2"; }
one_key() {
	mine_in --list-objects --type privkey >objects 2>&1 &&
		[ "$(grep -c '^ *ID:' objects)" = 1 ]
}

# Every command is tried in-process elsewhere; here some, with a real pcscd.
removals() {
	echo "# $app: removal"
	ok "a card to count on" card_start counted --app "$app"
	before=$(commands counted)
	ok "... gets a container" bring object "Counted" rsa-exchange
	all=$(($(commands counted) - before))
	ok "... by $all commands" test "$all" -gt 10
	ok "it ends" card_stop counted
	for n in 4 $((all / 3)) $((all / 2)) $((all * 2 / 3)) $((all * 3 / 4)) \
		$((all - 4)) $((all - 2)); do
		torn $n
	done
}
