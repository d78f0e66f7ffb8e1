/* client.c -- one call over the control socket: connect, one JSON message and a NUL, its replies (Varlink's wire). Any trouble
 * means "no daemon": the command then does the work itself, under the same lock.
 */
#include "ctl/client.h"

#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/progress.h"
#include "ctl/json.h"
#include "ctl/report.h"
#include "ctl/result.h"
#include "ctl/wire.h"
#include "loop/settings.h"

#define ASK_MS 2000                 /* a live daemon says its status at once */
#define SYNC_MS (45 * 60 * 1000)    /* a first exchange of 100,000 records takes its time */
#define REPLY_MAX (1024 * 1024)

static int dial(struct arena *a)
{
	struct settings s;
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	if (settings_load(&s, a, NULL, NULL) < 0 || strlen(s.socket) >= sizeof to.sun_path)
		return -1;
	strcpy(to.sun_path, s.socket);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof to) < 0) {
		close(fd);
		fd = -1;
	}
	return fd;
}

static bool send_all(int fd, const char *p, size_t n)
{
	while (n) {
		ssize_t put = send(fd, p, n, MSG_NOSIGNAL);
		if (put <= 0)
			return false;
		p += put;
		n -= (size_t)put;
	}
	return true;
}

/* What has come: a message, its NUL, perhaps the beginning of the next. */
struct inbox {
	int fd;
	struct buf in; /* own */
	size_t read;   /* of it, by next_message */
};

/* The next message; borrowed until the one after it. NULL: none came in time, or it is longer than any answer of ours. */
static const char *next_message(struct inbox *b, int wait_ms)
{
	char chunk[4096];
	const char *nul;
	struct pollfd p = { .fd = b->fd, .events = POLLIN };
	if (b->read)
		memmove(b->in.at, b->in.at + b->read, b->in.n - b->read);
	buf_cut(&b->in, b->in.n - b->read);
	b->read = 0;
	while (!(nul = memchr(buf_str(&b->in), 0, b->in.n))) {
		if (b->in.n >= REPLY_MAX || poll(&p, 1, wait_ms) != 1)
			return NULL;
		ssize_t got = recv(b->fd, chunk, sizeof chunk, 0);
		if (got <= 0)
			return NULL;
		buf_put(&b->in, chunk, (size_t)got);
		if (!buf_ok(&b->in))
			return NULL;
	}
	b->read = (size_t)(nul - b->in.at) + 1;
	return b->in.at;
}

/* The last reply's parameters; NULL: no daemon, or it answered with an error. step hears of each before it; NULL: one reply is wanted. Their
 * memory is the arena's: some hundred bytes, ten times a second at most. */
static const struct val *call(struct arena *a, const char *method, struct val *parameters, int wait_ms, void (*step)(const struct val *at))
{
	struct val *m = val_map(a), *reply = NULL;
	struct buf b = BUF_INIT;
	struct inbox inbox = { .fd = dial(a), .in = BUF_INIT };
	if (inbox.fd < 0)
		return NULL;
	put_str(a, m, "method", method);
	val_set(a, m, "parameters", parameters);
	if (step)
		val_set(a, m, "more", val_bool(a, true));
	bool ok = json_print(&b, m, true, NULL) == 0 && send_all(inbox.fd, buf_str(&b), b.n + 1), more = ok;
	while (ok && more) {
		const char *text = next_message(&inbox, wait_ms);
		ok = text && json_parse(&reply, a, text, strlen(text), NULL) == 0 && !val_get(reply, "error");
		more = ok && step && val_is_true(reply, "continues");
		if (more)
			step(val_get(reply, "parameters"));
	}
	buf_free(&b);
	buf_free(&inbox.in);
	close(inbox.fd);
	return ok ? val_get(reply, "parameters") : NULL;
}

/* What a live daemon says of this folder; NULL: there is none, or it does not look after it. */
static const struct val *depot_of(struct arena *a, const char *folder)
{
	struct stat here, there;
	const struct val *answer = call(a, WIRE_STATUS, val_map(a), ASK_MS, NULL), *list = val_get(answer, "depots");
	if (!list || list->type != VAL_LIST || stat(folder, &here) != 0)
		return NULL;
	for (size_t i = 0; i < list->list.n; i++) {
		const char *theirs = val_text(list->list.at[i], "dossier");
		if (theirs && stat(theirs, &there) == 0 && here.st_dev == there.st_dev && here.st_ino == there.st_ino)
			return list->list.at[i];
	}
	return NULL;
}

bool client_looks_after(struct arena *a, const char *folder)
{
	return depot_of(a, folder) != NULL;
}

static size_t count_in(const struct val *at, const char *key)
{
	const struct val *v = val_get(at, key);
	return v && v->type == VAL_INT && v->i > 0 ? (size_t)v->i : 0;
}

static void step_told(const struct val *at)
{
	const char *what = val_text(at, "quoi");
	if (what)
		progress(what, count_in(at, "fait"), count_in(at, "total"));
	else
		sync_step_tell(val_text(at, "etape"));
}

bool client_sync(struct val **out, struct arena *a, const char *folder)
{
	struct val *p = val_map(a);
	const struct val *depot = depot_of(a, folder); /* stopped or stuck: found out in two seconds, not after the longest exchange there is */
	if (!depot)
		return false;
	sync_step_tell(val_text(depot, "phase")); /* of the cycle that is let finish before ours */
	put_str(a, p, "dossier", folder);
	const struct val *report = call(a, WIRE_SYNC, p, SYNC_MS, step_told);
	if (!report || report->type != VAL_MAP)
		return false;
	*out = val_copy(a, report);
	return true;
}
