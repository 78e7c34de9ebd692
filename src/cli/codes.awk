# SPDX-License-Identifier: BSD-2-Clause
#
# The codes that the faces and the cards answer with, for "cngtool explain":
# numbers out of their headers, and which outcome becomes which code out of
# the tables that say so, so that nothing is written twice.  Makes codes.inc.

# "#define NAME 0x0010UL", "#define NAME _HRESULT_TYPEDEF_(0x80090001u)"
$1 == "#define" && $2 ~ /^(CKR|NTE|SCARD|ERROR)_[A-Z0-9_]+$/ {
	value = $3
	sub(/^_HRESULT_TYPEDEF_\(/, "", value)
	sub(/[uUlL]*\)?$/, "", value)
	if (value !~ /^(0|0x[0-9A-Fa-f]+)$/)
		next
	kind = $2 ~ /^CKR_/ ? "CODE_RV" : "CODE_HR"
	codes = codes sprintf("\t{ %s, \"%s\", %s },\n", kind, $2, value)
	count++
}

# "#define RPC_X_NULL_REF_POINTER 1780L": of Win32, told as an HRESULT
$1 == "#define" && $2 ~ /^RPC_X_[A-Z_]+$/ {
	codes = codes sprintf("\t{ CODE_HR, \"%s\", 0x8007%04x },\n", $2, \
		$3 + 0)
	count++
}

# "#define SW_OK 0x9000"
$1 == "#define" && $2 ~ /^SW_/ {
	word[$2] = $3
}

function use(code, status) {
	uses = uses sprintf("\t{ \"%s\", %s },\n", code, status)
}

# "[CNG_ERR_X] = NAME,"
$1 ~ /^\[CNG_[A-Z_]+\]$/ && $2 == "=" && $3 ~ /^(CKR|NTE|SCARD|ERROR)_/ {
	status = substr($1, 2, length($1) - 2)
	code = $3
	sub(/,$/, "", code)
	use(code, status)
}

# "{ CNG_ERR_X, NAME },"
$1 == "{" && $2 ~ /^CNG_[A-Z_]+,$/ && $3 ~ /^CKR_/ && $4 == "}," {
	use($3, substr($2, 1, length($2) - 1))
}

# "{ 0x6982, CNG_ERR_X },"
$1 == "{" && $2 ~ /^(0x[0-9a-f]+|SW_[A-Z]+),$/ && $3 ~ /^CNG_/ && $4 == "}," {
	sw = substr($2, 1, length($2) - 1)
	if (sw in word)
		sw = word[sw]
	sub(/^0x/, "", sw)
	use(toupper(sw), $3)
}

END {
	if (count < 100 || uses == "") {
		print "codes.awk: the tables are not what they were" > \
		    "/dev/stderr"
		exit 1
	}
	print "/* made by codes.awk */"
	printf "static const struct code codes[] = {\n%s};\n\n", codes
	printf "static const struct code_use uses[] = {\n%s};\n", uses
}
