noinst_LTLIBRARIES += libbase.la
libbase_la_SOURCES = \
	src/base/alloc.c src/base/alloc.h \
	src/base/lock.c src/base/lock.h \
	src/base/log.c src/base/log.h \
	src/base/rd.c src/base/rd.h \
	src/base/secret.c src/base/secret.h \
	src/base/span.h src/base/util.h \
	src/base/status.c src/base/status.h \
	src/base/text.c src/base/text.h \
	src/base/utf16.c src/base/utf16.h \
	src/base/why.c src/base/why.h \
	src/base/wr.c src/base/wr.h
BASE_LIBS = libbase.la -lpthread

if HAVE_CHECK
base_tests = \
	tests/unit/base_alloc \
	tests/unit/base_lock \
	tests/unit/base_log \
	tests/unit/base_rd \
	tests/unit/base_secret \
	tests/unit/base_status \
	tests/unit/base_text \
	tests/unit/base_utf16 \
	tests/unit/base_wr
check_PROGRAMS += $(base_tests)
TESTS += $(base_tests)
tests_unit_base_alloc_SOURCES = tests/unit/base_alloc.c tests/unit/runner.h
tests_unit_base_alloc_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_unit_base_alloc_LDADD = $(BASE_LIBS) $(CHECK_LIBS)
tests_unit_base_lock_SOURCES = tests/unit/base_lock.c tests/unit/runner.h
tests_unit_base_lock_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_unit_base_lock_LDADD = $(BASE_LIBS) $(CHECK_LIBS)
tests_unit_base_log_SOURCES = tests/unit/base_log.c tests/unit/runner.h
tests_unit_base_log_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_unit_base_log_LDADD = $(BASE_LIBS) $(CHECK_LIBS)
tests_unit_base_rd_SOURCES = tests/unit/base_rd.c tests/unit/runner.h
tests_unit_base_rd_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_unit_base_rd_LDADD = $(BASE_LIBS) $(CHECK_LIBS)
tests_unit_base_secret_SOURCES = tests/unit/base_secret.c tests/unit/runner.h
tests_unit_base_secret_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_unit_base_secret_LDADD = $(BASE_LIBS) $(CHECK_LIBS)
tests_unit_base_status_SOURCES = tests/unit/base_status.c tests/unit/runner.h
tests_unit_base_status_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_unit_base_status_LDADD = $(BASE_LIBS) $(CHECK_LIBS)
tests_unit_base_text_SOURCES = tests/unit/base_text.c tests/unit/runner.h
tests_unit_base_text_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_unit_base_text_LDADD = $(BASE_LIBS) $(CHECK_LIBS)
tests_unit_base_utf16_SOURCES = tests/unit/base_utf16.c tests/unit/runner.h
tests_unit_base_utf16_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_unit_base_utf16_LDADD = $(BASE_LIBS) $(CHECK_LIBS)
tests_unit_base_wr_SOURCES = tests/unit/base_wr.c tests/unit/runner.h
tests_unit_base_wr_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_unit_base_wr_LDADD = $(BASE_LIBS) $(CHECK_LIBS)
endif
