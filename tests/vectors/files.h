/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Key files that are no blobs: PFX, PVK, old PEM.
 */
#ifndef CNG_TESTS_VECTORS_FILES_H
#define CNG_TESTS_VECTORS_FILES_H

#include "blob/blob.h"

/* "(PKCS#12)" and the like. */
bool files_known(const char *type);

/* Reads and judges all keys, writes them again, and reads that.  *what says
 * where it stopped. */
enum cng_status files_run(const char *type, struct span in,
    const struct pbe *pbe, const char **what);

#endif
