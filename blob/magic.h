/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The first four bytes of a blob, and what they announce.
 */
#ifndef CNG_BLOB_MAGIC_H
#define CNG_BLOB_MAGIC_H

#include <stdint.h>

/* Four characters in the order of the file, as the little-endian number. */
#define MAGIC(a, b, c, d)                                              \
	((uint32_t)(a) | (uint32_t)(b) << 8 | (uint32_t)(c) << 16 |    \
	    (uint32_t)(d) << 24)

#define MAGIC_RSA1 MAGIC('R', 'S', 'A', '1')
#define MAGIC_RSA2 MAGIC('R', 'S', 'A', '2')
#define MAGIC_RSA3 MAGIC('R', 'S', 'A', '3')
#define MAGIC_KDBM MAGIC('K', 'D', 'B', 'M')
#define MAGIC_DSPB MAGIC('D', 'S', 'P', 'B')
#define MAGIC_DSPV MAGIC('D', 'S', 'P', 'V')
#define MAGIC_DPB2 MAGIC('D', 'P', 'B', '2')
#define MAGIC_DPV2 MAGIC('D', 'P', 'V', '2')
#define MAGIC_DHPB MAGIC('D', 'H', 'P', 'B')
#define MAGIC_DHPV MAGIC('D', 'H', 'P', 'V')
/* of CryptoAPI, behind its header */
#define MAGIC_DSS1 MAGIC('D', 'S', 'S', '1')
#define MAGIC_DSS2 MAGIC('D', 'S', 'S', '2')
#define MAGIC_DSS3 MAGIC('D', 'S', 'S', '3')
#define MAGIC_DSS4 MAGIC('D', 'S', 'S', '4')
#define MAGIC_DH3 MAGIC(0, 'D', 'H', '3')
#define MAGIC_DH4 MAGIC(0, 'D', 'H', '4')
#define MAGIC_PQPR MAGIC('P', 'Q', 'P', 'R')
#define MAGIC_CPHR MAGIC('C', 'P', 'H', 'R')
#define MAGIC_KDF1 MAGIC('K', 'D', 'F', '1')
#define MAGIC_PRTK MAGIC('P', 'R', 'T', 'K')
#define MAGIC_RAPW MAGIC('R', 'A', 'P', 'W')
#define MAGIC_MIB1 MAGIC('M', 'I', 'B', '1')
#define MAGIC_KPTM MAGIC('K', 'P', 'T', 'M')
#define MAGIC_KDSK MAGIC('K', 'D', 'S', 'K') /* within PRTK */
#define MAGIC_CNGT MAGIC('C', 'N', 'G', 'T') /* ours */
#define MAGIC_CNGP MAGIC('C', 'N', 'G', 'P') /* ours, within PRTK */

/* "RSA public key"; NULL for a magic nobody has given a meaning. */
const char *magic_text(uint32_t magic);

#endif
