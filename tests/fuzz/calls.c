/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Fuzz target: calls of the module in any order.  Bytes choose the call and
 * each of its arguments: live, stale and invented handles, every mechanism,
 * templates, too little room.  Whatever is answered, nothing may be written
 * where there was no room, and no answer is that of a broken promise.
 */
#include "tests/fuzz/calls.h"

#include "base/util.h"
#include "tests/face/calls.h"
#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <stdlib.h>

#define CALLS_MAX 48

/* One call: where its arguments are. */
struct step {
	const struct call *call;
	CK_ULONG arg[CALL_ARGS_MAX];
	CK_ULONG room;       /* before the call: what *arg of L had */
	CK_ULONG *len;       /* L, or NULL */
	CK_BYTE *out;        /* o or r, or NULL */
	CK_ATTRIBUTE *wanted; /* T */
	CK_ULONG wanted_count;
};

static CK_ULONG
address(const void *p)
{
	return (CK_ULONG)(uintptr_t)p;
}

static bool
begins(const struct step *step, const char *text)
{
	return strncmp(step->call->name, text, strlen(text)) == 0;
}

/* --- arguments --- */

static CK_SESSION_HANDLE
some_session(struct input *in)
{
	unsigned which = input_byte(in);

	if (which >= 250 || world.sessions == 0)
		return (CK_SESSION_HANDLE)input_number(in);
	/* those that were closed are still there */
	return world.session[which < 200 ? 0 : which % world.sessions];
}

/* Whether this call is about who is logged in. */
static bool
is_about_pins(const struct step *step)
{
	return begins(step, "C_Login") || begins(step, "C_SetPIN") ||
	    begins(step, "C_InitPIN") || begins(step, "C_InitToken");
}

static void
put_input(struct input *in, struct step *step, int i)
{
	static const char *const pins[] = { USER_PIN, SO_PIN, "wrong-pin",
		"abc", "" };
	static const CK_ULONG lens[] = { 0, 1, 16, 32, 32, 60, 64, 128, 300 };
	unsigned how = input_byte(in);
	const struct kept *old = &world.kept[how % KEPT_MAX];
	const char *pin = pins[how % ARRAY_LEN(pins)];
	CK_ULONG len = lens[how % ARRAY_LEN(lens)];
	const CK_BYTE *ptr;

	if (how >= 250) {
		len = how & 1 ? ~0UL - how : input_number(in);
		ptr = how & 1 ? memory_room(8) : NULL;
	} else if (is_about_pins(step)) {
		len = strlen(pin);
		ptr = memory_bytes(pin, len);
	} else if (how >= 130) {
		len = old->len;
		ptr = memory_bytes(old->bytes, len);
	} else {
		ptr = memory_from(in, len);
	}
	step->arg[i] = address(ptr);
	step->arg[i + 1] = len;
}

static CK_ULONG
some_room(struct input *in)
{
	unsigned how = input_byte(in);

	return how < 160 ? KEPT_BYTES : how < 250 ? how - 160 : 0;
}

/* Bytes to write, their length in a number beside them. */
static void
put_output(struct input *in, struct step *step, int i)
{
	step->room = some_room(in);
	step->out = input_rarely(in) ? NULL : memory_room(step->room);
	step->arg[i] = address(step->out);
	step->len = input_rarely(in) ? NULL :
	    (void *)memory_bytes(&step->room, sizeof(step->room));
	step->arg[i + 1] = address(step->len);
}

static void
put_list(struct input *in, struct step *step, int i, size_t size)
{
	CK_ULONG count = input_below(in, 200);

	step->arg[i] = input_rarely(in) ? 0 :
	    address(memory_room(count * size));
	if (step->call->args[i + 1] == 'l' && step->arg[i] != 0)
		step->arg[i + 1] = count;
	else if (step->call->args[i + 1] == 'L')
		step->arg[i + 1] = input_rarely(in) ? 0 :
		    address(memory_bytes(&count, sizeof(count)));
}

static void
put_template(struct input *in, struct step *step, int i)
{
	bool fill = step->call->args[i] == 'T';
	CK_ATTRIBUTE *list;

	if (input_rarely(in)) {
		step->arg[i + 1] = input_number(in);
		return;
	}
	list = fill ? args_wanted(in, &step->arg[i + 1]) :
	    args_template(in, &step->arg[i + 1]);
	step->arg[i] = address(list);
	if (fill) {
		step->wanted = list;
		step->wanted_count = step->arg[i + 1];
	}
}

static void
put_flags(struct input *in, struct step *step, int i)
{
	static const CK_FLAGS some[] = { 0, CKF_SERIAL_SESSION,
		CKF_SERIAL_SESSION | CKF_RW_SESSION, CKF_END_OF_MESSAGE,
		CKF_ENCRYPT | CKF_SIGN | CKF_FIND_OBJECTS, ~0UL };

	step->arg[i] = some[input_below(in, ARRAY_LEN(some))];
	if (begins(step, "C_WaitForSlotEvent"))
		step->arg[i] |= CKF_DONT_BLOCK;
}

static CK_ULONG
parameter(struct input *in, CK_ULONG *len)
{
	return address(args_message(in, len));
}

static void
put_argument(struct input *in, struct step *step, int i)
{
	static const char text[33] = "C_Sign\0PKCS 11                   ";
	CK_ULONG *at = &step->arg[i];

	switch (step->call->args[i]) {
	case 's': *at = some_session(in); break;
	case 'S': *at = input_rarely(in) ? input_number(in) : world.slot;
		break;
	case 'h':
		*at = i == 2 ? args_key(in, step->call->name) :
		    args_object(in);
		break;
	case 'U': *at = input_below(in, 4); break;
	case 'F': put_flags(in, step, i); break;
	case 'N': *at = args_type(in); break;
	case 'b': *at = input_byte(in) & 1; break;
	case 'm': *at = address(
		args_mechanism(in, step->call->name)); break;
	case 't': case 'T': put_template(in, step, i); break;
	case 'i': put_input(in, step, i); break;
	case 'o': put_output(in, step, i); break;
	case 'r':
		step->arg[i + 1] = some_room(in);
		*at = address(memory_room(step->arg[i + 1]));
		break;
	case 'v': put_list(in, step, i, sizeof(CK_ULONG)); break;
	case 'w': put_list(in, step, i, sizeof(CK_INTERFACE)); break;
	case 'p': *at = parameter(in, &step->arg[i + 1]); break;
	case 'H': case 'I': case 'V':
		*at = input_rarely(in) ? 0 : address(memory_room(512)); break;
	case 'z':
		*at = input_rarely(in) ? 0 :
		    address(memory_bytes(text, sizeof(text)));
		break;
	case 'R': *at = input_rarely(in) ? 1 : 0; break;
	default: break;          /* lengths: together with what they are of */
	}
}

/* --- what came of it --- */

static void
keep(const CK_BYTE *bytes, CK_ULONG len)
{
	struct kept *to = &world.kept[world.kept_next++ % KEPT_MAX];

	if (len > KEPT_BYTES)
		return;
	memcpy(to->bytes, bytes, len);
	to->len = len;
}

static void
keep_handle(const struct step *step, CK_ULONG handle)
{
	if (begins(step, "C_OpenSession"))
		world.session[world.sessions < SESSIONS_MAX ?
		    world.sessions++ : handle % SESSIONS_MAX] = handle;
	else
		world.object[world.objects < OBJECTS_MAX ?
		    world.objects++ : handle % OBJECTS_MAX] = handle;
}

static void
look_at_output(const struct step *step, CK_RV rv)
{
	if (step->len == NULL || step->out == NULL)
		return;
	if (rv == CKR_BUFFER_TOO_SMALL)
		must(*step->len > step->room);
	if (rv != CKR_OK)
		return;
	must(*step->len <= step->room);
	keep(step->out, *step->len);
}

/* What is told of each line, and how many bytes of it are there. */
static void
look_at_lines(const struct step *step, CK_RV rv)
{
	const CK_ATTRIBUTE *line;

	for (CK_ULONG i = 0; rv == CKR_OK && i < step->wanted_count; i++) {
		line = &step->wanted[i];
		must(line->ulValueLen != CK_UNAVAILABLE_INFORMATION);
		if (line->pValue != NULL)
			keep(line->pValue, line->ulValueLen);
	}
}

static void
look(const struct step *step, CK_RV rv)
{
	const char *args = step->call->args;

	/* an error that nobody foresaw */
	must(rv != CKR_GENERAL_ERROR && rv != CKR_DEVICE_ERROR);
	look_at_output(step, rv);
	look_at_lines(step, rv);
	for (int i = 0; args[i] != '\0'; i++)
		if (args[i] == 'H' && rv == CKR_OK && step->arg[i] != 0 &&
		    (step->len == NULL || step->out != NULL))
			keep_handle(step, *(const CK_ULONG *)step->arg[i]);
}

/* --- the sequence --- */

/* Calls that are slow, or after which nothing is as it was. */
static bool
is_rare(const struct step *step)
{
	return is_about_pins(step) || begins(step, "C_Initialize") ||
	    begins(step, "C_Finalize") || begins(step, "C_CloseAll") ||
	    begins(step, "C_Logout");
}

/* The calls that go on with an operation follow the one that begins it. */
static size_t
some_call(struct input *in, size_t begun)
{
	unsigned how = input_byte(in);

	if (how >= 128 && begun > 0)
		return (begun + how % 5) % calls_count;
	return how % calls_count;
}

static void
run(struct input *in, size_t *begun)
{
	struct step step = { 0 };
	CK_RV rv;

	step.call = &calls[some_call(in, *begun)];
	if (is_rare(&step) && !input_rarely(in))
		return;
	for (int i = 0; step.call->args[i] != '\0'; i++)
		put_argument(in, &step, i);
	rv = call_make(world.list, step.call, step.arg);
	if (getenv("CALLS_SHOWN") != NULL)
		(void)printf("%s: 0x%lx\n", step.call->name, rv);
	look(&step, rv);
	memory_done();
	if (rv == CKR_OK && strstr(step.call->name, "Init") != NULL)
		*begun = (size_t)(step.call - calls);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };
	size_t begun = 0;

	world_begin();
	for (int i = 0; i < CALLS_MAX && in.len > 0; i++)
		run(&in, &begun);
	world_end();
	return 0;
}
