/* depot.c -- see depot.h for the picture.
 *
 * Happy path: an editor saves; the watch stirs the depot; when nothing more came for a moment a cycle starts with `only_news`: it records the edit and, since
 * there is one, exchanges with the hub. Our own writing stirs the depot too: that cycle finds nothing to record and ends before the hub.
 *
 * Failure modes
 *   - The network is away: LATER. What is saved meanwhile is recorded at once (`no_hub`), and the back-off goes on undisturbed.
 *   - The hub refuses the key or is not who it was: asked once, then not again until a person asks, or a file that could change
 *     the answer has changed (stamp). Recording goes on.
 *   - The folder cannot be watched: the interval's cycle sees everything, later.
 *   - A cycle hangs: it cannot, everything in it has a deadline; depot_stop's cancel ends those early.
 *
 * Who owns struct sync: the worker while state is RUNNING (or STOPPED with a cycle under way), the loop otherwise. The one thing read
 * across is how far it is: the phase, an atomic pointer to a static string, and what it counts.
 */
#include "authfiles.h"
#include "confirmed.h"
#include "depot.h"

#include <malloc.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/trace.h"
#include "job.h"
#include "saves.h"
#include "timer.h"
#include "watch.h"
#include "world.h"

struct ask {
	depot_done_cb cb;
	void (*step)(void *ctx, const struct depot_step *at);
	void *ctx;
	struct ask *next;
};

/* What a worker sees. */
struct cycle {
	struct job job;             /* first */
	struct depot *depot;        /* for cycle_done only */
	struct sync sync;
	struct sync_options opt;
	struct real_world world;
	struct saves saves;         /* as the cycle began */
	char folder[PATH_MAX];
	char accept[128];           /* host key that a person has accepted for this cycle */
	bool drop_sessions;         /* the network is not the one they were made in */
	_Atomic(const char *) phase;
	_Atomic(const char *) what; /* is counted: as the last report had it, each on its own */
	_Atomic size_t counted, total;
	uv_async_t *stepped;        /* own; wakes the loop to tell those who asked for it; NULL: nobody did yet */
	/* out */
	enum sync_result result;
	struct err err;
	char collective[64];
	size_t outgoing;
	bool unopened;              /* no clone where there should be one */
};

struct depot {
	struct cycle cycle;
	struct depot_config config;
	struct depot_status status;
	struct jobs jobs;
	struct timer *timer;        /* own */
	struct watch *watch;        /* own; NULL: not watched */
	uv_loop_t *loop;
	struct ssh_pool *pool;      /* own; used by the worker */
	struct cancel *cancel;      /* own */
	struct ask *asked, *asking; /* own: for the next cycle; answered by the running one */
	struct depot_ask next_ask;  /* merged from asked */
	char next_accept[128];
	int64_t stirred, stirred_first; /* boot ms; 0: not since the last cycle began */
	struct saves saves;         /* whose end was seen */
	int64_t recorded_at;        /* boot ms of the last cycle that committed something from the folder */
	int64_t retry;              /* boot ms of the next try while the hub is away; 0 none */
	int64_t full_at;            /* boot ms of the next cycle that asks the hub whatever happened here */
	unsigned busy_looks;        /* in a row that found files still being written */
	uint64_t stamp;             /* of the files that decide on authentication, when it failed */
	bool drop_sessions;
	void (*stopped)(void *ctx);
	void *stopped_ctx;
};

static const char *const names[] = {
#define X(name, invariant) #name,
	DEPOT_STATES(X)
#undef X
};

const char *depot_state_name(enum depot_state s)
{
	return names[s];
}

const char *depot_folder(const struct depot *d)
{
	return d->cycle.folder;
}

static int64_t unix_at(int64_t boot_ms)
{
	return clock_wall_s() + (boot_ms - clock_boot_ms()) / 1000;
}

static void enter(struct depot *d, enum depot_state s)
{
	if (s != d->status.state)
		trace("depot %s: %s -> %s", d->cycle.folder, names[d->status.state], names[s]);
	d->status.state = s;
	if (d->config.changed)
		d->config.changed(d->config.ctx);
}

static void alarm_at(struct depot *d, int64_t boot_ms)
{
	int64_t now = clock_boot_ms();
	d->status.next = unix_at(boot_ms);
	timer_set(d->timer, boot_ms > now ? boot_ms - now : 0);
}

/* The hub would only say no again. */
static bool shut_out(const struct depot *d)
{
	int code = d->status.trouble.code;
	return (code == ERR_AUTH || code == ERR_HOSTKEY) && d->stamp == authfiles_stamp(d->config.ssh, d->config.settings_path);
}

/* ---- the worker's side --------------------------------------------------------------------------------------------------- */

static void note_phase(void *ctx, const char *state)
{
	struct cycle *c = ctx;
	atomic_store(&c->phase, state);
	atomic_store(&c->what, NULL);
	if (c->stepped)
		uv_async_send(c->stepped); /* many become one */
}

static void note_progress(void *ctx, const char *what, size_t done, size_t total)
{
	struct cycle *c = ctx;
	atomic_store(&c->counted, done);
	atomic_store(&c->total, total);
	atomic_store(&c->what, what);
	if (c->stepped)
		uv_async_send(c->stepped);
}

static void cycle_work(struct job *j)
{
	struct cycle *c = (struct cycle *)j;
	struct err ignored;
	if (c->drop_sessions)
		ssh_pool_drop(c->world.remote.pool);
	sync_begin(&c->sync, &c->opt);
	c->err = (struct err){ 0 };
	int rc = real_world_open(&c->world, c->folder, &c->err);
	c->unopened = rc != 0;
	if (rc) {
		c->err.code = rc;
		c->result = err_class(rc) == ERR_TEMP ? SYNC_LATER : SYNC_WAIT;
		c->sync.next_try_ms = clock_boot_ms() + 1000 * 60;
		return;
	}
	snprintf(c->collective, sizeof c->collective, "%s", repo_collective(c->world.repo));
	int64_t before = c->sync.confirmed_ms;
	c->result = sync_run(&c->sync, &c->world.table);
	c->err = c->sync.err;
	if (confirmed_keep(c->world.repo, &c->sync, c->result, before, &ignored) != 0)
		trace("depot %s: confirmed not kept: %s", c->folder, ignored.msg);
	if (real_world_outgoing(&c->outgoing, &c->world, &ignored) != 0)
		trace("depot %s: outgoing unknown: %s", c->folder, ignored.msg);
	real_world_close(&c->world);
	/* glibc keeps what a large cycle used for this thread's next one: 240 MB after 10,000 new records, for days of nothing */
	malloc_trim(0);
}

/* ---- telling how far it is ---------------------------------------------------------------------------------------- */

static void on_step(uv_async_t *h)
{
	struct depot *d = h->data;
	struct cycle *c = &d->cycle;
	struct depot_step at = { atomic_load(&c->phase), atomic_load(&c->what), atomic_load(&c->counted), atomic_load(&c->total) };
	if (d->status.state != DEPOT_RUNNING)
		return;
	for (struct ask *one = d->asking; one; one = one->next)
		if (one->step)
			one->step(one->ctx, &at);
}

/* Made when somebody first asks for it, while no worker looks. */
static void want_steps(struct depot *d)
{
	uv_async_t *h;
	bool wanted = false;
	for (struct ask *one = d->asking; one; one = one->next)
		wanted = wanted || one->step;
	if (!wanted || d->cycle.stepped || !(h = malloc(sizeof *h)))
		return;
	if (uv_async_init(d->loop, h, on_step) != 0) {
		free(h);
		return;
	}
	h->data = d;
	d->cycle.stepped = h;
}

/* ---- starting one ---------------------------------------------------------------------------------------------------------- */

static void cycle_done(struct job *j, int rc);
static void on_stir(void *ctx, const char *path, bool whole);
static int64_t quiet_at(const struct depot *d);

static void run(struct depot *d, struct sync_options opt)
{
	struct cycle *c = &d->cycle;
	struct err e;
	must(d->status.state != DEPOT_RUNNING && d->status.state != DEPOT_STOPPED);
	if (!d->watch && watch_new(&d->watch, d->loop, c->folder, on_stir, d, &e) != 0)
		d->watch = NULL; /* said once, by depot_new; the folder may be back one day */
	d->asking = d->asked;
	d->asked = NULL;
	if (d->asking) {
		opt = (struct sync_options){ .yes_delete = d->next_ask.yes_delete, .retry_refused = true };
		memcpy(c->accept, d->next_accept, sizeof c->accept);
	} else {
		c->accept[0] = 0;
	}
	d->next_ask = (struct depot_ask){ 0 };
	d->next_accept[0] = 0;
	if (d->asking || clock_boot_ms() >= quiet_at(d)) /* else it is looked at again when it has settled */
		d->stirred = d->stirred_first = 0;
	c->opt = opt;
	c->saves = d->saves;
	c->drop_sessions = d->drop_sessions;
	d->drop_sessions = false;
	c->world = (struct real_world){ .remote = { .ssh = *d->config.ssh, .pool = d->pool, .cancel = d->cancel,
						    .progress = note_progress, .ctx = c },
					.patience = { .busy_ms = d->asking ? 0 : DEPOT_QUIET_MS, /* who asks has saved */
							.ended = saves_ended,
							.ctx = &c->saves },
					.aggregate = d->config.aggregate,
					.note = note_phase,
					.note_ctx = c };
	if (*c->accept)
		c->world.remote.ssh.accept_host_key = c->accept;
	cancel_reset(d->cancel);
	timer_stop(d->timer);
	d->status.next = 0;
	atomic_store(&c->phase, "RECOVER");
	want_steps(d);
	enter(d, DEPOT_RUNNING);
	if (job_submit(&d->jobs, &c->job, &e) != 0) {
		d->status.trouble = e;
		d->asked = d->asking;
		d->asking = NULL;
		enter(d, DEPOT_LATER);
		alarm_at(d, clock_boot_ms() + 60 * 1000);
	}
}

/* ---- and what comes of it ---------------------------------------------------------------------------------------------------- */

static void answer_all(struct depot *d, struct ask *list, enum sync_result r)
{
	while (list) {
		struct ask *one = list;
		list = one->next;
		if (one->cb)
			one->cb(one->ctx, r, &d->status);
		free(one);
	}
}

/* Only the owner of a job logs, and once: when the trouble is another one than before. */
static void log_trouble(const struct depot *d, const struct err *was)
{
	const struct err *now = &d->status.trouble;
	bool named = !strncmp(now->msg, d->cycle.folder, strlen(d->cycle.folder));
	if (now->code && now->code != ERR_CANCELLED && (now->code != was->code || strcmp(now->msg, was->msg) != 0))
		fprintf(stderr, _("maillaged : %s%s%s\n"), named ? "" : d->cycle.folder, named ? "" : _(" : "), now->msg);
	else if (!now->code && was->code)
		fprintf(stderr, _("maillaged : %s : tout est rentré dans l'ordre\n"), d->cycle.folder);
}

static void take_results(struct depot *d)
{
	struct cycle *c = &d->cycle;
	struct depot_status *st = &d->status;
	struct err was = st->trouble;
	if (c->unopened) { /* gone, or on a disk that is not there: the watch is on what was, the next cycle makes a new one */
		watch_free(d->watch);
		d->watch = NULL;
	}
	/* a cycle that did not ask the hub says nothing about the trouble with it */
	bool silent = c->opt.no_hub && c->result == SYNC_FINISHED;
	st->cycles++;
	st->did = c->sync.did;
	st->outgoing = c->outgoing;
	st->phase = NULL;
	memcpy(st->collective, c->collective, sizeof st->collective);
	memcpy(st->head, c->sync.head, sizeof st->head);
	if (c->result == SYNC_FINISHED)
		st->finished = clock_wall_s();
	if (c->sync.confirmed_ms) {
		st->confirmed = unix_at(c->sync.confirmed_ms);
		memcpy(st->confirmed_head, c->sync.confirmed, sizeof st->confirmed_head);
	}
	if (!c->opt.no_hub)
		snprintf(st->unheard, sizeof st->unheard, "%s", c->world.unheard_why);
	if (!silent) {
		st->trouble = c->result == SYNC_FINISHED ? (struct err){ 0 } : c->err;
		d->retry = c->result == SYNC_LATER ? c->sync.next_try_ms : 0;
	}
	if (st->trouble.code == ERR_AUTH || st->trouble.code == ERR_HOSTKEY)
		d->stamp = authfiles_stamp(d->config.ssh, d->config.settings_path);
	if (st->did.recorded)
		d->recorded_at = clock_boot_ms();
	d->busy_looks = st->did.busy ? d->busy_looks + 1 : 0;
	if (st->did.replayed)
		fprintf(stderr, _("maillaged : %s : des enregistrements pas encore envoyés ont été refaits sans ce que le hub n'accepte jamais ; « maillage "
				  "status » dit où est gardé l'historique d'avant\n"),
			c->folder);
	log_trouble(d, &was);
}

/* A tenth more or less, so that the clones of a region do not all come at once. */
static int64_t interval_ms(const struct depot *d)
{
	int64_t ms = (int64_t)d->config.interval_s * 1000;
	uint32_t r = (uint32_t)uv_hrtime() ^ (uint32_t)(uintptr_t)d;
	return ms - ms / 10 + (int64_t)(r % (uint64_t)(ms / 5 + 1));
}

/* One save goes at once; who saves every second makes no commit of each. */
static int64_t quiet_at(const struct depot *d)
{
	bool again = d->recorded_at && d->stirred - d->recorded_at < DEPOT_QUIET_MS;
	int64_t at = d->stirred + (again ? DEPOT_QUIET_MS : SAVES_SETTLE_MS), latest = d->stirred_first + DEPOT_QUIET_MAX_MS;
	return at < latest ? at : latest;
}

static void rest(struct depot *d)
{
	int64_t now = clock_boot_ms();
	const struct sync_options *o = &d->cycle.opt;
	/* only a cycle that went to the hub puts the next visit off: else a busy folder would never hear from elsewhere */
	if (d->status.did.fetched || now >= d->full_at || !(o->only_news || o->no_hub))
		d->full_at = now + interval_ms(d);
	if (d->stirred) {
		enter(d, DEPOT_DIRTY);
		alarm_at(d, quiet_at(d));
		return;
	}
	int64_t next = d->retry ? d->retry : d->full_at;
	if (d->busy_looks) { /* 2 s, 4 s, ... : a swap file left by a crashed editor must not keep us awake */
		int64_t look = now + ((int64_t)DEPOT_QUIET_MS << (d->busy_looks < 10 ? d->busy_looks - 1 : 9));
		next = look < next ? look : next;
	}
	enter(d, d->retry ? DEPOT_LATER : d->status.trouble.code ? DEPOT_WAITING : DEPOT_IDLE);
	alarm_at(d, next);
}

static void closed(uv_handle_t *h)
{
	struct depot *d = h->data;
	void (*cb)(void *) = d->stopped;
	void *ctx = d->stopped_ctx;
	sync_fini(&d->cycle.sync);
	ssh_pool_free(d->pool);
	cancel_free(d->cancel);
	free(h);
	free(d);
	if (cb)
		cb(ctx);
}

static void freed(uv_handle_t *h)
{
	free(h);
}

/* The timer's and the watch's handles free themselves and no longer know the depot; one more handle, because the depot's memory may
 * only go once the loop has turned: we may be inside one of its callbacks. */
static void wind_up(struct depot *d)
{
	uv_idle_t *last = malloc(sizeof *last);
	must(last);
	if (d->cycle.stepped)
		uv_close((uv_handle_t *)d->cycle.stepped, freed);
	uv_idle_init(d->loop, last);
	last->data = d;
	uv_close((uv_handle_t *)last, closed);
}

static void cycle_done(struct job *j, int rc)
{
	struct depot *d = ((struct cycle *)j)->depot;
	struct ask *answered = d->asking;
	bool stopping = d->status.state == DEPOT_STOPPED;
	d->asking = NULL;
	must(rc == 0); /* nothing queues behind a cycle: there is one at a time */
	take_results(d);
	if (stopping) {
		answer_all(d, answered, d->cycle.result);
		wind_up(d);
		return;
	}
	if (d->asked) {
		enter(d, DEPOT_IDLE);
		run(d, (struct sync_options){ 0 });
	} else {
		rest(d);
	}
	answer_all(d, answered, d->cycle.result);
}

/* ---- what can happen ----------------------------------------------------------------------------------------------------------- */

static void on_stir(void *ctx, const char *path, bool whole)
{
	struct depot *d = ctx;
	int64_t now = clock_boot_ms();
	bool first = !d->stirred;
	if (path && whole)
		saves_note(&d->saves, path);
	d->stirred = now;
	if (first)
		d->stirred_first = now;
	if (d->status.state == DEPOT_RUNNING || d->status.state == DEPOT_STOPPED || !first)
		return; /* looked at when the cycle ends, or when the alarm rings: not an alarm set anew for every event */
	enter(d, DEPOT_DIRTY);
	alarm_at(d, quiet_at(d));
}

static void on_alarm(void *ctx)
{
	struct depot *d = ctx;
	struct sync_options opt = { 0 };
	int64_t now = clock_boot_ms();
	if (d->status.state == DEPOT_RUNNING || d->status.state == DEPOT_STOPPED)
		return;
	if (d->status.state == DEPOT_DIRTY && now < quiet_at(d)) {
		alarm_at(d, quiet_at(d));
		return;
	}
	bool due = d->retry ? now >= d->retry : now >= d->full_at;
	if (shut_out(d) || (d->retry && !due))
		opt.no_hub = true;
	else
		opt.only_news = !due;
	run(d, opt);
}

void depot_configure(struct depot *d, int interval_s, const struct ssh_config *ssh)
{
	d->config.interval_s = interval_s;
	d->config.ssh = ssh;
	if (d->status.state == DEPOT_WAITING) { /* whoever edits the settings has probably just mended something */
		d->full_at = clock_boot_ms();
		alarm_at(d, d->full_at);
	}
}

void depot_woke(struct depot *d)
{
	if (d->status.state == DEPOT_STOPPED)
		return;
	d->drop_sessions = true;
	if (d->retry)
		d->retry = clock_boot_ms();
	d->full_at = clock_boot_ms();
	if (d->status.state == DEPOT_IDLE || d->status.state == DEPOT_LATER || d->status.state == DEPOT_WAITING)
		alarm_at(d, clock_boot_ms() + DEPOT_QUIET_MS); /* an address is there before the route and the names are */
}

int depot_sync(struct depot *d, const struct depot_ask *ask, depot_done_cb cb, void *ctx, struct err *e)
{
	if (d->status.state == DEPOT_STOPPED)
		return err_set(e, ERR_CANCELLED, _("%s : maillaged s'arrête"), d->cycle.folder);
	struct ask *one = calloc(1, sizeof *one);
	if (!one)
		return err_nomem(e);
	one->cb = cb;
	one->ctx = ctx;
	struct ask **end = &d->asked;
	while (*end)
		end = &(*end)->next;
	*end = one;
	if (ask)
		one->step = ask->step;
	if (ask && ask->yes_delete)
		d->next_ask.yes_delete = true;
	if (ask && ask->accept_host_key)
		snprintf(d->next_accept, sizeof d->next_accept, "%s", ask->accept_host_key);
	if (d->status.state != DEPOT_RUNNING)
		run(d, (struct sync_options){ 0 });
	return 0;
}

const struct depot_status *depot_status(struct depot *d)
{
	d->status.phase = d->status.state == DEPOT_RUNNING ? atomic_load(&d->cycle.phase) : NULL;
	d->status.watched = d->watch && watch_is_whole(d->watch);
	return &d->status;
}

int depot_new(struct depot **out, uv_loop_t *loop, const struct depot_config *config, struct err *e)
{
	struct depot *d = calloc(1, sizeof *d);
	struct err why;
	if (!d)
		return err_nomem(e);
	d->config = *config;
	d->loop = loop;
	snprintf(d->cycle.folder, sizeof d->cycle.folder, "%s", config->folder);
	d->config.folder = d->status.folder = d->cycle.folder;
	d->cycle.depot = d;
	d->cycle.job.work = cycle_work;
	d->cycle.job.done = cycle_done;
	sync_init(&d->cycle.sync);
	jobs_init(&d->jobs, loop);
	int rc = cancel_new(&d->cancel, e);
	if (!rc)
		rc = ssh_pool_new(&d->pool, e);
	if (!rc)
		rc = timer_new(&d->timer, loop, on_alarm, d, e);
	if (rc) {
		ssh_pool_free(d->pool);
		cancel_free(d->cancel);
		free(d);
		return rc;
	}
	d->cycle.job.cancel = d->cancel;
	if (watch_new(&d->watch, loop, d->cycle.folder, on_stir, d, &why) != 0) {
		d->watch = NULL;
		fprintf(stderr, _("maillaged : %s\n"), why.msg);
	}
	run(d, (struct sync_options){ 0 }); /* what happened while nobody looked */
	*out = d;
	return 0;
}

void depot_stop(struct depot *d, void (*cb)(void *ctx), void *ctx)
{
	must(d->status.state != DEPOT_STOPPED);
	bool running = d->status.state == DEPOT_RUNNING;
	d->stopped = cb;
	d->stopped_ctx = ctx;
	enter(d, DEPOT_STOPPED);
	timer_free(d->timer);
	watch_free(d->watch);
	d->watch = NULL;
	struct ask *left = d->asked;
	d->asked = NULL;
	if (running)
		jobs_cancel(&d->jobs);
	err_set(&d->status.trouble, ERR_CANCELLED, _("%s : maillaged s'arrête"), d->cycle.folder);
	answer_all(d, left, SYNC_LATER);
	if (!running)
		wind_up(d);
}
