/* From libyaml's events to a document that owns every byte.
 *
 * libyaml gives the data and where scalars begin and end. A cursor over the bytes (cursor.c) follows its events and
 * finds what libyaml keeps to itself; this file builds the tree from both and refuses what the profile refuses.
 *
 * The parser is fed one newline more when the text ends without: a block scalar there means different things to
 * different readers otherwise.
 *
 * Memory: libyaml's own (the parser, and one event at a time) is given back however reading ends, also when the arena
 * runs out in the middle: a hostile history must not make the program that verifies it grow (`guarded`).
 */
#include "cursor.h"

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

struct parse {
	struct ycursor c;
	yaml_parser_t yaml; /* own */
	yaml_event_t ev;    /* own: the event being read, until the next */
	int depth, entries;
};

/* --- events ------------------------------------------------------------------------------------------------------- */

static bool refuse_data(struct parse *p, size_t at, const char *msg)
{
	return ycursor_refuse(&p->c, at, ERR_DATA, msg);
}

static const char bad_key[] =
	N_("les clés doivent être du texte simple, sur une seule ligne et de 200 caractères au plus");

/* libyaml gives up looking for the « : » of a key after 1024 characters, and says that there is none. */
static bool is_long_key(const struct parse *p, size_t at)
{
	const char *s = p->c.text + at, *end = s + strcspn(s, "\n"), *colon = strstr(s, ": ");
	if (end > s && end[-1] == '\r')
		end--;
	if (!colon || colon > end)
		colon = end > s && end[-1] == ':' ? end - 1 : NULL;
	return colon && colon - s > 1000;
}

/* The open quote, the key without colon, the `*`: what libyaml was reading when it stumbled is what must be looked at. */
static bool begins_there(const char *context)
{
	static const char *const these[] = { "quoted scalar", "simple key", "an alias", "an anchor" };
	for (size_t i = 0; context && i < sizeof these / sizeof *these; i++)
		if (strstr(context, these[i]))
			return true;
	return false;
}

static bool refuse_yaml(struct parse *p)
{
	const yaml_parser_t *y = &p->yaml;
	if (y->error == YAML_MEMORY_ERROR) {
		p->c.code = ERR_NOMEM;
		return false;
	}
	yaml_mark_t mark = y->problem_mark;
	size_t at = ycursor_byte(&p->c, mark.index);
	if (begins_there(y->context))
		mark = y->context_mark;
	size_t from = ycursor_byte(&p->c, mark.index);
	const char *msg = ydoc__explain(&(struct ycomplaint){ y->problem, y->context, p->c.text, at, from });
	if (y->context && strstr(y->context, "simple key") && is_long_key(p, from))
		msg = _(bad_key);
	ydoc__fault(p->c.fault, (int)mark.line + 1, (int)mark.column + 1, "%s", msg);
	p->c.code = ERR_DATA;
	return false;
}

static bool next(struct parse *p)
{
	yaml_event_delete(&p->ev);
	return yaml_parser_parse(&p->yaml, &p->ev) ? true : refuse_yaml(p);
}

/* --- scalars ------------------------------------------------------------------------------------------------------ */

static const char anchors[] =
	N_("les ancres et les renvois (« & », « * », « << ») ne sont pas acceptés ; écrivez la valeur en entier, entre guillemets si c'est du texte");
static const char tags[] = N_("les étiquettes (« !x ») ne sont pas acceptées ; supprimez celle-ci, ou mettez le texte entre guillemets");
static bool properties(struct parse *p, size_t at, const void *anchor, const void *tag)
{
	if (anchor)
		return refuse_data(p, at, _(anchors));
	return tag ? refuse_data(p, at, _(tags)) : true;
}

static bool scalar(struct parse *p, struct ynode **out, int parent, bool flow)
{
	const yaml_event_t *ev = &p->ev;
	struct ynode *v = arena_new(p->c.a, struct ynode);
	const char *s = (const char *)ev->data.scalar.value;
	size_t n = ev->data.scalar.length;
	v->doc = p->c.d;
	v->start = ycursor_byte(&p->c, ev->start_mark.index);
	v->head = v->end = ycursor_byte(&p->c, ev->end_mark.index);
	if (!properties(p, v->start, ev->data.scalar.anchor, ev->data.scalar.tag) || !ycursor_gap(&p->c, v->start))
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
	if (v->style >= Y_LITERAL ? !ycursor_block(&p->c, v, s, v->end)
				  : !ycursor_continuation(&p->c, v->start, v->end, parent, flow))
		return false;
	p->c.pos = v->end;
	struct val *val = v->style == Y_PLAIN ? ydoc__plain(p->c.a, s, n) : val_strn(p->c.a, s, n);
	val->line = (uint32_t)ev->start_mark.line + 1;
	val->col = (uint32_t)ev->start_mark.column + 1;
	v->val = val;
	*out = v;
	return true;
}

static bool key_of(struct parse *p, struct yentry *e, bool flow)
{
	const yaml_event_t *ev = &p->ev;
	size_t at = ycursor_byte(&p->c, ev->start_mark.index);
	if (ev->type == YAML_ALIAS_EVENT)
		return refuse_data(p, at, _(anchors));
	if (ev->type != YAML_SCALAR_EVENT)
		return refuse_data(p, at, _(bad_key));
	const char *s = (const char *)ev->data.scalar.value;
	size_t n = ev->data.scalar.length, end = ycursor_byte(&p->c, ev->end_mark.index), chars = 0;
	bool plain = ev->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
	if (!properties(p, at, ev->data.scalar.anchor, ev->data.scalar.tag) || !ycursor_gap(&p->c, at))
		return false;
	for (size_t i = 0; i < n; i++)
		chars += ((unsigned char)s[i] & 0xC0) != 0x80;
	if (p->c.question != YCURSOR_NONE)
		return refuse_data(p, p->c.question, _(bad_key));
	if (plain && n == 2 && !memcmp(s, "<<", 2))
		return refuse_data(p, at, _(anchors));
	if (chars > YAML_MAX_KEY || memchr(s, 0, n) || memchr(p->c.text + at, '\n', end - at) || (plain && !n))
		return refuse_data(p, at, _(bad_key));
	e->key = arena_dupn(p->c.a, s, n);
	e->at = at;
	e->colon = end;
	p->c.pos = end;
	if (flow)
		return true;
	if (!ycursor_expect(&p->c, ':'))
		return false;
	e->colon = p->c.pos;
	return true;
}

/* --- collections -------------------------------------------------------------------------------------------------- */

static bool node(struct parse *p, struct ynode **out, int parent, bool flow, size_t lead);

/* The same key twice? */
static bool unique_keys(struct parse *p, struct ynode *map)
{
	const struct yentry *first, *twice = ydoc__index(p->c.a, map, &first);
	int line, col;
	if (!twice)
		return true;
	ydoc__where(&line, &col, p->c.text + p->c.d->bom, first->at - p->c.d->bom);
	return refuse_data(p, twice->at,
			   arena_printf(p->c.a,
					_("la clé « %s » est là deux fois (d'abord ligne %d) ; gardez-en une seule"),
					twice->key, line));
}

static bool value_of(struct parse *p, struct ynode *v, struct yentry *e, int parent, bool flow)
{
	size_t below = flow ? 0 : ydoc__next_line(p->c.d, e->colon);
	if (!node(p, &e->val, parent, flow, below))
		return false;
	if (!flow)
		ycursor_entry(&p->c, e);
	arena_push(p->c.a, v, *e);
	return true;
}

static bool entries(struct parse *p, struct ynode *v, struct val *val, int parent, bool flow, size_t lead)
{
	bool map = val->type == VAL_MAP;
	int mine = flow ? parent : (int)v->indent;
	for (;;) {
		struct yentry e = { 0 };
		if (!next(p))
			return false;
		if (p->ev.type == (map ? YAML_MAPPING_END_EVENT : YAML_SEQUENCE_END_EVENT))
			break;
		if (++p->entries > YAML_MAX_ENTRIES)
			return ycursor_refuse(
				&p->c, ycursor_byte(&p->c, p->ev.start_mark.index), ERR_LIMIT,
				_("trop de champs et d'éléments (plus de 50000) ; répartissez-les entre plusieurs fiches"));
		if (map) {
			if (!key_of(p, &e, flow) || !next(p))
				return false;
		} else if (!flow) {
			if (!ycursor_expect(&p->c, '-'))
				return false;
			e.at = p->c.pos - 1;
			e.colon = p->c.pos;
		}
		if (!flow)
			ydoc__place(p->c.d, &e, v->n ? v->at[v->n - 1].stop : lead);
		if (!value_of(p, v, &e, mine, flow))
			return false;
		struct val *child = (struct val *)e.val->val; /* not shared with anybody yet */
		struct val_field f = { e.key, child };
		if (map)
			arena_push(p->c.a, &val->map, f);
		else
			arena_push(p->c.a, &val->list, child);
	}
	size_t end = ycursor_byte(&p->c, p->ev.end_mark.index);
	if (map && !unique_keys(p, v))
		return false;
	if (!flow) {
		ycursor_tail(&p->c, v, parent);
		return true;
	}
	if (!ycursor_gap(&p->c, end > p->c.pos ? end : p->c.pos))
		return false;
	v->head = v->end = p->c.pos;
	return true;
}

static bool collection(struct parse *p, struct ynode **out, int parent, size_t lead)
{
	const yaml_event_t *ev = &p->ev; /* until the entries are read */
	bool map = ev->type == YAML_MAPPING_START_EVENT;
	struct ynode *v = arena_new(p->c.a, struct ynode);
	struct val *val = map ? val_map(p->c.a) : val_list(p->c.a);
	bool block = map ? ev->data.mapping_start.style != YAML_FLOW_MAPPING_STYLE
			 : ev->data.sequence_start.style != YAML_FLOW_SEQUENCE_STYLE;
	v->doc = p->c.d;
	v->val = val;
	v->style = block ? Y_BLOCK : Y_FLOW;
	v->start = ycursor_byte(&p->c, ev->start_mark.index);
	v->indent = ev->start_mark.column;
	val->line = (uint32_t)ev->start_mark.line + 1;
	val->col = (uint32_t)ev->start_mark.column + 1;
	if (!properties(p, v->start, map ? ev->data.mapping_start.anchor : ev->data.sequence_start.anchor,
			map ? ev->data.mapping_start.tag : ev->data.sequence_start.tag))
		return false;
	if (p->depth >= YAML_MAX_DEPTH)
		return ycursor_refuse(&p->c, v->start, ERR_LIMIT,
				      _("imbrication trop profonde (plus de 64 niveaux) ; simplifiez la fiche"));
	if (!block && !ycursor_gap(&p->c, v->start + (strchr("[{", p->c.text[v->start]) != NULL)))
		return false;
	p->depth++;
	bool ok = entries(p, v, val, parent, !block, lead);
	p->depth--;
	*out = v;
	return ok;
}

/* `parent`: the column of the block entry that holds the value, -1 for the root. `lead`: where a block collection's
 * first entry may have trivia, that is the line below the key. */
static bool node(struct parse *p, struct ynode **out, int parent, bool flow, size_t lead)
{
	if (p->ev.type == YAML_SCALAR_EVENT)
		return scalar(p, out, parent, flow);
	if (p->ev.type == YAML_ALIAS_EVENT)
		return refuse_data(p, ycursor_byte(&p->c, p->ev.start_mark.index), _(anchors));
	return collection(p, out, parent, lead);
}

/* --- the whole ---------------------------------------------------------------------------------------------------- */

static const char *not_a_mapping(const struct parse *p, size_t at)
{
	return ydoc__explain(&(struct ycomplaint){ "not a mapping", NULL, p->c.text, at, at });
}

static bool document(struct parse *p)
{
	const yaml_event_t *ev = &p->ev;
	if (!next(p) || !next(p)) /* the stream's start, and the document's */
		return false;
	if (ev->type == YAML_STREAM_END_EVENT)
		return refuse_data(p, p->c.d->bom,
				   _("fichier vide ; une fiche est un groupe de lignes « clé: valeur »"));
	if (!next(p))
		return false;
	size_t start = ycursor_byte(&p->c, ev->start_mark.index);
	if (ev->type != YAML_MAPPING_START_EVENT || ev->data.mapping_start.style == YAML_FLOW_MAPPING_STYLE)
		return refuse_data(p, start, is_long_key(p, start) ? _(bad_key) : not_a_mapping(p, start));
	if (!node(p, &p->c.d->root, -1, false, p->c.d->bom) || !next(p) || !next(p)) /* its end, and what follows */
		return false;
	if (ev->type != YAML_STREAM_END_EVENT)
		return refuse_data(
			p, ycursor_byte(&p->c, ev->start_mark.index),
			_("plusieurs documents dans un fichier ; une fiche est un seul groupe « clé: valeur » : enlevez « --- » et ce qui suit"));
	return ycursor_gap(&p->c, p->c.n);
}

static void release(struct parse *p)
{
	yaml_event_delete(&p->ev);
	yaml_parser_delete(&p->yaml);
}

/* The arena's way out passes through here while libyaml holds memory. */
static bool guarded(struct parse *p)
{
	jmp_buf owner;
	memcpy(&owner, &p->c.a->nomem, sizeof owner);
	if (setjmp(p->c.a->nomem)) {
		release(p);
		memcpy(&p->c.a->nomem, &owner, sizeof owner);
		longjmp(p->c.a->nomem, 1);
	}
	bool ok = document(p);
	release(p);
	memcpy(&p->c.a->nomem, &owner, sizeof owner);
	return ok;
}

int ydoc_parse(struct ydoc **out, struct arena *a, const char *name, const void *bytes, size_t n, struct yfault *fault,
	       struct err *e)
{
	struct yfault own;
	struct parse p = { .c = { .a = a, .fault = fault ? fault : &own } };
	p.c.code = ydoc__profile(p.c.fault, bytes, n);
	if (p.c.code)
		return err_set(e, p.c.code, "%s:%d:%d: %s", name, p.c.fault->line, p.c.fault->col, p.c.fault->msg);
	struct ydoc *d = p.c.d = ydoc__new(a, bytes, n);
	char *text = (char *)d->text; /* nobody else's yet */
	text[n] = n && text[n - 1] != '\n' ? '\n' : 0;
	p.c.text = text;
	p.c.n = n + (text[n] == '\n');
	p.c.pos = p.c.byte = d->bom;
	if (!yaml_parser_initialize(&p.yaml))
		return err_nomem(e);
	yaml_parser_set_encoding(&p.yaml, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&p.yaml, (const unsigned char *)text + d->bom, p.c.n - d->bom);
	bool ok = guarded(&p);
	if (!ok && p.c.code == ERR_NOMEM)
		return err_nomem(e);
	if (!ok)
		return err_set(e, p.c.code, "%s:%d:%d: %s", name, p.c.fault->line, p.c.fault->col, p.c.fault->msg);
	text[n] = 0;
	ydoc__finish(d);
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
