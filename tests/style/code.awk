# SPDX-License-Identifier: BSD-2-Clause
#
# code(line): the line with comments and the text of strings left out; an
# include line is kept whole.  Call it for every line of a file, in order.

function code(line,    out, i, one, two, string) {
	if (FNR == 1)
		in_comment = 0
	if (!in_comment && line ~ /^[ \t]*#[ \t]*include/)
		return line
	for (i = 1; i <= length(line); i++) {
		two = substr(line, i, 2)
		one = substr(line, i, 1)
		if (in_comment) {
			if (two == "*/") {
				in_comment = 0
				i++
			}
		} else if (string != "") {
			if (one == "\\")
				i++
			else if (one == string) {
				string = ""
				out = out one
			}
		} else if (two == "/*") {
			in_comment = 1
			i++
		} else {
			if (one == "\"" || one == "'")
				string = one
			out = out one
		}
	}
	return out
}
