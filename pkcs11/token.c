/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Tokens: what they say of themselves, initialisation and PINs.
 */
#include "base/utf16.h"
#include "core/shown.h"
#include "pkcs11/call.h"
#include "pkcs11/cryptoki_calls.h"
#include "pkcs11/info.h"
#include "pkcs11/status.h"

#include <string.h>

/* Where a token's state is a flag of ours. */
static CK_FLAGS
token_flags(const struct token_info *token)
{
	const struct {
		bool on;
		CK_FLAGS flag;
	} rows[] = {
		{ true, CKF_RNG },
		{ !token->no_pin, CKF_LOGIN_REQUIRED },
		{ token->pin_known, CKF_PROTECTED_AUTHENTICATION_PATH },
		{ true, CKF_DUAL_CRYPTO_OPERATIONS },
		{ token->read_only, CKF_WRITE_PROTECTED },
		{ token->initialized, CKF_TOKEN_INITIALIZED },
		{ token->user_pin_set, CKF_USER_PIN_INITIALIZED },
		{ token->user_count_low, CKF_USER_PIN_COUNT_LOW },
		{ token->user_final_try, CKF_USER_PIN_FINAL_TRY },
		{ token->user_locked, CKF_USER_PIN_LOCKED },
		{ token->so_count_low, CKF_SO_PIN_COUNT_LOW },
		{ token->so_final_try, CKF_SO_PIN_FINAL_TRY },
		{ token->so_locked, CKF_SO_PIN_LOCKED },
	};
	CK_FLAGS flags = 0;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].on)
			flags |= rows[i].flag;
	return flags;
}

static void
fill_token_info(CK_TOKEN_INFO *info, const struct token_info *token,
    const struct token_card *card, struct slot_count open)
{
	struct shown shown;

	shown_token(&shown, token, card);
	*info = (CK_TOKEN_INFO){
		.flags = token_flags(token),
		.ulMaxSessionCount = SESSION_MAX,
		.ulSessionCount = open.sessions,
		.ulMaxRwSessionCount = SESSION_MAX,
		.ulRwSessionCount = open.read_write,
		.ulMaxPinLen = TOKEN_PIN_MAX,
		.ulMinPinLen = TOKEN_PIN_MIN,
		.ulTotalPublicMemory = CK_UNAVAILABLE_INFORMATION,
		.ulFreePublicMemory = CK_UNAVAILABLE_INFORMATION,
		.ulTotalPrivateMemory = CK_UNAVAILABLE_INFORMATION,
		.ulFreePrivateMemory = CK_UNAVAILABLE_INFORMATION,
		.hardwareVersion = { SHOWN_MAJOR, SHOWN_MINOR },
		.firmwareVersion = { SHOWN_MAJOR, SHOWN_MINOR },
	};
	info_pad(info->label, sizeof(info->label), shown.label);
	info_pad(info->manufacturerID, sizeof(info->manufacturerID),
	    shown.manufacturer);
	info_pad(info->model, sizeof(info->model), shown.model);
	info_pad(info->serialNumber, sizeof(info->serialNumber),
	    shown.serial);
	info_pad(info->utcTime, sizeof(info->utcTime), "");
}

/* Where a card knows better. */
static void
fill_card_info(CK_TOKEN_INFO *info, const struct token_card *card)
{
	info->ulMinPinLen = card->pin_min;
	info->ulMaxPinLen = card->pin_max;
	/* of the application; nobody tells that of the chip */
	info->hardwareVersion = (CK_VERSION){ 0, 0 };
	info->firmwareVersion =
	    (CK_VERSION){ card->version[0], card->version[1] };
}

/* A store that is still to be made is a token that is not initialised. */
static enum cng_status
usable(const struct token_info *token)
{
	if (token->fault != CNG_ERR_NO_TOKEN || token->is_card)
		return token->fault;
	return CNG_OK;
}

CK_RV
C_GetTokenInfo(CK_SLOT_ID slot, CK_TOKEN_INFO_PTR info)
{
	struct token_card card;
	struct token_info token;
	struct token *tok;
	enum cng_status st;
	CK_RV rv;

	rv = call_enter_slot(&tok, slot);
	if (rv != CKR_OK)
		return rv;
	if (info == NULL)
		return call_leave(CKR_ARGUMENTS_BAD);
	st = token_info_all(tok, &token, &card);
	if (st == CNG_OK && token.fault == CNG_ERR_NO_TOKEN &&
	    !token.creatable && !token.is_card)
		return call_leave(CKR_TOKEN_NOT_PRESENT);
	if (st == CNG_OK)
		st = usable(&token);
	if (st == CNG_OK && token.is_card)
		call_close_stale(slot, token.incarnation);
	if (st == CNG_OK)
		fill_token_info(info, &token, &card, call_slot_count(slot));
	if (st == CNG_OK && token.is_card)
		fill_card_info(info, &card);
	return call_leave(status_rv(st));
}

/* 32 bytes padded with spaces: the label without them.  Bindings hand over
 * strings of C as well: what comes after the NUL is not the caller's. */
static struct span
trim_label(const CK_UTF8CHAR *label)
{
	struct span text = span_of(label,
	    strnlen((const char *)label, TOKEN_LABEL_MAX));

	while (text.len > 0 && text.ptr[text.len - 1] == ' ')
		text.len--;
	return text;
}

CK_RV
C_InitToken(CK_SLOT_ID slot, CK_UTF8CHAR_PTR pin, CK_ULONG pin_len,
    CK_UTF8CHAR_PTR label)
{
	struct token *tok;
	struct span text;
	CK_RV rv;

	rv = call_enter_slot(&tok, slot);
	if (rv != CKR_OK)
		return rv;
	if (pin == NULL || label == NULL)
		return call_leave(CKR_ARGUMENTS_BAD);
	text = trim_label(label);
	if (!utf8_valid(text))
		return call_leave(CKR_ARGUMENTS_BAD);
	if (call_slot_count(slot).sessions > 0)
		return call_leave(CKR_SESSION_EXISTS);
	return call_leave(
	    status_rv(token_init(tok, span_of(pin, pin_len), text)));
}

CK_RV
C_InitPIN(CK_SESSION_HANDLE session, CK_UTF8CHAR_PTR pin, CK_ULONG pin_len)
{
	struct session *s;
	CK_RV rv;

	rv = call_enter_session(&s, session);
	if (rv != CKR_OK)
		return rv;
	if (pin == NULL)
		return call_leave_session(s, CKR_ARGUMENTS_BAD);
	if (token_logged_in(s->token) != ROLE_SO)
		return call_leave_session(s, CKR_USER_NOT_LOGGED_IN);
	return call_leave_session(s,
	    status_rv(token_init_pin(s->token, span_of(pin, pin_len))));
}

CK_RV
C_SetPIN(CK_SESSION_HANDLE session, CK_UTF8CHAR_PTR old_pin, CK_ULONG old_len,
    CK_UTF8CHAR_PTR new_pin, CK_ULONG new_len)
{
	struct session *s;
	CK_RV rv;

	rv = call_enter_session(&s, session);
	if (rv != CKR_OK)
		return rv;
	if (old_pin == NULL || new_pin == NULL)
		return call_leave_session(s, CKR_ARGUMENTS_BAD);
	if (!s->read_write)
		return call_leave_session(s, s->card != 0 ?
		    CKR_SESSION_READ_ONLY :
		    status_rv_change(CNG_ERR_READ_ONLY, s));
	return call_leave_session(s, status_rv(token_set_pin(s->token,
	    span_of(old_pin, old_len), span_of(new_pin, new_len))));
}
