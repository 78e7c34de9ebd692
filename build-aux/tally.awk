# SPDX-License-Identifier: BSD-2-Clause
#
# Adds up what make check left behind.  Reads a list of .trs files; prints
# "failed LOG" and "skipped LOG" for those worth a look, then the sums.  A
# program of the check library counts with each of its checks, any other test
# as it reports itself.

{
	log_file = $0
	sub(/\.trs$/, ".log", log_file)
	ok = bad = skip = 0
	while ((getline line < $0) > 0) {
		if (line ~ /^:test-result: (PASS|XFAIL)/)
			ok++
		else if (line ~ /^:test-result: SKIP/)
			skip++
		else if (line ~ /^:test-result:/)
			bad++
	}
	close($0)
	checks = failures = 0
	while ((getline line < log_file) > 0)
		if (line ~ /^[0-9]+%: Checks: [0-9]+, Failures: /) {
			gsub(/[^0-9 ]/, "", line)
			split(line, number, " ")
			checks += number[2]
			failures += number[3] + number[4]
		}
	close(log_file)
	if (checks > 0) {
		ok = checks - failures
		if (failures > 0)
			bad = failures
	}
	if (bad > 0)
		print "failed " log_file
	if (skip > 0)
		print "skipped " log_file
	passed += ok
	failed += bad
	skipped += skip
}

END {
	print passed + 0, failed + 0, skipped + 0
}
