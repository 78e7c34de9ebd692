/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What is particular to certificate objects: what of them stands in the
 * certificate itself, and what must be there.
 */
#ifndef CNG_CORE_CERTIFICATE_H
#define CNG_CORE_CERTIFICATE_H

#include "core/internal.h"

#define CERT_CATEGORY_MAX 3

/* The value was set: the names that a template may leave out.  What is not the
 * DER of a certificate has none, and is kept if the template has a subject. */
enum cng_status cert_begin(struct object *obj) CNG_MUST_CHECK;

/* The last look: value or URL, with what each of them needs. */
enum cng_status cert_finish(const struct object *obj) CNG_MUST_CHECK;

/* A serial number is kept as DER; some callers give its content alone, and
 * look for it so. */
enum cng_status cert_set_serial(struct object *obj, struct span given)
    CNG_MUST_CHECK;
bool cert_has_serial(const struct object *obj, struct span given);

/* The public key as it stands in the certificate; nothing without one. */
enum cng_status cert_show_key(const struct object *obj, struct wr *out)
    CNG_MUST_CHECK;
/* Three bytes of SHA-1 of the value. */
enum cng_status cert_show_check(const struct object *obj, struct wr *out)
    CNG_MUST_CHECK;

#endif
