/* SPDX-License-Identifier: BSD-2-Clause
 *
 * PKCS7_ENVELOPE: for whom it is, and who of them is here.
 */
#ifndef CNG_CORE_ENVELOPED_H
#define CNG_CORE_ENVELOPED_H

#include "core/transfer.h"

/* By its type, or by its bytes where the type is not said. */
bool enveloped_is(const struct import_request *req);

/* Opens it with req->key. */
enum cng_status enveloped_import(const struct import_request *req,
    struct key_material *out) CNG_MUST_CHECK;

/* For the certificates of the parameters, for req->key, or both. */
enum cng_status enveloped_export(const struct object *obj,
    const struct export_request *req, struct wr *out) CNG_MUST_CHECK;

#endif
