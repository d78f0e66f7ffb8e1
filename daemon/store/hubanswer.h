/* hubanswer.h -- what a hub's "no" to a push means; internal to store/. */
#ifndef STORE_HUBANSWER_H
#define STORE_HUBANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include "base/err.h"

/* One of the n signs stands somewhere in what a hub, or a program on it, said. */
bool hub_says(const char *text, const char *const signs[], size_t n);

/* status: the reason that git gives for the ref, e.g. "pre-receive hook declined"; words: what the hub said meanwhile (hooks, git).
 * ERR_RACE: somebody was faster. ERR_REFUSED: its rules say no, e->msg in the hub's words. ERR_NET: it could not judge the push
 * (its hook died, its disk is full): nothing was taken, and later it may be. */
int hub_answer(const char *status, const char *words, const char *url, struct err *e);

#endif
