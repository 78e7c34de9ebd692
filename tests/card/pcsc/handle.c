/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The calls of libpcsclite for a card that is connected: transactions,
 * commands, and what became of it meanwhile.
 */
#include "service.h"

#include <string.h>

const SCARD_IO_REQUEST g_rgSCardT0Pci = { SCARD_PROTOCOL_T0,
	sizeof(SCARD_IO_REQUEST) };
const SCARD_IO_REQUEST g_rgSCardT1Pci = { SCARD_PROTOCOL_T1,
	sizeof(SCARD_IO_REQUEST) };
const SCARD_IO_REQUEST g_rgSCardRawPci = { SCARD_PROTOCOL_RAW,
	sizeof(SCARD_IO_REQUEST) };

bool
reader_is_used(const struct reader *reader)
{
	for (size_t i = 0; i < TABLE; i++) {
		if (service.handles[i].id != 0 &&
		    service.handles[i].reader == reader &&
		    service.handles[i].event != SCARD_W_REMOVED_CARD)
			return true;
	}
	return false;
}

static void
leave(struct handle *handle)
{
	struct reader *reader = handle->reader;

	handle->depth = 0;
	if (reader->owner != handle->id)
		return;
	reader->owner = 0;
	reader_unlock(reader);
	service_changed();
}

void
handle_forget(struct handle *handle)
{
	leave(handle);
	*handle = (struct handle){ .id = 0 };
}

static struct handle *
handle_find(SCARDHANDLE id)
{
	for (size_t i = 0; id != 0 && i < TABLE; i++) {
		if (service.handles[i].id == id)
			return &service.handles[i];
	}
	return NULL;
}

/* Its context is ours until handle_drop. */
static LONG
handle_take(SCARDHANDLE id, struct handle **out)
{
	struct handle *handle = handle_find(id);
	struct context *context;
	LONG rc;

	if (handle == NULL)
		return SCARD_E_INVALID_HANDLE;
	rc = context_take(handle->context, &context);
	if (rc != SCARD_S_SUCCESS)
		return rc;
	if (handle_find(id) == NULL) {
		context_drop(context);
		return SCARD_E_INVALID_HANDLE;
	}
	*out = handle_find(id);
	return SCARD_S_SUCCESS;
}

static void
handle_drop(struct handle *handle)
{
	context_drop(context_find(handle->context));
}

/* What another process has locked is looked at again and again. */
static void
wait_a_little(void)
{
	struct timespec soon = service_deadline(2);

	service_wait(&soon);
}

/* No other handle's transaction, and no other process's. */
static LONG
wait_for_turn(struct handle *handle)
{
	struct reader *reader = handle->reader;

	while (handle->event == 0) {
		if (reader->owner == handle->id)
			return SCARD_S_SUCCESS;
		if (reader->owner == 0 && !reader->busy && reader_lock(reader))
			return SCARD_S_SUCCESS;
		wait_a_little();
	}
	return handle->event;
}

static LONG
choose_protocol(const struct reader *reader, DWORD wanted, DWORD *out)
{
	DWORD has = reader->options.t0 ? SCARD_PROTOCOL_T0 : SCARD_PROTOCOL_T1;

	*out = has;
	return (wanted & has) != 0 ? SCARD_S_SUCCESS : SCARD_E_PROTO_MISMATCH;
}

static LONG
connect_to(struct context *context, const char *name, DWORD share,
    DWORD wanted, struct handle *handle)
{
	struct reader *reader = reader_find(name);
	LONG rc;

	if (reader == NULL || !reader->plugged)
		return SCARD_E_UNKNOWN_READER;
	if (!reader->inserted)
		return SCARD_E_NO_SMARTCARD;
	if (share != SCARD_SHARE_SHARED && share != SCARD_SHARE_EXCLUSIVE)
		return SCARD_E_INVALID_VALUE;
	if (reader_is_used(reader) &&
	    (reader->exclusive || share == SCARD_SHARE_EXCLUSIVE))
		return SCARD_E_SHARING_VIOLATION;
	rc = choose_protocol(reader, wanted, &handle->protocol);
	if (rc != SCARD_S_SUCCESS)
		return rc;
	reader->exclusive = share == SCARD_SHARE_EXCLUSIVE;
	handle->reader = reader;
	handle->context = context->id;
	handle->event = 0;
	handle->depth = 0;
	handle->id = ++service.last_id;
	service_changed();
	return SCARD_S_SUCCESS;
}

LONG
SCardConnect(SCARDCONTEXT id, LPCSTR name, DWORD share, DWORD wanted,
    LPSCARDHANDLE out, LPDWORD protocol)
{
	struct context *context;
	LONG rc;

	if (name == NULL || out == NULL || protocol == NULL)
		return SCARD_E_INVALID_PARAMETER;
	service_begin();
	rc = context_take(id, &context);
	if (rc == SCARD_S_SUCCESS) {
		size_t i = 0;

		while (i < TABLE && service.handles[i].id != 0)
			i++;
		rc = i == TABLE ? SCARD_E_NO_MEMORY :
		    connect_to(context, name, share, wanted,
			&service.handles[i]);
		if (rc == SCARD_S_SUCCESS) {
			*out = service.handles[i].id;
			*protocol = service.handles[i].protocol;
		}
		context_drop(context);
	}
	service_end();
	return rc;
}

static LONG
connect_again(struct handle *handle, DWORD wanted, DWORD what,
    DWORD *protocol)
{
	struct reader *reader = handle->reader;
	LONG rc;

	/* others finish what they have begun */
	while (handle->event != SCARD_E_NO_SERVICE &&
	       ((reader->owner != 0 && reader->owner != handle->id) ||
		   reader->busy))
		service_wait(NULL);
	if (handle->event == SCARD_E_NO_SERVICE)
		return SCARD_E_NO_SERVICE;
	if (!reader->plugged)
		return SCARD_E_READER_UNAVAILABLE;
	if (!reader->inserted)
		return SCARD_E_NO_SMARTCARD;
	rc = choose_protocol(reader, wanted, &handle->protocol);
	if (rc != SCARD_S_SUCCESS)
		return rc;
	handle->event = 0;
	if (what != SCARD_LEAVE_CARD)
		reader_reset(reader, handle);
	*protocol = handle->protocol;
	return SCARD_S_SUCCESS;
}

LONG
SCardReconnect(SCARDHANDLE id, DWORD share, DWORD wanted, DWORD what,
    LPDWORD protocol)
{
	struct handle *handle;
	LONG rc;

	(void)share;
	if (protocol == NULL)
		return SCARD_E_INVALID_PARAMETER;
	service_begin();
	rc = handle_take(id, &handle);
	if (rc == SCARD_S_SUCCESS) {
		rc = connect_again(handle, wanted, what, protocol);
		handle_drop(handle);
	}
	service_end();
	return rc;
}

LONG
SCardDisconnect(SCARDHANDLE id, DWORD what)
{
	struct handle *handle;
	LONG rc;

	service_begin();
	rc = handle_take(id, &handle);
	if (rc == SCARD_S_SUCCESS) {
		struct reader *reader = handle->reader;
		SCARDCONTEXT context = handle->context;

		handle_forget(handle);
		if (what != SCARD_LEAVE_CARD && reader->inserted)
			reader_reset(reader, NULL);
		context_drop(context_find(context));
	}
	service_end();
	return rc;
}

LONG
SCardBeginTransaction(SCARDHANDLE id)
{
	struct handle *handle;
	LONG rc;

	service_begin();
	rc = handle_take(id, &handle);
	if (rc == SCARD_S_SUCCESS) {
		rc = wait_for_turn(handle);
		if (rc == SCARD_S_SUCCESS) {
			handle->reader->owner = handle->id;
			handle->depth++;
		}
		handle_drop(handle);
	}
	service_end();
	return rc;
}

LONG
SCardEndTransaction(SCARDHANDLE id, DWORD what)
{
	struct handle *handle;
	LONG rc;

	service_begin();
	rc = handle_take(id, &handle);
	if (rc != SCARD_S_SUCCESS) {
		service_end();
		return rc;
	}
	rc = handle->event;
	if (rc == 0 && handle->reader->owner != handle->id)
		rc = SCARD_E_NOT_TRANSACTED;
	if (rc == 0 && what != SCARD_LEAVE_CARD)
		reader_reset(handle->reader, NULL);
	/* the lock goes, whatever happened to the card */
	if (handle->depth > 1 && rc == 0)
		handle->depth--;
	else
		leave(handle);
	handle_drop(handle);
	service_end();
	return rc;
}

static LONG
transmit(struct handle *handle, LPCBYTE command, DWORD len, LPBYTE answer,
    LPDWORD answer_len)
{
	static __thread uint8_t reply[SIM_MAX];
	struct reader *reader = handle->reader;
	size_t got = 0;

	if (++reader->transmits == reader->at)
		(void)reader_tell(reader, reader->words);
	if (handle->event != 0)
		return handle->event;
	if (!reader_run(reader, command, len, reply, &got)) {
		/* nobody has noticed yet that it is gone */
		reader_pull(reader);
		return SCARD_E_NOT_TRANSACTED;
	}
	if (handle->event != 0)
		return handle->event;
	if (got > *answer_len) {
		*answer_len = got;
		return SCARD_E_INSUFFICIENT_BUFFER;
	}
	memcpy(answer, reply, got);
	*answer_len = got;
	return SCARD_S_SUCCESS;
}

LONG
SCardTransmit(SCARDHANDLE id, const SCARD_IO_REQUEST *pci, LPCBYTE command,
    DWORD len, SCARD_IO_REQUEST *back, LPBYTE answer, LPDWORD answer_len)
{
	struct handle *handle;
	LONG rc;

	if (pci == NULL || command == NULL || answer == NULL ||
	    answer_len == NULL || len < 4)
		return SCARD_E_INVALID_PARAMETER;
	service_begin();
	rc = handle_take(id, &handle);
	if (rc == SCARD_S_SUCCESS) {
		bool inside = handle->reader->owner == id;

		if (handle->event != 0)
			rc = handle->event;
		else if (pci->dwProtocol != handle->protocol)
			rc = SCARD_E_PROTO_MISMATCH;
		else if (handle->reader->owner != 0 && !inside)
			rc = SCARD_E_SHARING_VIOLATION;
		else
			rc = wait_for_turn(handle);
		if (rc == SCARD_S_SUCCESS) {
			rc = transmit(handle, command, len, answer,
			    answer_len);
			if (!inside)
				reader_unlock(handle->reader);
		}
		if (back != NULL)
			back->dwProtocol = handle->protocol;
		handle_drop(handle);
	}
	service_end();
	return rc;
}

static DWORD
status_of(const struct handle *handle)
{
	if (!handle->reader->inserted)
		return SCARD_ABSENT;
	return SCARD_PRESENT | SCARD_POWERED | SCARD_SPECIFIC |
	       (DWORD)(handle->reader->events & 0xffff) << 16;
}

LONG
SCardStatus(SCARDHANDLE id, LPSTR name, LPDWORD name_len, LPDWORD state,
    LPDWORD protocol, LPBYTE atr, LPDWORD atr_len)
{
	struct handle *handle;
	LONG rc;

	service_begin();
	rc = handle_take(id, &handle);
	if (rc == SCARD_S_SUCCESS) {
		size_t need = strlen(handle->reader->name) + 1;
		uint8_t copy[33];
		size_t len = sim_atr(handle->reader->sim, copy);

		rc = handle->event;
		if ((name != NULL && name_len != NULL && *name_len < need) ||
		    (atr != NULL && atr_len != NULL && *atr_len < len))
			rc = SCARD_E_INSUFFICIENT_BUFFER;
		if (rc == SCARD_S_SUCCESS && name != NULL && name_len != NULL)
			memcpy(name, handle->reader->name, need);
		if (rc == SCARD_S_SUCCESS && atr != NULL && atr_len != NULL)
			memcpy(atr, copy, len);
		if (name_len != NULL)
			*name_len = need;
		if (atr_len != NULL)
			*atr_len = len;
		if (state != NULL)
			*state = status_of(handle);
		if (protocol != NULL)
			*protocol = handle->protocol;
		handle_drop(handle);
	}
	service_end();
	return rc;
}

LONG
SCardControl(SCARDHANDLE id, DWORD code, LPCVOID in, DWORD in_len, LPVOID out,
    DWORD out_size, LPDWORD out_len)
{
	(void)id;
	(void)code;
	(void)in;
	(void)in_len;
	(void)out;
	(void)out_size;
	if (out_len != NULL)
		*out_len = 0;
	return SCARD_E_UNSUPPORTED_FEATURE;
}

LONG
SCardGetAttrib(SCARDHANDLE id, DWORD attribute, LPBYTE out, LPDWORD len)
{
	(void)id;
	(void)attribute;
	(void)out;
	(void)len;
	return SCARD_E_UNSUPPORTED_FEATURE;
}

LONG
SCardSetAttrib(SCARDHANDLE id, DWORD attribute, LPCBYTE in, DWORD len)
{
	(void)id;
	(void)attribute;
	(void)in;
	(void)len;
	return SCARD_E_UNSUPPORTED_FEATURE;
}

const char *
pcsc_stringify_error(const LONG code)
{
	(void)code;
	return "simulated";
}
