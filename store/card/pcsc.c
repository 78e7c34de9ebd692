/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Cards behind PC/SC.  libpcsclite is loaded when somebody first asks for a
 * reader: without it, or without its service, there are no readers, which is
 * no error.  Each card has a context of its own, as calls of one context wait
 * for each other.
 */
#include "store/card/driver.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

#include <winscard.h>

#include "base/alloc.h"
#include "base/lock.h"
#include "base/log.h"
#include "base/util.h"

#define NAMES_MAX 4096          /* bytes of all readers' names */
#define READERS_MAX 64
#define PNP_READER "\\\\?PnP?\\Notification"

/* --- the library --------------------------------------------------------- */

struct library {
	LONG (*establish)(DWORD, LPCVOID, LPCVOID, LPSCARDCONTEXT);
	LONG (*release)(SCARDCONTEXT);
	LONG (*list)(SCARDCONTEXT, LPCSTR, LPSTR, LPDWORD);
	LONG (*connect)(SCARDCONTEXT, LPCSTR, DWORD, DWORD, LPSCARDHANDLE,
	    LPDWORD);
	LONG (*reconnect)(SCARDHANDLE, DWORD, DWORD, DWORD, LPDWORD);
	LONG (*disconnect)(SCARDHANDLE, DWORD);
	LONG (*begin)(SCARDHANDLE);
	LONG (*end)(SCARDHANDLE, DWORD);
	LONG (*transmit)(SCARDHANDLE, const SCARD_IO_REQUEST *, LPCBYTE,
	    DWORD, SCARD_IO_REQUEST *, LPBYTE, LPDWORD);
	LONG (*change)(SCARDCONTEXT, DWORD, SCARD_READERSTATE *, DWORD);
	LONG (*cancel)(SCARDCONTEXT);
};

struct symbol {
	const char *name;
	void *slot;
};

static struct library lib;
static bool lib_there;
static pthread_once_t lib_once = PTHREAD_ONCE_INIT;

/* The library stays: its threads and its host may be of another mind. */
static void
load_library(void)
{
	const struct symbol symbols[] = {
		{ "SCardEstablishContext", &lib.establish },
		{ "SCardReleaseContext", &lib.release },
		{ "SCardListReaders", &lib.list },
		{ "SCardConnect", &lib.connect },
		{ "SCardReconnect", &lib.reconnect },
		{ "SCardDisconnect", &lib.disconnect },
		{ "SCardBeginTransaction", &lib.begin },
		{ "SCardEndTransaction", &lib.end },
		{ "SCardTransmit", &lib.transmit },
		{ "SCardGetStatusChange", &lib.change },
		{ "SCardCancel", &lib.cancel },
	};
	void *handle = dlopen("libpcsclite.so.1", RTLD_NOW | RTLD_LOCAL);

	if (handle == NULL) {
		log_line(LOG_INFO, "no libpcsclite: no card readers");
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(symbols); i++) {
		void *found = dlsym(handle, symbols[i].name);

		if (found == NULL) {
			log_line(LOG_WARN, "libpcsclite lacks %s",
			    symbols[i].name);
			return;
		}
		memcpy(symbols[i].slot, &found, sizeof found);
	}
	lib_there = true;
}

static bool
have_library(void)
{
	return pthread_once(&lib_once, load_library) == 0 && lib_there;
}

/* A LONG has 64 bits, and what went through an int compares otherwise. */
static uint32_t
code_of(LONG code)
{
	return (uint32_t)code;
}

#define CODE(name) ((uint32_t)(name))

static enum cng_status
status_of(LONG rc)
{
	uint32_t code = code_of(rc);

	if (code == CODE(SCARD_S_SUCCESS))
		return CNG_OK;
	log_line(LOG_DEBUG, "pcsc: %08lx", (unsigned long)code);
	if (code == CODE(SCARD_W_RESET_CARD))
		return CNG_ERR_DEVICE_RESET;
	if (code == CODE(SCARD_W_REMOVED_CARD) ||
	    code == CODE(SCARD_E_NO_SMARTCARD) ||
	    code == CODE(SCARD_E_READER_UNAVAILABLE) ||
	    code == CODE(SCARD_E_NO_SERVICE) ||
	    code == CODE(SCARD_E_SERVICE_STOPPED) ||
	    code == CODE(SCARD_E_INVALID_HANDLE))
		return CNG_ERR_DEVICE_REMOVED;
	if (code == CODE(SCARD_E_NO_MEMORY))
		return CNG_ERR_NO_MEMORY;
	return CNG_ERR_DEVICE;
}

/* --- one context for questions about readers ----------------------------- */

static struct lock ask_lock = { PTHREAD_MUTEX_INITIALIZER };
static SCARDCONTEXT ask_context CNG_GUARDED_BY(ask_lock);
static bool ask_open CNG_GUARDED_BY(ask_lock);

/* The context that waits, for whoever wants to end that. */
static struct lock wait_lock = { PTHREAD_MUTEX_INITIALIZER };
static SCARDCONTEXT wait_context CNG_GUARDED_BY(wait_lock);
static bool wait_open CNG_GUARDED_BY(wait_lock);
static unsigned wait_cancels CNG_GUARDED_BY(wait_lock);

static bool
context_open(SCARDCONTEXT *out)
{
	return have_library() &&
	    code_of(lib.establish(SCARD_SCOPE_SYSTEM, NULL, NULL, out)) ==
	    CODE(SCARD_S_SUCCESS);
}

static bool
ask_ready(void) CNG_REQUIRES(ask_lock)
{
	if (!ask_open)
		ask_open = context_open(&ask_context);
	return ask_open;
}

static void
ask_drop(void) CNG_REQUIRES(ask_lock)
{
	if (ask_open)
		lib.release(ask_context);
	ask_open = false;
}

/* A service that was started anew does not know our context. */
static bool
ask_names(char names[NAMES_MAX], DWORD *len) CNG_REQUIRES(ask_lock)
{
	for (int i = 0; i < 2 && ask_ready(); i++) {
		uint32_t code;

		*len = NAMES_MAX;
		code = code_of(lib.list(ask_context, NULL, names, len));
		if (code == CODE(SCARD_S_SUCCESS))
			return true;
		if (code == CODE(SCARD_E_NO_READERS_AVAILABLE))
			return false;
		ask_drop();
	}
	return false;
}

static enum cng_status
take_names(struct device_readers *out, const char *names, size_t len)
{
	const char *end = names + len;

	out->name = mem_new(READERS_MAX, sizeof *out->name);
	if (out->name == NULL)
		return CNG_ERR_NO_MEMORY;
	while (names < end && *names != '\0' && out->count < READERS_MAX) {
		size_t size = strnlen(names, (size_t)(end - names)) + 1;

		if (size > (size_t)(end - names))
			break;
		out->name[out->count] = mem_strdup(names);
		if (out->name[out->count] == NULL)
			return CNG_ERR_NO_MEMORY;
		out->count++;
		names += size;
	}
	return CNG_OK;
}

enum cng_status
device_readers(struct device_readers *out)
{
	char names[NAMES_MAX];
	DWORD len = 0;
	enum cng_status st = CNG_OK;
	bool there;

	*out = (struct device_readers){ .count = 0 };
	lock_take(&ask_lock);
	there = ask_names(names, &len);
	lock_drop(&ask_lock);
	if (there)
		st = take_names(out, names, len);
	if (st != CNG_OK)
		device_readers_free(out);
	return st;
}

void
device_readers_free(struct device_readers *readers)
{
	for (size_t i = 0; i < readers->count; i++)
		mem_free(readers->name[i]);
	mem_free(readers->name);
	*readers = (struct device_readers){ .count = 0 };
}

/* A context of its own: the answer is wanted, not the context. */
enum device_service
device_service(void)
{
	SCARDCONTEXT context;
	uint32_t code;

	if (!have_library())
		return DEVICE_SERVICE_NO_LIBRARY;
	code = code_of(lib.establish(SCARD_SCOPE_SYSTEM, NULL, NULL,
	    &context));
	if (code == CODE(SCARD_S_SUCCESS)) {
		lib.release(context);
		return DEVICE_SERVICE_RUNS;
	}
	return code == CODE(SCARD_W_SECURITY_VIOLATION) ||
	    code == CODE(SCARD_E_NO_ACCESS) ? DEVICE_SERVICE_REFUSES :
					      DEVICE_SERVICE_SILENT;
}

/* The upper half of a state counts what came and went. */
#define MOVES_SHIFT 16
#define MOVES_MASK 0xffffu

/* As ask_names: once more where the service was started anew. */
static bool
ask_state(SCARD_READERSTATE *state) CNG_REQUIRES(ask_lock)
{
	for (int i = 0; i < 2 && ask_ready(); i++) {
		uint32_t code = code_of(lib.change(ask_context, 0, state, 1));

		if (code == CODE(SCARD_S_SUCCESS))
			return true;
		if (code == CODE(SCARD_E_TIMEOUT) ||
		    code == CODE(SCARD_E_UNKNOWN_READER))
			return false;
		ask_drop();
	}
	return false;
}

struct device_reader
device_look(const char *reader)
{
	SCARD_READERSTATE state = { .szReader = reader,
		.dwCurrentState = SCARD_STATE_UNAWARE };
	struct device_reader seen = { .there = false };

	lock_take(&ask_lock);
	seen.there = ask_state(&state) && (state.dwEventState &
	    (SCARD_STATE_UNKNOWN | SCARD_STATE_UNAVAILABLE)) == 0;
	lock_drop(&ask_lock);
	if (!seen.there)
		return seen;
	seen.card = (state.dwEventState & SCARD_STATE_PRESENT) != 0;
	seen.moves = (unsigned)(state.dwEventState >> MOVES_SHIFT) &
	    MOVES_MASK;
	return seen;
}

/* --- one card ------------------------------------------------------------ */

static atomic_uint forks_so_far;

struct pcsc_link {
	struct card_link link;
	SCARDCONTEXT context;
	SCARDHANDLE card;
	DWORD protocol;
	unsigned moves;          /* of its reader, when it was connected to */
	char *reader;
	unsigned forks;          /* of another process, it is left alone */
};

static struct pcsc_link *
pcsc_of(struct card_link *link)
{
	return (struct pcsc_link *)(void *)link;
}

static bool
is_ours(const struct pcsc_link *p)
{
	return p->forks == atomic_load(&forks_so_far);
}

static void
set_protocol(struct pcsc_link *p, DWORD protocol)
{
	p->protocol = protocol;
	p->link.t0 = protocol == SCARD_PROTOCOL_T0;
}

static enum cng_status
pcsc_transmit(struct card_link *link, struct span command, uint8_t *answer,
    size_t size, size_t *len)
{
	struct pcsc_link *p = pcsc_of(link);
	SCARD_IO_REQUEST pci = { p->protocol, sizeof pci };
	DWORD got = size;
	enum cng_status st;

	*len = 0;
	if (!is_ours(p))
		return CNG_ERR_DEVICE_REMOVED;
	st = status_of(lib.transmit(p->card, &pci, command.ptr, command.len,
	    NULL, answer, &got));
	/* a card that leaves in the middle of it looks like one that fails */
	if (st == CNG_ERR_DEVICE && !device_look(p->reader).card)
		st = CNG_ERR_DEVICE_REMOVED;
	*len = st == CNG_OK ? got : 0;
	return st;
}

static enum cng_status
pcsc_begin(struct card_link *link)
{
	struct pcsc_link *p = pcsc_of(link);

	return is_ours(p) ? status_of(lib.begin(p->card)) :
			    CNG_ERR_DEVICE_REMOVED;
}

static void
pcsc_end(struct card_link *link, bool reset)
{
	struct pcsc_link *p = pcsc_of(link);

	if (is_ours(p))
		lib.end(p->card, reset ? SCARD_RESET_CARD : SCARD_LEAVE_CARD);
}

static enum cng_status
pcsc_recover(struct card_link *link)
{
	struct pcsc_link *p = pcsc_of(link);
	DWORD protocol = p->protocol;
	enum cng_status st;

	if (!is_ours(p))
		return CNG_ERR_DEVICE_REMOVED;
	st = status_of(lib.reconnect(p->card, SCARD_SHARE_SHARED,
	    SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1, SCARD_LEAVE_CARD,
	    &protocol));
	if (st == CNG_OK)
		set_protocol(p, protocol);
	return st;
}

static bool
pcsc_is_present(struct card_link *link)
{
	const struct pcsc_link *p = pcsc_of(link);
	struct device_reader seen;

	if (!is_ours(p))
		return false;
	seen = device_look(p->reader);
	/* one that is in may be another one */
	return seen.card && seen.moves == p->moves;
}

static void
pcsc_abandon(struct card_link *link)
{
	struct pcsc_link *p = pcsc_of(link);

	mem_free(p->reader);
	mem_free(p);
}

static void
pcsc_close(struct card_link *link)
{
	struct pcsc_link *p = pcsc_of(link);

	if (is_ours(p)) {
		lib.disconnect(p->card, SCARD_LEAVE_CARD);
		lib.release(p->context);
	}
	pcsc_abandon(link);
}

static const struct card_link_ops pcsc_ops = {
	.transmit = pcsc_transmit,
	.begin = pcsc_begin,
	.end = pcsc_end,
	.recover = pcsc_recover,
	.is_present = pcsc_is_present,
	.close = pcsc_close,
	.abandon = pcsc_abandon,
};

static enum cng_status
connect_status(LONG rc)
{
	uint32_t code = code_of(rc);

	if (code == CODE(SCARD_E_UNKNOWN_READER))
		return CNG_ERR_NO_CARD;
	/* a card that does not answer is no card of ours */
	if (code == CODE(SCARD_W_UNPOWERED_CARD) ||
	    code == CODE(SCARD_W_UNRESPONSIVE_CARD) ||
	    code == CODE(SCARD_W_UNSUPPORTED_CARD))
		return CNG_ERR_NO_TOKEN;
	if (code == CODE(SCARD_E_SHARING_VIOLATION))
		log_line(LOG_WARN, "card: another program (scdaemon?) has it "
		    "for itself");
	if (status_of(rc) == CNG_ERR_DEVICE_REMOVED)
		return CNG_ERR_NO_CARD;
	return status_of(rc);
}

enum cng_status
pcsc_open(struct card_link **out, const char *reader)
{
	struct pcsc_link *p = mem_new(1, sizeof *p);
	struct device_reader seen;
	DWORD protocol = 0;
	enum cng_status st;

	*out = NULL;
	if (p == NULL)
		return CNG_ERR_NO_MEMORY;
	p->link.ops = &pcsc_ops;
	p->forks = atomic_load(&forks_so_far);
	p->reader = mem_strdup(reader);
	/* before it is connected to: if it is changed then, that is seen */
	seen = device_look(reader);
	p->moves = seen.moves;
	if (!seen.card) {
		pcsc_abandon(&p->link);
		return CNG_ERR_NO_CARD;
	}
	if (p->reader == NULL || !context_open(&p->context)) {
		st = p->reader == NULL ? CNG_ERR_NO_MEMORY : CNG_ERR_NO_CARD;
		pcsc_abandon(&p->link);
		return st;
	}
	st = connect_status(lib.connect(p->context, reader,
	    SCARD_SHARE_SHARED, SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1,
	    &p->card, &protocol));
	if (st != CNG_OK) {
		lib.release(p->context);
		pcsc_abandon(&p->link);
		return st;
	}
	set_protocol(p, protocol);
	*out = &p->link;
	return CNG_OK;
}

/* --- what comes and goes ------------------------------------------------- */

/* The states that are known, to be told of the next one. */
static void
fill_states(SCARD_READERSTATE *state, const struct device_readers *readers)
{
	for (size_t i = 0; i < readers->count; i++)
		state[i].szReader = readers->name[i];
	state[readers->count].szReader = PNP_READER;
}

static enum cng_status
wait_ready(unsigned ticket, SCARDCONTEXT *out)
{
	enum cng_status st = CNG_OK;

	lock_take(&wait_lock);
	if (ticket != wait_cancels)
		st = CNG_ERR_INTERRUPTED;
	else if (!wait_open)
		wait_open = context_open(&wait_context);
	if (st == CNG_OK && !wait_open)
		st = CNG_ERR_NOT_SUPPORTED;
	*out = wait_context;
	lock_drop(&wait_lock);
	return st;
}

/* Not one that somebody else has opened since. */
static void
wait_drop(SCARDCONTEXT which)
{
	lock_take(&wait_lock);
	if (wait_open && wait_context == which) {
		lib.release(wait_context);
		wait_open = false;
	}
	lock_drop(&wait_lock);
}

static void
wait_drop_any(void)
{
	lock_take(&wait_lock);
	if (wait_open)
		lib.release(wait_context);
	wait_open = false;
	lock_drop(&wait_lock);
}

enum cng_status
device_wait(unsigned ticket, unsigned milliseconds, bool *changed)
{
	SCARD_READERSTATE state[READERS_MAX + 1] = { { 0 } };
	struct device_readers readers = { .count = 0 };
	SCARDCONTEXT context;
	DWORD count;
	uint32_t code;
	enum cng_status st = wait_ready(ticket, &context);

	*changed = false;
	if (st == CNG_OK)
		st = device_readers(&readers);
	if (st != CNG_OK)
		return st == CNG_ERR_INTERRUPTED ? CNG_OK : st;
	fill_states(state, &readers);
	count = readers.count + 1;
	/* once to learn how it is, once to be told of a change */
	code = code_of(lib.change(context, 0, state, count));
	for (DWORD i = 0; i < count; i++)
		state[i].dwCurrentState = state[i].dwEventState &
		    ~(DWORD)SCARD_STATE_CHANGED;
	if (code == CODE(SCARD_S_SUCCESS) || code == CODE(SCARD_E_TIMEOUT))
		code = code_of(lib.change(context, milliseconds, state, count));
	*changed = code == CODE(SCARD_S_SUCCESS);
	if (code != CODE(SCARD_S_SUCCESS) && code != CODE(SCARD_E_TIMEOUT) &&
	    code != CODE(SCARD_E_CANCELLED))
		wait_drop(context);
	device_readers_free(&readers);
	return CNG_OK;
}

unsigned
device_wait_ticket(void)
{
	unsigned ticket;

	lock_take(&wait_lock);
	ticket = wait_cancels;
	lock_drop(&wait_lock);
	return ticket;
}

void
device_wait_cancel(void)
{
	lock_take(&wait_lock);
	wait_cancels++;
	if (wait_open)
		lib.cancel(wait_context);
	lock_drop(&wait_lock);
}

void
device_shutdown(void)
{
	lock_take(&ask_lock);
	ask_drop();
	lock_drop(&ask_lock);
	wait_drop_any();
}

/* The parent's connections are left alone. */
void
device_after_fork(void)
{
	atomic_fetch_add(&forks_so_far, 1);
	lock_init(&ask_lock);
	lock_init(&wait_lock);
	lock_take(&ask_lock);
	ask_open = false;
	lock_drop(&ask_lock);
	lock_take(&wait_lock);
	wait_open = false;
	lock_drop(&wait_lock);
}
