/* textconv.c -- a record as git's diff shows it: a line a field, a line a sentence.
 *
 *   titre: Un jardin partagé devant la gare
 *   themes:
 *     con-cooperation
 *   conditions/c1/texte:
 *     Un groupe d'au moins trois personnes.
 *     Elles se connaissent déjà.
 *
 * So that a changed field is a changed line under its own name, in `git log -p`, `git diff` and `git blame`, however it is quoted or
 * wrapped in the file. No schema is asked: items are named by their `id` (differences by field, proposals by key), or counted; a list of plain values is one a line, sorted
 * as it stands. Comments do not show: `git diff --no-textconv` shows the file itself.
 */
#include <string.h>

#include "base/fsio.h"
#include "ctl/ctl.h"
#include "merge/field.h"
#include "merge/prose_split.h"

#define LINE_MAX_BYTES 100 /* a longer text is shown by sentence */
#define WHOLE_FILE_MAX (64u << 20)

static void put_value(struct buf *out, struct arena *a, const char *path, const struct val *v);

static void put_sentences(struct buf *out, struct arena *a, const struct val *v)
{
	struct pieces p = { 0 };
	size_t n;
	prose_sentences(&p, a, v->str.at, v->str.n, v->str.n > PROSE_MAX_BYTES);
	for (size_t i = 0; i < p.n; i++)
		buf_printf(out, "  %s\n", p.at[i].brk ? "" : prose_fold(a, p.at[i].at, p.at[i].n, &n));
}

static void put_scalar(struct buf *out, const struct val *v)
{
	if (v->type == VAL_STR)
		buf_put(out, v->str.at, v->str.n);
	else
		val_canon(out, v);
}

static bool is_plain(const struct val *v)
{
	return v->type != VAL_LIST && v->type != VAL_MAP;
}

static bool is_long(const struct val *v)
{
	return v->type == VAL_STR && (v->str.n > LINE_MAX_BYTES || strchr(v->str.at, '\n'));
}

/* What an item of a list is called: by its id; a difference by its field, a proposal by its key; NULL: counted. */
static const char *item_name(struct arena *a, const struct val *item)
{
	static const char *const keys[] = { "id", "champ", "cle" };
	const char *name = NULL;
	for (size_t i = 0; !name && item->type == VAL_MAP && i < sizeof keys / sizeof *keys; i++)
		name = field_item_key(a, item, keys[i]);
	return name;
}

static void put_list(struct buf *out, struct arena *a, const char *path, const struct val *v)
{
	bool plain = true;
	for (size_t i = 0; i < v->list.n; i++)
		plain = plain && is_plain(v->list.at[i]) && !is_long(v->list.at[i]);
	if (plain)
		buf_printf(out, "%s:\n", path);
	for (size_t i = 0; i < v->list.n; i++) {
		const struct val *item = v->list.at[i];
		if (plain) {
			buf_puts(out, "  ");
			put_scalar(out, item);
			buf_putc(out, '\n');
			continue;
		}
		const char *key = item_name(a, item);
		put_value(out, a, field_join(a, path, key ? key : arena_printf(a, "%zu", i + 1)), item);
	}
}

static void put_value(struct buf *out, struct arena *a, const char *path, const struct val *v)
{
	if (v->type == VAL_MAP && v->map.n) {
		for (size_t i = 0; i < v->map.n; i++)
			put_value(out, a, field_join(a, path, v->map.at[i].key), v->map.at[i].val);
	} else if (v->type == VAL_LIST && v->list.n) {
		put_list(out, a, path, v);
	} else if (is_long(v)) {
		buf_printf(out, "%s:\n", path);
		put_sentences(out, a, v);
	} else {
		buf_printf(out, "%s: ", path);
		put_scalar(out, v);
		buf_putc(out, '\n');
	}
}

int ctl_textconv(struct buf *out, struct arena *a, const char *file, struct err *e)
{
	struct buf text = BUF_INIT;
	struct ydoc *doc;
	int rc = fs_read(&text, file, WHOLE_FILE_MAX, e);
	if (!rc && ydoc_parse(&doc, a, file, buf_str(&text), text.n, NULL, NULL) == 0)
		put_value(out, a, "", ydoc_val(doc));
	else if (!rc)
		buf_put(out, text.at, text.n);
	buf_free(&text);
	return rc || buf_ok(out) ? rc : err_nomem(e);
}
