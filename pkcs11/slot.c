/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Slots: which there are, what they can do.
 */
#include "base/span.h"
#include "base/util.h"
#include "core/container.h"
#include "core/shown.h"
#include "pkcs11/call.h"
#include "pkcs11/cryptoki3.h"
#include "pkcs11/cryptoki_calls.h"
#include "pkcs11/info.h"
#include "pkcs11/mech.h"
#include "pkcs11/status.h"

/* Gives a list by the rule of two calls. */
static CK_RV
give_list(const CK_ULONG *from, size_t have, CK_ULONG *list, CK_ULONG *count)
{
	CK_ULONG room = *count;

	*count = have;
	if (list == NULL)
		return CKR_OK;
	if (room < have)
		return CKR_BUFFER_TOO_SMALL;
	if (have > 0)
		memcpy(list, from, have * sizeof(*from));
	return CKR_OK;
}

/* Every store that is listed is there; a reader may be empty, or have a card
 * that is none of ours. */
static bool
has_token(CK_SLOT_ID slot)
{
	struct token *tok = call_token(slot);
	struct token_ready ready = { .initialized = false };

	if (tok == NULL)
		return false;
	return !token_is_card(tok) || token_ready(tok, &ready) == CNG_OK;
}

static size_t
keep_present(CK_SLOT_ID *slots, size_t count)
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++)
		if (has_token(slots[i]))
			slots[kept++] = slots[i];
	return kept;
}

CK_RV
C_GetSlotList(CK_BBOOL present, CK_SLOT_ID_PTR list, CK_ULONG_PTR count)
{
	CK_SLOT_ID slots[SLOT_MAX];
	size_t have = 0;
	CK_RV rv;

	rv = call_enter();
	if (rv != CKR_OK)
		return rv;
	if (count == NULL)
		return call_leave(CKR_ARGUMENTS_BAD);
	/* Between asking for the size and for the list no slot may come. */
	rv = call_slots(slots, SLOT_MAX, &have, list == NULL);
	if (have > SLOT_MAX)
		have = SLOT_MAX;
	if (rv == CKR_OK && present)
		have = keep_present(slots, have);
	if (rv == CKR_OK)
		rv = give_list(slots, have, list, count);
	return call_leave(rv);
}

static void
pad_slot(CK_SLOT_INFO *info, const struct shown *shown)
{
	info_pad(info->slotDescription, sizeof(info->slotDescription),
	    shown->slot_description);
	info_pad(info->manufacturerID, sizeof(info->manufacturerID),
	    shown->slot_manufacturer);
}

/* Without a word to a card that is known already: programs ask often, and it
 * may be busy for long.  One that nobody here knows is in the reader all the
 * same, so that C_GetTokenInfo can say so. */
static enum cng_status
fill_reader_info(CK_SLOT_INFO *info, struct token *tok)
{
	struct token_ready ready;
	struct shown shown;
	enum cng_status st = token_ready(tok, &ready);

	if (st == CNG_ERR_NO_MEMORY)
		return st;
	*info = (CK_SLOT_INFO){
		.flags = CKF_REMOVABLE_DEVICE | CKF_HW_SLOT |
		    (st != CNG_ERR_NO_CARD ? CKF_TOKEN_PRESENT : 0),
	};
	shown_slot(&shown, token_reader(tok), true);
	pad_slot(info, &shown);
	return CNG_OK;
}

/* A store that went away while its slot was listed is a token that was taken
 * out; one that can be made is a blank one. */
static bool
is_present(const struct token_info *token)
{
	return token->fault != CNG_ERR_NO_TOKEN || token->creatable;
}

static void
fill_slot_info(CK_SLOT_INFO *info, const struct token_info *token)
{
	struct shown shown;

	*info = (CK_SLOT_INFO){
		.flags = is_present(token) ? CKF_TOKEN_PRESENT : 0,
		.hardwareVersion = { SHOWN_MAJOR, SHOWN_MINOR },
		.firmwareVersion = { SHOWN_MAJOR, SHOWN_MINOR },
	};
	shown_slot(&shown, token->path, false);
	pad_slot(info, &shown);
}

CK_RV
C_GetSlotInfo(CK_SLOT_ID slot, CK_SLOT_INFO_PTR info)
{
	struct token_info token;
	struct token *tok;
	enum cng_status st;
	CK_RV rv;

	rv = call_enter_slot(&tok, slot);
	if (rv != CKR_OK)
		return rv;
	if (info == NULL)
		return call_leave(CKR_ARGUMENTS_BAD);
	if (token_is_card(tok))
		return call_leave(status_rv(fill_reader_info(info, tok)));
	st = token_info(tok, &token);
	if (st == CNG_OK)
		fill_slot_info(info, &token);
	return call_leave(status_rv(st));
}

/* The mechanisms are those of a token: an empty reader has none, nor has a
 * card that nobody here knows. */
static CK_RV
check_card_is_in(struct token *tok)
{
	struct token_ready ready;

	return token_is_card(tok) ? status_rv(token_ready(tok, &ready)) :
				    CKR_OK;
}

CK_RV
C_GetMechanismList(
    CK_SLOT_ID slot, CK_MECHANISM_TYPE_PTR list, CK_ULONG_PTR count)
{
	CK_MECHANISM_TYPE types[512];
	struct token *tok;
	CK_RV rv;

	rv = call_enter_slot(&tok, slot);
	if (rv != CKR_OK)
		return rv;
	if (count == NULL)
		return call_leave(CKR_ARGUMENTS_BAD);
	rv = check_card_is_in(tok);
	if (rv == CKR_OK)
		rv = give_list(types, mech_list(types, ARRAY_LEN(types),
		    token_is_compat(tok)), list, count);
	return call_leave(rv);
}

/* The keys of cards that the mechanism is for; KEY_NONE: it is for those of
 * sessions alone. */
static enum key_family
family_of(const struct mech *mech)
{
	static const enum key_family families[OP_SCHEME_COUNT] = {
		[OP_RSA_PKCS1] = KEY_RSA, [OP_RSA_RAW] = KEY_RSA,
		[OP_RSA_OAEP] = KEY_RSA, [OP_RSA_PSS] = KEY_RSA,
		[OP_RSA_AES_WRAP] = KEY_RSA, [OP_ECDSA] = KEY_EC,
		[OP_ECDH] = KEY_EC, [OP_ECDH_AES_WRAP] = KEY_EC,
		[OP_ECDH_AES_KW] = KEY_EC, [OP_ECDH_3DES_KW] = KEY_EC,
		[OP_EDDSA] = KEY_EDWARDS,
	};

	return (mech->flags & CKF_GENERATE_KEY_PAIR) != 0 ? mech->family :
							    families[mech->scheme];
}

/* Uses of a private key; those of public keys are done here. */
#define OF_SIGNING (CKF_SIGN | CKF_SIGN_RECOVER | CKF_MESSAGE_SIGN)
#define OF_DECRYPTION (CKF_DECRYPT | CKF_UNWRAP | CKF_DECAPSULATE)
#define OF_AGREEMENT (CKF_DERIVE | CKF_UNWRAP | CKF_DECAPSULATE)

/* Where the card has such keys, what is told is what they do: a program that
 * finds one and a mechanism for it takes that.  All else is for keys of
 * sessions, without the card. */
static void
narrow(CK_MECHANISM_INFO *info, const struct token_offer *offer)
{
	CK_FLAGS does = offer->makes ? CKF_GENERATE_KEY_PAIR : 0;
	CK_FLAGS all = OF_SIGNING | OF_DECRYPTION | OF_AGREEMENT;

	if (offer->max == 0)
		return;
	if (offer->signs)
		does |= OF_SIGNING;
	if (offer->decrypts)
		does |= OF_DECRYPTION;
	if (offer->agrees)
		does |= OF_AGREEMENT;
	info->flags &= ~(all & ~does);
	if ((info->flags & does) == 0)
		return;
	info->flags |= CKF_HW;
	if (info->ulMinKeySize < offer->min)
		info->ulMinKeySize = offer->min;
	if (info->ulMaxKeySize > offer->max)
		info->ulMaxKeySize = offer->max;
}

/* Callers of the list of old know no more flags than it has calls. */
#define NEWER (CKF_MESSAGE_ENCRYPT | CKF_MESSAGE_DECRYPT | \
	CKF_MESSAGE_SIGN | CKF_MESSAGE_VERIFY | CKF_MULTI_MESSAGE | \
	CKF_ENCAPSULATE | CKF_DECAPSULATE)

/* What a strict token refuses is not announced, so that programs take another
 * way. */
static enum cng_status
tell(CK_MECHANISM_INFO *info, const struct mech *mech, struct token *token)
{
	const struct key_op op = { .scheme = mech->scheme, .hash = mech->hash };
	enum key_family family = family_of(mech);
	struct token_offer offer = { .max = 0 };
	enum cng_status st = CNG_OK;

	*info = (CK_MECHANISM_INFO){ mech->min, mech->max, mech->flags };
	if (mech->type == CKM_AES_CBC_PAD && !token_is_compat(token))
		info->flags &= ~CKF_UNWRAP;
	if (family != KEY_NONE)
		st = token_offer(token, family, &op, &offer);
	narrow(info, &offer);
	if (!call_through_safe())
		info->flags &= ~NEWER;
	return st;
}

CK_RV
C_GetMechanismInfo(
    CK_SLOT_ID slot, CK_MECHANISM_TYPE type, CK_MECHANISM_INFO_PTR info)
{
	const struct mech *mech;
	struct token *tok;
	CK_RV rv;

	rv = call_enter_slot(&tok, slot);
	if (rv != CKR_OK)
		return rv;
	if (info == NULL)
		return call_leave(CKR_ARGUMENTS_BAD);
	rv = check_card_is_in(tok);
	if (rv != CKR_OK)
		return call_leave(rv);
	mech = mech_info(type);
	if (mech == NULL || (mech->compat && !token_is_compat(tok)))
		return call_leave(CKR_MECHANISM_INVALID);
	return call_leave(status_rv(tell(info, mech, tok)));
}

/* How long it takes at most until an event is told. */
#define LOOK_EVERY_MS 500

/* There is no thread here that could watch: the caller's own looks now and
 * then, and is outside in between. */
CK_RV
C_WaitForSlotEvent(CK_FLAGS flags, CK_SLOT_ID_PTR slot, CK_VOID_PTR reserved)
{
	CK_SLOT_ID found = 0;
	CK_RV rv;

	rv = call_enter();
	if (rv != CKR_OK)
		return rv;
	if (slot == NULL || reserved != NULL)
		return call_leave(CKR_ARGUMENTS_BAD);
	while (!call_slot_event(&found)) {
		if ((flags & CKF_DONT_BLOCK) != 0)
			return call_leave(CKR_NO_EVENT);
		rv = call_pause(LOOK_EVERY_MS);
		if (rv != CKR_OK)
			return rv;
	}
	*slot = found;
	return call_leave(CKR_OK);
}
