/* SPDX-License-Identifier: BSD-2-Clause
 *
 * PIV.
 */
#include "store/card/driver.h"

static enum cng_status
piv_probe(struct card *card)
{
	(void)card;
	return CNG_ERR_NOT_FOUND;
}

const struct card_driver piv_driver = {
	.kind = "PIV",
	.probe = piv_probe,
};
