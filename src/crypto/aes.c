/* SPDX-License-Identifier: BSD-2-Clause
 *
 * AES in the modes that encrypt data, ChaCha20 and 3DES.  Padding and
 * left-over bytes are kept here and not in libcrypto: so the size of each
 * answer is known before anything happens, and padding is checked without a
 * branch on it.
 */
#include "crypto/aes.h"

#include <openssl/core_names.h>
#include <openssl/params.h>

#include "base/util.h"

#define IV_MAX 128             /* GCM: what libcrypto takes */
#define TAG_MIN 4
#define TAG_MAX 16
/* libcrypto counts in int; a multiple of the block. */
#define CHUNK ((size_t)1 << 30)

struct mode {
	enum aes_mode cipher;
	enum key_family family;
	size_t block;          /* 1: a stream */
	size_t iv_min, iv_max;
	bool pads;
	bool seals;            /* has a tag */
};

static const struct mode modes[OP_SCHEME_COUNT] = {
	[OP_AES_ECB] = { AES_MODE_ECB, KEY_AES, 16, 0, 0, false, false },
	[OP_AES_CBC] = { AES_MODE_CBC, KEY_AES, 16, 16, 16, false, false },
	[OP_AES_CBC_PAD] = { AES_MODE_CBC, KEY_AES, 16, 16, 16, true, false },
	[OP_AES_CTR] = { AES_MODE_CTR, KEY_AES, 1, 16, 16, false, false },
	[OP_AES_GCM] = { AES_MODE_GCM, KEY_AES, 1, 1, IV_MAX, false, true },
	[OP_AES_OFB] = { AES_MODE_OFB, KEY_AES, 1, 16, 16, false, false },
	[OP_AES_CFB1] = { AES_MODE_CFB1, KEY_AES, 1, 16, 16, false, false },
	[OP_AES_CFB8] = { AES_MODE_CFB8, KEY_AES, 1, 16, 16, false, false },
	[OP_AES_CFB128] = { AES_MODE_CFB128, KEY_AES, 1, 16, 16, false,
	    false },
	[OP_CHACHA20] = { MODE_CHACHA20, KEY_CHACHA20, 1, 16, 16, false,
	    false },
	[OP_CHACHA20_POLY1305] = { MODE_CHACHA20_POLY1305, KEY_CHACHA20, 1, 12,
	    12, false, true },
	[OP_DES3_ECB] = { MODE_DES3_ECB, KEY_DES3, 8, 0, 0, false, false },
	[OP_DES3_CBC] = { MODE_DES3_CBC, KEY_DES3, 8, 8, 8, false, false },
	[OP_DES3_CBC_PAD] = { MODE_DES3_CBC, KEY_DES3, 8, 8, 8, true, false },
};

static bool
in_blocks(const struct aes_run *run)
{
	return run->block > 1;
}

static bool
pads(const struct aes_run *run)
{
	return modes[run->scheme].pads;
}

static bool
seals(const struct aes_run *run)
{
	return modes[run->scheme].seals;
}

static bool
holds_last_block(const struct aes_run *run)
{
	return pads(run) && !run->encrypt;
}

static bool
holds_all(const struct aes_run *run)
{
	return seals(run) && !run->encrypt;
}

static enum cng_status
wrong_size(const struct aes_run *run)
{
	return run->encrypt ? CNG_ERR_DATA_SIZE : CNG_ERR_CIPHERTEXT_SIZE;
}

/* --- contexts ------------------------------------------------------------- */

static enum cng_status
aes_prepare(struct unit *unit, const struct crypto_key *key,
    const struct key_op *op)
{
	EVP_CIPHER *cipher = lib_aes(unit_lib(unit),
	    modes[op->scheme].cipher, key->value.len);

	unit->cipher = EVP_CIPHER_CTX_new();
	if (cipher == NULL || unit->cipher == NULL ||
	    EVP_CipherInit_ex2(unit->cipher, cipher, key->value.ptr, NULL,
		unit->tag.way == WAY_ENCRYPT, NULL) != 1)
		return CNG_ERR_INTERNAL;
	EVP_CIPHER_CTX_set_padding(unit->cipher, 0);
	return CNG_OK;
}

static enum cng_status
aes_unit(struct unit **out, const struct crypto_key *key,
    const struct key_op *op, bool encrypt)
{
	struct unit_tag tag = { .scheme = op->scheme,
		.way = encrypt ? WAY_ENCRYPT : WAY_DECRYPT };

	return unit_take(out, key, &tag, op, aes_prepare);
}

enum cng_status
aes_block_unit(struct unit **out, const struct crypto_key *key, bool encrypt)
{
	const struct key_op ecb = { .scheme = OP_AES_ECB };

	return aes_unit(out, key, &ecb, encrypt);
}

/* A new message on a keyed context. */
static bool
set_iv(struct unit *unit, struct span iv)
{
	size_t len = iv.len;
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_size_t(OSSL_CIPHER_PARAM_AEAD_IVLEN,
		    &len),
		OSSL_PARAM_construct_end(),
	};
	bool sized = modes[unit->tag.scheme].seals;

	return EVP_CipherInit_ex2(unit->cipher, NULL, NULL, iv.ptr, -1,
		   sized ? params : NULL) == 1;
}

/* Any length: libcrypto's is an int. */
static bool
feed(struct unit *unit, uint8_t *out, struct span in)
{
	while (in.len > 0) {
		size_t part = in.len < CHUNK ? in.len : CHUNK;
		int written = 0;

		if (EVP_CipherUpdate(unit->cipher, out, &written, in.ptr,
			(int)part) != 1)
			return false;
		if (out != NULL)
			out += written;
		in = span_of(in.ptr + part, in.len - part);
	}
	return true;
}

/* --- parameters ----------------------------------------------------------- */

static enum cng_status
check_params(const struct crypto_key *key, const struct key_op *op)
{
	const struct mode *mode = &modes[op->scheme];
	size_t tag_min = op->scheme == OP_AES_GCM ? TAG_MIN : TAG_MAX;
	bool ok = op->iv.len >= mode->iv_min && op->iv.len <= mode->iv_max;

	if (key->family != mode->family)
		return CNG_ERR_KEY_TYPE;
	if (mode->seals)
		ok = ok && op->tag_len >= tag_min && op->tag_len <= TAG_MAX;
	if (op->scheme == OP_AES_CTR)
		ok = ok && op->counter_bits >= 1 && op->counter_bits <= 128;
	if (op->scheme == OP_CHACHA20)
		ok = ok && (op->counter_bits == 32 || op->counter_bits == 64);
	return ok ? CNG_OK : CNG_ERR_MECHANISM_PARAM;
}

/* Bytes until a counter of that many bits would come back to zero, where
 * key stream would be used twice or the nonce be changed. */
static uint64_t
counter_room(struct span iv, size_t bits)
{
	uint64_t blocks = 0;

	/* the number of blocks is 2^bits - counter; more than 2^59 of them
	 * are more than anyone has */
	for (size_t i = 0; i < bits; i++) {
		unsigned byte = iv.ptr[AES_BLOCK - 1 - i / 8];
		unsigned bit = byte >> (i % 8) & 1u;

		if (bit == 0 && i >= 59)
			return UINT64_MAX;
		if (bit == 0)
			blocks |= (uint64_t)1 << i;
	}
	return blocks >= (uint64_t)1 << 59 ? UINT64_MAX :
					     (blocks + 1) * AES_BLOCK;
}

/* The same for ChaCha20, whose counter stands first and is little-endian. */
static uint64_t
chacha_room(struct span iv, size_t bits)
{
	uint64_t count = 0, blocks;

	for (size_t i = 0; i < bits / 8; i++)
		count |= (uint64_t)iv.ptr[i] << (8 * i);
	blocks = (bits == 64 ? UINT64_MAX : UINT32_MAX) - count;
	return blocks >= UINT64_MAX / 64 - 1 ? UINT64_MAX :
					       (blocks + 1) * 64;
}

/* --- a run ---------------------------------------------------------------- */

/* Everything but the context: enough to tell sizes. */
static enum cng_status
run_init(struct aes_run *run, const struct crypto_key *key,
    const struct key_op *op, bool encrypt)
{
	enum cng_status st = check_params(key, op);

	*run = (struct aes_run){ .scheme = op->scheme, .encrypt = encrypt,
		.block = modes[op->scheme].block,
		.tag_len = modes[op->scheme].seals ? op->tag_len : 0,
		.left = UINT64_MAX };
	if (st == CNG_OK && op->scheme == OP_AES_CTR)
		run->left = counter_room(op->iv, op->counter_bits);
	if (st == CNG_OK && op->scheme == OP_CHACHA20)
		run->left = chacha_room(op->iv, op->counter_bits);
	return st;
}

static enum cng_status
run_begin(struct aes_run *run, const struct crypto_key *key,
    const struct key_op *op)
{
	enum cng_status st = aes_unit(&run->unit, key, op, run->encrypt);

	if (st != CNG_OK)
		return st;
	if (!set_iv(run->unit, op->iv) ||
	    (seals(run) && !feed(run->unit, NULL, op->aad))) {
		unit_put(run->unit, true);
		run->unit = NULL;
		return CNG_ERR_INTERNAL;
	}
	return CNG_OK;
}

enum cng_status
aes_run_start(struct aes_run *run, const struct crypto_key *key,
    const struct key_op *op, bool encrypt)
{
	enum cng_status st = run_init(run, key, op, encrypt);

	return st == CNG_OK ? run_begin(run, key, op) : st;
}

void
aes_run_free(struct aes_run *run)
{
	unit_put(run->unit, run->failed);
	run->unit = NULL;
	wipe(run->tail, sizeof run->tail);
	secret_free(&run->held);
}

/* How many of tail_len + len bytes can be worked on now. */
static size_t
ready_bytes(const struct aes_run *run, size_t len)
{
	size_t total = run->tail_len + len;

	if (!in_blocks(run))
		return len;
	if (holds_last_block(run))
		return total == 0 ? 0 : (total - 1) / run->block * run->block;
	return total / run->block * run->block;
}

size_t
aes_run_bound(const struct aes_run *run, size_t len, bool final)
{
	size_t ready, rest;

	if (holds_all(run)) {
		size_t all = run->held_len + len;

		return final && all > run->tag_len ? all - run->tag_len : 0;
	}
	ready = ready_bytes(run, len);
	if (!final)
		return ready;
	rest = run->tail_len + (in_blocks(run) ? len - ready : 0);
	if (pads(run) && run->encrypt)
		return ready + run->block;
	if (run->decided)
		return ready + run->tail_len;
	return ready + rest + (run->encrypt ? run->tag_len : 0);
}

/* Grows in steps, so that many small parts do not copy all each time. */
static enum cng_status
hold(struct aes_run *run, struct span data)
{
	struct secret grown = { 0 };
	size_t need, cap = run->held.len;
	enum cng_status st;

	if (!size_add(run->held_len, data.len, &need) || need > SECRET_MAX)
		return CNG_ERR_NO_MEMORY;
	if (need > cap) {
		cap = need < SECRET_MAX / 2 ? need * 2 : SECRET_MAX;
		st = secret_new(&grown, cap);
		if (st != CNG_OK)
			return st;
		if (run->held_len > 0)
			memcpy(grown.ptr, run->held.ptr, run->held_len);
		secret_move(&run->held, &grown);
	}
	if (data.len > 0)
		memcpy(run->held.ptr + run->held_len, data.ptr, data.len);
	run->held_len = need;
	return CNG_OK;
}

static bool
overlap(const uint8_t *out, size_t out_len, struct span in)
{
	uintptr_t a = (uintptr_t)out, b = (uintptr_t)in.ptr;

	return a < b + in.len && b < a + out_len;
}

/* In place works only while input and output are in step: else the input
 * is copied away first. */
static enum cng_status
unalias(struct span *data, struct secret *copy, const uint8_t *room,
    size_t len, bool in_step)
{
	enum cng_status st;

	if (len == 0 || !overlap(room, len, *data) ||
	    (in_step && room == data->ptr))
		return CNG_OK;
	st = secret_copy(copy, *data);
	*data = secret_span(copy);
	return st;
}

/* tail, then data, in all ready bytes; the rest becomes the new tail. */
static bool
feed_blocks(struct aes_run *run, uint8_t *out, struct span data, size_t ready)
{
	bool ok = true;

	if (run->tail_len > 0 && ready > 0) {
		size_t lead = run->block - run->tail_len;

		memcpy(run->tail + run->tail_len, data.ptr, lead);
		ok = feed(run->unit, out, span_of(run->tail, run->block));
		out += run->block;
		ready -= run->block;
		data = span_of(data.ptr + lead, data.len - lead);
		run->tail_len = 0;
	}
	ok = ok && feed(run->unit, out, span_of(data.ptr, ready));
	data = span_of(data.ptr + ready, data.len - ready);
	memcpy(run->tail + run->tail_len, data.ptr, data.len);
	run->tail_len += data.len;
	return ok;
}

enum cng_status
aes_run_update(struct aes_run *run, struct span data, struct wr *out)
{
	bool blocks = in_blocks(run);
	size_t ready = ready_bytes(run, data.len);
	struct secret copy = { 0 };
	uint8_t *room = NULL;
	enum cng_status st;

	if (data.len == 0)
		return CNG_OK;
	if (data.len > run->left)
		return CNG_ERR_DATA_SIZE;
	if (out->buf == NULL) {
		wr_zero(out, holds_all(run) ? 0 : ready);
		return wr_status(out);
	}
	if (holds_all(run))
		return hold(run, data);
	if (ready > 0) {
		room = wr_room(out, ready);
		if (room == NULL)
			return wr_status(out);
	}
	st = unalias(&data, &copy, room, ready, run->tail_len == 0);
	if (st == CNG_OK) {
		run->failed = blocks ? !feed_blocks(run, room, data, ready) :
				       !feed(run->unit, room, data);
		st = run->failed ? CNG_ERR_INTERNAL : CNG_OK;
	}
	if (st == CNG_OK) {
		out->len += ready;
		if (run->left != UINT64_MAX)
			run->left -= data.len;
	}
	secret_free(&copy);
	return st;
}

/* --- the end of a run ---------------------------------------------------- */

static enum cng_status
final_tag(struct aes_run *run, struct wr *out)
{
	EVP_CIPHER_CTX *ctx = run->unit->cipher;
	uint8_t none[AES_BLOCK], *room = wr_room(out, run->tag_len);
	int n = 0;

	if (room == NULL)
		return wr_status(out);
	run->failed = EVP_CipherFinal_ex(ctx, none, &n) != 1 ||
	    EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG,
		(int)run->tag_len, room) != 1;
	if (run->failed)
		return CNG_ERR_INTERNAL;
	out->len += run->tag_len;
	return CNG_OK;
}

/* All of text || tag; what was written is wiped if the tag is wrong. */
static enum cng_status
open_tagged(struct aes_run *run, struct span in, uint8_t *room)
{
	EVP_CIPHER_CTX *ctx = run->unit->cipher;
	size_t len = in.len - run->tag_len;
	uint8_t tag[TAG_MAX], none[AES_BLOCK];
	int n = 0;

	memcpy(tag, in.ptr + len, run->tag_len);
	run->failed = EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG,
			  (int)run->tag_len, tag) != 1 ||
	    !feed(run->unit, room, span_of(in.ptr, len)) ||
	    EVP_CipherFinal_ex(ctx, none, &n) != 1;
	if (!run->failed)
		return CNG_OK;
	wipe(room, len);
	return CNG_ERR_CIPHERTEXT;
}

static enum cng_status
final_held(struct aes_run *run, struct wr *out)
{
	uint8_t *room;
	size_t len;
	enum cng_status st;

	if (run->held_len < run->tag_len)
		return CNG_ERR_CIPHERTEXT_SIZE;
	len = run->held_len - run->tag_len;
	room = wr_room(out, len);
	if (room == NULL)
		return wr_status(out);
	st = open_tagged(run, span_of(run->held.ptr, run->held_len), room);
	if (st == CNG_OK)
		out->len += len;
	return st;
}

static enum cng_status
final_pad(struct aes_run *run, struct wr *out)
{
	uint8_t *room = wr_room(out, run->block);
	size_t pad = run->block - run->tail_len;

	if (room == NULL)
		return wr_status(out);
	memset(run->tail + run->tail_len, (int)pad, pad);
	run->failed = !feed(run->unit, room, span_of(run->tail, run->block));
	if (run->failed)
		return CNG_ERR_INTERNAL;
	out->len += run->block;
	return CNG_OK;
}

/* Bytes of padding at the end of a block, 0 if it is wrong; all bytes are
 * looked at, whatever the last one says. */
static size_t
padding_len(const uint8_t *block, unsigned size)
{
	unsigned pad = block[size - 1], bad = 0;

	for (unsigned i = 0; i < size; i++) {
		unsigned inside = (i - pad) >> 31; /* 1: i < pad */

		bad |= (0u - inside) & (block[size - 1 - i] ^ pad);
	}
	bad |= (pad - 1) & ~(size - 1);
	return bad == 0 ? pad : 0;
}

static enum cng_status
final_unpad(struct aes_run *run, struct wr *out)
{
	uint8_t plain[AES_BLOCK];
	size_t pad;

	if (!run->decided && run->tail_len != run->block)
		return CNG_ERR_CIPHERTEXT_SIZE;
	if (out->buf == NULL) {
		wr_zero(out, run->tail_len);
		return wr_status(out);
	}
	if (!run->decided) {
		run->failed = !feed(run->unit, plain,
		    span_of(run->tail, run->block));
		pad = run->failed ? 0 : padding_len(plain,
			(unsigned)run->block);
		memcpy(run->tail, plain, run->block);
		wipe(plain, sizeof plain);
		if (pad == 0)
			return CNG_ERR_CIPHERTEXT;
		run->tail_len -= pad;
		run->decided = true;
	}
	wr_bytes(out, span_of(run->tail, run->tail_len));
	return wr_status(out);
}

enum cng_status
aes_run_final(struct aes_run *run, struct wr *out)
{
	if (seals(run))
		return run->encrypt ? final_tag(run, out) :
				      final_held(run, out);
	if (pads(run))
		return run->encrypt ? final_pad(run, out) :
				      final_unpad(run, out);
	return run->tail_len == 0 ? CNG_OK : wrong_size(run);
}

/* --- at once ------------------------------------------------------------- */

static bool
whole_blocks(const struct aes_run *run, size_t len)
{
	if (!in_blocks(run))
		return true;
	if (pads(run))
		return run->encrypt || (len > 0 && len % run->block == 0);
	return len % run->block == 0;
}

/* Writes to the end of out, and nothing when it fails. */
static enum cng_status
run_all(struct aes_run *run, struct span in, struct wr *out)
{
	struct secret copy = { 0 };
	struct wr w = *out;
	enum cng_status st;

	st = unalias(&in, &copy, out->buf + out->len, out->cap - out->len,
	    true);
	if (st == CNG_OK)
		st = aes_run_update(run, in, &w);
	if (st == CNG_OK)
		st = aes_run_final(run, &w);
	if (st == CNG_OK || st == CNG_ERR_BUFFER_TOO_SMALL)
		*out = w;
	else
		wipe(out->buf + out->len, w.len - out->len);
	secret_free(&copy);
	return st;
}

enum cng_status
aes_encrypt(const struct crypto_key *key, const struct key_op *op,
    struct span plain, struct wr *out)
{
	struct aes_run run;
	size_t len;
	enum cng_status st = run_init(&run, key, op, true);

	if (st != CNG_OK)
		return st;
	if (!whole_blocks(&run, plain.len) || plain.len > run.left ||
	    !size_add(plain.len, AES_BLOCK, &len))
		return CNG_ERR_DATA_SIZE;
	if (wr_room(out, aes_run_bound(&run, plain.len, true)) == NULL)
		return wr_status(out);
	st = run_begin(&run, key, op);
	if (st == CNG_OK)
		st = run_all(&run, plain, out);
	aes_run_free(&run);
	return st;
}

/* GCM needs no copy of its own when all is there. */
static enum cng_status
open_all(struct aes_run *run, struct span in, struct wr *out)
{
	size_t len = in.len - run->tag_len;
	struct secret copy = { 0 };
	uint8_t *room = wr_room(out, len);
	enum cng_status st;

	if (room == NULL)
		return wr_status(out);
	st = unalias(&in, &copy, room, len, true);
	if (st == CNG_OK)
		st = open_tagged(run, in, room);
	if (st == CNG_OK)
		out->len += len;
	secret_free(&copy);
	return st;
}

enum cng_status
aes_decrypt(const struct crypto_key *key, const struct key_op *op,
    struct span cipher, struct wr *out)
{
	struct aes_run run;
	enum cng_status st = run_init(&run, key, op, false);

	if (st != CNG_OK)
		return st;
	if (cipher.len > run.left)
		return CNG_ERR_DATA_SIZE;
	if (!whole_blocks(&run, cipher.len) || cipher.len < run.tag_len)
		return CNG_ERR_CIPHERTEXT_SIZE;
	if (out->buf == NULL) {
		wr_zero(out, aes_run_bound(&run, cipher.len, true));
		return wr_status(out);
	}
	st = run_begin(&run, key, op);
	if (st == CNG_OK)
		st = seals(&run) ? open_all(&run, cipher, out) :
						run_all(&run, cipher, out);
	aes_run_free(&run);
	return st;
}
