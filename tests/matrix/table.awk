# SPDX-License-Identifier: BSD-2-Clause
#
# Compares results (row, path, result; tab separated) with the table of "Types
# and paths" in doc/BLOBS.md: a line of TAP for each cell.  A cell is
#
#   yes         the path works
#   no (N)      it answers with a code: the one that reason N names after the
#               path ("inspect `exit 2`"), else the one under "Codes"
#   WORD (N)    it gives WORD, and reason N tells why
#
# Codes and reasons stand below the table; "N. text" names who says so.

BEGIN { FS = "\t" }

function trim(text) {
	gsub(/^[ \t]+|[ \t]+$/, "", text)
	return text
}

function plain(text) {
	gsub(/`/, "", text)
	return trim(text)
}

function report(good, what, why) {
	count++
	print (good ? "ok " : "not ok ") count " - " what
	if (!good)
		print "# " why
}

# --- what was measured

FNR == NR {
	if (!($1 in measured_row)) {
		measured_row[$1] = 1
		row_order[++rows] = $1
	}
	measured[$1, $2] = $3
	next
}

# --- what is claimed

/^## / { inside = ($0 == "## Types and paths"); reason = 0 }
!inside { next }

/^\|/ {
	cells = split($0, cell, "|")
	name = plain(cell[2])
	if (name == "Type") {
		columns = cells - 3
		for (i = 1; i <= columns; i++)
			column[i] = plain(cell[i + 2])
	} else if (name !~ /^-+$/) {
		if (name in claimed_row)
			twice[name] = 1
		claimed_row[name] = 1
		for (i = 1; i <= columns; i++)
			claim[name, column[i]] = trim(cell[i + 2])
	}
	next
}

/^[0-9]+\. / {
	reason = $0 + 0
	reasons = reason > reasons ? reason : reasons
}
/^Codes/ { reason = "codes" }
/^$/ { reason = 0 }
reason { text[reason] = text[reason] " " trim($0) }

# --- the verdict

function number_of(cell) {
	if (!match(cell, /\([0-9]+\)$/))
		return 0
	return substr(cell, RSTART + 1, RLENGTH - 2) + 0
}

# The code that a text names after the path; empty: none.
function code_of(from, path,    start) {
	start = index(from, " " path " `")
	if (!start)
		return ""
	from = substr(from, start + length(path) + 3)
	return substr(from, 1, index(from, "`") - 1)
}

function code(n, path,    own) {
	own = code_of(text[n], path)
	return own != "" ? own : code_of(text["codes"], path)
}

function judge(name, path,    what, cell, n, word, got) {
	what = name " " path
	cell = claim[name, path]
	got = measured[name, path]
	if (got == "SKIP") {
		count++
		print "ok " count " - " what \
		    " # SKIP this libcrypto has no such keys"
		return
	}
	n = number_of(cell)
	word = plain(substr(cell, 1, match(cell, /\(|$/) - 1))
	if (n)
		used[n] = 1
	if (got == "")
		report(0, what, "was not tried")
	else if (cell == "")
		report(0, what, "doc/BLOBS.md does not say; it is: " got)
	else if (cell == "yes")
		report(got == "yes", what, "claimed: yes; it is: " got)
	else if (!(n in text))
		report(0, what, "\"" cell "\" gives no reason; it is: " got)
	else if (word == "no")
		report(code(n, path) == got, what,
		    "documented: " code(n, path) "; it is: " got)
	else
		report(word == got, what, "claimed: " cell "; it is: " got)
}

END {
	if (columns < 7 || rows == 0)
		exit 1
	for (r = 1; r <= rows; r++) {
		name = row_order[r]
		report(name in claimed_row && !(name in twice),
		    name " has its row in the table",
		    "doc/BLOBS.md, Types and paths: none, or two")
		for (i = 1; i <= columns; i++)
			judge(name, column[i])
	}
	for (name in claimed_row)
		if (!(name in measured_row))
			report(0, name " is tried", "rows.txt does not say how")
	for (n = 1; n <= reasons; n++)
		report(n in used && text[n] ~ /Microsoft|PKCS #11|RFC /,
		    "reason " n " is used, and says who says so",
		    "it is not used, or names no document")
	print "1.." count
}
