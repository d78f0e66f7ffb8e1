/* trace.h -- the last 64 events of this process, kept in memory for a bug report; printed by must() and with -v. */
#ifndef BASE_TRACE_H
#define BASE_TRACE_H

#include <stdio.h>

/* Safe from any thread; cut at 120 bytes. With trace_to_stderr(1), also printed at once. */
void trace(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void trace_dump(FILE *f); /* oldest first */
void trace_to_stderr(int on);

#endif
