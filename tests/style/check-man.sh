#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Manual pages are well-formed, and say what the program says: every command
# and every option of cngtool is documented, and none that is not there; every
# function of the library is on one page, with its arguments.
set -eu
. "$(dirname "$0")/common.sh"
need mandoc
cngtool=${CNGTOOL:-$build/cngtool}
page=man/cngtool.1

for any in man/*.[1-9]; do
	mandoc -T lint -W warning "$any" || bad "$any: mandoc has findings"
done

words() { tr ' ' '\n' | sort -u; }

commands=$("$cngtool" --help | sed -n 's/^  \([a-z][a-z-]*\)  .*/\1/p')
[ "$(echo "$commands" | wc -w)" -ge 8 ] || bad "cngtool --help says too little"
documented=$(sed -n 's/^\.Ss \([a-z][a-z-]*\)$/\1/p' "$page")
[ "$(echo "$commands" | words)" = "$(echo "$documented" | words)" ] ||
	bad "commands of cngtool and of $page differ:
$commands
--
$documented"

# Written "Fl -name" or ", -name" in the page, "--name" in the help.
has=$(for command in $commands; do "$cngtool" "$command" --help; done |
	grep -oE -- ' --[a-z][a-z-]+' | sed 's/ --//' | sort -u)
says=$(grep '^\.\(It\|Op\|Nm\|Fl\|Pq\)' "$page" |
	grep -oE -- '(Fl|,) -[a-z][a-z-]+' | sed 's/.* -//' | sort -u)
for option in $has; do
	echo "$says" | grep -qx "$option" ||
		bad "$page: option --$option is missing"
done
for option in $says; do
	[ "$option" = version ] || echo "$has" | grep -qx "$option" ||
		bad "$page: there is no option --$option"
done

# "Ft type, Fo name, Fa arguments" of the page against the header.
header=src/include/cng/ncrypt.h
declared=$(awk '/^CNG_API/ { on = 1 } on { print } /;/ { on = 0 }' \
	"$header" | tr -s ' \n' ' ' | sed 's/CNG_API /\n/g; s/( /(/g' |
	sed -n 's/ WINAPI / /; s/; *$//p' | sort)
shown=$(cat man/NCrypt*.3 | sed -n 's/^\.Ft //p; s/^\.Fo //p
	s/^\.Fa "\(.*\)"$/\1,/p; s/^\.Fc$/;/p' | tr '\n' ' ' |
	sed 's/; /;\n/g' | sed 's/^\([A-Z_]*\) \([A-Za-z]*\) /\1 \2(/
	s/, ;$/)/' | grep . | sort)
[ "$declared" = "$shown" ] || bad "ncrypt.h and the pages differ:
$declared
--
$shown"
for name in $(echo "$declared" | sed 's/(.*//; s/.* //'); do
	[ "$(grep -lx "\.Nm $name\( ,\)*" man/NCrypt*.3 | wc -l)" = 1 ] ||
		bad "$name is not on one page"
	[ -f "man/$name.3" ] || grep -q "man/links/$name\.3" \
		src/ncrypt/local.mk || bad "$name.3 leads nowhere"
done
finish "cngtool and its page agree: $(echo "$commands" | wc -w) commands," \
	"$(echo "$has" | wc -w) options; so do ncrypt.h and its pages"
