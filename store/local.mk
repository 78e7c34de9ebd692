noinst_LTLIBRARIES += libstore.la
libstore_la_CPPFLAGS = $(AM_CPPFLAGS) $(SQLITE_CFLAGS)
libstore_la_SOURCES = store/store.h store/protect/vault.h
STORE_LIBS = libstore.la $(CRYPTO_LIBS) $(SQLITE_LIBS)
