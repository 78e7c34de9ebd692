# SPDX-License-Identifier: BSD-2-Clause
# The benchmark.  It is compiled with the tests and never run by them: "make
# bench" compares with SoftHSM, doc/PERFORMANCE.md tells the rest.
check_PROGRAMS += bench/bench
bench_bench_SOURCES = \
	bench/acts.h \
	bench/bench.h \
	bench/chart.c \
	bench/clock.c bench/clock.h \
	bench/crypt.c \
	bench/keys.c bench/keys.h \
	bench/limit_crypt.c \
	bench/limit_object.c \
	bench/limit_wrap.c \
	bench/main.c \
	bench/measure.c bench/measure.h \
	bench/module.c bench/module.h \
	bench/object.c \
	bench/process.c bench/process.h \
	bench/report.c bench/report.h \
	bench/tmpl.c bench/tmpl.h \
	bench/workloads.c \
	bench/wrap.c
bench_bench_CPPFLAGS = $(AM_CPPFLAGS) $(LIBCRYPTO_CFLAGS) $(SQLITE_CFLAGS)
bench_bench_LDADD = $(LIBCRYPTO_LIBS) $(SQLITE_LIBS) -lpthread -ldl -lm
EXTRA_DIST += bench/run.sh

bench: all bench/bench
	CNG_MODULE='$(abs_top_builddir)/.libs/cng-pkcs11.so' \
	    $(SHELL) '$(srcdir)/bench/run.sh' softhsm $(BENCH_OPTIONS)
.PHONY: bench
