/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Memory for jansson that is wiped before it is freed.
 */
#ifndef CNG_CLI_JSONMEM_H
#define CNG_CLI_JSONMEM_H

/* Once, before anything is made of JSON. */
void json_memory_wiped(void);

#endif
