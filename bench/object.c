/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Modules at work: objects found, created, generated and read.
 */
#include "bench/acts.h"

#include "bench/keys.h"
#include "bench/module.h"

#include <stdio.h>

#define LABEL_MAX 24
/* Above every number that keys_fill gives. */
#define NUMBERS_MADE 10000000ul
/* A prime, so that the turns visit all keys. */
#define STRIDE 7919u

static CK_RV
find(struct seat *seat, CK_ATTRIBUTE *attr)
{
	CK_FUNCTION_LIST *f = seat->side->f;
	CK_OBJECT_HANDLE key[2];
	CK_ULONG count = 0;
	CK_RV rv = f->C_FindObjectsInit(seat->session, attr, 1);

	if (rv != CKR_OK)
		return rv;
	rv = f->C_FindObjects(seat->session, key, 2, &count);
	if (rv == CKR_OK)
		rv = f->C_FindObjectsFinal(seat->session);
	return rv == CKR_OK && count != 1 ? CKR_GENERAL_ERROR : rv;
}

static unsigned long
next_number(struct seat *seat, const struct work *work)
{
	return 1 + seat->turn++ * STRIDE % work->keys;
}

static CK_RV
find_id_once(struct seat *seat, const struct work *work)
{
	unsigned long id = next_number(seat, work);
	CK_ATTRIBUTE attr = { CKA_ID, &id, sizeof(id) };

	return find(seat, &attr);
}

static CK_RV
find_label_once(struct seat *seat, const struct work *work)
{
	char label[LABEL_MAX];
	int len = snprintf(label, sizeof(label), "key %lu",
	    next_number(seat, work));
	CK_ATTRIBUTE attr = { CKA_LABEL, label, (CK_ULONG)len };

	return find(seat, &attr);
}

void
object_destroy_made(struct seat *seat, const struct work *work)
{
	(void)work;
	while (seat->made_count > 0)
		(void)seat->side->f->C_DestroyObject(seat->session,
		    seat->made[--seat->made_count]);
}

static CK_RV
create(struct seat *seat, bool token)
{
	CK_RV rv = keys_numbered(seat->side, seat->session, token,
	    NUMBERS_MADE + seat->turn++, &seat->made[seat->made_count]);

	seat->made_count += rv == CKR_OK;
	return rv;
}

static CK_RV
create_once(struct seat *seat, const struct work *work)
{
	(void)work;
	return create(seat, true);
}

static CK_RV
create_session_once(struct seat *seat, const struct work *work)
{
	(void)work;
	return create(seat, false);
}

static CK_RV
generate_once(struct seat *seat, const struct work *work)
{
	struct pair pair;
	CK_RV rv = keys_generate(seat->side, seat->session, work->key, &pair);

	if (rv == CKR_OK) {
		seat->made[seat->made_count++] = pair.public_key;
		seat->made[seat->made_count++] = pair.private_key;
	}
	return rv;
}

static CK_RV
attributes_once(struct seat *seat, const struct work *work)
{
	CK_ULONG class, type;
	CK_BBOOL token, sign;
	CK_BYTE id[64], label[64];
	CK_ATTRIBUTE attr[] = {
		{ CKA_CLASS, &class, sizeof(class) },
		{ CKA_KEY_TYPE, &type, sizeof(type) },
		{ CKA_TOKEN, &token, sizeof(token) },
		{ CKA_SIGN, &sign, sizeof(sign) },
		{ CKA_ID, id, sizeof(id) },
		{ CKA_LABEL, label, sizeof(label) },
	};

	(void)work;
	return seat->side->f->C_GetAttributeValue(seat->session,
	    seat->key.private_key, attr, COUNT(attr));
}

static CK_RV
session_once(struct seat *seat, const struct work *work)
{
	CK_SESSION_HANDLE session;
	CK_RV rv = module_session(seat->side, &session);

	(void)work;
	return rv == CKR_OK ? seat->side->f->C_CloseSession(session) : rv;
}

const struct act act_find_id = { .once = find_id_once };
const struct act act_find_label = { .once = find_label_once };
const struct act act_create = { .once = create_once,
	.settle = object_destroy_made };
const struct act act_create_session = { .once = create_session_once,
	.settle = object_destroy_made };
const struct act act_generate = { .once = generate_once,
	.settle = object_destroy_made };
const struct act act_attributes = { .start = crypt_start,
	.once = attributes_once };
const struct act act_session = { .once = session_once };
