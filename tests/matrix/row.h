/* SPDX-License-Identifier: BSD-2-Clause
 *
 * One row of the table of types and paths in doc/BLOBS.md, as rows.txt says
 * how to try it; and what came of each path.
 */
#ifndef CNG_TESTS_MATRIX_ROW_H
#define CNG_TESTS_MATRIX_ROW_H

#include "base/secret.h"
#include "blob/blob.h"

#define ROW_TEXT 80

/* Typed buffers for the parameter list. */
#define ROW_BUFFERS 2
struct row_list {
	unsigned count;
	unsigned type[ROW_BUFFERS];
	struct secret value[ROW_BUFFERS];
};

struct row {
	char name[ROW_TEXT];     /* as in the table: the type, or TYPE+case */
	char type[ROW_TEXT];     /* pszBlobType */
	const struct blob_info *info;  /* NULL: none of our types */
	struct secret blob;
	bool beyond;             /* this libcrypto has no such keys */
	bool fresh;              /* is not the same bytes twice */
	char password[ROW_TEXT]; /* or empty */
	char with_type[ROW_TEXT]; /* the key that wraps and unwraps, or empty */
	struct secret with;
	struct row_list in, out;  /* for import, for export */
};

/* Reads the rows one by one, vectors from the folder; false: no more, or
 * a line that cannot be read, which *bad says. */
struct row_reader;
struct row_reader *row_open(const char *file, const char *folder);
bool row_next(struct row_reader *reader, struct row *out, bool *bad);
void row_free(struct row *row);
void row_close(struct row_reader *reader);

/* What came of a path: "yes", or the name of the code that refused it; "SKIP"
 * when it was refused for want of a libcrypto that knows the key. */
void row_result(const struct row *row, const char *path, const char *result);
/* It was taken, but wrongly: no claim fits that. */
void row_wrong(const struct row *row, const char *path, const char *what);

/* The two faces; each tries all of its paths. */
int ncrypt_start(void);
void ncrypt_row(const struct row *row);
void ncrypt_stop(void);
int pkcs11_start(void);
void pkcs11_row(const struct row *row);
void pkcs11_stop(void);

#endif
