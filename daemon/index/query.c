/* query.c -- pieces first, then words inside them.
 *
 * A piece without a word in it (punctuation, a lone « l' ») is dropped, for FTS5 would find everything or nothing by it. A
 * stop word is dropped too, unless it is in a phrase, is excluded, or nothing else is left: « le rôle des élus » means
 * « rôle élus ».
 */
#include "index/query.h"

#include <string.h>

#include "base/buf.h"
#include "lessons/term.h"

struct piece {
	const char *text;
	bool phrase, prefix, not;
	bool stop; /* its only word is a stop word */
};
struct pieces {
	struct piece *at;
	size_t n, cap;
};

static const struct {
	const char *open, *close;
} quotes[] = { { "\"", "\"" }, { "«", "»" }, { "“", "”" } };

static bool starts(const char *s, const char *with)
{
	return !strncmp(s, with, strlen(with));
}

static bool is_space(const char *s)
{
	return strchr(" \t\r\n", *s) || starts(s, "\xC2\xA0") || starts(s, "\xE2\x80\xAF");
}

static int quote_at(const char *s)
{
	for (int i = 0; i < (int)(sizeof quotes / sizeof *quotes); i++)
		if (starts(s, quotes[i].open))
			return i;
	return -1;
}

/* How many words it has, and whether the last one is a stop word. */
static int count_words(size_t *n, bool *stop, const char *text, struct err *e)
{
	struct terms t;
	struct term one;
	int rc = terms_begin(&t, text, strlen(text), e);
	*n = 0;
	while (!rc && term_next(&one, &t)) {
		++*n;
		*stop = one.stop;
	}
	return rc ? rc : t.nomem ? err_nomem(e) : 0;
}

static const char *read_piece(struct piece *out, struct arena *a, const char *s)
{
	const char *end;
	*out = (struct piece){ 0 };
	if (*s == '-' && s[1] && !is_space(s + 1) && s[1] != '-') {
		out->not = true;
		s++;
	}
	int q = quote_at(s);
	if (q >= 0) {
		s += strlen(quotes[q].open);
		end = strstr(s, quotes[q].close);
		out->phrase = true;
		out->text = arena_dupn(a, s, end ? (size_t)(end - s) : strlen(s)); /* a quote left open reaches to the end */
		return end ? end + strlen(quotes[q].close) : s + strlen(s);
	}
	for (end = s; *end && !is_space(end) && quote_at(end) < 0;)
		end++;
	size_t n = (size_t)(end - s);
	out->prefix = n > 1 && s[n - 1] == '*';
	out->text = arena_dupn(a, s, n);
	return end;
}

static int read_pieces(struct pieces *out, struct arena *a, const char *s, struct err *e)
{
	while (*s) {
		struct piece one;
		size_t words;
		if (is_space(s)) {
			s++;
			continue;
		}
		s = read_piece(&one, a, s);
		int rc = count_words(&words, &one.stop, one.text, e);
		if (rc)
			return rc;
		if (!words)
			continue;
		one.stop = one.stop && words == 1 && !one.phrase && !one.prefix && !one.not;
		if (out->n == QUERY_MAX)
			return err_set(e, ERR_LIMIT, _("plus de %d mots à chercher ; gardez ceux qui comptent"), QUERY_MAX);
		arena_push(a, out, one);
	}
	return 0;
}

static void drop_stops(struct pieces *p)
{
	size_t rest = 0, kept = 0;
	for (size_t i = 0; i < p->n; i++)
		rest += !p->at[i].stop && !p->at[i].not;
	for (size_t i = 0; rest && i < p->n; i++)
		if (!p->at[i].stop)
			p->at[kept++] = p->at[i];
	p->n = rest ? kept : p->n;
}

static void put_piece(struct buf *b, const struct piece *p)
{
	buf_putc(b, '"');
	for (const char *s = p->text; *s; s++) {
		if (*s == '"')
			buf_putc(b, '"');
		buf_putc(b, *s);
	}
	buf_puts(b, p->prefix ? "\" *" : "\"");
}

static const char *join(struct arena *a, const struct pieces *p, const char *operator)
{
	struct buf b = BUF_INIT;
	size_t n = 0;
	buf_putc(&b, '(');
	for (size_t i = 0; i < p->n; i++)
		if (!p->at[i].not) {
			buf_puts(&b, n++ ? operator: "");
			put_piece(&b, &p->at[i]);
		}
	buf_putc(&b, ')');
	for (size_t i = 0; i < p->n; i++)
		if (p->at[i].not) {
			buf_puts(&b, " NOT ");
			put_piece(&b, &p->at[i]);
		}
	const char *out = buf_ok(&b) ? arena_dupn(a, b.at, b.n) : NULL;
	buf_free(&b);
	return out;
}

int query_parse(struct query *out, struct arena *a, const char *typed, struct err *e)
{
	struct pieces p = { 0 };
	size_t wanted = 0;
	if (strlen(typed) > QUERY_MAX_BYTES)
		return err_set(e, ERR_LIMIT, _("plus de %d mots à chercher ; gardez ceux qui comptent"), QUERY_MAX);
	int rc = read_pieces(&p, a, typed, e);
	if (rc)
		return rc;
	drop_stops(&p);
	for (size_t i = 0; i < p.n; i++)
		wanted += !p.at[i].not;
	if (!wanted)
		return err_set(e, ERR_USAGE, "%s",
			       p.n ? _("il n'y a que des mots à écarter ; ajoutez au moins un mot à chercher") :
				     _("il n'y a là aucun mot à chercher (« le », « de » et leurs semblables ne comptent pas) ; écrivez-en au moins un autre"));
	struct query q = { join(a, &p, " AND "), wanted > 1 ? join(a, &p, " OR ") : NULL };
	if (!q.all || (wanted > 1 && !q.any))
		return err_nomem(e);
	*out = q;
	return 0;
}
