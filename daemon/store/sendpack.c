/* sendpack.c -- one push, as a conversation:
 *
 *   hub   its refs, one packet each; then a flush packet
 *   we    old new refs/heads/main; a flush packet; a pack
 *   hub   what its hooks say (band 2), then the report (band 1): "unpack ok", "ok refs/heads/main" or "ng refs/heads/main why"
 *
 * When it fails. A hub that has what we do not is seen before anything is sent: ERR_RACE. An object of ours that is damaged shows when it is
 * packed: the connection is dropped, the hub's git finds a pack without an end, and nothing enters. Killed or cut off in the middle:
 * the same. Cut off between the last byte and the report: nobody knows what the hub did; the caller fetches. A hub that gives up
 * reading (its disk is full) has said why in a report all the same: it is read.
 */
#include "sendpack.h"

#include "base/digest.h"
#include "base/trace.h"
#include "giterr.h"
#include "hubanswer.h"
#include "hubpipe.h"
#include "pack.h"
#include "packer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PACKET_MAX 65520
#define WORDS_MAX 65536   /* of the hub's hooks */
#define REPORT_MAX 65536
#define NO_OID "0000000000000000000000000000000000000000"

struct sending {
	struct hubpipe pipe;
	struct repo *r;                 /* borrow */
	const struct remote_options *o; /* borrow */
	const char *url;                /* borrow */
	struct err *e;
	struct oid old;                 /* the hub's main; "" none */
	bool sideband;
	bool sent;                      /* some of the pack has left */
	char in[PACKET_MAX];            /* what has been read of the stream and not yet used */
	size_t in_at, in_n;
	struct buf packet;              /* own; the last one, without its length */
	struct buf words, report;       /* own */
};

static int failed(struct sending *s)
{
	if (s->o->cancel && cancel_is(s->o->cancel))
		return err_set(s->e, ERR_CANCELLED, _("%s : échange interrompu à votre demande"), s->url);
	if (s->e)
		*s->e = s->pipe.err;
	return err_wrap(s->e, "%s", s->url);
}

static int strange(struct sending *s)
{
	s->pipe.dead = true;
	return err_set(s->e, ERR_NET, _("%s : le hub n'a pas répondu comme git le fait ; on réessaiera"), s->url);
}

/* ---- packets: four hexadecimal digits, which count themselves, and as many bytes; 0000 is a flush packet */

static int read_exactly(struct sending *s, char *out, size_t n)
{
	while (n) {
		if (s->in_at == s->in_n) {
			s->in_at = 0;
			if (hubpipe_read(&s->pipe, s->in, sizeof s->in, &s->in_n) < 0) {
				s->in_n = 0;
				return failed(s);
			}
		}
		size_t now = s->in_n - s->in_at < n ? s->in_n - s->in_at : n;
		memcpy(out, s->in + s->in_at, now);
		s->in_at += now;
		out += now;
		n -= now;
	}
	return 0;
}

/* The length of the packet at `head`, itself included; 0: a flush packet; -1: not one. */
static int packet_length(const char *head)
{
	char digits[5] = { head[0], head[1], head[2], head[3], 0 };
	if (strspn(digits, "0123456789abcdefABCDEF") != 4)
		return -1;
	long n = strtol(digits, NULL, 16);
	return n == 0 || (n >= 4 && n <= PACKET_MAX) ? (int)n : -1;
}

static int read_packet(struct sending *s, bool *flush)
{
	char head[4];
	int rc = read_exactly(s, head, sizeof head), n = rc ? 0 : packet_length(head);
	buf_reset(&s->packet);
	if (rc || n < 0)
		return rc ? rc : strange(s);
	*flush = !n;
	if (n > 4) {
		if (!buf_reserve(&s->packet, (size_t)n))
			return err_nomem(s->e);
		if ((rc = read_exactly(s, s->packet.at, (size_t)n - 4)))
			return rc;
		s->packet.n = (size_t)n - 4;
		s->packet.at[s->packet.n] = 0;
	}
	return 0;
}

/* A hub that reads no more has a report to read; 1 then. */
static int say(struct sending *s, const char *bytes, size_t n)
{
	int rc = hubpipe_write(&s->pipe, bytes, n);
	return rc < 0 ? failed(s) : rc;
}

/* ---- what the hub has */

static int read_refs(struct sending *s)
{
	bool flush = false, first = true;
	while (!flush) {
		int rc = read_packet(s, &flush);
		if (rc)
			return rc;
		if (flush || !s->packet.n)
			continue;
		const char *line = s->packet.at, *abilities = line + strlen(line);
		if (first)
			s->sideband = abilities < line + s->packet.n && strstr(abilities + 1, "side-band-64k");
		first = false;
		if (strlen(line) > OID_HEX + 1 && !strncmp(line + OID_HEX + 1, MAIN_REF, strlen(MAIN_REF)) &&
		    strchr("\n", line[OID_HEX + 1 + strlen(MAIN_REF)]))
			snprintf(s->old.hex, sizeof s->old.hex, "%.*s", OID_HEX, line);
	}
	return 0;
}

static int may_follow(struct sending *s, const struct oid *commit)
{
	git_oid old;
	bool ahead = true;
	if (oid_is(&s->old)) {
		int rc = oid_to_git(&old, &s->old, s->e);
		if (rc)
			return rc;
		ahead = git_odb_exists(s->r->odb, &old);
		if (ahead && (rc = repo_is_ancestor(&ahead, s->r, &s->old, commit, s->e)))
			return rc;
	}
	return ahead ? 0 : hub_answer("non-fast-forward", "", s->url, s->e);
}

/* ---- what we have */

static int ask(struct sending *s, const struct oid *commit)
{
	struct buf b = BUF_INIT;
	char head[5];
	buf_printf(&b, "0000%s %s " MAIN_REF, oid_is(&s->old) ? s->old.hex : NO_OID, commit->hex);
	buf_putc(&b, 0);
	buf_printf(&b, " report-status%s agent=maillage", s->sideband ? " side-band-64k" : "");
	snprintf(head, sizeof head, "%04x", (unsigned)b.n);
	if (buf_ok(&b))
		memcpy(b.at, head, 4);
	buf_puts(&b, "0000");
	int rc = buf_ok(&b) ? say(s, b.at, b.n) : err_nomem(s->e);
	buf_free(&b);
	return rc;
}

static int send_lots(struct sending *s, struct packer *p, const struct sendlist *l)
{
	unsigned char head[PACK_HEAD], sum[SHA1_BYTES];
	struct buf out = BUF_INIT;
	struct sha1 hash;
	int rc;
	pack_head(head, l->n);
	buf_put(&out, head, sizeof head);
	sha1_begin(&hash);
	do {
		if (s->o->cancel && cancel_is(s->o->cancel))
			rc = failed(s);
		else
			rc = packer_lot(p, s->e);
		for (size_t i = 0; !rc && i < p->n; i++)
			buf_put(&out, p->at[i].at, p->at[i].n);
		if (!rc && buf_ok(&out)) {
			sha1_add(&hash, out.at, out.n);
			if (!p->n) {
				sha1_end(sum, &hash);
				buf_put(&out, sum, sizeof sum);
			}
		}
		if (!rc)
			rc = buf_ok(&out) ? say(s, out.at, out.n) : err_nomem(s->e);
		s->sent = true;
		buf_reset(&out);
		if (s->o->progress)
			s->o->progress(s->o->ctx, _("envoi"), p->first + p->n, l->n);
	} while (!rc && p->n);
	buf_free(&out);
	return rc;
}

/* Whatever keeps the pack from being whole must not look like its end. */
static int send_pack(struct sending *s, struct arena *a, const struct oid *commit)
{
	struct sendlist l;
	struct packer *p;
	int rc = sendlist_make(&l, a, s->r, &s->old, commit, s->o->cancel, s->e);
	if (!rc)
		rc = ask(s, commit);
	if (rc)
		return rc < 0 ? rc : 0;
	if ((rc = packer_new(&p, s->r, &l, s->e)) == 0) {
		p->thin = true;
		rc = send_lots(s, p, &l);
		packer_free(p);
	}
	if (rc < 0)
		s->pipe.dead = true;
	return rc < 0 ? rc : 0;
}

/* ---- what came of it */

static void keep(struct buf *b, size_t most, const char *bytes, size_t n)
{
	if (b->n + n <= most)
		buf_put(b, bytes, n);
}

static int read_report(struct sending *s)
{
	bool flush = false;
	while (!flush) {
		int rc = read_packet(s, &flush);
		if (rc)
			return rc;
		if (flush || !s->packet.n)
			continue;
		if (!s->sideband) { /* judge counts by the lengths */
			if (s->report.n + 4 + s->packet.n > REPORT_MAX)
				continue;
			buf_printf(&s->report, "%04zx", s->packet.n + 4);
			buf_put(&s->report, s->packet.at, s->packet.n);
		} else if (s->packet.at[0] == 1) {
			keep(&s->report, REPORT_MAX, s->packet.at + 1, s->packet.n - 1);
		} else {
			keep(&s->words, WORDS_MAX, s->packet.at + 1, s->packet.n - 1);
		}
	}
	return 0;
}

static bool begins(const char *line, const char *with, const char **rest)
{
	size_t n = strlen(with);
	*rest = line + n;
	return !strncmp(line, with, n);
}

/* The report is packets again. */
static int judge(struct sending *s)
{
	char unpack[256] = "", refused[256] = "", line[300];
	bool taken = false;
	const char *at = buf_str(&s->report), *end = at + s->report.n, *rest;
	for (int n; end - at >= 4 && (n = packet_length(at)) > 0 && n <= end - at; at += n) {
		snprintf(line, sizeof line, "%.*s", n - 4, at + 4);
		line[strcspn(line, "\n")] = 0;
		if (begins(line, "unpack ", &rest) && strcmp(rest, "ok") != 0)
			snprintf(unpack, sizeof unpack, "unpacker error: %.200s", rest);
		else if (begins(line, "ok " MAIN_REF, &rest))
			taken = true;
		else if (begins(line, "ng " MAIN_REF " ", &rest))
			snprintf(refused, sizeof refused, "%.255s", *rest ? rest : "?");
	}
	if (*refused || *unpack)
		return hub_answer(*unpack ? unpack : refused, buf_str(&s->words), s->url, s->e);
	return taken ? 0 : err_set(s->e, ERR_NET, _("%s : le hub n'a pas dit s'il a accepté l'envoi ; on vérifiera à la prochaine récupération"), s->url);
}

static int converse(struct sending *s, struct arena *a, const struct oid *commit)
{
	int rc = hubpipe_start(&s->pipe, s->url, "git-receive-pack") < 0 ? failed(s) : read_refs(s);
	if (rc)
		return rc;
	if (oid_equal(&s->old, commit) || (rc = may_follow(s, commit))) {
		hubpipe_write(&s->pipe, "0000", 4); /* nothing is asked for */
		hubpipe_end(&s->pipe, true);
		return rc;
	}
	if ((rc = send_pack(s, a, commit)) == 0 && (rc = read_report(s)) == 0)
		rc = judge(s);
	else if (s->sent && rc == ERR_NET)
		err_wrap(s->e, _("envoi interrompu, résultat inconnu (on récupère pour savoir)"));
	return rc;
}

int sendpack(struct repo *r, const char *url, const struct oid *commit, const struct remote_options *o, struct err *e)
{
	struct sending *s = calloc(1, sizeof *s);
	struct arena a;
	if (!s)
		return err_nomem(e);
	*s = (struct sending){ .pipe = { .ssh = &o->ssh, .pool = o->pool, .cancel = o->cancel }, .r = r, .o = o, .url = url, .e = e };
	int rc = arena_begin(&a) ? converse(s, &a, commit) : err_nomem(e);
	hubpipe_end(&s->pipe, false);
	arena_end(&a);
	buf_free(&s->packet);
	buf_free(&s->words);
	buf_free(&s->report);
	free(s);
	return rc;
}
