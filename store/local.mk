noinst_LTLIBRARIES += libstore.la
libstore_la_CPPFLAGS = $(AM_CPPFLAGS) $(SQLITE_CFLAGS)
libstore_la_SOURCES = store/store.h store/protect/vault.h \
	store/file/place.c store/file/place.h \
	store/file/queue.c store/file/queue.h \
	store/sql/find.c store/sql/internal.h \
	store/sql/row.c \
	store/sql/schema.c \
	store/sql/sqlite.c
STORE_LIBS = libstore.la $(CRYPTO_LIBS) $(SQLITE_LIBS)
