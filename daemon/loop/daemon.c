/* daemon.c -- what is shared by all clones: settings, signals, the socket, news of the machine and of the network.
 *
 * Start: settings, libgit2, the socket (its lock is what keeps a second daemon out, so it comes before any clone is touched), the
 * clones, READY. Stop: the clones (each lets its running cycle end), then everything else; the loop runs dry.
 *
 * An idle daemon costs nothing: every descriptor in the loop waits for somebody else's event, and the only alarms are the clones'
 * intervals and a service manager's watchdog.
 */
#include "daemon.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#include "base/fsio.h"
#include "base/trace.h"
#include "network.h"
#include "notify.h"
#include "settings.h"
#include "timer.h"
#include "watch.h"

#define RELOAD_QUIET_MS 500 /* an editor's save is several events */
#define THREADS_MAX 16

/* Settings as they were read at one time. Old ones are kept to the end: a running cycle may still use their strings, and they are
 * a few kilobytes for each time somebody edits the file. */
struct generation {
	struct arena a;
	struct settings s;
	struct generation *older; /* own */
};
struct daemon {
	const struct daemon_config *config;
	uv_loop_t loop;
	struct generation *now;      /* own */
	struct depot *depot[SETTINGS_MAX_DEPOTS];
	size_t n, stopping;          /* stopping: have been told to, and are not gone yet */
	struct server *server;
	struct network *network;
	struct timer *wake, *reload;
	struct timer *pulse; /* own; NULL: no watchdog */
	struct watch *settings_watch;
	uv_signal_t term, intr, hup;
	bool closing;
};

/* ---- settings --------------------------------------------------------------------------------------------------------- */

static int load(struct generation **out, const char *path, struct err *e)
{
	struct generation *g = calloc(1, sizeof *g);
	if (!g)
		return err_nomem(e);
	if (!arena_begin(&g->a)) {
		free(g);
		return err_nomem(e);
	}
	int rc = settings_load(&g->s, &g->a, path, e);
	g->a.armed = false; /* nobody allocates from it once this has returned */
	if (rc) {
		arena_end(&g->a);
		free(g);
		return rc;
	}
	*out = g;
	return 0;
}

static void status_line(void *ctx)
{
	struct daemon *d = ctx;
	size_t trouble = 0, running = 0;
	char words[200];
	for (size_t i = 0; i < d->n; i++) {
		const struct depot_status *st = depot_status(d->depot[i]);
		trouble += st->trouble.code != 0;
		running += st->state == DEPOT_RUNNING;
	}
	snprintf(words, sizeof words, _("STATUS=clones suivis : %zu ; en cours : %zu ; en difficulté : %zu"), d->n, running, trouble);
	notify(words);
}

static struct depot *find(const struct daemon *d, const char *folder)
{
	char want[PATH_MAX], have[PATH_MAX];
	if (!realpath(folder, want))
		snprintf(want, sizeof want, "%s", folder);
	for (size_t i = 0; i < d->n; i++) {
		const char *at = depot_folder(d->depot[i]);
		if (!strcmp(folder, at) || (realpath(at, have) && !strcmp(have, want)))
			return d->depot[i];
	}
	return NULL;
}

static void depot_gone(void *ctx)
{
	struct daemon *d = ctx;
	must(d->stopping > 0);
	d->stopping--;
}

static void remove_depot(struct daemon *d, size_t i)
{
	struct depot *gone = d->depot[i];
	memmove(&d->depot[i], &d->depot[i + 1], (d->n - i - 1) * sizeof *d->depot);
	d->n--;
	d->stopping++;
	depot_stop(gone, depot_gone, d);
}

static const struct settings_depot *listed(const struct settings *s, const struct depot *d)
{
	for (size_t i = 0; i < s->ndepots; i++)
		if (!strcmp(s->depots[i].folder, depot_folder(d)))
			return &s->depots[i];
	return NULL;
}

/* Bring the clones in line with the settings. */
static void apply(struct daemon *d)
{
	const struct settings *s = &d->now->s;
	for (size_t i = d->n; i-- > 0;) {
		const struct settings_depot *line = listed(s, d->depot[i]);
		if (line)
			depot_configure(d->depot[i], line->interval_s, &line->ssh);
		else
			remove_depot(d, i);
	}
	for (size_t i = 0; i < s->ndepots; i++) {
		struct err e;
		struct depot_config c = { .folder = s->depots[i].folder,
					  .interval_s = s->depots[i].interval_s,
					  .ssh = &s->depots[i].ssh,
					  .settings_path = s->path,
					  .aggregate = d->config->aggregate,
					  .changed = status_line,
					  .ctx = d };
		if (find(d, c.folder))
			continue;
		if (depot_new(&d->depot[d->n], &d->loop, &c, &e) == 0)
			d->n++;
		else
			fprintf(stderr, _("maillaged : %s : %s\n"), c.folder, e.msg);
	}
	status_line(d);
}

/* Reads config.yaml again; on failure the old settings stay. */
static int read_again(struct daemon *d, struct err *e)
{
	struct generation *g;
	int rc = load(&g, d->config->settings, e);
	if (rc)
		return rc;
	g->older = d->now;
	d->now = g;
	if (!d->closing)
		apply(d);
	return 0;
}

static void reload_now(void *ctx)
{
	struct daemon *d = ctx;
	struct err e;
	if (!d->closing && read_again(d, &e) != 0)
		fprintf(stderr, _("maillaged : %s ; les réglages précédents restent en vigueur\n"), e.msg);
}

static void settings_stirred(void *ctx, const char *path, bool whole)
{
	(void)whole;
	struct daemon *d = ctx;
	const char *name = strrchr(d->now->s.path, '/') + 1;
	if (!path || !strcmp(path, name))
		timer_set(d->reload, RELOAD_QUIET_MS);
}

/* To the service manager's watchdog: the loop turns. */
static void pulse(void *ctx)
{
	struct daemon *d = ctx;
	notify("WATCHDOG=1");
	timer_set(d->pulse, notify_watchdog_ms());
}

/* ---- what comes from outside ------------------------------------------------------------------------------------------- */

static void sync_all(struct daemon *d)
{
	struct err e;
	for (size_t i = 0; i < d->n; i++)
		if (depot_sync(d->depot[i], NULL, NULL, NULL, &e) != 0)
			trace("daemon: %s", e.msg);
}

static void woke(void *ctx)
{
	struct daemon *d = ctx;
	trace("daemon: the machine woke, or the network is back");
	for (size_t i = 0; i < d->n; i++)
		depot_woke(d->depot[i]);
}

static void on_hup(uv_signal_t *h, int sig)
{
	(void)sig;
	reload_now(h->data);
	sync_all(h->data);
}

static void on_term(uv_signal_t *h, int sig)
{
	struct daemon *d = h->data;
	if (d->closing) {
		fprintf(stderr, _("maillaged : signal %d reçu une seconde fois, arrêt immédiat\n"), sig);
		_exit(128 + sig);
	}
	daemon_stop(d);
}

static void on_message(void *ctx, struct client *c, const char *json, size_t n)
{
	struct daemon *d = ctx;
	if (d->config->handle)
		d->config->handle(d->config->handle_ctx, d, c, json, n);
}

/* ---- life ---------------------------------------------------------------------------------------------------------------- */

void daemon_stop(struct daemon *d)
{
	if (d->closing)
		return;
	d->closing = true;
	notify("STOPPING=1");
	while (d->n)
		remove_depot(d, d->n - 1);
	server_free(d->server);
	network_free(d->network);
	timer_free(d->wake);
	timer_free(d->reload);
	timer_free(d->pulse);
	watch_free(d->settings_watch);
	/* the signals' handles do not keep the loop alive, and must outlast the cycles that are still ending */
}

static void start_signal(uv_signal_t *h, struct daemon *d, uv_signal_cb cb, int sig)
{
	uv_signal_init(&d->loop, h);
	h->data = d;
	uv_signal_start(h, cb, sig);
	uv_unref((uv_handle_t *)h);
}

/* Conveniences: without them everything still happens, at the next interval. */
static void start_news(struct daemon *d)
{
	struct err e;
	char folder[PATH_MAX];
	snprintf(folder, sizeof folder, "%.*s", (int)(strrchr(d->now->s.path, '/') - d->now->s.path), d->now->s.path);
	if (network_new(&d->network, &d->loop, woke, d, &e) != 0)
		trace("daemon: no news of the network: %s", e.msg);
	if (wake_new(&d->wake, &d->loop, woke, d, &e) != 0)
		trace("daemon: no news of waking: %s", e.msg);
	if (timer_new(&d->reload, &d->loop, reload_now, d, &e) != 0 || fs_mkdirs(folder, &e) != 0 ||
	    watch_new(&d->settings_watch, &d->loop, folder, settings_stirred, d, &e) != 0)
		trace("daemon: %s is not watched: %s", folder, e.msg);
	if (notify_watchdog_ms() && timer_new(&d->pulse, &d->loop, pulse, d, &e) == 0)
		timer_set(d->pulse, 0);
}

/* One worker a clone, so that a slow hub holds up nobody else's; it must be said before the first job is started. */
static void size_pool(size_t depots)
{
	char n[8];
	size_t threads = depots + 1 < 4 ? 4 : depots + 1 > THREADS_MAX ? THREADS_MAX : depots + 1;
	snprintf(n, sizeof n, "%zu", threads);
	setenv("UV_THREADPOOL_SIZE", n, 0);
}

static void forget_settings(struct daemon *d)
{
	while (d->now) {
		struct generation *g = d->now;
		d->now = g->older;
		arena_end(&g->a);
		free(g);
	}
}

int daemon_run(const struct daemon_config *config, struct err *e)
{
	struct daemon *d = calloc(1, sizeof *d);
	if (!d)
		return err_nomem(e);
	d->config = config;
	int rc = load(&d->now, config->settings, e);
	if (!rc)
		rc = store_init(e);
	if (rc) {
		forget_settings(d);
		free(d);
		return rc;
	}
	size_pool(d->now->s.ndepots);
	uv_loop_init(&d->loop);
	rc = server_new(&d->server, &d->loop, d->now->s.socket, on_message, d, e);
	if (!rc) {
		start_signal(&d->term, d, on_term, SIGTERM);
		start_signal(&d->intr, d, on_term, SIGINT);
		start_signal(&d->hup, d, on_hup, SIGHUP);
		start_news(d);
		apply(d);
		notify("READY=1");
		uv_run(&d->loop, UV_RUN_DEFAULT); /* until daemon_stop */
		must(d->stopping == 0);
		uv_close((uv_handle_t *)&d->term, NULL);
		uv_close((uv_handle_t *)&d->intr, NULL);
		uv_close((uv_handle_t *)&d->hup, NULL);
	}
	uv_run(&d->loop, UV_RUN_DEFAULT);
	must(uv_loop_close(&d->loop) == 0);
	store_fini();
	forget_settings(d);
	free(d);
	return rc;
}

/* ---- for the handler -------------------------------------------------------------------------------------------------------- */

size_t daemon_depots(const struct daemon *d)
{
	return d->n;
}

const struct depot_status *daemon_status(struct daemon *d, size_t i)
{
	must(i < d->n);
	return depot_status(d->depot[i]);
}

const struct depot_status *daemon_find(struct daemon *d, const char *folder)
{
	struct depot *one = find(d, folder);
	return one ? depot_status(one) : NULL;
}

int daemon_sync_now(struct daemon *d, const char *folder, const struct depot_ask *ask, depot_done_cb cb, void *ctx, struct err *e)
{
	struct depot *one = find(d, folder);
	if (!one)
		return err_set(e, ERR_NOTFOUND,
			       _("%s : maillaged ne suit pas ce dossier ; ajoutez-le à « depots: » dans %s"), folder,
			       d->now->s.path);
	return depot_sync(one, ask, cb, ctx, e);
}
