/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The process that the module lives in: loads it, finds the token, logs in,
 * and sends one object after the other.
 */
#include "config.h"

#include "foreign/internal.h"

#include "base/alloc.h"
#include "base/util.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define SLOTS_MAX 256
#define FOUND_MAX 1000000
#define FOUND_STEP 64
#define ORPHAN_SECONDS 10

struct handles {
	CK_OBJECT_HANDLE *item;
	CK_ULONG count;
};

/* In the order in which they are sent: a pair before its public half, keys
 * before their certificates. */
static const CK_OBJECT_CLASS classes[] = { CKO_PRIVATE_KEY, CKO_SECRET_KEY,
	CKO_PUBLIC_KEY, CKO_CERTIFICATE, CKO_DATA };

/* --- the end -------------------------------------------------------------- */

static void finish(struct module *m) __attribute__((noreturn));

/* Nothing of the parent's is to be flushed or run. */
static void
finish(struct module *m)
{
	if (m->has_session) {
		wrap_end(m);
		(void)m->call->C_CloseSession(m->session);
	}
	if (m->started)
		(void)m->call->C_Finalize(NULL);
	_exit(0);
}

static void give_up(struct module *m, enum cng_status st, const char *format,
    ...) __attribute__((format(printf, 3, 4), noreturn));

static void
give_up(struct module *m, enum cng_status st, const char *format, ...)
{
	uint8_t body[4 + FOREIGN_TEXT];
	char text[FOREIGN_TEXT];
	struct wr w = wr_of(body, sizeof(body));
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	wr_u32le(&w, (uint32_t)st);
	wr_bytes(&w, span_str(text));
	(void)message_send(m->fd, MESSAGE_FAILED, span_of(body, w.len));
	finish(m);
}

/* --- the module ----------------------------------------------------------- */

/* It may print what it likes, but not into our output. */
static void
close_output(void)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null < 0)
		return;
	(void)dup2(null, STDIN_FILENO);
	(void)dup2(null, STDOUT_FILENO);
	close(null);
}

static void
load(struct module *m, const char *path)
{
	CK_RV (*get)(CK_FUNCTION_LIST_PTR_PTR list) = NULL;
	void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	const char *why = handle == NULL ? dlerror() : NULL;
	void *symbol;
	CK_RV rv;

	if (handle == NULL)
		give_up(m, CNG_ERR_NOT_SUPPORTED, "cannot be loaded: %s",
		    why == NULL ? "?" : why);
	symbol = dlsym(handle, "C_GetFunctionList");
	if (symbol == NULL)
		give_up(m, CNG_ERR_NOT_SUPPORTED, "this is no PKCS#11 module: "
		    "it has no C_GetFunctionList");
	memcpy(&get, &symbol, sizeof(get));
	rv = get(&m->call);
	if (rv != CKR_OK || m->call == NULL)
		give_up(m, CNG_ERR_DEVICE, "C_GetFunctionList fails (0x%lx)",
		    rv);
	if (m->call->version.major < 2 || m->call->version.major > 3)
		give_up(m, CNG_ERR_NOT_SUPPORTED, "speaks Cryptoki %u.%u, not "
		    "2 or 3", m->call->version.major, m->call->version.minor);
	rv = m->call->C_Initialize(NULL);
	if (rv != CKR_OK)
		give_up(m, CNG_ERR_DEVICE, "C_Initialize fails (0x%lx)", rv);
	m->started = true;
}

/* --- the token ------------------------------------------------------------ */

static void
copy_padded(char *out, const CK_UTF8CHAR *text, size_t len)
{
	while (len > 0 && (text[len - 1] == ' ' || text[len - 1] == '\0'))
		len--;
	memcpy(out, text, len);
	out[len] = '\0';
}

/* Where it does not say, the texts stay empty. */
static void
look_around(struct module *m, CK_SLOT_ID slot, struct shown *out)
{
	CK_INFO library;
	CK_SLOT_INFO info;

	memset(&library, 0, sizeof(library));
	memset(&info, 0, sizeof(info));
	if (m->call->C_GetInfo(&library) == CKR_OK) {
		copy_padded(out->library_manufacturer,
		    library.manufacturerID, sizeof(library.manufacturerID));
		copy_padded(out->library_description,
		    library.libraryDescription,
		    sizeof(library.libraryDescription));
		out->library_version[0] = library.libraryVersion.major;
		out->library_version[1] = library.libraryVersion.minor;
	}
	if (m->call->C_GetSlotInfo(slot, &info) == CKR_OK) {
		copy_padded(out->slot_description, info.slotDescription,
		    sizeof(info.slotDescription));
		copy_padded(out->slot_manufacturer, info.manufacturerID,
		    sizeof(info.manufacturerID));
	}
}

static bool
look(struct module *m, CK_SLOT_ID slot, struct foreign_token *out)
{
	struct shown *shown = &out->shown;
	CK_TOKEN_INFO info;

	memset(&info, 0, sizeof(info));
	memset(out, 0, sizeof(*out));
	if (m->call->C_GetTokenInfo(slot, &info) != CKR_OK ||
	    (info.flags & CKF_TOKEN_INITIALIZED) == 0)
		return false;
	copy_padded(shown->label, info.label, sizeof(info.label));
	copy_padded(shown->serial, info.serialNumber,
	    sizeof(info.serialNumber));
	copy_padded(shown->manufacturer, info.manufacturerID,
	    sizeof(info.manufacturerID));
	copy_padded(shown->model, info.model, sizeof(info.model));
	look_around(m, slot, shown);
	out->slot = slot;
	out->needs_login = (info.flags & CKF_LOGIN_REQUIRED) != 0;
	return true;
}

static void
choose_token(struct module *m, const struct foreign_source *source,
    struct foreign_token *out)
{
	CK_SLOT_ID slots[SLOTS_MAX];
	CK_ULONG count = SLOTS_MAX;
	CK_RV rv = m->call->C_GetSlotList(CK_TRUE, slots, &count);
	struct foreign_token token;
	char names[160] = "";
	size_t used = 0, found = 0, all = 0;

	if (rv != CKR_OK || count > SLOTS_MAX)
		give_up(m, CNG_ERR_DEVICE, "C_GetSlotList fails (0x%lx)", rv);
	for (CK_ULONG i = 0; i < count; i++) {
		if (!look(m, slots[i], &token))
			continue;
		all++;
		if (used < sizeof(names))
			used += (size_t)snprintf(names + used,
			    sizeof(names) - used, "%s'%s'",
			    all == 1 ? "" : ", ", token.shown.label);
		if (!source->is_wanted(&token, source->arg))
			continue;
		found++;
		*out = token;
		m->slot = slots[i];
	}
	if (all == 0)
		give_up(m, CNG_ERR_NO_TOKEN, "shows no token");
	if (found == 0)
		give_up(m, CNG_ERR_NO_TOKEN, "has no such token, but %s",
		    names);
	if (found > 1)
		give_up(m, CNG_ERR_NO_TOKEN, "has several tokens, choose one "
		    "by --from-token: %s", names);
}

static void
list_mechanisms(struct module *m)
{
	m->mechanism_count = MECHANISMS_MAX;
	if (m->call->C_GetMechanismList(m->slot, m->mechanism,
	    &m->mechanism_count) != CKR_OK ||
	    m->mechanism_count > MECHANISMS_MAX)
		m->mechanism_count = 0;
}

bool
module_has(const struct module *m, CK_MECHANISM_TYPE type)
{
	for (CK_ULONG i = 0; i < m->mechanism_count; i++)
		if (m->mechanism[i] == type)
			return true;
	return false;
}

static void
log_in(struct module *m, struct span pin)
{
	struct secret copy = { 0 };
	CK_RV rv = CKR_HOST_MEMORY;

	if (secret_copy(&copy, pin) == CNG_OK)
		rv = m->call->C_Login(m->session, CKU_USER, copy.ptr,
		    copy.len);
	secret_free(&copy);
	if (rv == CKR_PIN_INCORRECT)
		give_up(m, CNG_ERR_PIN_WRONG, "wrong PIN for its token");
	if (rv == CKR_PIN_LOCKED)
		give_up(m, CNG_ERR_PIN_LOCKED, "the PIN of its token is "
		    "locked");
	if (rv != CKR_OK && rv != CKR_USER_ALREADY_LOGGED_IN)
		give_up(m, CNG_ERR_DEVICE, "C_Login fails (0x%lx)", rv);
}

static void
enter(struct module *m)
{
	struct secret body = { 0 };
	enum message type;
	CK_RV rv;

	if (message_receive(m->fd, &type, &body) != CNG_OK ||
	    type != MESSAGE_PIN || body.len == 0)
		finish(m);
	rv = m->call->C_OpenSession(m->slot, CKF_SERIAL_SESSION, NULL, NULL,
	    &m->session);
	if (rv != CKR_OK)
		give_up(m, CNG_ERR_DEVICE, "C_OpenSession fails (0x%lx)", rv);
	m->has_session = true;
	if (body.ptr[0] != 0)
		log_in(m, span_of(body.ptr + 1, body.len - 1));
	secret_free(&body);
}

/* --- objects -------------------------------------------------------------- */

static void
grow(struct module *m, struct handles *all, CK_ULONG more)
{
	CK_OBJECT_HANDLE *item = mem_grow(all->item, all->count,
	    all->count + more, sizeof(*item));

	if (item == NULL || all->count + more > FOUND_MAX)
		give_up(m, CNG_ERR_NO_MEMORY, "shows too many objects");
	all->item = item;
}

static void
find_class(struct module *m, CK_OBJECT_CLASS class, struct handles *all)
{
	CK_BBOOL yes = CK_TRUE;
	CK_ATTRIBUTE wanted[] = { { CKA_TOKEN, &yes, sizeof(yes) },
		{ CKA_CLASS, &class, sizeof(class) } };
	CK_RV rv = m->call->C_FindObjectsInit(m->session, wanted,
	    ARRAY_LEN(wanted));
	CK_ULONG count = 1;

	while (rv == CKR_OK && count > 0) {
		grow(m, all, FOUND_STEP);
		count = 0;
		rv = m->call->C_FindObjects(m->session, all->item +
		    all->count, FOUND_STEP, &count);
		if (count > FOUND_STEP)
			give_up(m, CNG_ERR_DEVICE, "C_FindObjects answers "
			    "nonsense");
		all->count += count;
	}
	if (rv == CKR_OK)
		rv = m->call->C_FindObjectsFinal(m->session);
	if (rv != CKR_OK)
		give_up(m, CNG_ERR_DEVICE, "its objects cannot be listed "
		    "(0x%lx)", rv);
}

static void
send_object(struct module *m, CK_OBJECT_HANDLE object, CK_OBJECT_CLASS class)
{
	struct record rec = { .st = CNG_OK };
	struct secret body = { 0 };
	struct wr w = wr_of(NULL, 0);
	enum cng_status st = object_read(m, object, class, &rec);

	for (int pass = 0; st == CNG_OK && pass < 2; pass++) {
		wr_u32le(&w, (uint32_t)rec.st);
		wr_u8(&w, rec.wrapped);
		wr_blob32(&w, span_str(rec.reason));
		wr_bytes(&w, secret_span(&rec.lines));
		if (pass == 0) {
			st = secret_new(&body, w.len);
			w = wr_of(body.ptr, body.len);
		}
	}
	secret_free(&rec.lines);
	if (st != CNG_OK)
		give_up(m, st, "%s", cng_status_text(st));
	/* nobody listens any more: the key to wrap with is to go, too */
	if (!message_send(m->fd, MESSAGE_OBJECT, secret_span(&body)))
		finish(m);
	secret_free(&body);
}

static void
send_all(struct module *m)
{
	struct handles all[ARRAY_LEN(classes)] = { { NULL, 0 } };
	uint8_t body[8];
	struct wr w = wr_of(body, sizeof(body));
	CK_ULONG count = 0;

	for (size_t i = 0; i < ARRAY_LEN(classes); i++) {
		find_class(m, classes[i], &all[i]);
		count += all[i].count;
	}
	wr_u64le(&w, count);
	if (!message_send(m->fd, MESSAGE_COUNT, span_of(body, w.len)))
		finish(m);
	for (size_t i = 0; i < ARRAY_LEN(classes); i++) {
		for (CK_ULONG k = 0; k < all[i].count; k++)
			send_object(m, all[i].item[k], classes[i]);
		mem_free(all[i].item);
	}
	(void)message_send(m->fd, MESSAGE_END, span_of(NULL, 0));
}

/* Time to clean up, and no more. */
static void
parent_died(int number)
{
	(void)number;
	(void)alarm(ORPHAN_SECONDS);
}

/* A module that hangs is not to stay behind, with a PIN, when the one that
 * asks has gone. */
static void
follow_parent(int fd)
{
	char byte;

	(void)signal(SIGALRM, SIG_DFL);
	(void)signal(SIGUSR1, parent_died);
	(void)prctl(PR_SET_PDEATHSIG, SIGUSR1);
	/* it may have gone before that */
	if (recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0)
		_exit(0);
}

/* The terminal's interrupt is for the one that asks: this end notices that it
 * has gone, and cleans up. */
void
module_run(int fd, const struct foreign_source *source)
{
	static struct module m;
	struct foreign_token token;

	(void)signal(SIGINT, SIG_IGN);
	(void)signal(SIGPIPE, SIG_IGN);
	follow_parent(fd);
	m.fd = fd;
	close_output();
	load(&m, source->module);
	choose_token(&m, source, &token);
	list_mechanisms(&m);
	if (!message_send(fd, MESSAGE_TOKEN, span_of(&token, sizeof(token))))
		finish(&m);
	enter(&m);
	send_all(&m);
	finish(&m);
}
