/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Writing pkcs11: URIs.  What RFC 7512 does not let stand for itself is
 * percent-encoded; an id always is, as other tools do.
 */
#include "cli/uri.h"

#include "base/alloc.h"
#include "base/wr.h"

static const char *const types[OBJ_CLASS_COUNT] = {
	[OBJ_DATA] = "data",
	[OBJ_CERT] = "cert",
	[OBJ_PUBLIC] = "public",
	[OBJ_PRIVATE] = "private",
	[OBJ_SECRET] = "secret-key",
};

static bool
is_unreserved(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' ||
	    c == '~';
}

static void
put_text(struct wr *w, const char *text)
{
	wr_bytes(w, span_str(text));
}

static void
put_encoded(struct wr *w, struct span bytes, bool all)
{
	static const char digits[] = "0123456789ABCDEF";

	for (size_t i = 0; i < bytes.len; i++) {
		uint8_t c = bytes.ptr[i];

		if (!all && is_unreserved(c)) {
			wr_u8(w, c);
			continue;
		}
		wr_u8(w, '%');
		wr_u8(w, (uint8_t)digits[c >> 4]);
		wr_u8(w, (uint8_t)digits[c & 15]);
	}
}

static void
put_uri(struct wr *w, const struct token_info *token, enum obj_class class,
    struct span id, struct span label)
{
	put_text(w, "pkcs11:token=");
	put_encoded(w, span_str(token->label), false);
	put_text(w, ";serial=");
	put_encoded(w, span_str(token->serial), false);
	if (id.len > 0) {
		put_text(w, ";id=");
		put_encoded(w, id, true);
	}
	if (label.len > 0) {
		put_text(w, ";object=");
		put_encoded(w, label, false);
	}
	if (class < OBJ_CLASS_COUNT && types[class] != NULL) {
		put_text(w, ";type=");
		put_text(w, types[class]);
	}
	wr_u8(w, '\0');
}

char *
uri_of_object(const struct token_info *token, enum obj_class class,
    struct span id, struct span label)
{
	struct wr w = wr_of(NULL, 0);
	char *uri;

	put_uri(&w, token, class, id, label);
	uri = mem_new(w.len, 1);
	if (uri == NULL)
		return NULL;
	w = wr_of(uri, w.len);
	put_uri(&w, token, class, id, label);
	return uri;
}

void
uri_free(char *uri)
{
	mem_free(uri);
}
