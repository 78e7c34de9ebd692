#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# The table "Types and paths" of doc/BLOBS.md, cell by cell: what rows.txt says
# is tried through NCrypt, Cryptoki and cngtool, then table.awk compares what
# was claimed.  A blob type without a row, or without a vector, fails.
set -u
# shellcheck source=../compat/common.sh
. "$(dirname "$0")/../compat/common.sh"
need jq

srcdir=${srcdir:-$(dirname "$0")/../..}
case $srcdir in
/*) ;;
*) srcdir=$OLDPWD/$srcdir ;;
esac
here=$srcdir/tests/matrix
own=$srcdir/tests/vectors/own
doc=${CNG_MATRIX_DOC:-$srcdir/doc/BLOBS.md}
cngtool=$builddir/cngtool

# the token that sealed the vector of OpaqueTransport
cp "$own/opaque_token.db" "$HOME/store.db" && chmod 600 "$HOME/store.db"
printf 'user_store = %s\nmachine_store = none\n' "$HOME/store.db" \
	>"$CNG_PKCS11_CONF"
chmod 600 "$CNG_PKCS11_CONF"
export CNG_PIN=1234
unset CNG_PASSWORD CREDENTIALS_DIRECTORY

bail() {
	comment <err
	echo "Bail out! $*"
	exit 1
}

# What NCrypt and Cryptoki make of the rows: row, path, result.
for face in ncrypt pkcs11; do
	"$builddir/tests/matrix/faces" "$face" "$here/rows.txt" "$own" \
		>>results 2>err </dev/null || bail "no results of $face"
done

# --- cngtool ------------------------------------------------------------------

# The blob types: those with a constant of Windows.
"$cngtool" help types >listed 2>err || bail "no list of types"
awk '$2 ~ /^[A-Z0-9]+_[A-Z0-9_]+$/ { print $1 }' listed >types
is_type() { grep -qx "$1" types; }

# The name of the status in the one line that cngtool prints; of wrong use
# there is only the exit status.
code() {
	name=$(sed -n 's/.*(\([A-Z_]*\))\(;.*\)\{0,1\}$/\1/p' err)
	echo "${name:-exit $1}"
}

# inspect: every byte belongs to a field, and the table shows what JSON says.
# DER has headers before fields, at most four in a row.  Fields within a field
# may follow it.  A format of files may have fields without a place, or none.
inspected() {
	jq -e --arg kind "$kind" '
		(.fields | map(.name != "" and .kind != null and
			.value != null) | all) and
		(.fields[0].offset as $first | .fields |
			reduce .[] as $f ($first;
			if $f.offset + $f.size <= . then .
			elif . == $f.offset or ($first > 0 and
				. < $f.offset and $f.offset <= . + 16)
			then $f.offset + $f.size else -1 end)) as $stop |
		if .fields[0].offset == null then
			$kind == "format" and .key != ""
		else $stop == .size and .fields[0].offset <= 4 end
		' <json >/dev/null || return 1
	jq -r '.fields[] | if .offset == null then .name
		else "\(.offset) \(.size) \(.name)" end' <json |
		sed 's/^ *//' >told
	awk 'NR > 2 && /^ *[0-9]+  *[0-9]+ / { print $1, $2, $3; next }
		NR > 2 { print $1 }' text >shown
	cmp -s told shown
}

try_inspect() {
	# shellcheck disable=SC2086 # options are words
	"$cngtool" inspect --json $typed "$file" >json 2>err
	status=$?
	# shellcheck disable=SC2086
	if [ "$status" -ne 0 ]; then
		code "$status"
	elif ! "$cngtool" inspect $typed "$file" >text 2>err; then
		echo "WRONG: a table is refused, JSON is not"
	elif inspected; then
		echo yes
	else
		echo "WRONG: fields are missing"
	fi
}

# option NAME:FILE, or NAME=TEXT, as cngtool wants it.
option() {
	case $1 in
	*:*) echo "--${1%%:*} $own/${1#*:}" ;;
	*) echo "--${1%%=*} ${1#*=}" ;;
	esac
}

# What nobody can read without the password.
under_password() {
	[ -z "${CNG_PASSWORD:-}" ] || ! (
		unset CNG_PASSWORD CNG_NEW_PASSWORD
		"$cngtool" convert back --to spki >/dev/null 2>&1
	)
}

# The bytes, or the key.
came_back() {
	if [ "$fresh" = no ]; then
		cmp -s back "$file"
		return
	fi
	# shellcheck disable=SC2086 # options are words
	under_password &&
		"$cngtool" convert $typed $reads back --to "$to" -o again 2>err &&
		cmp -s again there
}

# convert: there and back.  Without a way back, to another form of the key.
try_convert() {
	rm -f there back again
	# shellcheck disable=SC2086 # options are words
	"$cngtool" convert $typed $reads "$file" --to "${to:-spki}" -o there \
		2>err
	status=$?
	# shellcheck disable=SC2086
	if [ "$status" -ne 0 ]; then
		code "$status"
	elif [ -z "$to" ]; then
		echo from
	elif "$cngtool" convert there --to "$target" $writes -o back 2>err &&
		came_back; then
		echo yes
	else
		echo "WRONG: something else comes back"
	fi
}

grep -v '^#' "$here/rows.txt" | while read -r name vector options; do
	file=$own/$vector
	target=${name%%+*}
	to='' reads='' writes='' fresh=no
	unset CNG_PASSWORD CNG_NEW_PASSWORD
	for word in $options; do
		case $word in
		to=*) to=${word#to=} ;;
		reads=*) reads=$(option "${word#*=}") ;;
		writes=*) writes=$(option "${word#*=}") ;;
		fresh) fresh=yes ;;
		secret=*)
			export CNG_PASSWORD="${word#secret=}"
			export CNG_NEW_PASSWORD="$CNG_PASSWORD" ;;
		esac
	done
	# a type is named; of the formats only raw has to be
	typed="--type $target" kind=type
	if [ "$target" != "$name" ]; then
		typed=
	elif ! is_type "$target"; then
		kind=${to:+format}
		[ "$target" = raw ] || typed=
	fi
	printf '%s\tinspect\t%s\n' "$name" "$(try_inspect)"
	printf '%s\tconvert\t%s\n' "$name" "$(try_convert)"
done >>results

# --- every type has a row and a vector -----------------------------------------

# has_vector TYPE: its row names a file that the index knows as that type.
has_vector() {
	# shellcheck disable=SC2016 # awk's, not the shell's
	awk -v type="$1" '
		FNR == NR { if ($1 == type) file = $2; next }
		FNR == 1 { FS = "\t" }
		$1 == file && $3 == type && $6 !~ /^negative/ { found = 1 }
		END { exit !found }' "$here/rows.txt" "$own/index.tsv"
}

while read -r type; do
	ok "$type has a vector of our own" has_vector "$type"
done <types
[ "$count" -ge 30 ] || bail "found too few types"

# every other word of the list is a format of files
awk '{ print $1 }' listed | grep -vxFf types >formats
while read -r format; do
	ok "$format has a row" grep -q "^${format}[[:blank:]]" "$here/rows.txt"
done <formats

awk -v count="$count" -f "$here/table.awk" results "$doc" || bail "no table"
