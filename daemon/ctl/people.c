#include "ctl/people.h"

#include <string.h>

#include "base/fsio.h"
#include "base/trace.h"
#include "ctl/result.h"

#define MAILMAP_HEAD "# Écrit par maillage d'après identites.yaml, pour que « git log » et « git blame » montrent les noms ici, et ici seulement.\n"

/* false: there is something that cannot be read. */
static bool read_names(struct people *out, struct arena *a, struct repo *r)
{
	struct buf text = BUF_INIT;
	struct ydoc *doc;
	const char *file = arena_printf(a, "%sprive/identites.yaml", repo_workdir(r));
	bool there = fs_exists(file);
	bool read = there && fs_read(&text, file, YAML_MAX_BYTES, NULL) == 0 && ydoc_parse(&doc, a, "identites.yaml", text.at, text.n, NULL, NULL) == 0;
	out->map = read ? ydoc_val(doc) : NULL;
	buf_free(&text);
	return read || !there;
}

void people_load(struct people *out, struct ctl *c)
{
	out->map = NULL;
	if (repo_workdir(c->r))
		read_names(out, c->a, c->r);
}

/* One line of the mailmap, without what would end the name or the line. */
static void put_mailmap_line(struct buf *out, const char *name, const char *pseudonym, const char *collective)
{
	for (const char *p = name; *p; p++)
		if (!strchr("<>#", *p) && (unsigned char)*p >= ' ')
			buf_putc(out, *p);
	buf_printf(out, " <%s@%s.invalid>\n", pseudonym, collective);
}

/* The collective in act-ara-3p4q5r6s; NULL: it names none. */
static const char *own_collective(struct arena *a, const char *pseudonym)
{
	const char *code = strchr(pseudonym, '-'), *end = code ? strchr(code + 1, '-') : NULL;
	return end ? arena_dupn(a, code + 1, (size_t)(end - code - 1)) : NULL;
}

void people_tell_git(struct arena *a, struct repo *r)
{
	struct buf text = BUF_INIT, old = BUF_INIT;
	struct people n;
	struct err ignored;
	if (!repo_workdir(r) || !read_names(&n, a, r))
		return;
	buf_puts(&text, MAILMAP_HEAD);
	for (size_t i = 0; n.map && n.map->type == VAL_MAP && i < n.map->map.n; i++) {
		const char *pseudonym = n.map->map.at[i].key, *name = people_name(&n, pseudonym), *own = own_collective(a, pseudonym);
		if (!name || strpbrk(pseudonym, "<>\n"))
			continue;
		put_mailmap_line(&text, name, pseudonym, repo_collective(r));
		if (own && strcmp(own, repo_collective(r)))
			put_mailmap_line(&text, name, pseudonym, own);
	}
	const char *file = arena_printf(a, "%s" MAILMAP_FILE, repo_workdir(r));
	bool there = fs_read(&old, file, YAML_MAX_BYTES, NULL) == 0;
	bool same = there ? !strcmp(buf_str(&old), buf_str(&text)) : !strcmp(buf_str(&text), MAILMAP_HEAD);
	if (!same && fs_write(file, text.at, text.n, &ignored))
		trace("mailmap: %s", ignored.msg); /* a folder that cannot be written says so elsewhere; git then shows pseudonyms */
	buf_free(&old);
	buf_free(&text);
}

const char *people_name(const struct people *n, const char *pseudonym)
{
	const char *name = n->map && pseudonym ? val_text(n->map, pseudonym) : NULL;
	return name && *name ? name : NULL;
}

void put_name(struct arena *a, struct val *v, const struct people *n)
{
	put_str(a, v, "nom", people_name(n, val_text(v, "par")));
}

void put_names(struct arena *a, struct val *v, const struct people *n)
{
	static const char *const theirs[] = { "valeur", "base", "resultat", "avant", "apres" };
	if (v->type == VAL_MAP)
		put_name(a, v, n);
	for (size_t i = 0; v->type == VAL_LIST && i < v->list.n; i++)
		put_names(a, v->list.at[i], n);
	for (size_t i = 0; v->type == VAL_MAP && i < v->map.n; i++) {
		bool skip = false;
		for (size_t k = 0; k < sizeof theirs / sizeof *theirs; k++)
			skip = skip || !strcmp(v->map.at[i].key, theirs[k]);
		if (!skip)
			put_names(a, v->map.at[i].val, n);
	}
}
