#include "run.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/unseen.h"

/* The place in the structure and the written path are only needed when there is a fault: made on demand. */
static const struct snode *place_at(const struct run *r, const struct spot *at)
{
	if (!at->up)
		return r->root;
	const struct snode *s = place_at(r, at->up);
	return at->key ? schema_child(s, at->key) : schema_item(s);
}

static void put_field(struct buf *b, const struct run *r, const struct spot *at)
{
	if (!at->up)
		return;
	put_field(b, r, at->up);
	if (b->n)
		buf_putc(b, '/');
	const char *name = at->key;
	const struct snode *list = name ? NULL : place_at(r, at->up);
	if (list && list->list_key)
		name = val_text(at->v, list->list_key);
	if (name)
		buf_puts(b, name);
	else
		buf_printf(b, "%zu", at->index);
}

bool run_spend(struct run *r, uint64_t steps)
{
	r->steps += steps;
	if (r->steps > RUN_STEPS)
		r->spent = true;
	return !r->spent;
}

static void report(struct run *r, const struct spot *at, const char *code, bool warning, const char *fmt, va_list ap)
{
	char msg[1024], field[512];
	r->steps += 20; /* worth as much */
	if (r->out->n >= FAULTS_MAX && (warning || r->out->errors >= FAULTS_MAX)) {
		r->out->errors += !warning; /* counted, not shown */
		return;
	}
	vsnprintf(msg, sizeof msg, fmt, ap);
	err_mend(msg);
	struct buf b = BUF_INIT;
	put_field(&b, r, at);
	snprintf(field, sizeof field, "%s", buf_str(&b));
	err_mend(field);
	buf_free(&b);
	const struct spot *seen = at;
	while (!seen->v && seen->up)
		seen = seen->up;
	const struct spot *labelled = at; /* an item goes by its list's label when it has none */
	while (labelled->up && !labelled->key && !place_at(r, labelled)->title_fr)
		labelled = labelled->up;
	const struct snode *s = place_at(r, labelled);
	const char *title = strcmp(i18n_lang(), "en") == 0 && s->title_en ? s->title_en : s->title_fr;
	struct fault f = {
		.path = "",
		.line = seen->v ? (int)seen->v->line : 0,
		.col = seen->v ? (int)seen->v->col : 0,
		.field = arena_dup(r->a, field),
		.code = code,
		.msg = arena_dup(r->a, msg),
		.warning = warning,
		.title = at->up ? title : NULL,
	};
	fault_add(r->out, r->a, &f);
}

bool run_fault(struct run *r, const struct spot *at, const char *code, const char *fmt, ...)
{
	if (!r->out)
		return false;
	va_list ap;
	va_start(ap, fmt);
	report(r, at, code, false, fmt, ap);
	va_end(ap);
	return false;
}

void run_warn(struct run *r, const struct spot *at, const char *code, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	report(r, at, code, true, fmt, ap);
	va_end(ap);
}

/* Copy as much as fits, cut at a character, with an ellipsis when something is left out. */
static const char *shorten(char *out, size_t size, const char *s)
{
	size_t n = strlen(s);
	if (n < size) {
		memcpy(out, s, n + 1);
		return out;
	}
	n = size - 4;
	while (n && ((unsigned char)s[n] & 0xC0) == 0x80)
		n--;
	memcpy(out, s, n);
	memcpy(out + n, "…", 4);
	return out;
}

/* As JSON, in the order of the text, and no more of it than can be shown. */
static void show(struct buf *b, const struct val *v)
{
	if (b->n > SHOWN)
		return;
	if (v->type == VAL_LIST || v->type == VAL_MAP) {
		bool map = v->type == VAL_MAP;
		buf_putc(b, map ? '{' : '[');
		for (size_t i = 0; i < (map ? v->map.n : v->list.n) && b->n <= SHOWN; i++) {
			buf_puts(b, i ? "," : "");
			if (map) {
				show(b, &(struct val){ .type = VAL_STR,
						       .str = { v->map.at[i].key, strlen(v->map.at[i].key) } });
				buf_putc(b, ':');
			}
			show(b, map ? v->map.at[i].val : v->list.at[i]);
		}
		buf_putc(b, map ? '}' : ']');
		return;
	}
	char part[4 * SHOWN];
	struct val some = *v;
	if (v->type == VAL_STR && v->str.n >= sizeof part) {
		memcpy(part, v->str.at, sizeof part - 1);
		part[sizeof part - 1] = 0;
		err_mend(part);
		some.str = (struct val_str){ part, strlen(part) };
	}
	val_canon(b, &some);
}

/* "brou\u200Billon" and "brouillon" must not look the same in the sentence that tells them apart. */
static void put_seen(struct buf *out, const char *s)
{
	unsigned c;
	while (*s) {
		size_t n = unseen_at(&c, s);
		if (n)
			buf_printf(out, "\\u%04X", c);
		else
			buf_putc(out, *s);
		s += n ? n : 1;
	}
}

const char *run_show(char out[SHOWN], const struct val *v)
{
	struct buf b = BUF_INIT, seen = BUF_INIT;
	show(&b, v);
	put_seen(&seen, buf_str(&b));
	shorten(out, SHOWN, buf_str(&seen));
	buf_free(&seen);
	buf_free(&b);
	return out;
}

const struct val *run_examples(const struct run *r, const struct spot *at)
{
	const struct snode *s = place_at(r, at);
	const struct val *list = s->schema ? val_get(s->schema, "examples") : NULL;
	return list && list->type == VAL_LIST && list->list.n ? list : NULL;
}

const char *run_show_list(char out[SHOWN_LIST], const struct val *list)
{
	struct buf b = BUF_INIT;
	char one[SHOWN];
	for (size_t i = 0; i < list->list.n && b.n < SHOWN_LIST; i++) {
		const struct val *v = list->list.at[i];
		buf_printf(&b, "%s%s", i ? ", " : "", v->type == VAL_STR && v->str.n ? v->str.at : run_show(one, v));
	}
	shorten(out, SHOWN_LIST, buf_str(&b));
	buf_free(&b);
	return out;
}
