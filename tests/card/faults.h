/* SPDX-License-Identifier: BSD-2-Clause
 *
 * When something goes wrong, and what becomes of an answer then.
 */
#ifndef TESTS_CARD_FAULTS_H
#define TESTS_CARD_FAULTS_H

#include "sim.h"
#include "tlv.h"

struct faults {
	unsigned long count;
	uint64_t seed; /* of garbage; 0: none */
	struct {
		unsigned long at;
		bool onwards;
	} plan[SIM_FAULTS];
};

/* Whether this is the APDU; count is the number of this one. */
bool fault_now(const struct faults *faults, enum sim_fault fault);
/* Does to the answer what is due. */
void fault_answer(const struct faults *faults, struct buf *reply);

#endif
