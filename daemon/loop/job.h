/* job.h -- work that may wait (git, network, fsync) off the loop: one running job per repository, first in first out.
 *
 * LIFE    jobs_init -> (job_submit -> work on a worker -> done on the loop)* ; a struct jobs with nothing in it needs no end.
 * OWNER   The job's memory is the caller's, from submit until done has been called; usually it is embedded in a larger struct.
 * THREAD  work: a worker; it sees its job and nothing else. Everything else here: the loop's thread.
 * RULES   A submit that fails never calls done. One that succeeds calls done exactly once, on the loop, never inside submit.
 *         Work cannot be interrupted from outside: jobs_cancel sets the flag that the work itself waits with.
 */
#ifndef LOOP_JOB_H
#define LOOP_JOB_H

#include <uv.h>
#include "base/cancel.h"
#include "base/err.h"

struct job {
	void (*work)(struct job *j);         /* set by the caller */
	void (*done)(struct job *j, int rc); /* rc: 0, or ERR_CANCELLED: work was never called */
	struct cancel *cancel;               /* borrow; may be NULL; jobs_cancel triggers it */
	/* its own */
	uv_work_t req;
	struct jobs *queue;
	struct job *next;
	bool dropped;
};
struct jobs {
	uv_loop_t *loop; /* borrow */
	struct job *running, *first, *last;
};

void jobs_init(struct jobs *q, uv_loop_t *loop);
int job_submit(struct jobs *q, struct job *j, struct err *e);
/* Ask the running job to stop; those that have not begun never will, but their done is called in their turn. */
void jobs_cancel(struct jobs *q);
bool jobs_idle(const struct jobs *q);

#endif
