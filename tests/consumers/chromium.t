#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# doc/howto/chromium.md: a Chromium on a screen of its own visits two sites,
# one of which wants the RSA key's certificate, the other one the EC key's.
# What it shows is read off the title of its window.
#
# Packages: nginx-light xdotool xvfb
set -u
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"
# shellcheck source=browser.sh
. "$top/tests/consumers/browser.sh"
need chromium modutil certutil nginx Xvfb xdotool unshare
fresh=${CNG_CONSUMERS_FRESH:-}
[ "$(id -u)" = 0 ] || skip_all "only root can put a policy into /etc"
[ "$fresh" = yes ] || unshare --mount mount --bind /tmp /mnt 2>/dev/null ||
	skip_all "there are no name spaces for mounts here"
begin
sites

# The policy is seen by this Chromium alone, but in a root made for the page.
private_etc() {
	etc=$work/etc
	cp -a /etc/chromium "$etc"
	chown -R nobody "$etc"
	export etc
	# shellcheck disable=SC2016 # for the script
	stand_in in-etc 'mount --bind "$etc" /etc/chromium && exec "$@"'
	as="unshare --mount $bin/in-etc $as"
}
[ "$fresh" = yes ] || private_etc
page chromium

# Where users may not make name spaces, Chromium has no sandbox to be in.
box=
as_user unshare --user true 2>/dev/null || box=--no-sandbox
export box
# shellcheck disable=SC2016 # for the script
stand_in chromium 'exec /usr/bin/chromium $box --no-first-run \
	--password-store=basic "$@"'

launch screen Xvfb -displayfd 1 -screen 0 1024x768x24 -nolisten tcp
ok "there is a screen" within 60 grep -q '^[0-9]' "$work/screen.out"
DISPLAY=:$(grep '^[0-9]' "$work/screen.out")
export DISPLAY

# Every dialog is written down, and answered as a person would.
window() { xdotool search --onlyvisible --name "$1" >"$work/window" 2>&1; }
ask_or() {
	window "$1" && return
	window "^Unlock Security Device" || return
	xdotool getwindowname "$(head -n 1 "$work/window")" \
		>>"$work/dialogs" 2>&1
	xdotool type "$pin"
	xdotool key Return
	within 60 gone "^Unlock Security Device"
	return 1
}
gone() { ! window "$1"; }
: >"$work/dialogs"

script chromium visit >"$work/visit.sh"
launch visit sh -eu "$work/visit.sh"
ok "nginx saw the RSA key's certificate" within 60 ask_or "^hello CN=rsa"
[ -s "$work/dialogs" ] || tail -n 5 "$work/visit.out" | comment
launch other chromium https://localhost:4672/
ok "... and that of the EC key" within 60 ask_or "^hello CN=ec"
says "Chromium asked for the PIN" "^Unlock" cat "$work/dialogs"
ok "... once" test "$(wc -l <"$work/dialogs")" = 1
finish
