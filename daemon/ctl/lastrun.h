/* lastrun.h -- what the last aggregation was made from, so that a run with nothing new ends at once.
 *
 * A file of .git/maillage/agregation/, beside the snapshots: main after that run, the commit of national.git that was its
 * input, and each collective's head. A cache: missing or damaged, the run is made.
 */
#ifndef CTL_LASTRUN_H
#define CTL_LASTRUN_H

#include "ctl/cachefile.h"

struct input {
	const char *code;
	struct oid head; /* "": nothing received yet */
};
struct lastrun {
	struct oid main, national;
	struct {
		struct input *at; /* as collectifs.yaml lists them */
		size_t n, cap;
	} inputs;
};

bool lastrun_load(struct lastrun *out, struct cachemaps *maps, struct arena *a, const char *file);
void lastrun_save(const struct lastrun *run, const char *file);
/* main and every collective are where that run left and found them. */
int lastrun_holds(bool *out, const struct lastrun *run, struct arena *a, struct repo *r, const struct oid *main, struct err *e);

/* The head of a collective as this clone has received it; "": nothing yet. */
int input_head(struct oid *out, struct arena *a, struct repo *r, const char *code, struct err *e);

#endif
