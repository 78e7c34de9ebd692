# SPDX-License-Identifier: BSD-2-Clause
# Whole flows through the built module, loaded as programs load it.
if HAVE_CHECK
face_flows = tests/face/bare tests/face/login tests/face/objects \
	tests/face/crypt tests/face/sign tests/face/wrap tests/face/unwrap \
	tests/face/binding \
	tests/face/finite tests/face/pq \
	tests/face/closed tests/face/protected tests/face/envelope \
	tests/face/lists tests/face/messages \
	tests/face/sealed tests/face/children tests/face/states \
	tests/face/guests tests/face/curves \
	tests/face/families tests/face/derive tests/face/kem \
	tests/face/certificates tests/face/templates \
	tests/face/ciphers tests/face/again \
	tests/face/x942 tests/face/domains tests/face/mechobjs \
	tests/face/kemclassic tests/face/pinonce tests/face/events \
	tests/face/tls tests/face/ike tests/face/mix \
	tests/face/small tests/face/footnotes tests/face/attributes \
	tests/face/conformance tests/face/consumers \
	tests/face/pointers tests/face/odd tests/face/storm \
	tests/face/lives tests/face/debuglog
face_cards = tests/face/card_slots \
	tests/face/card_pulled \
	tests/face/card_login tests/face/card_import \
	tests/face/card_objects tests/face/card_types \
	tests/face/card_use
check_PROGRAMS += $(face_flows) $(face_cards)
TESTS += $(face_flows) $(face_cards)
check_LTLIBRARIES += libguest.la libcardguest.la
face_flow_flags = $(AM_CPPFLAGS) $(CHECK_CFLAGS) \
	-DMODULE_PATH='"$(abs_top_builddir)/.libs/cng-pkcs11.so"'
libguest_la_SOURCES = tests/face/guest.c tests/face/guest.h
libguest_la_CPPFLAGS = $(face_flow_flags)
libguest_la_LIBADD = $(CHECK_LIBS)
libguest_la_DEPENDENCIES = cng-pkcs11.la
libcardguest_la_SOURCES = tests/face/cardguest.c tests/face/cardguest.h
libcardguest_la_CPPFLAGS = $(face_flow_flags)
libcardguest_la_LIBADD = libguest.la
libcardguest_la_DEPENDENCIES = libguest.la $(SIMCARD_SERVICE)
face_card_libs = libcardguest.la $(face_flow_libs)
face_flow_libs = libguest.la $(CHECK_LIBS) -ldl -lpthread
tests_face_card_slots_SOURCES = tests/face/card_slots.c
tests_face_card_slots_CPPFLAGS = $(face_flow_flags)
tests_face_card_slots_LDADD = $(face_card_libs)
tests_face_card_pulled_SOURCES = tests/face/card_pulled.c
tests_face_card_pulled_CPPFLAGS = $(face_flow_flags)
tests_face_card_pulled_LDADD = $(face_card_libs)
tests_face_card_login_SOURCES = tests/face/card_login.c
tests_face_card_login_CPPFLAGS = $(face_flow_flags)
tests_face_card_login_LDADD = $(face_card_libs)
tests_face_card_import_SOURCES = tests/face/card_import.c
tests_face_card_import_CPPFLAGS = $(face_flow_flags)
tests_face_card_import_LDADD = $(face_card_libs)
tests_face_card_objects_SOURCES = tests/face/card_objects.c \
	tests/face/certificate.h
tests_face_card_objects_CPPFLAGS = $(face_flow_flags)
tests_face_card_objects_LDADD = $(face_card_libs)
tests_face_card_types_SOURCES = tests/face/card_types.c
tests_face_card_types_CPPFLAGS = $(face_flow_flags)
tests_face_card_types_LDADD = $(face_card_libs)
tests_face_card_use_SOURCES = tests/face/card_use.c
tests_face_card_use_CPPFLAGS = $(face_flow_flags)
tests_face_card_use_LDADD = $(face_card_libs)
tests_face_again_SOURCES = tests/face/again.c
tests_face_again_CPPFLAGS = $(face_flow_flags)
tests_face_again_LDADD = $(face_flow_libs)
tests_face_debuglog_SOURCES = tests/face/debuglog.c tests/face/calls.c \
	tests/face/calls.h tests/face/loglines.c tests/face/loglines.h
tests_face_debuglog_CPPFLAGS = $(face_flow_flags)
tests_face_debuglog_LDADD = $(face_flow_libs)
tests_face_bare_SOURCES = tests/face/bare.c
tests_face_bare_CPPFLAGS = $(face_flow_flags)
tests_face_bare_LDADD = $(face_flow_libs)
tests_face_login_SOURCES = tests/face/login.c
tests_face_login_CPPFLAGS = $(face_flow_flags)
tests_face_login_LDADD = $(face_flow_libs)
tests_face_objects_SOURCES = tests/face/objects.c
tests_face_objects_CPPFLAGS = $(face_flow_flags)
tests_face_objects_LDADD = $(face_flow_libs)
tests_face_crypt_SOURCES = tests/face/crypt.c
tests_face_crypt_CPPFLAGS = $(face_flow_flags)
tests_face_crypt_LDADD = $(face_flow_libs)
tests_face_sign_SOURCES = tests/face/sign.c
tests_face_sign_CPPFLAGS = $(face_flow_flags)
tests_face_sign_LDADD = $(face_flow_libs)
tests_face_protected_SOURCES = tests/face/protected.c
tests_face_protected_CPPFLAGS = $(face_flow_flags)
tests_face_protected_LDADD = $(face_flow_libs)
tests_face_wrap_SOURCES = tests/face/wrap.c
tests_face_wrap_CPPFLAGS = $(face_flow_flags)
tests_face_wrap_LDADD = $(face_flow_libs)
tests_face_binding_SOURCES = tests/face/binding.c
tests_face_binding_CPPFLAGS = $(face_flow_flags)
tests_face_binding_LDADD = $(face_flow_libs)
tests_face_unwrap_SOURCES = tests/face/unwrap.c
tests_face_unwrap_CPPFLAGS = $(face_flow_flags)
tests_face_unwrap_LDADD = $(face_flow_libs)
tests_face_finite_SOURCES = tests/face/finite.c
tests_face_finite_CPPFLAGS = $(face_flow_flags)
tests_face_finite_LDADD = $(face_flow_libs)
tests_face_pq_SOURCES = tests/face/pq.c
tests_face_pq_CPPFLAGS = $(face_flow_flags)
tests_face_pq_LDADD = $(face_flow_libs)
tests_face_closed_SOURCES = tests/face/closed.c
tests_face_closed_CPPFLAGS = $(face_flow_flags)
tests_face_closed_LDADD = $(face_flow_libs)
tests_face_envelope_SOURCES = tests/face/envelope.c
tests_face_envelope_CPPFLAGS = $(face_flow_flags)
tests_face_envelope_LDADD = $(face_flow_libs)
tests_face_guests_SOURCES = tests/face/guests.c
tests_face_guests_CPPFLAGS = $(face_flow_flags)
tests_face_guests_LDADD = $(face_flow_libs)
tests_face_ciphers_SOURCES = tests/face/ciphers.c
tests_face_ciphers_CPPFLAGS = $(face_flow_flags)
tests_face_ciphers_LDADD = $(face_flow_libs)
tests_face_families_SOURCES = tests/face/families.c
tests_face_families_CPPFLAGS = $(face_flow_flags)
tests_face_families_LDADD = $(face_flow_libs)
tests_face_derive_SOURCES = tests/face/derive.c
tests_face_derive_CPPFLAGS = $(face_flow_flags)
tests_face_derive_LDADD = $(face_flow_libs)
tests_face_curves_SOURCES = tests/face/curves.c
tests_face_curves_CPPFLAGS = $(face_flow_flags)
tests_face_curves_LDADD = $(face_flow_libs)
tests_face_lists_SOURCES = tests/face/lists.c
tests_face_lists_CPPFLAGS = $(face_flow_flags)
tests_face_lists_LDADD = $(face_flow_libs)
tests_face_messages_SOURCES = tests/face/messages.c
tests_face_messages_CPPFLAGS = $(face_flow_flags)
tests_face_messages_LDADD = $(face_flow_libs)
tests_face_sealed_SOURCES = tests/face/sealed.c
tests_face_sealed_CPPFLAGS = $(face_flow_flags)
tests_face_sealed_LDADD = $(face_flow_libs)
tests_face_children_SOURCES = tests/face/children.c
tests_face_children_CPPFLAGS = $(face_flow_flags)
tests_face_children_LDADD = $(face_flow_libs)
tests_face_states_SOURCES = tests/face/states.c
tests_face_states_CPPFLAGS = $(face_flow_flags)
tests_face_states_LDADD = $(face_flow_libs)
tests_face_kem_SOURCES = tests/face/kem.c
tests_face_kem_CPPFLAGS = $(face_flow_flags)
tests_face_kem_LDADD = $(face_flow_libs)
tests_face_tls_SOURCES = tests/face/tls.c
tests_face_tls_CPPFLAGS = $(face_flow_flags)
tests_face_tls_LDADD = $(face_flow_libs)
tests_face_ike_SOURCES = tests/face/ike.c
tests_face_ike_CPPFLAGS = $(face_flow_flags)
tests_face_ike_LDADD = $(face_flow_libs)
tests_face_mix_SOURCES = tests/face/mix.c
tests_face_mix_CPPFLAGS = $(face_flow_flags)
tests_face_mix_LDADD = $(face_flow_libs)
tests_face_certificates_SOURCES = tests/face/certificates.c \
	tests/face/certificate.h
tests_face_certificates_CPPFLAGS = $(face_flow_flags)
tests_face_certificates_LDADD = $(face_flow_libs)
tests_face_pointers_SOURCES = tests/face/pointers.c \
	tests/face/calls.c tests/face/calls.h
tests_face_pointers_CPPFLAGS = $(face_flow_flags)
tests_face_pointers_LDADD = $(face_flow_libs)
tests_face_odd_SOURCES = tests/face/odd.c
tests_face_odd_CPPFLAGS = $(face_flow_flags)
tests_face_odd_LDADD = $(face_flow_libs)
tests_face_storm_SOURCES = tests/face/storm.c
tests_face_storm_CPPFLAGS = $(face_flow_flags)
tests_face_storm_LDADD = $(face_flow_libs)
tests_face_lives_SOURCES = tests/face/lives.c
tests_face_lives_CPPFLAGS = $(face_flow_flags)
tests_face_lives_LDADD = $(face_flow_libs)
tests_face_templates_SOURCES = tests/face/templates.c
tests_face_templates_CPPFLAGS = $(face_flow_flags)
tests_face_templates_LDADD = $(face_flow_libs)
tests_face_x942_SOURCES = tests/face/x942.c
tests_face_x942_CPPFLAGS = $(face_flow_flags)
tests_face_x942_LDADD = $(face_flow_libs)
tests_face_domains_SOURCES = tests/face/domains.c
tests_face_domains_CPPFLAGS = $(face_flow_flags)
tests_face_domains_LDADD = $(face_flow_libs)
tests_face_mechobjs_SOURCES = tests/face/mechobjs.c
tests_face_mechobjs_CPPFLAGS = $(face_flow_flags)
tests_face_mechobjs_LDADD = $(face_flow_libs)
tests_face_kemclassic_SOURCES = tests/face/kemclassic.c
tests_face_kemclassic_CPPFLAGS = $(face_flow_flags)
tests_face_kemclassic_LDADD = $(face_flow_libs)
tests_face_pinonce_SOURCES = tests/face/pinonce.c
tests_face_pinonce_CPPFLAGS = $(face_flow_flags)
tests_face_pinonce_LDADD = $(face_flow_libs)
tests_face_events_SOURCES = tests/face/events.c
tests_face_events_CPPFLAGS = $(face_flow_flags)
tests_face_events_LDADD = $(face_flow_libs)
tests_face_small_SOURCES = tests/face/small.c
tests_face_small_CPPFLAGS = $(face_flow_flags)
tests_face_small_LDADD = $(face_flow_libs)
tests_face_footnotes_SOURCES = tests/face/footnotes.c \
	tests/face/notes.c tests/face/notes_walk.c tests/face/notes.h
tests_face_footnotes_CPPFLAGS = $(face_flow_flags)
tests_face_footnotes_LDADD = $(face_flow_libs)
tests_face_attributes_SOURCES = tests/face/attributes.c \
	tests/face/certificate.h
tests_face_attributes_CPPFLAGS = $(face_flow_flags)
tests_face_attributes_LDADD = $(face_flow_libs)
tests_face_conformance_SOURCES = tests/face/conformance.c \
	tests/face/certificate.h
tests_face_conformance_CPPFLAGS = $(face_flow_flags)
tests_face_conformance_LDADD = $(face_flow_libs)
tests_face_consumers_SOURCES = tests/face/consumers.c \
	tests/face/certificate.h
tests_face_consumers_CPPFLAGS = $(face_flow_flags)
tests_face_consumers_LDADD = $(face_flow_libs)
endif
