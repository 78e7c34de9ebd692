/* SPDX-License-Identifier: BSD-2-Clause
 *
 * migrate FILE...: keys and certificates in files and folders, of all formats
 * that import reads.  A file that is none of them is noted, and passed over.
 * Certificates come after all keys, so that they get the id of theirs.
 */
#include "cli/migrate.h"

#include "base/alloc.h"
#include "base/util.h"
#include "cli/files.h"
#include "cli/io.h"
#include "cli/keyfile.h"
#include "cli/pin.h"
#include "crypto/asn1.h"
#include "crypto/crypto.h"

#include <string.h>

struct found_cert {
	struct secret der, name;
	const char *path;
};

struct files {
	struct migration *mig;
	struct file_list list;
	struct found_cert *cert;
	size_t cert_count;
};

/* --- keys ----------------------------------------------------------------- */

static void
add_line(struct migrant *m, struct prop line)
{
	m->line[m->count++] = line;
}

static void
set_names(struct migrant *m, const struct keybox_key *key, const char *path)
{
	add_line(m, (struct prop){ .id = PROP_LABEL,
		.bytes = key->name.len > 0 ? secret_span(&key->name) :
		    files_stem(path) });
	if (key->id.len > KEYBOX_NUMBER_LEN)
		add_line(m, (struct prop){ .id = PROP_ID,
			.bytes = secret_span(&key->id) });
}

static void
set_policy(struct migrant *m, const struct args *args)
{
	bool plain = args_has(args, OPT_PLAINTEXT_EXPORTABLE);

	if (m->class == OBJ_PUBLIC)
		return;
	add_line(m, (struct prop){ .id = PROP_EXTRACTABLE,
		.number = plain || args_has(args, OPT_EXPORTABLE) });
	add_line(m, (struct prop){ .id = PROP_SENSITIVE, .number = !plain });
}

/* As migrate_put wants it. */
static enum cng_status
encode(struct key_material *key, struct secret *out)
{
	struct wr w = wr_of(NULL, 0);
	enum cng_status st = CNG_OK;

	if (!key_is_pair(key->family))
		return secret_replace(out, key_part(key, SYM_VALUE));
	if (key->has_private)
		st = crypto_complete(key);
	if (st == CNG_ERR_NOT_SUPPORTED)
		st = CNG_OK;
	for (int pass = 0; st == CNG_OK && pass < 2; pass++) {
		st = key->has_private ? pkcs8_encode(key, NULL, &w) :
					spki_encode(key, &w);
		if (st == CNG_OK && pass == 0) {
			secret_free(out);
			st = secret_new(out, w.len);
			w = wr_of(out->ptr, out->len);
		}
	}
	return st;
}

static enum exit_code
put_key(struct files *all, struct keybox_key *key, const char *path)
{
	struct migrant m = { .from = path, .family = key->key.family };
	struct secret value = { 0 };
	enum exit_code code = EXIT_DONE;
	enum cng_status st = key->st;

	m.class = !key_is_pair(m.family) ? OBJ_SECRET :
	    key->key.has_private ? OBJ_PRIVATE : OBJ_PUBLIC;
	if (st != CNG_OK)
		m.class = OBJ_PRIVATE;
	else
		st = encode(&key->key, &value);
	set_names(&m, key, path);
	set_policy(&m, all->mig->args);
	m.value = secret_span(&value);
	if (st == CNG_OK)
		code = migrate_put(all->mig, &m);
	else
		migrate_refuse(all->mig, &m, st, cng_status_text(st));
	secret_free(&value);
	return code;
}

/* --- certificates --------------------------------------------------------- */

static enum cng_status
keep_certs(struct files *all, struct pfx *certs, const char *path)
{
	for (size_t i = 0; i < certs->count; i++) {
		struct pfx_item *item = &certs->item[i];
		struct found_cert *grown;

		if (item->kind != PFX_CERT)
			continue;
		grown = mem_grow(all->cert, all->cert_count,
		    all->cert_count + 1, sizeof(*grown));
		if (grown == NULL)
			return CNG_ERR_NO_MEMORY;
		all->cert = grown;
		grown += all->cert_count++;
		secret_move(&grown->der, &item->der);
		secret_move(&grown->name, &item->name);
		grown->path = path;
	}
	return CNG_OK;
}

/* A file with certificates and no key: not what keyfile is for. */
static bool
read_certs(struct pfx *out, const char *path)
{
	struct x509_names names = { .subject = { 0 } };
	struct secret data = { 0 };
	struct pfx_item *item;
	bool found = false;

	if (io_read(&data, path) != EXIT_DONE)
		return false;
	if (format_is_pem(secret_span(&data))) {
		found = pfx_take_pem(out, secret_span(&data)) == CNG_OK &&
		    out->count > 0;
	} else if (x509_names(&names, secret_span(&data)) == CNG_OK) {
		item = pfx_add(out, PFX_CERT);
		found = item != NULL;
		if (found)
			secret_move(&item->der, &data);
	}
	x509_names_free(&names);
	secret_free(&data);
	return found;
}

/* The id and, where it has no name of its own, the label of its key. */
static void
find_key(struct files *all, const struct found_cert *cert,
    struct secret *id, struct secret *label)
{
	struct x509_names names = { .subject = { 0 } };
	struct object *object = NULL;
	uint8_t print[FINGERPRINT];
	const struct known *key;

	if (x509_names(&names, secret_span(&cert->der)) != CNG_OK ||
	    print_of_public(print, OBJ_PRIVATE,
		secret_span(&names.public_info)) != CNG_OK)
		goto out;
	key = known_find(all->mig, print);
	if (key == NULL || token_object(all->mig->target->token, key->id,
	    &object) != CNG_OK)
		goto out;
	if (object_text(id, object, PROP_ID) != CNG_OK ||
	    object_text(label, object, PROP_LABEL) != CNG_OK)
		secret_free(id);
out:
	object_free(object);
	x509_names_free(&names);
}

static enum exit_code
put_cert(struct files *all, const struct found_cert *cert)
{
	struct migrant m = { .class = OBJ_CERT, .from = cert->path,
		.value = secret_span(&cert->der) };
	struct secret id = { 0 }, label = { 0 };
	enum exit_code code;

	find_key(all, cert, &id, &label);
	add_line(&m, (struct prop){ .id = PROP_LABEL,
		.bytes = cert->name.len > 0 ? secret_span(&cert->name) :
		    label.len > 0 ? secret_span(&label) :
				    files_stem(cert->path) });
	if (id.len > 0)
		add_line(&m, (struct prop){ .id = PROP_ID,
			.bytes = secret_span(&id) });
	code = migrate_put(all->mig, &m);
	secret_free(&id);
	secret_free(&label);
	return code;
}

/* --- one file ------------------------------------------------------------- */

static enum exit_code
put_keys(struct files *all, struct keyfile *kf, const char *path)
{
	enum exit_code code = EXIT_DONE;
	enum cng_status st;

	for (size_t i = 0; code == EXIT_DONE && i < kf->box.count; i++)
		code = put_key(all, &kf->box.key[i], path);
	st = keep_certs(all, &kf->box.certs, path);
	return st == CNG_OK ? code : fail(st, "%s", path);
}

static void
refuse_file(struct files *all, const char *path, enum cng_status st,
    const char *reason)
{
	const size_t len = strlen(path);
	const struct migrant m = { .class = OBJ_NONE, .from = path };

	/* it begins with the name of the file, which stands beside it */
	if (strncmp(reason, path, len) == 0 && reason[len] == ':')
		reason += len + 1 + (reason[len + 1] == ' ');
	/* nobody has typed anything wrong: this is another way to take it */
	if (st == CNG_ERR_ARGUMENT)
		st = CNG_ERR_NOT_SUPPORTED;
	migrate_refuse(all->mig, &m, st, reason);
}

static void
clear_bar(void *mig)
{
	migrate_progress_clear(mig);
}

static enum exit_code
put_file(struct files *all, const char *path)
{
	struct pfx certs = { 0 };
	struct keyfile kf = { 0 };
	struct exit_held held = { 0 };
	enum exit_code code, first;
	bool only_certs;

	exit_hold(&held);
	pin_before_question(clear_bar, all->mig);
	first = keyfile_read_all(&kf, all->mig->args, path);
	only_certs = first != EXIT_DONE && kf.box.certs.count == 0 &&
	    read_certs(&certs, path);
	pin_before_question(NULL, NULL);
	exit_hold(NULL);
	if (first == EXIT_DONE && kf.box.count > 0) {
		code = put_keys(all, &kf, path);
	} else if (kf.box.certs.count > 0 || only_certs) {
		enum cng_status st = keep_certs(all, only_certs ? &certs :
		    &kf.box.certs, path);

		code = st == CNG_OK ? EXIT_DONE : fail(st, "%s", path);
	} else {
		refuse_file(all, path, first == EXIT_DONE ?
		    CNG_ERR_NOT_SUPPORTED : held.st, first == EXIT_DONE ?
		    "wrapped or sealed: 'cngtool import' opens it" :
		    held.text);
		code = EXIT_DONE;
	}
	keyfile_free(&kf);
	pfx_free(&certs);
	return code;
}

static enum exit_code
put_files(struct files *all)
{
	struct migration *mig = all->mig;
	enum exit_code code = EXIT_DONE;

	mig->total = all->list.count;
	for (size_t i = 0; code == EXIT_DONE && i < all->list.count; i++) {
		migrate_progress(mig);
		code = put_file(all, all->list.path[i]);
		mig->done++;
	}
	for (size_t i = 0; code == EXIT_DONE && i < all->cert_count; i++)
		code = put_cert(all, &all->cert[i]);
	migrate_progress_clear(mig);
	return code;
}

enum exit_code
migrate_files(struct migration *mig, struct targets *targets)
{
	struct files all = { .mig = mig };
	enum exit_code code = files_list(&all.list, mig->args);

	if (code == EXIT_DONE)
		code = migrate_begin(mig, targets);
	if (code == EXIT_DONE)
		code = put_files(&all);
	for (size_t i = 0; i < all.cert_count; i++) {
		secret_free(&all.cert[i].der);
		secret_free(&all.cert[i].name);
	}
	files_free(&all.list);
	mem_free(all.cert);
	return code;
}
