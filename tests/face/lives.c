/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/face/guest.h"
int main(void) { return 0; }
