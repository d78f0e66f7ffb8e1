#include "cli/verbs.h"

#include <stdint.h>
#include <stdio.h>

#include "base/text.h"

const char *translated(const char *s)
{
	return *s ? _(s) : "";
}

/* What is in the value is on its way to a person: disarmed where it stands. */
static const char *disarmed(const char *s)
{
	if (s)
		text_disarm((char *)(uintptr_t)s);
	return s ? s : "";
}

const char *text_of(const struct val *map, const char *key)
{
	return disarmed(val_text(map, key));
}

const char *text_at(const struct val *list, size_t i)
{
	return disarmed(list->list.at[i]->str.at);
}

int64_t int_of(const struct val *map, const char *key)
{
	const struct val *v = val_get(map, key);
	return v && v->type == VAL_INT ? v->i : 0;
}

bool bool_of(const struct val *map, const char *key)
{
	const struct val *v = val_get(map, key);
	return v && v->type == VAL_BOOL && v->b;
}

static void put_value(struct buf *out, const struct val *v)
{
	switch (v->type) {
	case VAL_STR:
		for (const char *p = v->str.at; *p; p++)
			buf_putc(out, *p == '\n' ? ' ' : *p);
		break;
	case VAL_LIST:
		for (size_t i = 0; i < v->list.n; i++) {
			if (i)
				buf_puts(out, ", ");
			put_value(out, v->list.at[i]);
		}
		break;
	case VAL_MAP:
		buf_putc(out, '{');
		for (size_t i = 0; i < v->map.n; i++) {
			buf_printf(out, "%s%s: ", i ? ", " : "", v->map.at[i].key);
			put_value(out, v->map.at[i].val);
		}
		buf_putc(out, '}');
		break;
	case VAL_NULL:
	case VAL_BOOL:
	case VAL_INT:
	case VAL_NUM:
		val_canon(out, v);
		break;
	}
}

void value_text(struct buf *out, const struct val *v)
{
	size_t from = out->n;
	if (v)
		put_value(out, v);
	if (out->n > from)
		text_disarm(out->at + from);
}

void print_value(const struct val *v, size_t max)
{
	struct buf b = BUF_INIT;
	value_text(&b, v);
	const char *s = buf_str(&b);
	size_t chars = 0, bytes = 0;
	while (s[bytes] && (max == 0 || chars < max)) {
		bytes++;
		while (((unsigned char)s[bytes] & 0xC0) == 0x80)
			bytes++;
		chars++;
	}
	printf("%.*s%s", (int)bytes, s, s[bytes] ? "…" : "");
	buf_free(&b);
}

void print_list(const char *label, const struct val *list)
{
	if (!list || list->type != VAL_LIST || !list->list.n)
		return;
	printf("  %s ", label);
	print_value(list, 0);
	putchar('\n');
}

bool say_missing(const struct val *v)
{
	const struct val *missing = val_get(v, "manquants"), *wrong = val_get(v, "fautes");
	fflush(stdout);
	if (missing && missing->list.n) {
		fprintf(stderr, _("La fiche attend sur le disque, il lui manque : "));
		for (size_t i = 0; i < missing->list.n; i++)
			fprintf(stderr, "%s%s", i ? ", " : "", text_at(missing, i));
		fprintf(stderr, _(". Complétez-la avec « maillage set » ou dans un éditeur.\n"));
	}
	for (size_t i = 0; wrong && i < wrong->list.n; i++) {
		const struct val *f = wrong->list.at[i];
		fprintf(stderr, _("La fiche attend sur le disque, à corriger encore : %s : %s\n"), text_of(f, "champ"), text_of(f, "message"));
	}
	return wrong || (missing && missing->list.n);
}
