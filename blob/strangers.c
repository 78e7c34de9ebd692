/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Keys that are laid out as ours are, but are none of ours: session keys and
 * old Diffie-Hellman keys of CryptoAPI, public keys of LMS and XMSS.
 */
#include "blob/codec.h"
#include "blob/magic.h"

#include "base/util.h"

#define SIMPLEBLOB 1
#define PUBLICKEYBLOB 6
#define PRIVATEKEYBLOB 7
#define PLAINTEXTKEYBLOB 8
#define BLOB_VERSION 2

static void
blob_header(struct walk *w)
{
	(void)walk_u8(w, "bType");
	(void)walk_u8(w, "bVersion");
	(void)walk_u16(w, "reserved");
	(void)walk_u32(w, "aiKeyAlg");
}

/* A session key under the recipient's RSA key. */
static void
simple_fields(struct walk *w)
{
	blob_header(w);
	(void)walk_u32(w, "encryptionAlg");
	(void)walk_bytes(w, "encryptedKey", w->in.left, BLOB_FIELD_BYTES);
}

static void
plaintext_fields(struct walk *w)
{
	size_t len;

	blob_header(w);
	len = walk_u32(w, "dwKeySize");
	(void)walk_bytes(w, "rgbKeyData", len, BLOB_FIELD_SECRET);
}

static void
old_dh_fields(struct walk *w, bool private)
{
	size_t len;

	blob_header(w);
	(void)walk_magic(w, "magic");
	len = ((size_t)walk_u32(w, "bitlen") + 7) / 8;
	if (!private) {
		(void)walk_bytes(w, "y", len, BLOB_FIELD_BYTES);
		return;
	}
	(void)walk_bytes(w, "prime", len, BLOB_FIELD_BYTES);
	(void)walk_bytes(w, "generator", len, BLOB_FIELD_BYTES);
	(void)walk_bytes(w, "secret", len, BLOB_FIELD_SECRET);
}

/* As BCRYPT_PQDSA_KEY_BLOB. */
static void
stateful_fields(struct walk *w)
{
	size_t set_len, key_len;

	(void)walk_magic(w, "dwMagic");
	set_len = walk_u32(w, "cbParameterSet");
	key_len = walk_u32(w, "cbKey");
	(void)walk_bytes(w, "ParameterSet", set_len, BLOB_FIELD_BYTES);
	(void)walk_bytes(w, "Key", key_len, BLOB_FIELD_BYTES);
}

bool
stranger_walk(struct walk *w)
{
	struct rd r = rd_of(w->blob);
	uint32_t first, algorithm, magic;

	if (!rd_u32le(&r, &first))
		return false;
	if (first == MAGIC('L', 'M', 'P', 'K') ||
	    first == MAGIC('X', 'M', 'P', 'K')) {
		stateful_fields(w);
		return true;
	}
	if (!rd_u32le(&r, &algorithm) || !rd_u32le(&r, &magic))
		return false;
	if (first == MAGIC(SIMPLEBLOB, BLOB_VERSION, 0, 0))
		simple_fields(w);
	else if (first == MAGIC(PLAINTEXTKEYBLOB, BLOB_VERSION, 0, 0))
		plaintext_fields(w);
	else if (first == MAGIC(PUBLICKEYBLOB, BLOB_VERSION, 0, 0) &&
	    magic == MAGIC(0, 'D', 'H', '1'))
		old_dh_fields(w, false);
	else if (first == MAGIC(PRIVATEKEYBLOB, BLOB_VERSION, 0, 0) &&
	    magic == MAGIC(0, 'D', 'H', '2'))
		old_dh_fields(w, true);
	else
		return false;
	return true;
}
