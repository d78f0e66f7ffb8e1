/* out_feed.c -- nouveautes.atom, and public/nouveautes.atom for everybody: new and changed lessons, newest first (RFC 4287).
 *
 * A lesson comes anew with each validated text: the id of an entry is a tag: address (RFC 4151) of its record and commit, so a
 * reader shows what it has not seen yet, and never the same twice. The day is that of the validation, or what the record
 * says; nothing comes from a clock or from an earlier run, so the same inputs give the same feed wherever it is made. Of the
 * public feed, each word is one that public.h lets out.
 */
#include <stdlib.h>
#include <string.h>

#include "lessons/dates.h"
#include "lessons/front.h"
#include "lessons/markup.h"
#include "lessons/outputs.h"
#include "lessons/uses.h"

#define ENTRIES_MAX 100
#define TAG "tag:maillage.invalid,2018:"

struct entry {
	const struct lesson *lesson;
	const char *day;
};
struct feed {
	const struct model *m;
	struct buf *out;
	bool public;
	struct entry *at; /* newest first */
	size_t n;
};

static const char *day_of(const struct lesson *l)
{
	if (dates_is(l->became->validated))
		return l->became->validated;
	return *l->facts.observed ? l->facts.observed : "1970-01-01"; /* RFC 4287 wants a day */
}

static int newest_first(const void *x, const void *y)
{
	const struct entry *p = x, *q = y;
	int c = strcmp(q->day, p->day);
	return c ? c : strcmp(p->lesson->id, q->lesson->id);
}

static void gather(struct feed *f)
{
	const struct model *m = f->m;
	f->at = arena_array(m->a, m->lessons.n, sizeof *f->at);
	for (size_t i = 0; i < m->lessons.n; i++) {
		const struct lesson *l = &m->lessons.at[i];
		if (l->pub || !f->public)
			f->at[f->n++] = (struct entry){ l, day_of(l) };
	}
	front_sort(f->at, f->n, sizeof *f->at, ENTRIES_MAX, newest_first);
	if (f->n > ENTRIES_MAX)
		f->n = ENTRIES_MAX;
}

static void put(const struct feed *f, const char *before, const char *text, const char *after)
{
	buf_puts(f->out, before);
	markup_text(f->out, text, strlen(text));
	buf_puts(f->out, after);
}

static void put_entry(const struct feed *f, const struct entry *e)
{
	const struct val *doc = f->public ? e->lesson->pub : model_doc(f->m, e->lesson);
	struct names themes = names_of(f->m->a, val_get(doc, "themes"));
	struct quote q = quote_of(doc, "enonce", text_or(doc, "enonce", ""));
	put(f, "<entry>\n<id>" TAG, e->lesson->id, "/");
	put(f, "", q.commit, "</id>\n");
	put(f, "<title>", text_or(doc, "titre", e->lesson->id), "</title>\n");
	put(f, "<updated>", e->day, "T00:00:00Z</updated>\n");
	buf_puts(f->out, "<author><name>");
	for (const char *p = e->lesson->collective; *p; p++)
		buf_putc(f->out, *p >= 'a' && *p <= 'z' ? (char)(*p - 32) : *p);
	buf_puts(f->out, "</name></author>\n");
	for (size_t i = 0; i < themes.n; i++) {
		put(f, "<category term=\"", themes.at[i], "\"");
		if (!f->public) /* a concept is a record of its own, perhaps for the network only */
			put(f, " label=\"", concept_label(f->m, themes.at[i]), "\"");
		buf_puts(f->out, "/>\n");
	}
	if (val_text(doc, "licence"))
		put(f, "<rights>", val_text(doc, "licence"), "</rights>\n");
	put(f, "<content type=\"text\">« ", q.text, " » ");
	put(f, "", quote_reference(f->m->a, &q), val_is_true(doc, "en_discussion") ? " « en discussion »" : "");
	buf_puts(f->out, "</content>\n</entry>\n");
}

static void put_feed(const struct part *p, bool public)
{
	struct feed f = { .m = p->m, .out = p->out, .public = public };
	gather(&f);
	buf_puts(f.out, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"fr\">\n");
	buf_puts(f.out, public ? "<id>" TAG "public</id>\n<title>Enseignements publics : nouveautés</title>\n"
			       : "<id>" TAG "reseau</id>\n<title>Enseignements du réseau : nouveautés</title>\n");
	put(&f, "<updated>", f.n ? f.at[0].day : "1970-01-01", "T00:00:00Z</updated>\n<author><name>maillage</name></author>\n");
	for (size_t i = 0; i < f.n; i++)
		put_entry(&f, &f.at[i]);
	buf_puts(f.out, "</feed>\n");
}

void out_feed(const struct part *p)
{
	put_feed(p, false);
}

void out_public_feed(const struct part *p)
{
	put_feed(p, true);
}
