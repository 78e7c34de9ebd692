/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The container in which Windows carries a key and the DPAPI master keys that
 * open it.  It is described; opening it is for who has the user's password.
 */
#ifndef CNG_BLOB_MIB1_H
#define CNG_BLOB_MIB1_H

#include "blob/walk.h"

/* From behind the magic on.  The rest of the blob is walked to its end. */
void mib1_fields(struct walk *w);

#endif
