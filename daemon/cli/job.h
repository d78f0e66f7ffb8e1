/* job.h -- what every verb does first: an arena and, mostly, the clone it works in. */
#ifndef CLI_JOB_H
#define CLI_JOB_H

#include "cli/verbs.h"

struct job {
	struct arena a;
	struct ctl c;
	struct err e;
	bool open;
};

/* In a verb: `struct job j; if (!job_begin(&j)) return 75;` ... `return job_end(&j, code);` */
#define job_begin(j) (job__init(j), arena_begin(&(j)->a) || job__nomem())
void job__init(struct job *j);
bool job__nomem(void); /* says so; false */
/* Open the clone of -C. Returns 0 or an error code in j->e. */
int job_open(struct job *j, const struct app *app);
/* rc < 0: report j->e and return its exit code; else return code. Closes everything. */
int job_end(struct job *j, int rc, int code);

#endif
