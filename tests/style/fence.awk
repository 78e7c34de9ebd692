# SPDX-License-Identifier: BSD-2-Clause
#
# The check behind check-fence.sh: first file fence.txt, then the sources.

function bad(text) {
	print FILENAME ":" FNR ": " text
	failed = 1
}

function check_banned(line,    name) {
	while (match(line, /[A-Za-z_][A-Za-z0-9_]*[ \t]*\(/)) {
		name = substr(line, RSTART, RLENGTH)
		sub(/[ \t]*\($/, "", name)
		# A member of that name is not the C library's function.
		if (name in instead && before(line) !~ /[.>]$/ && \
		    FILENAME !~ places[name])
			bad(name " is banned: " instead[name])
		line = substr(line, RSTART + RLENGTH)
	}
}

function before(line) {
	return substr(line, 1, RSTART - 1)
}

# Names tell what a buffer holds.
function check_secrets(line) {
	if (line ~ /(^|[^a-z_])memcmp *\(/ && line ~ secret)
		bad("secrets are compared by secret_equal: " line)
	if (line ~ /(^|[^a-z_])(mem_)?free *\(/ && line ~ secret)
		bad("secrets are freed by secret_free: " line)
}

BEGIN {
	secret = "[^a-z](pin|password|secret|private|priv|master|mac|kek|" \
	    "plain|seed)(_[a-z_]+)?(\\.|->|\\)|,| |\\[)"
}

FILENAME ~ /fence\.txt$/ {
	if ($1 !~ /^#/ && NF >= 3) {
		name = $1
		gsub(/,/, "|^", $2)
		places[name] = $2 == "-" ? "^$" : "^" $2
		$1 = $2 = ""
		sub(/^ +/, "")
		instead[name] = $0
	}
	next
}
{
	line = code($0)
	if (line !~ /^[ \t]*#/) {
		check_banned(line)
		check_secrets(line)
	}
}
END {
	exit failed
}
