/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What the library, its slots and its tokens say of themselves.
 */
#include "core/shown.h"

#include "base/utf16.h"

#include <stdio.h>
#include <string.h>

#define MANUFACTURER "cng-pkcs11"
#define LIBRARY "Windows CNG keys"
#define MODEL "CNG soft token"

static void
put(char *out, size_t size, const char *text)
{
	size_t len = utf8_fitting(text, size - 1);

	memcpy(out, text, len);
	out[len] = '\0';
}

void
shown_library(struct shown *out)
{
	put(out->library_manufacturer, sizeof(out->library_manufacturer),
	    MANUFACTURER);
	put(out->library_description, sizeof(out->library_description),
	    LIBRARY);
	out->library_version[0] = SHOWN_MAJOR;
	out->library_version[1] = SHOWN_MINOR;
}

void
shown_slot(struct shown *out, const char *path, bool is_card)
{
	/* a byte more than fits, so that no character is cut in two */
	char text[sizeof(out->slot_description) + 1];

	(void)snprintf(text, sizeof(text), "%s%s",
	    is_card ? "" : "CNG keys ", path == NULL ? "" : path);
	put(out->slot_description, sizeof(out->slot_description), text);
	put(out->slot_manufacturer, sizeof(out->slot_manufacturer),
	    is_card ? "PC/SC" : MANUFACTURER);
}

void
shown_token(struct shown *out, const struct token_info *token,
    const struct token_card *card)
{
	put(out->label, sizeof(out->label), token->label);
	put(out->serial, sizeof(out->serial), token->serial);
	put(out->manufacturer, sizeof(out->manufacturer),
	    token->is_card ? card->maker : MANUFACTURER);
	put(out->model, sizeof(out->model),
	    token->is_card ? card->kind : MODEL);
}

#define END(field) (shown->field[sizeof(shown->field) - 1] = '\0')

void
shown_end(struct shown *shown)
{
	END(label);
	END(serial);
	END(manufacturer);
	END(model);
	END(slot_description);
	END(slot_manufacturer);
	END(library_description);
	END(library_manufacturer);
}
