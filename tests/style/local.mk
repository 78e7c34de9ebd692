# Guards that read the sources and what was built.  "make check STYLE_TESTS="
# leaves them out.
STYLE_TESTS = \
	tests/style/check-exports.sh \
	tests/style/check-fence.sh \
	tests/style/check-format.sh \
	tests/style/check-howto.sh \
	tests/style/check-layers.sh \
	tests/style/check-length.sh \
	tests/style/check-man.sh \
	tests/style/check-shell.sh \
	tests/style/check-spelling.sh
TESTS += $(STYLE_TESTS)
EXTRA_DIST += $(STYLE_TESTS) \
	tests/style/code.awk \
	tests/style/common.sh \
	tests/style/fence.awk tests/style/fence.txt \
	tests/style/format.awk \
	tests/style/layers.awk tests/style/layers.txt \
	tests/style/spelling.txt
