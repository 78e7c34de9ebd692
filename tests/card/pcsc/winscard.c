/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The calls of libpcsclite, as it answers them: SCARD_W_RESET_CARD until the
 * handle connects again, calls of one context one after another, a service
 * that may be missing.
 */
#include "service.h"

#include <string.h>

#include "tell.h"

#define PNP "\\\\?PnP?\\Notification"

const SCARD_IO_REQUEST g_rgSCardT0Pci = { SCARD_PROTOCOL_T0,
	sizeof(SCARD_IO_REQUEST) };
const SCARD_IO_REQUEST g_rgSCardT1Pci = { SCARD_PROTOCOL_T1,
	sizeof(SCARD_IO_REQUEST) };
const SCARD_IO_REQUEST g_rgSCardRawPci = { SCARD_PROTOCOL_RAW,
	sizeof(SCARD_IO_REQUEST) };

/* --- contexts ---------------------------------------------------------------- */

static struct context *
context_find(SCARDCONTEXT id)
{
	for (size_t i = 0; id != 0 && i < TABLE; i++) {
		if (service.contexts[i].id == id)
			return &service.contexts[i];
	}
	return NULL;
}

/* Ours alone until context_drop. */
static LONG
context_take(SCARDCONTEXT id, struct context **out)
{
	struct context *context = context_find(id);

	while (context != NULL && context->id == id && context->busy)
		service_wait(NULL);
	if (context == NULL || context->id != id)
		return SCARD_E_INVALID_HANDLE;
	if (context->dead)
		return SCARD_E_NO_SERVICE;
	context->busy = true;
	*out = context;
	return SCARD_S_SUCCESS;
}

static void
context_drop(struct context *context)
{
	if (context == NULL)
		return;
	context->busy = false;
	service_changed();
}

LONG
SCardEstablishContext(DWORD scope, LPCVOID one, LPCVOID two,
    LPSCARDCONTEXT out)
{
	LONG rc = SCARD_E_NO_SERVICE;

	(void)scope;
	(void)one;
	(void)two;
	if (out == NULL)
		return SCARD_E_INVALID_PARAMETER;
	service_begin();
	for (size_t i = 0; service.running && rc != SCARD_S_SUCCESS; i++) {
		if (i == TABLE) {
			rc = SCARD_E_NO_MEMORY;
			break;
		}
		if (service.contexts[i].id != 0)
			continue;
		service.contexts[i] = (struct context){ .id =
							++service.last_id };
		*out = service.contexts[i].id;
		rc = SCARD_S_SUCCESS;
	}
	service_end();
	return rc;
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

static void
forget(struct handle *handle)
{
	leave(handle);
	*handle = (struct handle){ .id = 0 };
}

LONG
SCardReleaseContext(SCARDCONTEXT id)
{
	struct context *context;
	LONG rc;

	service_begin();
	rc = context_take(id, &context);
	if (rc == SCARD_E_NO_SERVICE) {
		context = context_find(id);
		rc = SCARD_S_SUCCESS;
	}
	if (rc == SCARD_S_SUCCESS) {
		for (size_t i = 0; i < TABLE; i++) {
			if (service.handles[i].id != 0 &&
			    service.handles[i].context == id)
				forget(&service.handles[i]);
		}
		*context = (struct context){ .id = 0 };
		service_changed();
	}
	service_end();
	return rc;
}

LONG
SCardIsValidContext(SCARDCONTEXT id)
{
	const struct context *context;
	LONG rc = SCARD_S_SUCCESS;

	service_begin();
	context = context_find(id);
	if (context == NULL || context->dead)
		rc = SCARD_E_INVALID_HANDLE;
	service_end();
	return rc;
}

LONG
SCardCancel(SCARDCONTEXT id)
{
	struct context *context;

	service_begin();
	context = context_find(id);
	/* one that comes too early is lost, as it is with the real one */
	if (context != NULL && context->waiting)
		context->cancelled = true;
	service_changed();
	service_end();
	return context == NULL ? SCARD_E_INVALID_HANDLE : SCARD_S_SUCCESS;
}

LONG
SCardFreeMemory(SCARDCONTEXT context, LPCVOID memory)
{
	(void)context;
	(void)memory;
	return SCARD_E_UNSUPPORTED_FEATURE;
}

/* --- readers ------------------------------------------------------------------- */

static LONG
list_readers(LPSTR out, LPDWORD len)
{
	size_t need = 1, at = 0;

	for (size_t i = 0; i < service.reader_count; i++) {
		if (service.readers[i].plugged)
			need += strlen(service.readers[i].name) + 1;
	}
	if (need == 1)
		return SCARD_E_NO_READERS_AVAILABLE;
	if (out != NULL && *len < need) {
		*len = need;
		return SCARD_E_INSUFFICIENT_BUFFER;
	}
	*len = need;
	for (size_t i = 0; out != NULL && i < service.reader_count; i++) {
		const struct reader *reader = &service.readers[i];

		if (!reader->plugged)
			continue;
		strcpy(out + at, reader->name);
		at += strlen(reader->name) + 1;
	}
	if (out != NULL)
		out[at] = '\0';
	return SCARD_S_SUCCESS;
}

LONG
SCardListReaders(SCARDCONTEXT id, LPCSTR groups, LPSTR out, LPDWORD len)
{
	struct context *context;
	LONG rc;

	(void)groups;
	if (len == NULL || *len == SCARD_AUTOALLOCATE)
		return SCARD_E_INVALID_PARAMETER;
	service_begin();
	rc = context_take(id, &context);
	if (rc == SCARD_S_SUCCESS) {
		rc = list_readers(out, len);
		context_drop(context);
	}
	service_end();
	return rc;
}

LONG
SCardListReaderGroups(SCARDCONTEXT id, LPSTR out, LPDWORD len)
{
	static const char all[] = "SCard$DefaultReaders\0";

	if (SCardIsValidContext(id) != SCARD_S_SUCCESS)
		return SCARD_E_INVALID_HANDLE;
	if (len == NULL || (out != NULL && *len < sizeof all))
		return SCARD_E_INSUFFICIENT_BUFFER;
	*len = sizeof all;
	if (out != NULL)
		memcpy(out, all, sizeof all);
	return SCARD_S_SUCCESS;
}

static unsigned
readers_there(void)
{
	unsigned count = 0;

	for (size_t i = 0; i < service.reader_count; i++)
		count += service.readers[i].plugged;
	return count;
}

static bool
is_used(const struct reader *reader)
{
	for (size_t i = 0; i < TABLE; i++) {
		if (service.handles[i].id != 0 &&
		    service.handles[i].reader == reader &&
		    service.handles[i].event != SCARD_W_REMOVED_CARD)
			return true;
	}
	return false;
}

/* The list of readers differs from what it was when the call began, or from
 * the number that the caller knows. */
static bool
pnp_changed(SCARD_READERSTATE *state, unsigned before)
{
	DWORD known = state->dwCurrentState >> 16;
	unsigned now = readers_there();

	state->dwEventState = (DWORD)now << 16;
	return known != 0 ? known != now : before != now;
}

static bool
reader_changed(SCARD_READERSTATE *state, const struct reader *reader)
{
	DWORD current = state->dwCurrentState;
	DWORD now = reader->inserted ? SCARD_STATE_PRESENT :
				       SCARD_STATE_EMPTY;
	const DWORD both = SCARD_STATE_PRESENT | SCARD_STATE_EMPTY;

	state->cbAtr = 0;
	if (reader->inserted)
		state->cbAtr = sim_atr(reader->sim, state->rgbAtr);
	if (reader->inserted && is_used(reader))
		now |= reader->exclusive ? SCARD_STATE_EXCLUSIVE :
					   SCARD_STATE_INUSE;
	state->dwEventState = now | (DWORD)(reader->events & 0xffff) << 16;
	if (current == SCARD_STATE_UNAWARE || (current & both) != (now & both))
		return true;
	if (current >> 16 != 0 && current >> 16 != (reader->events & 0xffff))
		return true;
	/* of those who use it, only the last one's leave is told */
	return (current & SCARD_STATE_INUSE) != 0 &&
	       (now & SCARD_STATE_INUSE) == 0;
}

static bool
state_changed(SCARD_READERSTATE *state, unsigned before)
{
	const struct reader *reader = reader_find(state->szReader);
	bool changed;

	state->dwEventState = 0;
	if ((state->dwCurrentState & SCARD_STATE_IGNORE) != 0)
		return false;
	if (strcmp(state->szReader, PNP) == 0) {
		changed = pnp_changed(state, before);
	} else if (reader == NULL || !reader->plugged) {
		state->dwEventState = SCARD_STATE_UNKNOWN |
		    SCARD_STATE_UNAVAILABLE;
		changed = (state->dwCurrentState & SCARD_STATE_UNKNOWN) == 0;
	} else {
		changed = reader_changed(state, reader);
	}
	if (changed)
		state->dwEventState |= SCARD_STATE_CHANGED;
	return changed;
}

static LONG
wait_for_change(struct context *context, const struct timespec *until,
    SCARD_READERSTATE *states, DWORD count)
{
	unsigned before = readers_there();
	bool in_time = true;

	for (;;) {
		bool changed = false;

		if (context->dead)
			return SCARD_E_NO_SERVICE;
		if (context->cancelled)
			return SCARD_E_CANCELLED;
		for (DWORD i = 0; i < count; i++)
			changed |= state_changed(&states[i], before);
		if (changed)
			return SCARD_S_SUCCESS;
		if (!in_time)
			return SCARD_E_TIMEOUT;
		in_time = service_wait(until);
	}
}

static bool
all_known(const SCARD_READERSTATE *states, DWORD count)
{
	for (DWORD i = 0; i < count; i++) {
		const struct reader *reader = states[i].szReader == NULL ?
		    NULL : reader_find(states[i].szReader);

		if (states[i].szReader == NULL ||
		    ((reader == NULL || !reader->plugged) &&
			strcmp(states[i].szReader, PNP) != 0 &&
			(states[i].dwCurrentState & SCARD_STATE_IGNORE) == 0))
			return false;
	}
	return true;
}

LONG
SCardGetStatusChange(SCARDCONTEXT id, DWORD timeout,
    SCARD_READERSTATE *states, DWORD count)
{
	struct timespec until = service_deadline(timeout);
	struct context *context;
	LONG rc;

	if (states == NULL && count > 0)
		return SCARD_E_INVALID_PARAMETER;
	service_begin();
	rc = context_take(id, &context);
	if (rc == SCARD_S_SUCCESS) {
		context->waiting = true;
		rc = all_known(states, count) ?
		    wait_for_change(context,
			timeout == INFINITE ? NULL : &until, states, count) :
		    SCARD_E_UNKNOWN_READER;
		context->waiting = false;
		context->cancelled = false;
		context_drop(context);
	}
	service_end();
	return rc;
}

/* --- handles --------------------------------------------------------------------- */

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
	if (is_used(reader) &&
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

		forget(handle);
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
