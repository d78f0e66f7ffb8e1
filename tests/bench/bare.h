/* bare.h -- what everything that reads YAML is held against: libyaml's events of the same bytes, each thrown away. */
#ifndef TESTS_BENCH_BARE_H
#define TESTS_BENCH_BARE_H

#include <stddef.h>

void bare_parse(const char *bytes, size_t n);

#endif
