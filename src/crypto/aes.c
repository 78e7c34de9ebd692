/* SPDX-License-Identifier: BSD-2-Clause
 *
 * AES in the modes that encrypt data, Camellia, ChaCha20 and 3DES.  Padding and
 * left-over bytes are kept here and not in libcrypto: so the size of each
 * answer is known before anything happens, and padding is checked without a
 * branch on it.
 */
#include "crypto/aes.h"

#include <openssl/core_names.h>
#include <openssl/params.h>

#include "base/util.h"
#include "crypto/aes_mode.h"

/* libcrypto counts in int; a multiple of the block. */
#define CHUNK ((size_t)1 << 30)

static bool
in_blocks(const struct aes_run *run)
{
	return run->block > 1;
}

static bool
pads(const struct aes_run *run)
{
	return aes_modes[run->scheme].pads;
}

static bool
seals(const struct aes_run *run)
{
	return aes_modes[run->scheme].seals;
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

/* Told to the cipher and not to EVP, which would say it again with each IV. */
static bool
no_padding(EVP_CIPHER_CTX *ctx, const struct key_op *op)
{
	unsigned none = 0;
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_uint(OSSL_CIPHER_PARAM_PADDING, &none),
		OSSL_PARAM_construct_end(),
	};

	return aes_modes[op->scheme].block == 1 ||
	    EVP_CIPHER_CTX_set_params(ctx, params) == 1;
}

static enum cng_status
aes_prepare(struct unit *unit, const struct crypto_key *key,
    const struct key_op *op)
{
	EVP_CIPHER *cipher = lib_aes(unit_lib(unit),
	    aes_modes[op->scheme].cipher, key->value.len);

	unit->cipher = EVP_CIPHER_CTX_new();
	if (cipher == NULL || unit->cipher == NULL ||
	    EVP_CipherInit_ex2(unit->cipher, cipher, key->value.ptr, NULL,
		unit->tag.way == WAY_ENCRYPT, NULL) != 1)
		return CNG_ERR_INTERNAL;
	return no_padding(unit->cipher, op) ? CNG_OK : CNG_ERR_INTERNAL;
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
	bool told = !aes_modes[unit->tag.scheme].seals || len == unit->iv_len;

	unit->iv_len = len;
	return EVP_CipherInit_ex2(unit->cipher, NULL, NULL, iv.ptr, -1,
		   told ? NULL : params) == 1;
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

/* --- a run ---------------------------------------------------------------- */

/* Everything but the context: enough to tell sizes. */
static enum cng_status
run_init(struct aes_run *run, const struct crypto_key *key,
    const struct key_op *op, bool encrypt)
{
	enum cng_status st = aes_check(key, op);

	*run = (struct aes_run){ .scheme = op->scheme, .encrypt = encrypt,
		.block = aes_modes[op->scheme].block,
		.tag_len = aes_modes[op->scheme].seals ? op->tag_len : 0,
		.left = UINT64_MAX };
	if (st == CNG_OK)
		run->left = aes_data_max(op);
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
		return wrong_size(run);
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

/* All at once where nothing is padded, to a place of its own or the same:
 * short messages are worth a short way. */
static enum cng_status
encrypt_all(const struct crypto_key *key, const struct key_op *op,
    struct span plain, uint8_t *room)
{
	bool seal = aes_modes[op->scheme].seals, ok;
	uint8_t none[AES_BLOCK];
	struct unit *unit;
	int n = 0;
	enum cng_status st = aes_unit(&unit, key, op, true);

	if (st != CNG_OK)
		return st;
	ok = set_iv(unit, op->iv) &&
	    (op->aad.len == 0 || !seal || feed(unit, NULL, op->aad)) &&
	    feed(unit, room, plain);
	if (seal)
		ok = ok && EVP_EncryptFinal_ex(unit->cipher, none, &n) == 1 &&
		    EVP_CIPHER_CTX_ctrl(unit->cipher, EVP_CTRL_AEAD_GET_TAG,
			(int)op->tag_len, room + plain.len) == 1;
	unit_put(unit, !ok);
	if (ok)
		return CNG_OK;
	wipe(room, plain.len);
	return CNG_ERR_INTERNAL;
}

static bool
is_apart(const uint8_t *room, size_t len, struct span in)
{
	return room == in.ptr || !overlap(room, len, in);
}

/* The same by a run, for padding, and for bytes that overlap. */
static enum cng_status
encrypt_by_run(const struct crypto_key *key, const struct key_op *op,
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

enum cng_status
aes_encrypt(const struct crypto_key *key, const struct key_op *op,
    struct span plain, struct wr *out)
{
	const struct mode *mode = &aes_modes[op->scheme];
	enum cng_status st = aes_check(key, op);
	uint8_t *room;
	size_t len;

	if (st != CNG_OK)
		return st;
	if (mode->pads)
		return encrypt_by_run(key, op, plain, out);
	if (plain.len % mode->block != 0 || plain.len > aes_data_max(op) ||
	    !size_add(plain.len, mode->seals ? op->tag_len : 0, &len))
		return CNG_ERR_DATA_SIZE;
	room = wr_room(out, len);
	if (room == NULL)
		return wr_status(out);
	if (!is_apart(room, len, plain))
		return encrypt_by_run(key, op, plain, out);
	st = encrypt_all(key, op, plain, room);
	if (st == CNG_OK)
		out->len += len;
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
	size_t most, least;
	enum cng_status st = run_init(&run, key, op, false);

	if (st != CNG_OK)
		return st;
	if (cipher.len > run.left)
		return CNG_ERR_CIPHERTEXT_SIZE;
	if (!whole_blocks(&run, cipher.len) || cipher.len < run.tag_len)
		return CNG_ERR_CIPHERTEXT_SIZE;
	most = aes_run_bound(&run, cipher.len, true);
	least = pads(&run) ? most - run.block : most;
	/* how long the padding is, is not looked at where even the blocks
	 * before it do not fit */
	if (out->buf == NULL || out->cap - out->len < least) {
		wr_zero(out, most);
		return wr_status(out);
	}
	st = run_begin(&run, key, op);
	if (st == CNG_OK)
		st = seals(&run) ? open_all(&run, cipher, out) :
						run_all(&run, cipher, out);
	aes_run_free(&run);
	return st;
}
