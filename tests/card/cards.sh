# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh
#
# A pcscd of one's own with virtual readers, and simulated cards in them, for
# tests that source this file:
#
#	cards_begin || ...		folder $cards for sockets, states and logs
#	reader_start [NAME [COUNT]]	exports PCSCLITE_CSOCK_NAME
#	card_start ID [OPTION...]	$card_slot says which port (0 the first)
#	card_pull ID, card_insert ID	and wait until pcscd saw it
#	card_tell ID WORD...		pull, insert, count, fault NAME N[+], ...
#	card_stop ID			its state file stays: start it again
#	gpg_end				ends gpg's daemons, which keep the card
#	cards_end			stops all; for the trap at exit
#
# The programs are those of the build folder ($builddir).

cards=
cards_pids=
reader_pid=
reader_port=
card_slot=0

# What is missing for a reader, or nothing.
cards_missing() {
	if [ "$(id -u)" != 0 ]; then
		echo "pcscd needs root"
	elif ! [ -x /usr/sbin/pcscd ]; then
		echo "pcscd is not installed"
	elif ! [ -e /usr/lib/pcsc/drivers/serial/libifdvpcd.so ]; then
		echo "vsmartcard-vpcd is not installed"
	elif ! command -v opensc-tool >/dev/null; then
		echo "opensc is not installed"
	fi
}

# A zombie does not: not every first process of a container takes them away.
lives() { grep -qs '^State:[[:space:]]*[^XZ]' "/proc/$1/status"; }
gone() { ! lives "$1"; }

# within SECONDS COMMAND...: tries it until it passes; fails at the limit.
within() {
	within_end=$(($(date +%s) + $1))
	shift
	until "$@"; do
		[ "$(date +%s)" -lt $within_end ] || return 1
		sleep 0.05
	done
}

# The folder is below /tmp whatever TMPDIR says: sockets have short names.
cards_begin() {
	cards=$(mktemp -d /tmp/cards.XXXXXX)
}

# The test ends here when there is no pcscd.
reader_start() {
	polkit=
	if /usr/sbin/pcscd --help 2>&1 | grep -q disable-polkit; then
		polkit=--disable-polkit
	fi
	reader_name=${1:-Virtual Test}
	"${builddir:-.}/tests/card/reader" "$cards" "$reader_name" \
		"${2:-1}" ${polkit:+"$polkit"} >"$cards/pcscd.log" 2>&1 &
	reader_pid=$!
	PCSCLITE_CSOCK_NAME=$cards/pcscd.comm
	export PCSCLITE_CSOCK_NAME
	if ! within 120 reader_listens || ! lives "$reader_pid"; then
		sed 's/^/# /' "$cards/pcscd.log"
		echo "Bail out! pcscd does not run"
		exit 1
	fi
	reader_port=$(cat "$cards/port")
}

# ... or never will.
reader_listens() {
	[ -S "$PCSCLITE_CSOCK_NAME" ] || gone "$reader_pid"
}

# sees NUMBER Yes|No: waits until pcscd agrees about the slot.
reader_sees() {
	within 120 reader_shows "$1" "$2" && lives "$reader_pid" && return
	echo "slot $1: not \"$2\" in time" >&2
	lives "$reader_pid" || {
		echo "pcscd has ended:"
		cat "$cards/pcscd.log"
	} >&2
	return 1
}

reader_shows() {
	timeout 120 opensc-tool --list-readers 2>"$cards/list.err" |
		grep -q "^$1  *$2 " || gone "$reader_pid"
}

card_program() { "${builddir:-.}/tests/card/card" "$@"; }

card_tell() {
	tell_id=$1
	shift
	card_program --tell "$cards/$tell_id.ctl" "$@"
}

card_start() {
	start_id=$1
	shift
	"${builddir:-.}/tests/card/card" \
		--port $((reader_port + card_slot)) --netns "$reader_pid" \
		--state "$cards/$start_id.state" \
		--control "$cards/$start_id.ctl" \
		--log "$cards/$start_id.log" "$@" 2>"$cards/$start_id.err" &
	echo "$! $card_slot" >"$cards/$start_id.pid"
	cards_pids="$cards_pids $!"
	reader_sees $card_slot Yes && return
	tail -n 20 "$cards/$start_id.err" "$cards/$start_id.log" >&2
	return 1
}

slot_of() { sed 's/.* //' "$cards/$1.pid"; }

card_pull() { card_tell "$1" pull >/dev/null && reader_sees "$(slot_of "$1")" No; }

card_insert() {
	card_tell "$1" insert >/dev/null && reader_sees "$(slot_of "$1")" Yes
}

card_stop() {
	stop_pid=$(sed 's/ .*//' "$cards/$1.pid")
	kill "$stop_pid" 2>"$cards/kill.err"
	wait "$stop_pid" || cat "$cards/$1.err" >&2
	reader_sees "$(slot_of "$1")" No
}

# gpg's daemons keep the card for themselves while they run, and one that is
# about to end answers nobody.
gpg_end() {
	scd_said=
	gpg_late=0
	gpg_said=$(gpg_ask "getinfo pid") || return
	if gpg_ask "getinfo scd_running" | grep -q '^OK'; then
		scd_said=$(gpg_ask "scd getinfo pid") || return
	fi
	timeout 60 gpgconf --kill all
	for gpg_pid in $(printf '%s\n' "$gpg_said" "$scd_said" |
	    sed -n 's/^D //p'); do
		within 60 gone "$gpg_pid" || {
			echo "gpg's daemon $gpg_pid does not end" >&2
			kill -KILL "$gpg_pid"
			gpg_late=1
		}
	done
	return $gpg_late
}

gpg_ask() { timeout 60 gpg-connect-agent --no-autostart "$1" /bye; }

cards_end() {
	for pid in $cards_pids $reader_pid; do
		kill "$pid" 2>"$cards/kill.err" && wait "$pid"
	done
	cards_pids=
	reader_pid=
	[ -z "$cards" ] || rm -rf "$cards"
	cards=
}
