/* decimal.h -- multipleOf as people mean it: on the decimal numbers that were written. */
#ifndef SCHEMA_DECIMAL_H
#define SCHEMA_DECIMAL_H

#include "base/val.h"

/* Both are numbers, `of` is positive. */
bool decimal_is_multiple(const struct val *v, const struct val *of);

#endif
