#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Runs a consumer's test in a root of its own, made with mmdebstrap from the
# machine's own APT sources.  In it is what the page installs by "sudo apt
# install", and what the test says that it needs beside ("# Packages: ...").
# The release is the first one that has all that.  The tests in tests/card go
# the same way, without a page.
#
#   root.sh built TEST	a release after the machine's, the module just built
#   root.sh fresh TEST	a new user: the module is installed as ./quickstart
#			does it, and the page's own commands bring the rest
#   root.sh later TEST	the same in a release after the machine's
#   root.sh install	makes what the last two put into the root
#   root.sh packages NAME	what page and test of that name want
#
# CNG_ROOTS	 the folder for all that is made [roots, in the build folder]
# CNG_ROOT_SUITES  the releases to try
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
here=$PWD
roots=${CNG_ROOTS:-$here/roots}
root=
trap 'status=$?; [ -z "$root" ] || rm -rf "$root"; exit $status' EXIT
trap 'exit 1' HUP INT TERM

skip_all() { echo "1..0 # SKIP $*"; exit 0; }
bail() { echo "Bail out! $*"; exit 1; }

# quietly COMMAND...: what it says is shown only when it fails.
quietly() {
	"$@" >"$roots/said" 2>&1 </dev/null && return
	tail -n 30 "$roots/said" | sed 's/^/# /'
	return 1
}

release() { sed -n 's/^VERSION_CODENAME=//p' /etc/os-release; }

# A program of this machine runs here and later.
suites() {
	case $1 in
	built | later) not="$(release)" ;;
	*) not= ;;
	esac
	found=
	for suite in bookworm trixie; do
		[ "$suite" != "$(release)" ] || found=yes
		[ -z "$found" ] || [ "$suite" = "$not" ] || echo "$suite"
	done
}

# --- the bare root ------------------------------------------------------------

# mirror LABEL: as the machine uses it
mirror() {
	# shellcheck disable=SC2016 # the $(...) are apt's own
	apt-get indextargets --format '$(LABEL) $(REPO_URI)' \
		'Created-By: Packages' | sed -n "s/^$1 //p" | head -n 1
}

sources() {
	echo "deb $(mirror Debian) $1 main"
	security=$(mirror Debian-Security)
	[ -z "$security" ] || echo "deb $security $1-security main"
}

# What the machine's apt is told about the way, and what a person would answer.
apt_options() {
	apt-config dump | grep -E '^Acquire::(Check-|https?::)'
	cat <<-'END'
		APT::Get::Assume-Yes "true";
		APT::Keep-Downloaded-Packages "true";
		Binary::apt::APT::Keep-Downloaded-Packages "true";
	END
}

# What a machine has that Debian was installed on, and what the module needs.
included() {
	echo sudo ca-certificates
	sed -n 's/^run		*\([^	]*\).*/\1/p' "$top/build-aux/packages"
}

bare() {
	[ ! -f "$roots/$1.tar" ] || return 0
	[ -n "$(mirror Debian)" ] || quietly apt-get -qq update || return
	sources "$1" >"$roots/$1.list"
	apt_options >"$roots/apt.conf"
	quietly mmdebstrap --mode=root --variant=minbase \
		--include="$(included | tr -s ' \n' ,,)" \
		--aptopt="$roots/apt.conf" --format=tar "$1" \
		"$roots/$1.new" "$roots/$1.list" || return
	mv "$roots/$1.new" "$roots/$1.tar"
}

# --- inside -------------------------------------------------------------------

# The way to the world, where it goes through others.
way() { env | grep -E '^(http|https|no)_proxy=[^[:space:]]*$'; }

# Whom the machine trusts beside.
trust() {
	for ca in /usr/local/share/ca-certificates/*.crt; do
		[ ! -f "$ca" ] ||
			cp -L "$ca" "$root/usr/local/share/ca-certificates"
	done
	quietly inside update-ca-certificates
}

# inside COMMAND...: with the folders of source and build where they are, and
# packages that were fetched before.  What it started ends with it.
inside() {
	# shellcheck disable=SC2016,SC2046 # for the shell; a list of words
	unshare --mount --pid --fork --kill-child sh -euc '
		root=$1
		mount --make-rprivate /
		mount -t proc proc "$root/proc"
		mount --rbind /dev "$root/dev"
		mount --bind "$2" "$root/var/cache/apt/archives"
		for folder in "$3" "$4"; do
			mkdir -p "$root$folder"
			mount --bind "$folder" "$root$folder"
		done
		cd "$root$4"
		shift 4
		exec chroot "$root" "$@"' sh "$root" "$roots/$suite.debs" \
		"$top" "$here" env -i -C "$here" HOME=/root LC_ALL=C.UTF-8 \
		TZ=UTC DEBIAN_FRONTEND=noninteractive CNG_MODULE="${CNG_MODULE:-}" \
		$(way) \
		PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
		"$@"
}

# Packages start no servers, and nobody may become root, as the user who
# installed Debian may; PINs that a person would type get through.
furnish() {
	cp -L /etc/resolv.conf "$root/etc/resolv.conf"
	grep -qs localhost "$root/etc/hosts" ||
		echo "127.0.0.1 localhost $(hostname)" >>"$root/etc/hosts"
	printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
	chmod 755 "$root/usr/sbin/policy-rc.d"
	cat >"$root/etc/sudoers.d/user" <<-'END'
		Defaults env_keep += "DEBIAN_FRONTEND CNG_PIN CNG_SO_PIN"
		nobody ALL=(ALL) NOPASSWD: ALL
	END
	mkdir -p "$roots/$suite.debs/partial"
	trust && quietly inside apt-get -qq update
}

# make SUITE: a copy of the bare root
make_root() {
	suite=$1
	bare "$suite" || bail "no root of $suite could be made"
	root=$(mktemp -d "$roots/$suite.XXXXXX")
	chmod 755 "$root"
	{ tar -C "$root" -xf "$roots/$suite.tar" && furnish; } ||
		bail "the root of $suite could not be furnished"
}

# --- what is needed -----------------------------------------------------------

# The lines of a page that install packages.
apt_lines() {
	awk -v word=any -f "$top/tests/consumers/page.awk" \
		"$top/doc/howto/$1.md" |
		sed -e ':a' -e '/\\$/{N' -e 's/\\\n//' -e 'ba' -e '}' |
		grep '^sudo apt\(-get\)\{0,1\} install'
}

page_packages() {
	apt_lines "$1" | sed 's/#.*//; s/^sudo apt[-get]* install//' |
		tr -s '[:space:]' '\n' | grep '^[a-z0-9]'
}

all_packages() {
	page_packages README
	[ ! -f "$top/doc/howto/$name.md" ] || page_packages "$name"
	[ ! -f "$test" ] || sed -n 's/^# Packages: //p' "$test" | tr ' ' '\n'
}

# A release that has them: its root is made then.
find_root() {
	# shellcheck disable=SC2046 # a list of names
	for suite in ${CNG_ROOT_SUITES:-$(suites "$1")}; do
		make_root "$suite"
		inside apt-get -qq --simulate install $(all_packages) \
			>"$roots/said" 2>&1 </dev/null && return
		rm -rf "$root"
		root=
	done
	return 1
}

# As the user, who types what the pages say.
install_by_pages() {
	for page in README "$name"; do
		apt_lines "$page" >"$root/tmp/lines.sh"
		quietly inside setpriv --reuid=nobody --regid=nogroup \
			--clear-groups sh -eux /tmp/lines.sh || return
	done
	# shellcheck disable=SC2046 # a list of names
	quietly inside apt-get -qq install $(all_packages)
}

# --- the installed module -----------------------------------------------------

install_module() {
	triplet=$(dpkg-architecture -qDEB_HOST_MULTIARCH)
	CNG_SETUP_LOG="$roots/install.log" "$top/build-aux/setup" build \
		build/install --prefix=/usr --libdir="/usr/lib/$triplet" &&
		rm -rf "$roots/installed" &&
		quietly make -C "$top/build/install" -s install \
			DESTDIR="$roots/installed"
}

# --- the test -----------------------------------------------------------------

possible() {
	[ "$(id -u)" = 0 ] || skip_all "a root needs root's rights"
	command -v mmdebstrap >/dev/null ||
		skip_all "a root needs mmdebstrap, which is not installed"
	unshare --mount --pid --fork true 2>/dev/null ||
		skip_all "a root needs namespaces, which are not allowed here"
}

# A test that misses a program where all is installed is wrong, or its page.
missing='# SKIP .* \(is\|are\) not installed'
run_test() {
	echo "# in Debian $suite"
	inside "$@" "$test" </dev/null >"$root.tap"
	status=$?
	cat "$root.tap"
	if grep -q "$missing" "$root.tap"; then
		echo "Bail out! $(sed -n "/$missing/{s/.*# SKIP //p;q}" \
			"$root.tap"), though all that the page installs is there"
		status=1
	fi
	rm -f "$root.tap"
	return $status
}

mode=$1
name=$(basename "${2:-}" .t)
case ${2:-} in
*/*) test=$(cd "$(dirname "$2")" && pwd)/$name.t ;;
*) test=$top/tests/consumers/$name.t ;;
esac
if [ "$mode" = packages ]; then
	all_packages
	exit
fi
possible
mkdir -p "$roots"
roots=$(cd "$roots" && pwd)
if [ "$mode" = install ]; then
	install_module
	exit
fi
if ! find_root "$mode"; then
	lacking="no release at hand has all of: $(all_packages | tr '\n' ' ')"
	[ "$mode" != fresh ] || bail "$lacking"
	skip_all "$lacking"
fi
case $mode in
built)
	# shellcheck disable=SC2046 # a list of names
	quietly inside apt-get -qq --no-install-recommends install \
		$(all_packages) || bail "the packages could not be installed"
	run_test env builddir="$here"
	;;
fresh | later)
	{ cp -a "$roots/installed/." "$root" && quietly inside ldconfig; } ||
		bail "the module could not be installed"
	install_by_pages || bail "the page's packages could not be installed"
	run_test env CNG_CONSUMERS_INSTALLED=yes CNG_CONSUMERS_FRESH=yes \
		CNG_MODULE=/nonexistent builddir=/nonexistent
	;;
*)
	echo "usage: root.sh built|fresh|later TEST" >&2
	exit 2
	;;
esac
