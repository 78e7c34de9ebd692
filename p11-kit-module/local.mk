# p11-kit looks up a bare name in its own folder only: installed elsewhere,
# the module is named with its full path.
p11kit_DATA = p11-kit-module/cng-pkcs11.module
EXTRA_DIST += p11-kit-module/cng-pkcs11.module.in p11-kit-module/README.md
CLEANFILES += p11-kit-module/cng-pkcs11.module

p11-kit-module/cng-pkcs11.module: p11-kit-module/cng-pkcs11.module.in Makefile
	$(AM_V_GEN)$(MKDIR_P) p11-kit-module; \
	module='$(pkcs11dir)/cng-pkcs11.so'; \
	test '$(pkcs11dir)' != '$(P11_MODULE_PATH)' || module=cng-pkcs11.so; \
	$(SED) "s|@MODULE@|$$module|" \
	    '$(srcdir)/p11-kit-module/cng-pkcs11.module.in' >$@.tmp && \
	mv $@.tmp $@
