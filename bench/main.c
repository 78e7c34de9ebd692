/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The benchmark: two modules and the libraries below them, one workload after
 * the other, interleaved.
 */
#include "bench/acts.h"
#include "bench/keys.h"
#include "bench/measure.h"
#include "bench/module.h"
#include "bench/process.h"
#include "bench/report.h"

#include <getopt.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#define SLICE_MS 25
#define ROUNDS 5
#define KEYS 1000
/* What the limit and the tokens begin with. */
#define KEYS_FIRST 10

static const char help[] =
"Usage: bench --ours MODULE --label LABEL --pin PIN [OPTION]...\n"
"Measures a PKCS#11 module, a peer, and libcrypto and SQLite called by hand,\n"
"in slices of time that take turns.  Prints a table in Markdown.\n"
"\n"
"      --ours MODULE       the module to measure\n"
"      --ours-init STRING  its parameter for C_Initialize\n"
"      --peer MODULE       another one to compare with\n"
"      --peer-init STRING  its parameter; for NSS such as\n"
"                          \"configdir='sql:/tmp/nss'\"\n"
"      --peer-name NAME    the head of its column (peer)\n"
"      --label LABEL       the token, in both; made where there is none\n"
"      --peer-label LABEL  the peer's, where it has a name of its own\n"
"      --pin PIN           of its user\n"
"      --so-pin PIN        for a token that is made (the same as --pin)\n"
"      --folder FOLDER     for the limit's database (.): on the same disk\n"
"      --rounds N          rounds of a workload (5)\n"
"      --slice MS          of one contestant in a round (25)\n"
"      --keys N            run rows of up to N keys (1000); 100000 for all\n"
"      --peer-keys N       the same for the peer (1000): some take hours\n"
"      --busy              for a machine that is not quiet: time of the\n"
"                          processor, where one thread works and never waits\n"
"      --slow              run the slow rows too\n"
"      --only TEXT         rows whose name has that text\n"
"      --list              the names of the rows, and no measuring\n"
"      --svg FILE          draw the ratios\n"
"      --help              this text\n"
"\n"
"The tokens get keys, and keep them: give it tokens that may be thrown away.\n";

struct options {
	struct side side[WHO_COUNT];
	const char *so_pin;
	const char *peer_name;
	const char *only;
	const char *svg;
	struct measure how;
	unsigned long keys[WHO_COUNT];
	bool slow;
	bool list;
};

enum {
	OPT_OURS = 1,
	OPT_OURS_INIT,
	OPT_PEER,
	OPT_PEER_INIT,
	OPT_PEER_NAME,
	OPT_LABEL,
	OPT_PEER_LABEL,
	OPT_PIN,
	OPT_SO_PIN,
	OPT_FOLDER,
	OPT_ROUNDS,
	OPT_SLICE,
	OPT_KEYS,
	OPT_PEER_KEYS,
	OPT_BUSY,
	OPT_SLOW,
	OPT_ONLY,
	OPT_LIST,
	OPT_SVG,
	OPT_HELP
};

static const struct option long_options[] = {
	{ "ours", required_argument, NULL, OPT_OURS },
	{ "ours-init", required_argument, NULL, OPT_OURS_INIT },
	{ "peer", required_argument, NULL, OPT_PEER },
	{ "peer-init", required_argument, NULL, OPT_PEER_INIT },
	{ "peer-name", required_argument, NULL, OPT_PEER_NAME },
	{ "label", required_argument, NULL, OPT_LABEL },
	{ "peer-label", required_argument, NULL, OPT_PEER_LABEL },
	{ "pin", required_argument, NULL, OPT_PIN },
	{ "so-pin", required_argument, NULL, OPT_SO_PIN },
	{ "folder", required_argument, NULL, OPT_FOLDER },
	{ "rounds", required_argument, NULL, OPT_ROUNDS },
	{ "slice", required_argument, NULL, OPT_SLICE },
	{ "keys", required_argument, NULL, OPT_KEYS },
	{ "peer-keys", required_argument, NULL, OPT_PEER_KEYS },
	{ "busy", no_argument, NULL, OPT_BUSY },
	{ "slow", no_argument, NULL, OPT_SLOW },
	{ "only", required_argument, NULL, OPT_ONLY },
	{ "list", no_argument, NULL, OPT_LIST },
	{ "svg", required_argument, NULL, OPT_SVG },
	{ "help", no_argument, NULL, OPT_HELP },
	{ NULL, 0, NULL, 0 }
};

static bool
read_number(const char *text, unsigned long least, unsigned long most,
    unsigned long *out)
{
	char *end;

	*out = strtoul(text, &end, 10);
	if (*end == '\0' && *text >= '0' && *text <= '9' && *out >= least &&
	    *out <= most)
		return true;
	fprintf(stderr, "bench: %s is not a number from %lu to %lu\n", text,
	    least, most);
	return false;
}

static bool
take_how(struct options *o, int option)
{
	unsigned long number;

	switch (option) {
	case OPT_ROUNDS:
		if (!read_number(optarg, 1, ROUNDS_MAX, &number))
			return false;
		o->how.rounds = (unsigned)number;
		return true;
	case OPT_SLICE:
		if (!read_number(optarg, 1, 60000, &number))
			return false;
		o->how.slice = (double)number / 1000;
		return true;
	case OPT_KEYS:
		return read_number(optarg, KEYS_FIRST, ~0ul, &o->keys[OURS]);
	case OPT_PEER_KEYS:
		return read_number(optarg, KEYS_FIRST, ~0ul, &o->keys[PEER]);
	default:
		return false;
	}
}

static bool
take_option(struct options *o, int option)
{
	switch (option) {
	case OPT_OURS:
		o->side[OURS].path = optarg;
		return true;
	case OPT_OURS_INIT:
		o->side[OURS].init = optarg;
		return true;
	case OPT_PEER:
		o->side[PEER].path = optarg;
		return true;
	case OPT_PEER_INIT:
		o->side[PEER].init = optarg;
		return true;
	case OPT_PEER_NAME:
		o->peer_name = optarg;
		return true;
	case OPT_LABEL:
		o->side[OURS].label = optarg;
		return true;
	case OPT_PEER_LABEL:
		o->side[PEER].label = optarg;
		return true;
	case OPT_PIN:
		o->side[OURS].pin = o->side[PEER].pin = optarg;
		return true;
	case OPT_SO_PIN:
		o->so_pin = optarg;
		return true;
	case OPT_FOLDER:
		o->side[LIMIT].folder = optarg;
		return true;
	case OPT_BUSY:
		o->how.used = true;
		return true;
	case OPT_SLOW:
		o->slow = true;
		return true;
	case OPT_ONLY:
		o->only = optarg;
		return true;
	case OPT_LIST:
		o->list = true;
		return true;
	case OPT_SVG:
		o->svg = optarg;
		return true;
	default:
		return take_how(o, option);
	}
}

/* 0 to go on, else the status to exit with, plus one. */
static int
read_options(struct options *o, int argc, char **argv)
{
	int option;

	while ((option = getopt_long(argc, argv, "", long_options, NULL)) !=
	    -1) {
		if (option == OPT_HELP) {
			fputs(help, stdout);
			return 1;
		}
		if (!take_option(o, option))
			return 3;
	}
	if (o->so_pin == NULL)
		o->so_pin = o->side[OURS].pin;
	if (o->side[PEER].label == NULL)
		o->side[PEER].label = o->side[OURS].label;
	if (optind < argc || (!o->list && (o->side[OURS].path == NULL ||
	    o->side[OURS].label == NULL || o->side[OURS].pin == NULL))) {
		fputs(help, stderr);
		return 3;
	}
	return 0;
}

/* --- the run ------------------------------------------------------------ */

static bool
is_wanted(const struct options *o, const struct work *work)
{
	if (o->only != NULL)
		return strstr(work->name, o->only) != NULL &&
		    work->keys <= o->keys[OURS];
	return work->keys <= o->keys[OURS] &&
	    (o->slow || (work->flags & WORK_SLOW) == 0);
}

static bool
open_seats(struct side *side)
{
	for (size_t i = 0; i < SEATS_MAX; i++) {
		struct seat *seat = &side->seats[i];

		seat->side = side;
		/* ciphers add a block, a tag or both */
		seat->in = calloc(1, WORK_BYTES_MAX + READY_MAX);
		seat->out = calloc(1, WORK_BYTES_MAX + READY_MAX);
		if (seat->in == NULL || seat->out == NULL)
			return false;
		memset(seat->in, 1, WORK_BYTES_MAX);
		if (side->f != NULL &&
		    module_session(side, &seat->session) != CKR_OK)
			return false;
	}
	return side->f == NULL ||
	    module_login(side, side->seats[0].session) == CKR_OK;
}

static bool
open_sides(struct options *o)
{
	static struct seat seats[WHO_COUNT][SEATS_MAX];

	for (unsigned i = 0; i < WHO_COUNT; i++) {
		struct side *side = &o->side[i];
		CK_RV rv = CKR_OK;

		side->who = (enum who)i;
		side->seats = seats[i];
		if (i != LIMIT && side->path != NULL)
			rv = module_prepare(side, o->so_pin);
		if (rv == CKR_OK && open_seats(side))
			continue;
		fprintf(stderr, "bench: %s: cannot be used (CKR 0x%lx)\n",
		    side->path != NULL ? side->path : "memory", rv);
		return false;
	}
	return true;
}

static void
close_sides(struct options *o)
{
	for (unsigned i = 0; i < WHO_COUNT; i++) {
		struct side *side = &o->side[i];

		for (size_t k = 0; side->seats != NULL && k < SEATS_MAX; k++) {
			free(side->seats[k].in);
			free(side->seats[k].out);
			sqlite3_close(side->seats[k].db);
		}
		for (size_t k = 0; k < KEY_COUNT; k++)
			EVP_PKEY_free(side->limit_keys[k]);
		module_unload(side);
	}
}

/* As many numbered keys as the row asks for; the peer only up to its limit. */
static bool
fill_sides(struct options *o, unsigned long keys)
{
	CK_RV rv = keys_fill(&o->side[OURS], keys);

	if (rv == CKR_OK && keys <= o->keys[PEER] && o->side[PEER].f != NULL)
		rv = keys_fill(&o->side[PEER], keys);
	if (rv == CKR_OK)
		rv = limit_fill(&o->side[LIMIT], keys);
	if (rv != CKR_OK)
		fprintf(stderr, "bench: %lu keys cannot be made (CKR 0x%lx)\n",
		    keys, rv);
	return rv == CKR_OK;
}

static int
draw(const struct options *o, const struct result *results, size_t count)
{
	FILE *file = fopen(o->svg, "w");

	if (file != NULL)
		chart_write(file, results, count, o->peer_name);
	if (file != NULL && fclose(file) == 0)
		return 0;
	perror(o->svg);
	return 1;
}

static int
run(struct options *o)
{
	struct result *results = calloc(workload_count, sizeof(*results));
	size_t count = 0;
	bool good = results != NULL && fill_sides(o, KEYS_FIRST);

	if (good)
		report_head(o->peer_name);
	for (size_t i = 0; good && i < workload_count; i++) {
		if (!is_wanted(o, &workloads[i]))
			continue;
		good = fill_sides(o, workloads[i].keys);
		if (!good)
			break;
		measure_work(&results[count], o->side, &workloads[i], &o->how);
		report_result(&results[count++]);
	}
	if (good)
		report_end(results, count);
	if (good && o->svg != NULL)
		good = draw(o, results, count) == 0;
	free(results);
	return good ? 0 : 1;
}

int
main(int argc, char **argv)
{
	static struct options o = {
		.peer_name = "peer",
		.side = { [LIMIT] = { .folder = "." } },
		.how = { ROUNDS, SLICE_MS / 1e3, false },
		.keys = { [OURS] = KEYS, [PEER] = KEYS },
	};
	int status;

	if (argc > 1 && strcmp(argv[1], "child") == 0)
		return process_main(argc, argv);
	status = read_options(&o, argc, argv);
	if (status != 0)
		return status - 1;
	if (o.list) {
		for (size_t i = 0; i < workload_count; i++)
			puts(workloads[i].name);
		return 0;
	}
	/* a writer that died is an answer, not a reason to die */
	(void)signal(SIGPIPE, SIG_IGN);
	status = open_sides(&o) ? run(&o) : 1;
	close_sides(&o);
	return status;
}
