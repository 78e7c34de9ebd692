# Configuration, provider and operations of core, with their tests.
libcore_la_SOURCES += \
	src/core/operation.c src/core/scheme.c src/core/scheme.h
