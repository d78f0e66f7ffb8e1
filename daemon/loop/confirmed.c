#include "loop/confirmed.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fsio.h"

static void path_of(char out[PATH_MAX], const struct repo *r, const char *name)
{
	snprintf(out, PATH_MAX, "%smaillage/%s", repo_gitdir(r), name);
}

int confirmed_write(struct repo *r, const struct confirmed *c, struct err *e)
{
	char path[PATH_MAX], line[80];
	path_of(path, r, "confirmed");
	int n = snprintf(line, sizeof line, "%lld %s\n", (long long)c->unix_s, c->head.hex);
	return fs_write(path, line, (size_t)n, e);
}

/* CODE seconds head, and the message on the next line. */
static int trouble_write(struct repo *r, const struct trouble *t, struct err *e)
{
	char path[PATH_MAX], text[ERR_MSG_MAX + 100];
	path_of(path, r, "trouble");
	int n = snprintf(text, sizeof text, "%s %lld %s\n%s\n", err_name(t->code), (long long)t->unix_s, oid_is(&t->head) ? t->head.hex : "-",
			 t->msg);
	return fs_write(path, text, (size_t)n, e);
}

static int keep_trouble(struct repo *r, const struct sync *s, enum sync_result end, struct err *e)
{
	struct trouble t = { .code = s->err.code, .unix_s = clock_unix_s() };
	char path[PATH_MAX];
	path_of(path, r, "trouble");
	if (s->state == SYNC_DONE) { /* whatever a guard left out, this cycle exchanged; one without the hub says nothing about the hub */
		if (!s->opt.no_hub && unlink(path) != 0 && errno != ENOENT)
			return err_errno(e, path);
		return 0;
	}
	/* a pause is seen in the folder itself; who found another program at work leaves it to that one to say how it ended */
	if (end == SYNC_FINISHED || t.code == ERR_CANCELLED || t.code == ERR_PAUSED || t.code == ERR_BUSY)
		return 0;
	snprintf(t.msg, sizeof t.msg, "%s", s->err.msg);
	if (t.code == ERR_REFUSED)
		snprintf(t.head.hex, sizeof t.head.hex, "%s", s->refused);
	else if (repo_head(&t.head, r, NULL) != 0)
		t.head.hex[0] = 0;
	return trouble_write(r, &t, e);
}

/* ---- what came lately ------------------------------------------------------------------------------------------------ */

#define ARRIVALS_APART_S (20 * 3600)
#define ARRIVALS_MAX 16 /* lines: more than the window can hold */

struct arrivals {
	struct confirmed at[ARRIVALS_MAX]; /* oldest first; head: main before */
	size_t n;
};

/* Those of the last week. */
static void arrivals_read(struct arrivals *out, struct repo *r)
{
	char path[PATH_MAX];
	struct buf b = BUF_INIT;
	int64_t now = clock_unix_s();
	out->n = 0;
	path_of(path, r, "arrivals");
	if (fs_read(&b, path, 4096, NULL) == 0) {
		for (const char *p = buf_str(&b); *p && out->n < ARRIVALS_MAX; p += strcspn(p, "\n"), p += *p == '\n') {
			struct confirmed one = { 0 };
			long long when;
			if (sscanf(p, "%lld %40[0-9a-f]", &when, one.head.hex) != 2 || strlen(one.head.hex) != OID_HEX ||
			    when < now - CONFIRMED_WINDOW_S)
				continue;
			one.unix_s = when;
			out->at[out->n++] = one;
		}
	}
	buf_free(&b);
}

bool confirmed_window(struct oid *from, int64_t *unix_s, struct repo *r)
{
	struct arrivals l;
	arrivals_read(&l, r);
	if (!l.n)
		return false;
	*from = l.at[0].head;
	*unix_s = l.at[0].unix_s;
	return true;
}

/* main has moved on from what was confirmed last. A line a day says enough: the window begins at the oldest. */
static int arrived(struct repo *r, const struct confirmed *was, const struct confirmed *now, struct err *e)
{
	char path[PATH_MAX];
	struct arrivals l;
	struct buf b = BUF_INIT;
	if (!oid_is(&was->head) || oid_equal(&was->head, &now->head))
		return 0;
	arrivals_read(&l, r);
	if (l.n && (l.n == ARRIVALS_MAX || now->unix_s - l.at[l.n - 1].unix_s < ARRIVALS_APART_S))
		return 0;
	l.at[l.n].head = was->head;
	l.at[l.n++].unix_s = now->unix_s;
	for (size_t i = 0; i < l.n; i++)
		buf_printf(&b, "%lld %s\n", (long long)l.at[i].unix_s, l.at[i].head.hex);
	path_of(path, r, "arrivals");
	int rc = buf_ok(&b) ? fs_write(path, b.at, b.n, e) : err_nomem(e);
	buf_free(&b);
	return rc;
}

int confirmed_keep(struct repo *r, const struct sync *s, enum sync_result end, int64_t before, struct err *e)
{
	struct confirmed now = { .unix_s = clock_unix_s() }, was;
	int rc = keep_trouble(r, s, end, e);
	if (rc || !s->confirmed_ms || s->confirmed_ms == before)
		return rc;
	snprintf(now.head.hex, sizeof now.head.hex, "%s", s->confirmed);
	confirmed_read(&was, r);
	rc = arrived(r, &was, &now, e);
	return rc ? rc : confirmed_write(r, &now, e);
}

static int code_of(const char *name)
{
#define X(code, class, exit)      \
	if (!strcmp(name, #code)) \
		return ERR_##code;
	ERR_CODES(X)
#undef X
	return 0;
}

void trouble_read(struct trouble *out, struct repo *r, const struct oid *head)
{
	char path[PATH_MAX], name[24];
	struct buf b = BUF_INIT;
	struct oid now = { "" };
	long long when;
	memset(out, 0, sizeof *out);
	path_of(path, r, "trouble");
	if (fs_read(&b, path, 8192, NULL) == 0 && sscanf(buf_str(&b), "%23[A-Z] %lld %40[0-9a-f]", name, &when, out->head.hex) >= 2) {
		const char *text = strchr(buf_str(&b), '\n');
		snprintf(out->msg, sizeof out->msg, "%s", text ? text + 1 : "");
		size_t n = strlen(out->msg);
		while (n && out->msg[n - 1] == '\n')
			out->msg[--n] = 0;
		err_mend(out->msg);
		out->unix_s = when;
		out->code = code_of(name);
	}
	buf_free(&b);
	if (out->code != ERR_REFUSED)
		return;
	if (!head && repo_head(&now, r, NULL) == 0)
		head = &now;
	if (!head || !oid_equal(head, &out->head))
		out->code = 0;
}

void confirmed_read(struct confirmed *out, struct repo *r)
{
	char path[PATH_MAX];
	struct buf b = BUF_INIT;
	long long when;
	memset(out, 0, sizeof *out);
	path_of(path, r, "confirmed");
	if (fs_read(&b, path, 4096, NULL) == 0 && sscanf(buf_str(&b), "%lld %40[0-9a-f]", &when, out->head.hex) >= 1)
		out->unix_s = when;
	buf_free(&b);
}
