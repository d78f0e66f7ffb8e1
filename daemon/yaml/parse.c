/* From libyaml's events to a document that owns every byte.
 *
 * libyaml gives the data and where scalars begin and end; it gives no place for dashes, colons and comments, counts in
 * characters, and ends block collections somewhere beyond them. So a byte cursor (p->pos) follows the events: what lies
 * between two of them is a "gap", which can only hold white space, comments and indicators, and is read here.
 *
 * Who owns a comment: on a value's line, that entry; above a key, the entry below; deeper than the next key, the
 * collection it closes (its tail); above the root's first key, the document.
 *
 * The parser is fed one newline more when the text ends without: a block scalar there means different things to
 * different readers otherwise.
 *
 * Memory: when the arena runs out in here, libyaml's own memory is lost with it (arena.h, RULES); everything else is
 * freed.
 */
#include "ynode.h"

#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#define NONE SIZE_MAX

struct parse {
	yaml_parser_t yaml;
	struct arena *a;
	struct ydoc *d;
	struct yfault *fault;
	const char *text; /* the document's text and a final newline */
	size_t n;
	bool ascii;	    /* characters are bytes */
	size_t chars, byte; /* the last place converted from characters to bytes */
	size_t pos;	    /* the cursor: everything before it is understood */
	size_t question;    /* a '?' seen in the last gap, or NONE */
	int depth;
	int code; /* why it stopped: ERR_DATA, ERR_LIMIT, ERR_NOMEM */
};

/* --- faults ------------------------------------------------------------------------------------------------------- */

static bool refuse(struct parse *p, size_t at, int code, const char *msg)
{
	int line, col;
	ydoc__where(&line, &col, p->text + p->d->bom, at < p->d->bom ? 0 : at - p->d->bom);
	ydoc__fault(p->fault, line, col, "%s", msg);
	p->code = code;
	return false;
}

static bool refuse_data(struct parse *p, size_t at, const char *msg)
{
	return refuse(p, at, ERR_DATA, msg);
}

/* libyaml counts characters from the byte order mark's end. */
static size_t byte_of(struct parse *p, size_t chars)
{
	if (p->ascii)
		return p->d->bom + chars;
	while (p->chars < chars && p->byte < p->n) {
		p->byte++;
		while (p->byte < p->n && ((unsigned char)p->text[p->byte] & 0xC0) == 0x80)
			p->byte++;
		p->chars++;
	}
	while (p->chars > chars) {
		p->byte--;
		while (((unsigned char)p->text[p->byte] & 0xC0) == 0x80)
			p->byte--;
		p->chars--;
	}
	return p->byte;
}

static bool refuse_yaml(struct parse *p)
{
	const yaml_parser_t *y = &p->yaml;
	if (y->error == YAML_MEMORY_ERROR) {
		p->code = ERR_NOMEM;
		return false;
	}
	yaml_mark_t mark = y->problem_mark;
	if (y->context && (strstr(y->context, "quoted scalar") || strstr(y->context, "simple key")))
		mark = y->context_mark; /* where the open quote, or the key without colon, stands */
	size_t at = byte_of(p, y->problem_mark.index);
	char next = at < p->n ? p->text[at] : 0;
	size_t line = at; /* a tab as indentation gives many different complaints */
	while (line > p->d->bom && p->text[line - 1] != '\n')
		line--;
	line += strspn(p->text + line, " ");
	if (p->text[line] == '\t')
		next = '\t';
	const char *msg = ydoc__explain(next == '\t' ? "tab character" : y->problem, y->context, next);
	ydoc__fault(p->fault, (int)mark.line + 1, (int)mark.column + 1, "%s", msg);
	p->code = ERR_DATA;
	return false;
}

static bool next(struct parse *p, yaml_event_t *ev)
{
	return yaml_parser_parse(&p->yaml, ev) ? true : refuse_yaml(p);
}

/* --- gaps --------------------------------------------------------------------------------------------------------- */

/* Move the cursor over white space, comments and indicators up to byte `to`. */
static bool gap(struct parse *p, size_t to)
{
	const char *t = p->text;
	size_t first = p->d->bom;
	p->question = NONE;
	bool indent = p->pos == first || t[p->pos - 1] == '\n';
	while (p->pos < to) {
		char c = t[p->pos];
		if (c == '#') {
			if (p->pos > first && !strchr(" \t\n", t[p->pos - 1]))
				return refuse_data(
					p, p->pos,
					_("« # » suit directement une valeur ; mettez un espace devant « # »"));
			struct yspan span = { p->pos, ydoc__eol(p->d, p->pos) };
			arena_push(p->a, &p->d->comments, span);
			p->pos = span.end;
			continue;
		}
		if (c == '\t' && indent)
			return refuse_data(p, p->pos, _("tabulation dans l'indentation ; utilisez des espaces"));
		if (c == '\n')
			indent = true;
		else if (c != ' ')
			indent = false;
		if (c == '?')
			p->question = p->pos;
		p->pos++;
	}
	return true;
}

/* The dash or colon that must come next; the cursor ends just behind it. */
static bool expect(struct parse *p, char c)
{
	size_t at = p->pos;
	while (at < p->n && p->text[at] != c) {
		if (p->text[at] == '#')
			at = ydoc__eol(p->d, at);
		else
			at++;
	}
	must(at < p->n); /* libyaml saw it */
	return gap(p, at + 1);
}

static size_t line_start(const struct parse *p, size_t at)
{
	while (at > p->d->bom && p->text[at - 1] != '\n')
		at--;
	return at;
}

/* --- scalars ------------------------------------------------------------------------------------------------------ */

static const char anchors[] =
	N_("les ancres et les renvois (« & », « * », « << ») ne sont pas acceptés ; écrivez la valeur en entier");
static const char tags[] = N_("les étiquettes (« !x ») ne sont pas acceptées ; supprimez celle-ci");
static const char bad_key[] =
	N_("les clés doivent être du texte simple, sur une seule ligne et de 200 caractères au plus");

static bool properties(struct parse *p, size_t at, const void *anchor, const void *tag)
{
	if (anchor)
		return refuse_data(p, at, _(anchors));
	return tag ? refuse_data(p, at, _(tags)) : true;
}

/* The lines after the first of a plain or quoted text. libyaml takes them at any indentation when quoted. */
static bool continuation(struct parse *p, size_t at, size_t end, int parent, bool flow)
{
	for (;;) {
		const char *nl = memchr(p->text + at, '\n', end - at);
		if (!nl)
			return true;
		at = (size_t)(nl - p->text) + 1;
		size_t spaces = strspn(p->text + at, " ");
		if (p->text[at + spaces] == '\t')
			return refuse_data(p, at + spaces, _("tabulation dans l'indentation ; utilisez des espaces"));
		if (!strchr("\r\n", p->text[at + spaces]) && (int)spaces <= parent)
			return refuse_data(
				p, at + spaces,
				flow ? _("il manque « ] » ou « } » avant cette ligne ; fermez la liste, ou indentez cette ligne")
				     : _("cette ligne continue un texte ; indentez-la plus que sa clé"));
	}
}

/* libyaml's end of a block scalar is the next line with something on it; find where its own lines end. */
static bool block_span(struct parse *p, struct ynode *v, const char *value, size_t limit)
{
	const char *t = p->text;
	if (limit > p->d->n)
		limit = p->d->n; /* the newline that was added */
	v->head = v->start + 1 + strspn(t + v->start + 1, "+-0123456789");
	if (t[v->head] == '#')
		return refuse_data(p, v->head, _("« # » suit directement une valeur ; mettez un espace devant « # »"));
	bool keep = memchr(t + v->start, '+', v->head - v->start);
	size_t hash = v->head + strspn(t + v->head, " \t"), first = ydoc__next_line(p->d, v->head);
	if (t[hash] == '#') {
		struct yspan comment = { hash, ydoc__eol(p->d, hash) };
		arena_push(p->a, &p->d->comments, comment);
	}
	/* the content's column: spaces of its first line with text, less those that are part of the value */
	size_t text = first;
	while (text < limit && t[text + strspn(t + text, " ")] && strchr("\r\n", t[text + strspn(t + text, " ")]))
		text = ydoc__next_line(p->d, text);
	const char *line = value;
	while (*line && line[strspn(line, " ")] == '\n')
		line += strspn(line, " ") + 1;
	bool empty = text >= limit || !*line;
	size_t have = strspn(t + text, " "), part = strspn(line, " ");
	v->indent = empty || part > have ? 0 : have - part;
	size_t end = limit;
	if (empty && !keep)
		end = first;
	while (end > first && !keep) { /* drop trailing lines that hold no text */
		size_t from = line_start(p, end - 1), spaces = strspn(t + from, " ");
		if (t[from + spaces] && !strchr("\r\n", t[from + spaces]))
			break;
		if (spaces > v->indent)
			break;
		end = from;
	}
	if (end < first)
		end = first;
	if (end > v->head && t[end - 1] == '\n')
		end -= 1 + (t[end - 2] == '\r');
	v->end = end;
	return true;
}

static bool scalar(struct parse *p, struct ynode **out, yaml_event_t *ev, int parent, bool flow)
{
	struct ynode *v = arena_new(p->a, struct ynode);
	const char *s = (const char *)ev->data.scalar.value;
	size_t n = ev->data.scalar.length;
	v->doc = p->d;
	v->start = byte_of(p, ev->start_mark.index);
	v->head = v->end = byte_of(p, ev->end_mark.index);
	if (!properties(p, v->start, ev->data.scalar.anchor, ev->data.scalar.tag) || !gap(p, v->start))
		return false;
	switch (ev->data.scalar.style) {
	case YAML_SINGLE_QUOTED_SCALAR_STYLE: v->style = Y_SINGLE; break;
	case YAML_DOUBLE_QUOTED_SCALAR_STYLE: v->style = Y_DOUBLE; break;
	case YAML_LITERAL_SCALAR_STYLE: v->style = Y_LITERAL; break;
	case YAML_FOLDED_SCALAR_STYLE: v->style = Y_FOLDED; break;
	default: v->style = Y_PLAIN;
	}
	if (memchr(s, 0, n))
		return refuse_data(p, v->start, _("caractère invisible U+0000 (« \\0 ») ; supprimez-le"));
	if (v->style == Y_PLAIN && n == 1 && strchr("-?", *s))
		return refuse_data(p, v->start,
				   _("cette valeur commence par un caractère réservé ; mettez-la entre guillemets"));
	if (v->style >= Y_LITERAL ? !block_span(p, v, s, v->end) : !continuation(p, v->start, v->end, parent, flow))
		return false;
	p->pos = v->end;
	struct val *val = v->style == Y_PLAIN ? ydoc__plain(p->a, s, n) : val_strn(p->a, s, n);
	val->line = (uint32_t)ev->start_mark.line + 1;
	val->col = (uint32_t)ev->start_mark.column + 1;
	v->val = val;
	*out = v;
	return true;
}

static bool key_of(struct parse *p, struct yentry *e, yaml_event_t *ev, bool flow)
{
	size_t at = byte_of(p, ev->start_mark.index);
	if (ev->type == YAML_ALIAS_EVENT)
		return refuse_data(p, at, _(anchors));
	if (ev->type != YAML_SCALAR_EVENT)
		return refuse_data(p, at, _(bad_key));
	const char *s = (const char *)ev->data.scalar.value;
	size_t n = ev->data.scalar.length, end = byte_of(p, ev->end_mark.index), chars = 0;
	bool plain = ev->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
	if (!properties(p, at, ev->data.scalar.anchor, ev->data.scalar.tag) || !gap(p, at))
		return false;
	for (size_t i = 0; i < n; i++)
		chars += ((unsigned char)s[i] & 0xC0) != 0x80;
	if (p->question != NONE)
		return refuse_data(p, p->question, _(bad_key));
	if (plain && n == 2 && !memcmp(s, "<<", 2))
		return refuse_data(p, at, _(anchors));
	if (chars > YAML_MAX_KEY || memchr(s, 0, n) || memchr(p->text + at, '\n', end - at) || (plain && !n))
		return refuse_data(p, at, _(bad_key));
	e->key = arena_dupn(p->a, s, n);
	e->at = at;
	e->colon = end;
	p->pos = end;
	if (flow)
		return true;
	if (!expect(p, ':'))
		return false;
	e->colon = p->pos;
	return true;
}

/* --- collections -------------------------------------------------------------------------------------------------- */

static bool node(struct parse *p, struct ynode **out, yaml_event_t *ev, int parent, bool flow, size_t lead);

/* The same key twice? */
static bool unique_keys(struct parse *p, struct ynode *map)
{
	const struct yentry *first, *twice = ydoc__index(p->a, map, &first);
	int line, col;
	if (!twice)
		return true;
	ydoc__where(&line, &col, p->text + p->d->bom, first->at - p->d->bom);
	return refuse_data(p, twice->at,
			   arena_printf(p->a,
					_("la clé « %s » est là deux fois (d'abord ligne %d) ; gardez-en une seule"),
					twice->key, line));
}

/* Where a block entry's parts end, once its value is known. */
static void close_entry(struct parse *p, struct yentry *e)
{
	const struct ynode *v = e->val;
	if (ydoc__block(v)) {
		e->compact = v->at[0].line == v->at[0].at && !memchr(p->text + e->colon, '\n', v->at[0].at - e->colon);
		e->trail = e->colon;
		e->eol = e->compact ? e->trail : ydoc__eol(p->d, e->trail);
		e->stop = v->end;
		return;
	}
	e->trail = v->start == v->end ? e->colon : v->head;
	e->eol = ydoc__eol(p->d, e->trail);
	e->stop = ydoc__next_line(p->d, v->end > e->eol ? v->end : e->eol);
}

/* The comments that close a collection: deeper than the entry that holds it, and at least as deep as its own. */
static void close_tail(struct parse *p, struct ynode *v, int parent)
{
	v->tail = v->end = v->at[v->n - 1].stop;
	if (parent < 0)
		return;
	for (size_t at = v->tail; at < p->d->n; at = ydoc__next_line(p->d, at)) {
		size_t spaces = strspn(p->text + at, " ");
		char c = p->text[at + spaces];
		if (c == '#') {
			if ((int)spaces <= parent || spaces < v->indent)
				return;
			v->end = ydoc__next_line(p->d, at);
		} else if (c != '\n' && c != '\r') {
			return;
		}
	}
}

static void place(struct parse *p, struct yentry *e, size_t lead)
{
	e->line = line_start(p, e->at);
	if (lead > e->line)
		lead = e->line = e->at; /* behind its item's dash */
	e->lead = lead;
	e->attach = e->line;
	while (e->attach > e->lead) {
		size_t above = line_start(p, e->attach - 1);
		if (p->text[above + strspn(p->text + above, " ")] != '#')
			break;
		e->attach = above;
	}
}

static bool value_of(struct parse *p, struct ynode *v, struct yentry *e, yaml_event_t *ev, int parent, bool flow)
{
	size_t below = flow ? 0 : ydoc__next_line(p->d, e->colon);
	if (!node(p, &e->val, ev, parent, flow, below))
		return false;
	if (!flow)
		close_entry(p, e);
	arena_push(p->a, v, *e);
	return true;
}

static bool entries(struct parse *p, struct ynode *v, struct val *val, int parent, bool flow, size_t lead)
{
	yaml_event_t ev;
	bool map = val->type == VAL_MAP;
	int mine = flow ? parent : (int)v->indent;
	for (;;) {
		struct yentry e = { 0 };
		if (!next(p, &ev))
			return false;
		if (ev.type == (map ? YAML_MAPPING_END_EVENT : YAML_SEQUENCE_END_EVENT))
			break;
		bool ok = true;
		if (map) {
			ok = key_of(p, &e, &ev, flow);
			yaml_event_delete(&ev);
			if (!ok || !next(p, &ev))
				return false;
		} else if (!flow) {
			ok = expect(p, '-');
			e.at = p->pos - 1;
			e.colon = p->pos;
		}
		if (ok && !flow)
			place(p, &e, v->n ? v->at[v->n - 1].stop : lead);
		ok = ok && value_of(p, v, &e, &ev, mine, flow);
		yaml_event_delete(&ev);
		if (!ok)
			return false;
		struct val *child = (struct val *)e.val->val; /* not shared with anybody yet */
		struct val_field f = { e.key, child };
		if (map)
			arena_push(p->a, &val->map, f);
		else
			arena_push(p->a, &val->list, child);
	}
	size_t end = byte_of(p, ev.end_mark.index);
	yaml_event_delete(&ev);
	if (map && !unique_keys(p, v))
		return false;
	if (!flow) {
		close_tail(p, v, parent);
		return true;
	}
	if (!gap(p, end > p->pos ? end : p->pos))
		return false;
	v->head = v->end = p->pos;
	return true;
}

static bool collection(struct parse *p, struct ynode **out, yaml_event_t *ev, int parent, size_t lead)
{
	bool map = ev->type == YAML_MAPPING_START_EVENT;
	struct ynode *v = arena_new(p->a, struct ynode);
	struct val *val = map ? val_map(p->a) : val_list(p->a);
	bool block = map ? ev->data.mapping_start.style != YAML_FLOW_MAPPING_STYLE
			 : ev->data.sequence_start.style != YAML_FLOW_SEQUENCE_STYLE;
	v->doc = p->d;
	v->val = val;
	v->style = block ? Y_BLOCK : Y_FLOW;
	v->start = byte_of(p, ev->start_mark.index);
	v->indent = ev->start_mark.column;
	val->line = (uint32_t)ev->start_mark.line + 1;
	val->col = (uint32_t)ev->start_mark.column + 1;
	if (!properties(p, v->start, map ? ev->data.mapping_start.anchor : ev->data.sequence_start.anchor,
			map ? ev->data.mapping_start.tag : ev->data.sequence_start.tag))
		return false;
	if (p->depth >= YAML_MAX_DEPTH)
		return refuse(p, v->start, ERR_LIMIT,
			      _("imbrication trop profonde (plus de 64 niveaux) ; simplifiez la fiche"));
	if (!block && !gap(p, v->start + (strchr("[{", p->text[v->start]) != NULL)))
		return false;
	p->depth++;
	bool ok = entries(p, v, val, parent, !block, lead);
	p->depth--;
	size_t *step = map ? &p->d->map_step : &p->d->list_step;
	if (ok && block && parent >= 0 && *step == NONE)
		*step = v->indent - (size_t)parent;
	*out = v;
	return ok;
}

/* `parent`: the column of the block entry that holds the value, -1 for the root. `lead`: where a block collection's
 * first entry may have trivia, that is the line below the key. */
static bool node(struct parse *p, struct ynode **out, yaml_event_t *ev, int parent, bool flow, size_t lead)
{
	if (ev->type == YAML_SCALAR_EVENT)
		return scalar(p, out, ev, parent, flow);
	if (ev->type == YAML_ALIAS_EVENT)
		return refuse_data(p, byte_of(p, ev->start_mark.index), _(anchors));
	return collection(p, out, ev, parent, lead);
}

/* --- the whole ---------------------------------------------------------------------------------------------------- */

static bool document(struct parse *p)
{
	static const char one_map[] = N_("une fiche est un seul groupe de lignes « clé: valeur »");
	yaml_event_t ev;
	if (!next(p, &ev))
		return false;
	yaml_event_delete(&ev); /* stream start */
	if (!next(p, &ev))
		return false;
	bool none = ev.type == YAML_STREAM_END_EVENT;
	bool directives = !none &&
			  ev.data.document_start.tag_directives.start != ev.data.document_start.tag_directives.end;
	yaml_event_delete(&ev);
	if (none)
		return refuse_data(p, p->d->bom, _("fichier vide ; une fiche est un groupe de lignes « clé: valeur »"));
	if (directives)
		return refuse_data(p, p->d->bom,
				   _("directive inconnue ; seules « %YAML 1.1 » et « %YAML 1.2 » sont acceptées"));
	if (!next(p, &ev))
		return false;
	size_t at = byte_of(p, ev.start_mark.index);
	bool map = ev.type == YAML_MAPPING_START_EVENT && ev.data.mapping_start.style != YAML_FLOW_MAPPING_STYLE;
	bool ok = map ? node(p, &p->d->root, &ev, -1, false, p->d->bom) : refuse_data(p, at, _(one_map));
	yaml_event_delete(&ev);
	if (!ok || !next(p, &ev))
		return false;
	yaml_event_delete(&ev); /* document end */
	if (!next(p, &ev))
		return false;
	bool end = ev.type == YAML_STREAM_END_EVENT;
	at = byte_of(p, ev.start_mark.index);
	yaml_event_delete(&ev);
	if (!end)
		return refuse_data(
			p, at, _("plusieurs documents dans un fichier ; une fiche est un seul groupe « clé: valeur »"));
	return gap(p, p->n);
}

static void finish(struct ydoc *d)
{
	size_t crlf = 0, lf = 0;
	for (const char *s = d->text; (s = strchr(s, '\n')); s++)
		*(s > d->text && s[-1] == '\r' ? &crlf : &lf) += 1;
	d->crlf = crlf > lf;
	d->final_newline = d->n && d->text[d->n - 1] == '\n';
	if (d->list_step == NONE)
		d->list_step = 2;
	if (d->map_step == NONE)
		d->map_step = 2;
	struct yentry *first = &d->root->at[0]; /* what stands above it is the document's */
	first->lead = first->attach = first->line;
}

int ydoc_parse(struct ydoc **out, struct arena *a, const char *name, const void *bytes, size_t n, struct yfault *fault,
	       struct err *e)
{
	struct yfault own;
	struct parse p = { .a = a, .fault = fault ? fault : &own, .code = ERR_DATA };
	if (n > YAML_MAX_BYTES)
		p.code = ERR_LIMIT;
	if (!ydoc__profile(p.fault, bytes, n))
		return err_set(e, p.code, "%s:%d:%d: %s", name, p.fault->line, p.fault->col, p.fault->msg);
	struct ydoc *d = p.d = arena_new(a, struct ydoc);
	char *text = arena_alloc(a, n + 2);
	if (n)
		memcpy(text, bytes, n);
	text[n] = n && text[n - 1] != '\n' ? '\n' : 0;
	d->map_step = d->list_step = NONE; /* not seen yet */
	d->text = p.text = text;
	d->n = n;
	p.n = n + (text[n] == '\n');
	d->bom = p.pos = p.byte = n >= 3 && !memcmp(text, "\xEF\xBB\xBF", 3) ? 3 : 0;
	p.ascii = true;
	for (size_t i = d->bom; i < n && p.ascii; i++)
		p.ascii = !(text[i] & 0x80);
	if (!yaml_parser_initialize(&p.yaml))
		return err_nomem(e);
	yaml_parser_set_encoding(&p.yaml, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&p.yaml, (const unsigned char *)text + d->bom, p.n - d->bom);
	bool ok = document(&p);
	yaml_parser_delete(&p.yaml);
	if (!ok && p.code == ERR_NOMEM)
		return err_nomem(e);
	if (!ok)
		return err_set(e, p.code, "%s:%d:%d: %s", name, p.fault->line, p.fault->col, p.fault->msg);
	text[n] = 0;
	finish(d);
	*out = d;
	return 0;
}

const struct val *ydoc_val(const struct ydoc *d)
{
	return d->root->val;
}

const char *ydoc_text(const struct ydoc *d, size_t *n)
{
	*n = d->n;
	return d->text;
}
