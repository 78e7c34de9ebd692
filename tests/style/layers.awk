# SPDX-License-Identifier: BSD-2-Clause
#
# The check behind check-layers.sh: first file layers.txt, then the sources.

function layer_of(path,    folder, best) {
	for (folder in layer)
		if (index(path, folder "/") == 1 && \
		    length(folder) > length(best))
			best = folder
	return best == "" ? "" : layer[best]
}

function exists(path,    line, result) {
	if (path in known)
		return known[path]
	result = (getline line < path) >= 0
	if (result)
		close(path)
	return known[path] = result
}

# As the compiler looks: beside the file, then in src/, then at the top.
function resolve(from, name,    dir) {
	dir = from
	sub(/[^\/]*$/, "", dir)
	if (exists(dir name))
		return dir name
	if (exists("src/" name))
		return "src/" name
	return exists(name) ? name : ""
}

function bad(text) {
	print FILENAME ":" FNR ": " text
	failed = 1
}

function check_include(line,    quote, name, target, to, i) {
	sub(/^[ \t]*#[ \t]*include[ \t]*/, "", line)
	quote = substr(line, 1, 1)
	name = substr(line, 2)
	sub(/[">].*/, "", name)
	if (quote == "\"" && (target = resolve(FILENAME, name)) != "") {
		to = layer_of(target)
		if (to != "" && to != from && !((from, to) in may))
			bad("layer " from " includes " name " of " to)
	}
	for (i = 1; i <= only_count; i++)
		if (index(name, only_header[i]) == 1 && \
		    FILENAME !~ only_places[i])
			bad("<" name "> belongs to " only_text[i] " only")
}

function check_words(line,    i) {
	for (i = 1; i <= never_count; i++)
		if (never_layer[i] == from && line ~ never_words[i])
			bad("layer " from " says: " line)
}

FILENAME ~ /layers\.txt$/ && $1 == "layer" {
	layer[$3] = $2
	for (n = split($4, part, ","); n > 0; n--)
		may[$2, part[n]] = 1
}
FILENAME ~ /layers\.txt$/ && $1 == "only" {
	only_header[++only_count] = $2
	only_text[only_count] = $3
	gsub(/,/, "|^", $3)
	only_places[only_count] = "^" $3
}
FILENAME ~ /layers\.txt$/ && $1 == "never" {
	never_layer[++never_count] = $2
	never_words[never_count] = "(^|[^A-Za-z0-9_])" $3
}
FILENAME ~ /layers\.txt$/ {
	next
}

FNR == 1 {
	files++
	from = layer_of(FILENAME)
	if (from == "")
		bad("is in no layer")
}
{
	line = code($0)
	if (line ~ /^[ \t]*#[ \t]*include/)
		check_include(line)
	else
		check_words(line)
}

END {
	if (files < 20) {
		print "found only " files " files: wrong folder?"
		failed = 1
	}
	if (failed)
		exit 1
	print files " files keep to their layers"
}
