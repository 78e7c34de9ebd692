# Tests that belong to no layer: the vectors, and the fuzz targets.
check_PROGRAMS += tests/vectors/run
TESTS += tests/vectors/run
tests_vectors_run_SOURCES = tests/vectors/run.c \
	tests/vectors/exceptions.c tests/vectors/exceptions.h
tests_vectors_run_LDADD = $(BLOB_LIBS)
EXTRA_DIST += tests/vectors/own
