/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Readers and cards of the simulated service: made from the environment,
 * pulled and inserted by the test.
 */
#include "service.h"

#include "tell.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

struct service service = { .mutex = PTHREAD_MUTEX_INITIALIZER };

/* --- time ----------------------------------------------------------------- */

struct timespec
service_deadline(DWORD milliseconds)
{
	struct timespec at;

	clock_gettime(CLOCK_MONOTONIC, &at);
	at.tv_sec += (time_t)(milliseconds / 1000);
	at.tv_nsec += (long)(milliseconds % 1000) * 1000000;
	if (at.tv_nsec >= 1000000000) {
		at.tv_nsec -= 1000000000;
		at.tv_sec++;
	}
	return at;
}

bool
service_wait(const struct timespec *until)
{
	if (until == NULL)
		return pthread_cond_wait(&service.change, &service.mutex) == 0;
	return pthread_cond_timedwait(&service.change, &service.mutex, until) !=
	       ETIMEDOUT;
}

void
service_changed(void)
{
	pthread_cond_broadcast(&service.change);
}

static void
pause_for(unsigned ms)
{
	struct timespec left = { ms / 1000, (long)(ms % 1000) * 1000000 };

	if (ms > 0)
		nanosleep(&left, NULL);
}

/* --- the environment ------------------------------------------------------ */

static void
bad(const char *what)
{
	fprintf(stderr, "simcard: \"%s\" makes no sense\n", what);
	abort();
}

static bool
plan(struct sim *sim, const char *name, const char *at)
{
	enum sim_fault fault = sim_fault_named(name);
	char *end;
	unsigned long value = strtoul(at, &end, 0);

	if (fault == SIM_FAULTS || end == at ||
	    (*end != '\0' && strcmp(end, "+") != 0))
		return false;
	sim_fault(sim, fault, value, *end == '+');
	return true;
}

static bool
switch_on(struct reader *reader, const char *name)
{
	struct sim_options *o = &reader->options;
	const struct {
		const char *name;
		bool *flag;
	} flags[] = {
		{ "blank", &o->blank },
		{ "plain-piv", &o->plain_piv },
		{ "pivapplet", &o->pivapplet },
		{ "t0", &o->t0 },
		{ "short-only", &o->short_only },
		{ "no-chaining", &o->no_chaining },
		{ "exact-le", &o->exact_le },
		{ "blocked", &o->blocked },
	};

	for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
		if (strcmp(name, flags[i].name) == 0)
			return *flags[i].flag = true;
	}
	if (strcmp(name, "out") == 0)
		reader->inserted = false;
	return strcmp(name, "out") == 0;
}

static bool
set_value(struct reader *reader, const char *name, const char *value)
{
	struct sim_options *o = &reader->options;
	const struct {
		const char *name;
		const char **text;
	} texts[] = {
		{ "state", &o->state },
		{ "atr", &o->atr },
		{ "pin", &o->pin },
		{ "puk", &o->puk },
		{ "key-type", &o->algorithm },
	};

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		if (strcmp(name, texts[i].name) == 0)
			return (*texts[i].text = value) != NULL;
	}
	if (strcmp(name, "capacity") == 0)
		o->capacity = strtoul(value, NULL, 0);
	else if (strcmp(name, "delay") == 0)
		reader->delay = (unsigned)strtoul(value, NULL, 0);
	else if (strcmp(name, "log") == 0)
		reader->log = value;
	else
		return false;
	return true;
}

static bool
is_app(const char *word)
{
	return strcmp(word, "gids") == 0 || strcmp(word, "piv") == 0 ||
	       strcmp(word, "openpgp") == 0;
}

/* Takes the text apart, which stays for the reader's life. */
static void
add_reader(char *text)
{
	struct reader *reader = &service.readers[service.reader_count++];
	char *rest = strchr(text, '='), *word, *faults[8], *apps;
	size_t fault_count = 0;

	apps = calloc(1, strlen(text) + 1);
	if (service.reader_count > READERS || rest == NULL || apps == NULL)
		bad(text);
	*rest++ = '\0';
	*reader = (struct reader){ .name = text, .plugged = true,
		.inserted = true, .lock = -1 };
	while ((word = strsep(&rest, ",")) != NULL) {
		char *value = strchr(word, '=');

		if (value != NULL)
			*value++ = '\0';
		if (value == NULL && is_app(word)) {
			strcat(apps, *apps == '\0' ? "" : ",");
			strcat(apps, word);
		} else if (value != NULL && strcmp(word, "fault") == 0 &&
			   fault_count < 8) {
			faults[fault_count++] = value;
		} else if (value == NULL ? !switch_on(reader, word) :
					   !set_value(reader, word, value)) {
			bad(word);
		}
	}
	reader->options.apps = apps;
	reader->sim = sim_new(&reader->options);
	if (reader->sim == NULL)
		abort();
	for (size_t i = 0; i < fault_count; i++) {
		char *at = strchr(faults[i], ':');

		if (at == NULL)
			bad(faults[i]);
		*at++ = '\0';
		if (!plan(reader->sim, faults[i], at))
			bad(faults[i]);
	}
	if (reader->options.state != NULL)
		(void)stat(reader->options.state, &reader->seen);
}

static void
add_readers(void)
{
	const char *text = getenv("SIMCARD_READERS");
	char *copy = text == NULL ? NULL : strdup(text), *one;

	service.running = copy != NULL;
	while (copy != NULL && (one = strsep(&copy, ";")) != NULL) {
		if (*one != '\0')
			add_reader(one);
	}
}

/* --- life ----------------------------------------------------------------- */

static void
new_condition(void)
{
	pthread_condattr_t attr;

	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&service.change, &attr);
	pthread_condattr_destroy(&attr);
}

static void
before_fork(void)
{
	pthread_mutex_lock(&service.mutex);
}

static void
in_parent(void)
{
	pthread_mutex_unlock(&service.mutex);
}

/* What libpcsclite does: the child knows no context and no handle.  Its cards
 * are copies, or what the state files say. */
static void
in_child(void)
{
	new_condition();
	memset(service.contexts, 0, sizeof service.contexts);
	memset(service.handles, 0, sizeof service.handles);
	for (size_t i = 0; i < service.reader_count; i++) {
		struct reader *reader = &service.readers[i];

		if (reader->lock >= 0)
			close(reader->lock);
		reader->lock = -1;
		reader->owner = 0;
		/* one that another thread is at work with is left alone */
		if (reader->busy)
			reader->sim = sim_new(&reader->options);
		reader->busy = false;
		sim_reset(reader->sim);
	}
	pthread_mutex_unlock(&service.mutex);
}

/* Not at load: SIMCARD_READERS is set by a test before it asks. */
void
service_begin(void)
{
	pthread_mutex_lock(&service.mutex);
	if (service.started)
		return;
	service.started = true;
	new_condition();
	pthread_atfork(before_fork, in_parent, in_child);
	add_readers();
}

void
service_end(void)
{
	pthread_mutex_unlock(&service.mutex);
}

/* --- one reader ----------------------------------------------------------- */

struct reader *
reader_find(const char *name)
{
	for (size_t i = 0; i < service.reader_count; i++) {
		if (strcmp(service.readers[i].name, name) == 0)
			return &service.readers[i];
	}
	return NULL;
}

void
reader_event(struct reader *reader, LONG event)
{
	for (size_t i = 0; i < TABLE; i++) {
		struct handle *handle = &service.handles[i];

		/* a card that is gone is not reset any more */
		if (handle->id != 0 && handle->reader == reader &&
		    (handle->event == 0 || event != SCARD_W_RESET_CARD))
			handle->event = event;
	}
	service_changed();
}

void
reader_pull(struct reader *reader)
{
	if (!reader->inserted)
		return;
	reader->inserted = false;
	reader->events++;
	sim_reset(reader->sim);
	reader_event(reader, SCARD_W_REMOVED_CARD);
}

static void
insert(struct reader *reader)
{
	if (reader->inserted)
		return;
	sim_reset(reader->sim);
	reader->inserted = true;
	reader->events++;
	service_changed();
}

void
reader_reset(struct reader *reader, const struct handle *by)
{
	LONG mine = by == NULL ? 0 : by->event;

	sim_reset(reader->sim);
	reader_event(reader, SCARD_W_RESET_CARD);
	if (by != NULL)
		service.handles[by - service.handles].event = mine;
}

/* Another process that uses the same card waits; what it has written, we have
 * read.  Who is logged in is a matter of each process. */
bool
reader_lock(struct reader *reader)
{
	char name[1024];
	struct stat now;

	if (reader->options.state == NULL)
		return true;
	snprintf(name, sizeof name, "%s.lock", reader->options.state);
	reader->lock = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (reader->lock < 0 || flock(reader->lock, LOCK_EX | LOCK_NB) != 0) {
		if (reader->lock >= 0)
			close(reader->lock);
		reader->lock = -1;
		return false;
	}
	if (stat(reader->options.state, &now) == 0 &&
	    (now.st_ino != reader->seen.st_ino ||
		now.st_mtim.tv_sec != reader->seen.st_mtim.tv_sec ||
		now.st_mtim.tv_nsec != reader->seen.st_mtim.tv_nsec)) {
		reader->seen = now;
		if (!sim_reload(reader->sim))
			abort();
	}
	return true;
}

void
reader_unlock(struct reader *reader)
{
	if (reader->lock < 0)
		return;
	(void)stat(reader->options.state, &reader->seen);
	close(reader->lock);
	reader->lock = -1;
}

/* No more than the head: behind it may be a PIN. */
static void
log_command(const struct reader *reader, const uint8_t *command, size_t len)
{
	FILE *file = reader->log == NULL ? NULL : fopen(reader->log, "ae");

	if (file == NULL)
		return;
	for (size_t i = 0; i < len && i < 4; i++)
		fprintf(file, "%02x", command[i]);
	fputc('\n', file);
	fclose(file);
}

bool
reader_run(struct reader *reader, const uint8_t *command, size_t len,
    uint8_t *reply, size_t *reply_len)
{
	bool there;

	if (len > 5 && command[1] == 0x20)
		reader->verifies++;
	log_command(reader, command, len);
	reader->busy = true;
	pthread_mutex_unlock(&service.mutex);
	there = sim_exchange(reader->sim, command, len, reply, reply_len);
	pause_for(reader->delay);
	pthread_mutex_lock(&service.mutex);
	reader->busy = false;
	service_changed();
	return there;
}

/* --- what a test says ----------------------------------------------------- */

static void
stop_service(bool stop)
{
	service.running = !stop;
	if (stop) {
		for (size_t i = 0; i < TABLE; i++) {
			service.contexts[i].dead = true;
			service.handles[i].event = SCARD_E_NO_SERVICE;
		}
		for (size_t i = 0; i < service.reader_count; i++) {
			service.readers[i].owner = 0;
			reader_unlock(&service.readers[i]);
			sim_reset(service.readers[i].sim);
		}
	}
	service_changed();
}

static void
plug(struct reader *reader, bool in)
{
	reader->plugged = in;
	if (!in)
		sim_reset(reader->sim);
	if (!in)
		reader_event(reader, SCARD_E_READER_UNAVAILABLE);
	service_changed();
}

static int
simple_word(struct reader *reader, const char *word)
{
	if (strcmp(word, "pull") == 0)
		reader_pull(reader);
	else if (strcmp(word, "insert") == 0)
		insert(reader);
	else if (strcmp(word, "reset") == 0)
		reader_reset(reader, NULL);
	else if (strcmp(word, "unplug") == 0 || strcmp(word, "plug") == 0)
		plug(reader, *word == 'p');
	else if (strcmp(word, "count") == 0)
		return (int)sim_count(reader->sim);
	else if (strcmp(word, "transmits") == 0)
		return (int)reader->transmits;
	else if (strcmp(word, "verifies") == 0)
		return (int)reader->verifies;
	else
		return -1;
	return 0;
}

/* With one number behind it. */
static int
number_word(struct reader *reader, const char *word, const char *text,
    const char *rest)
{
	char *end;
	unsigned long value = strtoul(text, &end, 0);

	if (end == text || *end != '\0' || strlen(rest) >= WORDS)
		return -1;
	if (strcmp(word, "at") == 0) {
		reader->transmits = 0;
		reader->at = value;
		strcpy(reader->words, rest);
	} else if (*rest != '\0') {
		return -1;
	} else if (strcmp(word, "delay") == 0) {
		reader->delay = (unsigned)value;
	} else if (strcmp(word, "capacity") == 0) {
		sim_capacity(reader->sim, value);
	} else {
		return -1;
	}
	return 0;
}

int
reader_tell(struct reader *reader, const char *words)
{
	char copy[WORDS], *rest = copy, *word, *one;

	if (strlen(words) >= sizeof copy)
		return -1;
	strcpy(copy, words);
	word = strsep(&rest, " ");
	one = rest == NULL ? NULL : strsep(&rest, " ");
	if (one == NULL && (strcmp(word, "down") == 0 ||
			       strcmp(word, "up") == 0)) {
		stop_service(*word == 'd');
		return 0;
	}
	if (reader == NULL)
		return -1;
	if (one == NULL)
		return simple_word(reader, word);
	if (strcmp(word, "fault") == 0)
		return rest != NULL && plan(reader->sim, one, rest) ? 0 : -1;
	return number_word(reader, word, one, rest == NULL ? "" : rest);
}

int
simcard_tell(const char *name, const char *words)
{
	struct reader *reader;
	int answer;

	service_begin();
	reader = name == NULL ? NULL : reader_find(name);
	while (reader != NULL && reader->busy)
		service_wait(NULL);
	answer = words == NULL || (name != NULL && reader == NULL) ? -1 :
	    reader_tell(reader, words);
	service_end();
	return answer;
}
