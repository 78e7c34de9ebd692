/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The PIV driver on the simulated card.
 */
#include "card_link_sim.h"
#include "runner.h"
int main(void) { return 0; }
