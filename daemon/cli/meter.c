/* meter.c -- who works says where it is and goes on; it may then wait for a hub that says nothing. So what was said too early or too soon
 * after the last time is shown by a thread of its own, as soon as it is due.
 */
#include "cli/meter.h"

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/progress.h"
#include "cli/term.h"

#define QUIET_MS 1000 /* what is done by then needs no line; MAILLAGE_METER_MS says otherwise, for tests */
#define EVERY_MS 100

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* of all below */
static pthread_cond_t ended_cond = PTHREAD_COND_INITIALIZER;
static pthread_t watcher;
static int64_t begun, last, quiet_ms;
static struct {
	char phase[96]; /* a copy: whoever said it may be done with it */
	size_t done, total;
	bool fresh;     /* not shown yet */
} said;
static bool measuring, watched, ended, shown;

/* Cut at the terminal's width: a line that wraps cannot be taken back. */
static void put_line(const char *text)
{
	int columns = term_width(stderr) - 1;
	const char *end = text;
	for (; *end; end++)
		if (((unsigned char)*end & 0xC0) != 0x80 && columns-- == 0)
			break;
	fprintf(stderr, "\r%.*s\033[K", (int)(end - text), text);
	fflush(stderr);
}

static void show_when_due(void)
{
	int64_t now = clock_mono_ms();
	char text[256];
	if (!said.fresh || now - begun < quiet_ms || now - last < EVERY_MS)
		return;
	last = now;
	said.fresh = false;
	if (said.total)
		snprintf(text, sizeof text, _("%s : %zu sur %zu (%zu %%)"), said.phase, said.done, said.total, said.done * 100 / said.total);
	else if (said.done)
		snprintf(text, sizeof text, _("%s : %zu"), said.phase, said.done);
	else
		snprintf(text, sizeof text, "%s...", said.phase);
	put_line(text);
	shown = true;
}

static void listen_to(const char *phase, size_t done, size_t total)
{
	pthread_mutex_lock(&lock);
	snprintf(said.phase, sizeof said.phase, "%s", phase);
	said.done = done;
	said.total = total;
	said.fresh = true;
	show_when_due();
	pthread_mutex_unlock(&lock);
}

static void *watch(void *nothing)
{
	(void)nothing;
	pthread_mutex_lock(&lock);
	while (!ended) {
		struct timespec until;
		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_nsec += EVERY_MS * 1000000L;
		until.tv_sec += until.tv_nsec / 1000000000L;
		until.tv_nsec %= 1000000000L;
		pthread_cond_timedwait(&ended_cond, &lock, &until);
		show_when_due();
	}
	pthread_mutex_unlock(&lock);
	return NULL;
}

void meter_begin(void)
{
	const char *term = getenv("TERM");
	sigset_t all, was;
	if (!isatty(STDERR_FILENO) || !term || !*term || !strcmp(term, "dumb"))
		return;
	const char *told = getenv("MAILLAGE_METER_MS");
	quiet_ms = told ? strtol(told, NULL, 10) : QUIET_MS;
	begun = clock_mono_ms();
	last = 0;
	measuring = true;
	said.fresh = ended = false;
	sigfillset(&all); /* signals are for those who work */
	pthread_sigmask(SIG_SETMASK, &all, &was);
	watched = pthread_create(&watcher, NULL, watch, NULL) == 0; /* without it, only what comes when it is due is shown */
	pthread_sigmask(SIG_SETMASK, &was, NULL);
	progress_to(listen_to);
}

void meter_end(void)
{
	if (!measuring)
		return;
	progress_to(NULL);
	pthread_mutex_lock(&lock);
	said.fresh = false;
	ended = true;
	pthread_cond_signal(&ended_cond);
	pthread_mutex_unlock(&lock);
	if (watched)
		pthread_join(watcher, NULL);
	if (shown)
		fputs("\r\033[K", stderr);
	measuring = shown = false;
}
