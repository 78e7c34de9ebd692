/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What keys are called in listings and messages.
 */
#ifndef CNG_CLI_KEYTEXT_H
#define CNG_CLI_KEYTEXT_H

#include "core/prop.h"
#include "key/material.h"

const char *family_text(enum key_family family);
const char *class_text(enum obj_class class);

/* OBJ_NONE when the text names no class. */
enum obj_class class_from_text(const char *text);

/* "RSA 2048", "EC P-256", "AES 128". */
void key_text(char *out, size_t size, const struct key_material *key);

/* What an or of enum key_role means for a key of that family. */
void role_text(char *out, size_t size, enum key_family family,
    unsigned role);

#endif
