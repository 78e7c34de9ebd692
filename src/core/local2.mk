# Configuration, provider and operations of core, with their tests.
libcore_la_SOURCES += \
	src/core/conf.c src/core/conf_file.c src/core/conf_file.h \
	src/core/home.c src/core/home.h \
	src/core/logfile.c src/core/logfile.h \
	src/core/operation.c src/core/opstate.c src/core/provider.c \
	src/core/scheme.c src/core/scheme.h

if HAVE_CHECK
core2_tests = \
	tests/unit/core_conf \
	tests/unit/core_hostile \
	tests/unit/core_multi \
	tests/unit/core_operation \
	tests/unit/core_operation_life \
	tests/unit/core_provider \
	tests/unit/core_rules
check_PROGRAMS += $(core2_tests)
TESTS += $(core2_tests)
tests_unit_core_conf_SOURCES = tests/unit/core_conf.c \
	tests/unit/runner.h tests/unit/tempdir.h
tests_unit_core_conf_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_unit_core_conf_LDADD = $(CORE_LIBS) $(CHECK_LIBS)
tests_unit_core_hostile_SOURCES = tests/unit/core_hostile.c \
	tests/unit/core_fixture.h tests/unit/tempdir.h
tests_unit_core_hostile_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS) \
	$(SQLITE_CFLAGS)
tests_unit_core_hostile_LDADD = $(CORE_LIBS) $(CHECK_LIBS)
tests_unit_core_multi_SOURCES = tests/unit/core_multi.c \
	tests/unit/core_fixture.h tests/unit/tempdir.h
tests_unit_core_multi_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_unit_core_multi_LDADD = $(CORE_LIBS) $(CHECK_LIBS)
tests_unit_core_operation_SOURCES = tests/unit/core_operation.c \
	tests/unit/core_operation_help.h \
	tests/unit/runner.h tests/unit/tempdir.h
tests_unit_core_operation_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_unit_core_operation_LDADD = $(CORE_LIBS) $(CHECK_LIBS)
tests_unit_core_operation_life_SOURCES = tests/unit/core_operation_life.c \
	tests/unit/core_operation_help.h \
	tests/unit/runner.h tests/unit/tempdir.h
tests_unit_core_operation_life_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_unit_core_operation_life_LDADD = $(CORE_LIBS) $(CHECK_LIBS)
tests_unit_core_provider_SOURCES = tests/unit/core_provider.c \
	tests/unit/runner.h tests/unit/tempdir.h
tests_unit_core_provider_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_unit_core_provider_LDADD = $(CORE_LIBS) $(CHECK_LIBS)
tests_unit_core_rules_SOURCES = tests/unit/core_rules.c \
	tests/unit/core_fixture.h tests/unit/runner.h
tests_unit_core_rules_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_unit_core_rules_LDADD = $(CORE_LIBS) $(CHECK_LIBS)
endif
