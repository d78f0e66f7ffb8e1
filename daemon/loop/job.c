#include "job.h"

static void work(uv_work_t *req)
{
	struct job *j = req->data;
	j->work(j);
}

static int start(struct jobs *q, struct job *j);

static void finished(uv_work_t *req, int status)
{
	struct job *j = req->data;
	struct jobs *q = j->queue;
	(void)status; /* uv_cancel is never used: a job that has begun runs to its end */
	q->running = NULL;
	/* The next one starts before done is told: done may submit, and must find the order kept. */
	struct job *dropped = NULL, **tail = &dropped;
	while (!q->running && q->first) {
		struct job *next = q->first;
		q->first = next->next;
		if (!q->first)
			q->last = NULL;
		next->next = NULL;
		if (next->dropped || start(q, next) != 0) {
			*tail = next;
			tail = &next->next;
		}
	}
	j->done(j, 0);
	while (dropped) {
		struct job *one = dropped;
		dropped = one->next;
		one->done(one, ERR_CANCELLED);
	}
}

static int start(struct jobs *q, struct job *j)
{
	j->req.data = j;
	int rc = uv_queue_work(q->loop, &j->req, work, finished);
	if (rc == 0)
		q->running = j;
	return rc;
}

void jobs_init(struct jobs *q, uv_loop_t *loop)
{
	*q = (struct jobs){ .loop = loop };
}

int job_submit(struct jobs *q, struct job *j, struct err *e)
{
	must(j->work && j->done);
	j->queue = q;
	j->next = NULL;
	j->dropped = false;
	if (q->running) {
		if (q->last)
			q->last->next = j;
		else
			q->first = j;
		q->last = j;
		return 0;
	}
	int rc = start(q, j);
	return rc ? err_set(e, ERR_NOMEM, "uv_queue_work : %s", uv_strerror(rc)) : 0;
}

void jobs_cancel(struct jobs *q)
{
	if (q->running)
		cancel_trigger(q->running->cancel);
	for (struct job *j = q->first; j; j = j->next)
		j->dropped = true;
}

bool jobs_idle(const struct jobs *q)
{
	return !q->running;
}
