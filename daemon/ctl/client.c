/* client.c -- one call over the control socket: connect, one JSON message and a NUL, one reply (Varlink's wire). Any trouble
 * means "no daemon": the command then does the work itself, under the same lock.
 */
#include "ctl/client.h"

#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "ctl/json.h"
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

/* Read up to the NUL. */
static bool receive(struct buf *out, int fd, int wait_ms)
{
	char chunk[4096];
	struct pollfd p = { .fd = fd, .events = POLLIN };
	while (out->n < REPLY_MAX && poll(&p, 1, wait_ms) == 1) {
		ssize_t got = recv(fd, chunk, sizeof chunk, 0);
		if (got <= 0)
			return false;
		const char *end = memchr(chunk, 0, (size_t)got);
		buf_put(out, chunk, end ? (size_t)(end - chunk) : (size_t)got);
		if (end)
			return buf_ok(out);
	}
	return false;
}

/* The reply's parameters; NULL: no daemon, or it answered with an error. */
static const struct val *call(struct arena *a, const char *method, struct val *parameters, int wait_ms)
{
	struct val *m = val_map(a), *reply = NULL;
	struct buf b = BUF_INIT;
	int fd = dial(a);
	if (fd < 0)
		return NULL;
	put_str(a, m, "method", method);
	val_set(a, m, "parameters", parameters);
	bool ok = json_print(&b, m, true, NULL) == 0 && send_all(fd, buf_str(&b), b.n + 1);
	buf_reset(&b);
	ok = ok && receive(&b, fd, wait_ms) && json_parse(&reply, a, buf_str(&b), b.n, NULL) == 0 && !val_get(reply, "error");
	buf_free(&b);
	close(fd);
	return ok ? val_get(reply, "parameters") : NULL;
}

bool client_looks_after(struct arena *a, const char *folder)
{
	struct stat here, there;
	const struct val *answer = call(a, WIRE_STATUS, val_map(a), ASK_MS), *list = val_get(answer, "depots");
	if (!list || list->type != VAL_LIST || stat(folder, &here) != 0)
		return false;
	for (size_t i = 0; i < list->list.n; i++) {
		const char *theirs = val_text(list->list.at[i], "dossier");
		if (theirs && stat(theirs, &there) == 0 && here.st_dev == there.st_dev && here.st_ino == there.st_ino)
			return true;
	}
	return false;
}

bool client_sync(struct val **out, struct arena *a, const char *folder)
{
	struct val *p = val_map(a);
	if (!client_looks_after(a, folder)) /* stopped or stuck: found out in two seconds, not after the longest exchange there is */
		return false;
	put_str(a, p, "dossier", folder);
	const struct val *report = call(a, WIRE_SYNC, p, SYNC_MS);
	if (!report || report->type != VAL_MAP)
		return false;
	*out = val_copy(a, report);
	return true;
}
