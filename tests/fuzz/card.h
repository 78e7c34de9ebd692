/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What the fuzz targets that are about cards share: keys, and whatever can be
 * done with a device, in an order that the input chooses.
 */
#ifndef CNG_TESTS_FUZZ_CARD_H
#define CNG_TESTS_FUZZ_CARD_H

#include "fuzz.h"
#include "store/card/driver.h"

/* In the order of applications: PIV, GIDS, OpenPGP. */
enum fuzz_app { FUZZ_PIV, FUZZ_GIDS, FUZZ_OPENPGP, FUZZ_APPS };

enum fuzz_key { FUZZ_RSA1024, FUZZ_RSA2048, FUZZ_P256, FUZZ_ED25519,
	FUZZ_X25519, FUZZ_KEYS };

/* card_keys.c: made once, never freed. */
const struct key_material *fuzz_key(enum fuzz_key kind);
/* Of FUZZ_P256, else of FUZZ_RSA1024. */
struct span fuzz_certificate(enum fuzz_key kind);

/* card_jobs.c: one job a byte, sometimes with a second one.  What succeeds
 * must be what device.h promises. */
struct fuzz_card {
	struct device *dev;
	struct device_keys keys; /* of the last list */
	bool no_rsa_generation;  /* that takes too long */
};
#define FUZZ_JOBS_MAX 16

void fuzz_card_open(struct fuzz_card *card, struct card_link *link,
    enum fuzz_app app);
void fuzz_card_jobs(struct fuzz_card *card, struct rd *in);
void fuzz_card_close(struct fuzz_card *card);

/* One bite from the input; 0 at its end. */
static inline uint8_t
fuzz_byte(struct rd *in)
{
	uint8_t byte = 0;

	return rd_u8(in, &byte) ? byte : 0;
}

#endif
