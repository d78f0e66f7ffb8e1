#include "diffs.h"
#include "diffset.h"
#include "sentence.h"

#include <stdlib.h>
#include <string.h>

static const char *const degree_names[] = { [DEG_DUR] = "dur", [DEG_A_RELIRE] = "a_relire", [DEG_TRANCHE] = "tranche" };

const struct val *diff_shown(const struct diff *d)
{
	if (d->base)
		return d->base;
	for (size_t i = 0; i < d->n; i++)
		if (d->at[i].valeur)
			return d->at[i].valeur;
	return NULL;
}

size_t diffs_open(const struct diffs *d)
{
	size_t n = 0;
	for (size_t i = 0; i < d->n; i++)
		n += d->at[i].degre != DEG_TRANCHE;
	return n;
}

bool diffs_equal(const struct diffs *x, const struct diffs *y)
{
	if (x->n != y->n)
		return false;
	for (size_t i = 0; i < x->n; i++) {
		const struct diff *p = &x->at[i], *q = &y->at[i];
		if (strcmp(p->champ, q->champ) || strcmp(p->regle, q->regle) || !diff_same_set(p, q) ||
		    !origin_equal(&p->settled, &q->settled))
			return false;
		for (size_t k = 0; k < p->n; k++)
			if (!origin_equal(&p->at[k].by, &q->at[k].by))
				return false;
	}
	return true;
}

const struct diff *diffs_find(const struct diffs *d, const char *champ, const char *cle)
{
	const struct diff *listed = NULL;
	for (size_t i = 0; i < d->n; i++) {
		const struct diff *one = &d->at[i];
		char base[VAL_KEY_LEN + 1] = "";
		if (strcmp(one->champ, champ))
			continue;
		if (cle && one->base)
			val_key(base, one->base);
		if (!cle || !strcmp(base, cle))
			return one;
		for (size_t k = 0; !listed && k < one->n; k++)
			if (!strcmp(one->at[k].cle, cle))
				listed = one;
	}
	return listed;
}

const struct val *diff_taken(struct arena *a, const struct diff *d, const struct val *field, const struct val *chosen)
{
	if (diff_class(d) != DIFF_SENTENCE)
		return chosen;
	const char *shown = sentence_shown(a, d);
	if (!shown || !chosen || chosen->type != VAL_STR)
		return field;
	const struct val *text = prose_replace(prose_index(a, field), shown, chosen->str.at);
	return text ? text : field;
}

/* --- reading ------------------------------------------------------------------------------------------------------ */

struct reader {
	struct arena *mem;
	const char *name;
	struct err *e;
	int rc;
};

static bool refuse(struct reader *r, const struct val *at, const char *what)
{
	if (!r->rc)
		r->rc = err_set(r->e, ERR_DATA, "%s:%u:%u: %s", r->name, at->line ? at->line : 1, at->col ? at->col : 1,
				what);
	return false;
}

/* A mapping with no other keys than these. */
static bool is_map_of(struct reader *r, const struct val *v, const char *const *keys)
{
	if (v->type != VAL_MAP)
		return refuse(r, v, _("il faut ici des lignes « clé: valeur »"));
	for (size_t i = 0; i < v->map.n; i++) {
		bool known = false;
		for (size_t k = 0; keys[k]; k++)
			known = known || !strcmp(keys[k], v->map.at[i].key);
		if (!known)
			return refuse(r, v->map.at[i].val,
				      arena_printf(r->mem,
						   _("clé « %s » inconnue dans une différence ; enlevez cette ligne"),
						   v->map.at[i].key));
	}
	return true;
}

static bool read_text(const char **out, struct reader *r, const struct val *map, const char *key, bool required)
{
	const struct val *v = val_get(map, key);
	if (!v)
		return required ? refuse(r, map, arena_printf(r->mem, _("il manque « %s »"), key)) : true;
	if (v->type != VAL_STR || !v->str.n)
		return refuse(r, v, arena_printf(r->mem, _("« %s » doit être un texte non vide"), key));
	*out = arena_dupn(r->mem, v->str.at, v->str.n);
	return true;
}

static bool read_origin(struct origin *out, struct reader *r, const struct val *map)
{
	return read_text(&out->par, r, map, "par", false) && read_text(&out->date, r, map, "date", false) &&
	       read_text(&out->commit, r, map, "commit", false);
}

/* `absent: true`; anything but true is refused. */
static bool read_flag(bool *out, struct reader *r, const struct val *map, const char *key)
{
	const struct val *v = val_get(map, key);
	if (v && (v->type != VAL_BOOL || !v->b))
		return refuse(r, v, arena_printf(r->mem, _("« %s » ne peut valoir que true"), key));
	*out = v;
	return true;
}

/* The round, where it is not what goes without saying. */
static bool read_round(unsigned *out, struct reader *r, const struct val *map, unsigned otherwise)
{
	const struct val *v = val_get(map, "tour");
	if (v && (v->type != VAL_INT || v->i < 0 || v->i > ROUND_MAX))
		return refuse(r, v, arena_printf(r->mem, _("« tour » est un nombre de 0 à %d"), ROUND_MAX));
	*out = v ? (unsigned)v->i : otherwise;
	return true;
}

/* The key is computed, not believed: a value changed by hand is another proposal. */
static bool read_proposal(struct proposal *out, struct reader *r, const struct diff *d, const struct val *v)
{
	static const char *const keys[] = { "cle", "valeur", "absent", "present", "tour", "par", "date", "commit", NULL };
	const char *cle = NULL;
	bool absent, present;
	struct origin by = { 0 };
	if (!is_map_of(r, v, keys) || !read_text(&cle, r, v, "cle", false) || !read_origin(&by, r, v) ||
	    !read_flag(&absent, r, v, "absent") || !read_flag(&present, r, v, "present"))
		return false;
	const struct val *valeur = val_get(v, "valeur");
	if (absent + present + (valeur != NULL) != 1)
		return refuse(r, v, _("une proposition porte « valeur », ou « absent: true », ou « present: true »"));
	if (present)
		proposal_present(out, &by);
	else
		proposal_init(out, val_copy(r->mem, valeur), &by);
	return read_round(&out->round, r, v, round_default(d, out));
}

static int by_order(const void *x, const void *y)
{
	return proposal_cmp(x, y);
}

/* Sorted first: putting 20,000 of them in one by one, each where it sorts, would take seconds. */
static bool read_proposals(struct diff *d, struct reader *r, const struct val *list)
{
	size_t n = list->list.n;
	struct proposal *all = arena_array(r->mem, n, sizeof *all);
	for (size_t i = 0; i < n; i++)
		if (!read_proposal(&all[i], r, d, list->list.at[i]))
			return false;
	qsort(all, n, sizeof *all, by_order);
	for (size_t i = 0; i < n; i++)
		diff_propose(d, r->mem, &all[i]);
	return true;
}

static bool read_diff(struct diffs *out, struct reader *r, const struct val *v)
{
	static const char *const keys[] = { "champ", "degre",  "regle",	       "base", "par",
					    "date",  "commit", "propositions", NULL };
	struct diff d = { .regle = merge_rule_name(RULE_CONFLICT) };
	const char *degre = NULL;
	if (!is_map_of(r, v, keys) || !read_text(&d.champ, r, v, "champ", true) ||
	    !read_text(&degre, r, v, "degre", true) || !read_text(&d.regle, r, v, "regle", false) ||
	    !read_origin(&d.settled, r, v))
		return false;
	size_t g = 0;
	while (g < 3 && strcmp(degree_names[g], degre))
		g++;
	if (g == 3)
		return refuse(r, val_get(v, "degre"), _("« degre » vaut dur, a_relire ou tranche"));
	d.degre = (enum degree)g;
	d.base = val_copy(r->mem, val_get(v, "base"));
	const struct val *list = val_get(v, "propositions");
	if (!list || list->type != VAL_LIST || !list->list.n)
		return refuse(r, list ? list : v, _("« propositions » doit être une liste d'au moins une proposition"));
	if (!read_proposals(&d, r, list))
		return false;
	arena_push(r->mem, out, d);
	return true;
}

int diffs_parse(struct diffs *out, struct arena *a, const char *name, const void *bytes, size_t n, struct err *e)
{
	static const char *const keys[] = { "schema", "id", "differences", NULL };
	struct diffs d = { 0 };
	if (!n) {
		*out = d;
		return 0;
	}
	struct ydoc *doc;
	int rc = ydoc_parse(&doc, a, name, bytes, n, NULL, e);
	if (rc)
		return rc;
	const struct val *v = ydoc_val(doc), *list = val_get(v, "differences");
	struct reader r = { a, name, e, 0 };
	if (!is_map_of(&r, v, keys))
		return r.rc;
	const struct val *schema = val_get(v, "schema");
	if (!val_is_str(schema, "conflit/1"))
		refuse(&r, schema ? schema : v, _("un fichier de différences commence par « schema: conflit/1 »"));
	else if (read_text(&d.id, &r, v, "id", true) && (!list || list->type != VAL_LIST))
		refuse(&r, list ? list : v, _("« differences » doit être une liste"));
	for (size_t i = 0; !r.rc && i < list->list.n; i++)
		read_diff(&d, &r, list->list.at[i]);
	if (!r.rc)
		*out = d;
	return r.rc;
}

/* --- writing ------------------------------------------------------------------------------------------------------ */

/* May the text stand as a literal block? Then people read it as they wrote it. */
static bool fits_block(const struct val_str *s)
{
	if (!s->n || s->at[0] == ' ' || s->at[0] == '\n' || s->at[s->n - 1] == '\n')
		return false;
	for (size_t i = 0; i < s->n; i++) {
		unsigned char c = (unsigned char)s->at[i], next = (unsigned char)s->at[i + 1];
		if ((c < 0x20 && c != '\n') || c == 0x7f || (c == 0xc2 && next < 0xa0) || (c == 0xef && next == 0xbb))
			return false; /* control characters, C1, the byte order mark */
		if (c == 0xe2 && next == 0x80 && ((unsigned char)s->at[i + 2] & 0xfe) == 0xa8)
			return false; /* U+2028, U+2029 */
		if (c == '\n' && next == ' ' && s->at[i + 1 + strspn(s->at + i + 1, " ")] == '\n')
			return false; /* a line of only spaces reads back differently */
	}
	return true;
}

/* As in JSON, and what the profile refuses raw as \u. */
static void put_quoted(struct buf *out, const struct val_str *s)
{
	buf_putc(out, '"');
	for (size_t i = 0; i < s->n; i++) {
		unsigned char c = (unsigned char)s->at[i], next = (unsigned char)s->at[i + 1];
		if (c == '"' || c == '\\')
			buf_printf(out, "\\%c", c);
		else if (c == '\n')
			buf_puts(out, "\\n");
		else if (c == '\t')
			buf_puts(out, "\\t");
		else if (c < 0x20 || c == 0x7f)
			buf_printf(out, "\\u%04x", c);
		else if (c == 0xc2 && next >= 0x80 && next < 0xa0)
			buf_printf(out, "\\u%04x", next), i++;
		else if (c == 0xe2 && next == 0x80 && ((unsigned char)s->at[i + 2] & 0xfe) == 0xa8)
			buf_printf(out, "\\u20%02x", 0x28 + ((unsigned char)s->at[i + 2] & 1)), i += 2;
		else if (c == 0xef && next == 0xbb && (unsigned char)s->at[i + 2] == 0xbf)
			buf_puts(out, "\\ufeff"), i += 2;
		else
			buf_putc(out, (char)c);
	}
	buf_putc(out, '"');
}

static void put_flow(struct buf *out, const struct val *v)
{
	switch (v->type) {
	case VAL_STR:
		put_quoted(out, &v->str);
		break;
	case VAL_LIST:
		buf_putc(out, '[');
		for (size_t i = 0; i < v->list.n; i++) {
			buf_puts(out, i ? ", " : "");
			put_flow(out, v->list.at[i]);
		}
		buf_putc(out, ']');
		break;
	case VAL_MAP:
		buf_putc(out, '{');
		for (size_t i = 0; i < v->map.n; i++) {
			struct val_str key = { v->map.at[i].key, strlen(v->map.at[i].key) };
			buf_puts(out, i ? ", " : "");
			put_quoted(out, &key);
			buf_puts(out, ": ");
			put_flow(out, v->map.at[i].val);
		}
		buf_putc(out, '}');
		break;
	case VAL_INT:
		buf_printf(out, "%lld", (long long)v->i);
		break;
	case VAL_NULL:
	case VAL_BOOL:
	case VAL_NUM:
		val_canon(out, v);
		break;
	}
}

static void put_value(struct buf *out, size_t indent, const char *key, const struct val *v, bool prose)
{
	buf_fill(out, ' ', indent);
	buf_puts(out, key);
	if (!prose || v->type != VAL_STR || !fits_block(&v->str)) {
		buf_puts(out, ": ");
		put_flow(out, v);
		buf_putc(out, '\n');
		return;
	}
	buf_puts(out, ": |-\n");
	for (const char *line = v->str.at; line;) {
		const char *end = strchr(line, '\n');
		buf_fill(out, ' ', *line == '\n' ? 0 : indent + 2);
		buf_put(out, line, end ? (size_t)(end - line) : strlen(line));
		buf_putc(out, '\n');
		line = end ? end + 1 : NULL;
	}
}

static void put_text(struct buf *out, size_t indent, const char *key, const char *text)
{
	struct val v = { .type = VAL_STR, .str = { text, text ? strlen(text) : 0 } };
	if (text)
		put_value(out, indent, key, &v, false);
}

static void put_origin(struct buf *out, size_t indent, const struct origin *by)
{
	put_text(out, indent, "par", by->par);
	put_text(out, indent, "date", by->date);
	put_text(out, indent, "commit", by->commit);
}

/* Letters, digits, '_', '-', '/' read back as themselves; other paths and ids are quoted. */
static void put_plain(struct buf *out, const char *text)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-/";
	struct val_str s = { text, strlen(text) };
	bool letter = (*text >= 'a' && *text <= 'z') || (*text >= 'A' && *text <= 'Z');
	bool word = !strcmp(text, "true") || !strcmp(text, "false") || !strcmp(text, "null") || !strcmp(text, "yes") ||
		    !strcmp(text, "no") || !strcmp(text, "on") || !strcmp(text, "off") || s.n == 1;
	if (letter && !word && strspn(text, plain) == s.n)
		buf_puts(out, text);
	else
		put_quoted(out, &s);
}

static void put_line(struct buf *out, const char *lead, const char *text)
{
	buf_puts(out, lead);
	put_plain(out, text);
	buf_putc(out, '\n');
}

static void put_diff(struct buf *out, const struct diff *d)
{
	bool prose = !strcmp(d->regle, merge_rule_name(RULE_PROSE));
	put_line(out, "  - champ: ", d->champ);
	put_line(out, "    degre: ", degree_names[d->degre]);
	put_line(out, "    regle: ", d->regle);
	if (d->base)
		put_value(out, 4, "base", d->base, prose);
	put_origin(out, 4, &d->settled);
	buf_puts(out, "    propositions:\n");
	for (size_t i = 0; i < d->n; i++) {
		const struct proposal *p = &d->at[i];
		buf_printf(out, "      - cle: \"%s\"\n", p->cle);
		if (p->absent || p->present)
			buf_printf(out, "        %s: true\n", p->absent ? "absent" : "present");
		else
			put_value(out, 8, "valeur", p->valeur, prose);
		if (p->round != round_default(d, p))
			buf_printf(out, "        tour: %u\n", p->round);
		put_origin(out, 8, &p->by);
	}
}

int diffs_print(struct buf *out, struct arena *a, const struct diffs *d, struct err *e)
{
	(void)a;
	if (!d->n)
		return 0;
	size_t before = out->n;
	put_line(out, "schema: ", "conflit/1");
	put_line(out, "id: ", d->id ? d->id : "");
	buf_puts(out, "differences:\n");
	for (size_t i = 0; i < d->n; i++)
		put_diff(out, &d->at[i]);
	if (!buf_ok(out))
		return err_nomem(e);
	if (out->n - before <= DIFFS_MAX_BYTES)
		return 0;
	buf_cut(out, before);
	return err_set(e, ERR_LIMIT, _("%s : les différences ouvertes dépassent 1 Mio ; tranchez-en une partie"),
		       d->id ? d->id : "");
}
