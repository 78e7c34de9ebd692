# Configuration, provider and operations of core, with their tests.
libcore_la_SOURCES += \
	src/core/conf.c src/core/conf_file.c src/core/conf_file.h \
	src/core/home.c src/core/home.h \
	src/core/logfile.c src/core/logfile.h \
	src/core/operation.c src/core/provider.c \
	src/core/scheme.c src/core/scheme.h
