noinst_LTLIBRARIES += libkey.la
libkey_la_SOURCES = \
	src/key/alg.c src/key/curve.c src/key/alg.h \
	src/key/material.c src/key/material.h \
	src/key/holder.h src/key/op.h \
	src/key/set.c src/key/set.h
KEY_LIBS = libkey.la $(BASE_LIBS)

if HAVE_CHECK
key_tests = \
	tests/unit/key_alg \
	tests/unit/key_material \
	tests/unit/key_set
check_PROGRAMS += $(key_tests)
TESTS += $(key_tests)
tests_unit_key_alg_SOURCES = tests/unit/key_alg.c tests/unit/runner.h
tests_unit_key_alg_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_unit_key_alg_LDADD = $(KEY_LIBS) $(CHECK_LIBS)
tests_unit_key_material_SOURCES = tests/unit/key_material.c tests/unit/runner.h
tests_unit_key_material_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_unit_key_material_LDADD = $(KEY_LIBS) $(CHECK_LIBS)
tests_unit_key_set_SOURCES = tests/unit/key_set.c tests/unit/runner.h
tests_unit_key_set_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_unit_key_set_LDADD = $(KEY_LIBS) $(CHECK_LIBS)
endif
