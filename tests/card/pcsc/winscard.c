/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The calls of libpcsclite, as it answers them: SCARD_W_RESET_CARD until the
 * handle connects again, calls of one context one after another, a service
 * that may be missing.
 */
#include "service.h"

#include <string.h>

#define PNP "\\\\?PnP?\\Notification"

/* --- contexts ------------------------------------------------------------- */

struct context *
context_find(SCARDCONTEXT id)
{
	for (size_t i = 0; id != 0 && i < TABLE; i++) {
		if (service.contexts[i].id == id)
			return &service.contexts[i];
	}
	return NULL;
}

LONG
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

void
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
				handle_forget(&service.handles[i]);
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

/* --- readers -------------------------------------------------------------- */

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
	if (reader->inserted && reader_is_used(reader))
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
