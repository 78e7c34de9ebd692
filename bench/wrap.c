/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Modules at work: keys that leave and come back, wrapped or as CNG blobs.
 */
#include "bench/acts.h"

#include "bench/keys.h"
#include "bench/tmpl.h"

static CK_RV
wrap_start(struct seat *seat, const struct work *work)
{
	CK_RV rv = crypt_start(seat, work);

	if (rv == CKR_OK)
		rv = keys_pair(seat->side, work->target, &seat->target);
	return rv;
}

/* A pair wraps with its public half; without a key the blob is plain. */
static CK_RV
wrap_once(struct seat *seat, const struct work *work)
{
	CK_OBJECT_HANDLE wrapping = seat->key.public_key != 0 ?
	    seat->key.public_key : seat->key.private_key;

	seat->ready_len = sizeof(seat->ready);
	return seat->side->f->C_WrapKey(seat->session, &seat->mech,
	    work->key == KEY_NO ? 0 : wrapping, seat->target.private_key,
	    seat->ready, &seat->ready_len);
}

static CK_RV
unwrap_start(struct seat *seat, const struct work *work)
{
	CK_RV rv = wrap_start(seat, work);

	return rv == CKR_OK ? wrap_once(seat, work) : rv;
}

static void
describe(struct tmpl *tmpl, enum bench_key target)
{
	bool secret = target == KEY_AES;
	CK_KEY_TYPE pair_type = target == KEY_P256 ? CKK_EC : CKK_RSA;

	tmpl_number(tmpl, CKA_CLASS, secret ? CKO_SECRET_KEY :
					      CKO_PRIVATE_KEY);
	tmpl_number(tmpl, CKA_KEY_TYPE, secret ? CKK_AES : pair_type);
	tmpl_flag(tmpl, CKA_TOKEN, false);
	tmpl_flag(tmpl, secret ? CKA_ENCRYPT : CKA_SIGN, true);
}

static CK_RV
unwrap_once(struct seat *seat, const struct work *work)
{
	struct tmpl tmpl = { .count = 0 };
	CK_OBJECT_HANDLE unwrapping = work->key == KEY_NO ? 0 :
	    seat->key.private_key;
	CK_RV rv;

	describe(&tmpl, work->target);
	rv = seat->side->f->C_UnwrapKey(seat->session, &seat->mech, unwrapping,
	    seat->ready, seat->ready_len, tmpl.attr, tmpl.count,
	    &seat->made[seat->made_count]);
	seat->made_count += rv == CKR_OK;
	return rv;
}

const struct act act_wrap = { .start = wrap_start, .once = wrap_once };
const struct act act_unwrap = { .start = unwrap_start, .once = unwrap_once,
	.settle = object_destroy_made };
const struct act act_blob_export = { .start = wrap_start, .once = wrap_once };
const struct act act_blob_import = { .start = unwrap_start,
	.once = unwrap_once, .settle = object_destroy_made };
