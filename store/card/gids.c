/* SPDX-License-Identifier: BSD-2-Clause
 *
 * GIDS.
 */
#include "store/card/driver.h"

static enum cng_status
gids_probe(struct card *card)
{
	(void)card;
	return CNG_ERR_NOT_FOUND;
}

const struct card_driver gids_driver = {
	.kind = "GIDS",
	.probe = gids_probe,
};
