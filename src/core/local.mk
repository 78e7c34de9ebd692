noinst_LTLIBRARIES += libcore.la
libcore_la_CPPFLAGS = $(AM_CPPFLAGS) $(INIH_CFLAGS)
libcore_la_SOURCES = \
	src/core/codec.c \
	src/core/conf.h \
	src/core/derive.c src/core/encapsulate.c src/core/derived.h \
	src/core/export.c \
	src/core/find.c \
	src/core/idmap.c src/core/idmap.h \
	src/core/import.c \
	src/core/internal.h \
	src/core/keygen.c \
	src/core/nullkey.c src/core/nullkey.h \
	src/core/object.c src/core/object.h \
	src/core/objects.c \
	src/core/operation.h \
	src/core/policy.c src/core/policy.h \
	src/core/prop.c src/core/prop.h \
	src/core/remake.c \
	src/core/provider.h \
	src/core/rules.c \
	src/core/rules_key.c \
	src/core/shelf.c \
	src/core/show.c \
	src/core/tags.c src/core/tags.h \
	src/core/token.c src/core/token.h \
	src/core/twin.c src/core/twin.h \
	src/core/transfer.h \
	src/core/transport.c src/core/transport.h \
	src/core/wrapping.h
CORE_LIBS = libcore.la libstore.la libblob.la libcngcrypto.la libkey.la \
	libbase.la $(SQLITE_LIBS) $(INIH_LIBS) $(LIBCRYPTO_LIBS) -lpthread

if HAVE_CHECK
core_tests = tests/unit/core_closed tests/unit/core_objects \
	tests/unit/core_derive tests/unit/core_pq \
	tests/unit/core_transfer
check_PROGRAMS += $(core_tests)
TESTS += $(core_tests)
core_test_flags = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_unit_core_closed_SOURCES = tests/unit/core_closed.c \
	tests/unit/core_fixture.h
tests_unit_core_closed_CPPFLAGS = $(core_test_flags)
tests_unit_core_closed_LDADD = $(CORE_LIBS) $(CHECK_LIBS)
tests_unit_core_objects_SOURCES = tests/unit/core_objects.c \
	tests/unit/core_fixture.h
tests_unit_core_objects_CPPFLAGS = $(core_test_flags)
tests_unit_core_objects_LDADD = $(CORE_LIBS) $(CHECK_LIBS)
tests_unit_core_derive_SOURCES = tests/unit/core_derive.c \
	tests/unit/core_fixture.h
tests_unit_core_derive_CPPFLAGS = $(core_test_flags)
tests_unit_core_derive_LDADD = $(CORE_LIBS) $(CHECK_LIBS)
tests_unit_core_pq_SOURCES = tests/unit/core_pq.c \
	tests/unit/core_fixture.h tests/unit/tempdir.h \
	tests/unit/sample.c tests/unit/sample.h
tests_unit_core_pq_CPPFLAGS = $(core_test_flags)
tests_unit_core_pq_LDADD = $(CORE_LIBS) $(CHECK_LIBS)
tests_unit_core_transfer_SOURCES = tests/unit/core_transfer.c \
	tests/unit/core_fixture.h
tests_unit_core_transfer_CPPFLAGS = $(core_test_flags)
tests_unit_core_transfer_LDADD = $(CORE_LIBS) $(CHECK_LIBS)
endif

include $(srcdir)/src/core/local2.mk
