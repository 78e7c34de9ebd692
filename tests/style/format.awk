# SPDX-License-Identifier: BSD-2-Clause
#
# The check behind check-format.sh.

function bad(text) {
	print FILENAME ":" FNR ": " text
	failed = 1
}

function columns(line,    i, n) {
	for (i = 1; i <= length(line); i++) {
		one = substr(line, i, 1)
		if (one == "\t")
			n += 8 - n % 8
		else if (one !~ /[\200-\277]/)
			n++
	}
	return n
}

FNR == 1 && !/SPDX-License-Identifier: BSD-2-Clause/ {
	bad("no licence line")
}
FNR == 3 && !/^ \* [^ ]/ {
	bad("no header comment that says what the file is for")
}
/[ \t]$/ {
	bad("blank at the end of the line")
}
length($0) > 40 && columns($0) > 80 {
	bad("over 80 columns")
}
{
	line = code($0)
	if (line ~ /\/\// && line !~ /^[ \t]*#[ \t]*include/)
		bad("// comment")
}
END {
	exit failed
}
