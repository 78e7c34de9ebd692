/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Domain parameters of curves.  Only short Weierstrass curves over prime
 * fields have them here.
 */
#ifndef CNG_CRYPTO_CURVE_H
#define CNG_CRYPTO_CURVE_H

#include "key/material.h"

/* Sets EC_P to EC_H, and EC_SEED where there is one, to those of a named
 * curve; *out is an empty material.  CNG_ERR_BAD_CURVE. */
enum cng_status curve_parameters(struct key_material *out,
    enum key_curve curve) CNG_MUST_CHECK;

/*
 * key has CURVE_EXPLICIT and its parameters, but neither point nor scalar
 * yet.  When they are those of a named curve, it gets that curve and loses
 * EC_P to EC_H; the seed may be another one and stays.  CNG_OK also when
 * they are not.
 */
enum cng_status curve_recognise(struct key_material *key) CNG_MUST_CHECK;

#endif
