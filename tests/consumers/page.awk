# SPDX-License-Identifier: BSD-2-Clause
#
# Takes the commands out of a page in Markdown: those of its fenced blocks
# that begin with ```sh, or with ```sh and the word that is asked for (-v
# word=server), or all of both (-v word=any); of a page without any fence, all
# that is indented by four.

/^```/ {
	if (inside)
		inside = wanted = 0
	else {
		inside = fences = 1
		wanted = $0 == "```sh" (word == "" ? "" : " " word) ||
		    (word == "any" && (/^```sh$/ || /^```sh /))
	}
	next
}

wanted {
	print
}

!inside && !fences && word == "" && sub(/^    /, "") {
	print
}
