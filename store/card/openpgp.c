/* SPDX-License-Identifier: BSD-2-Clause
 *
 * OpenPGP.
 */
#include "store/card/driver.h"

static enum cng_status
openpgp_probe(struct card *card)
{
	(void)card;
	return CNG_ERR_NOT_FOUND;
}

const struct card_driver openpgp_driver = {
	.kind = "OpenPGP",
	.probe = openpgp_probe,
};
