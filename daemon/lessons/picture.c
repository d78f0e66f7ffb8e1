/* picture.c -- the matrix, drawn. All sizes are whole numbers, so that the bytes are the same everywhere. */
#include "lessons/picture.h"

#include <string.h>

#include "lessons/english.h"
#include "lessons/markup.h"
#include "lessons/outputs.h"
#include "lessons/words.h"

#define CELL_W 46
#define CELL_H 30
#define ROW_LETTER 9 /* the width of a capital of a code, at most */
#define LABEL_MAX 34 /* characters of a theme's label; its whole stands in the titles and in the table */
#define GAP 12

struct picture {
	struct buf *out;
	const struct model *m;
	bool english;
	int left, top, right, width, height;
};

/* As cell_state names them; letters in the same order. */
static const char *const states[] = { "plein", "ancien", "en_cours", "vide", "hors_champ" };
#define STATES (sizeof states / sizeof *states)
#define LETTERS "PACVH"

static const char *tongue(const struct picture *p, const char *fr)
{
	const char *en = p->english ? english_of(fr) : NULL;
	return en ? en : fr;
}

static size_t state_of(const struct cell *c)
{
	const char *code = cell_state(c);
	for (size_t i = 0; i < STATES; i++)
		if (!strcmp(code, states[i]))
			return i;
	must(!"cell_state knows no other");
	return 0;
}

/* --- words ------------------------------------------------------------------------------------------------ */

static bool begins_char(char c)
{
	return ((unsigned char)c & 0xC0) != 0x80;
}

static int chars(const char *s)
{
	int n = 0;
	for (; *s; s++)
		n += begins_char(*s);
	return n;
}

static const char *theme_label(const struct picture *p, size_t theme)
{
	const struct theme *t = &p->m->themes.at[theme];
	return p->english && *t->label_en ? t->label_en : t->label;
}

static void put_text(const struct picture *p, const char *s)
{
	markup_text(p->out, s, strlen(s));
}

static void put_short(const struct picture *p, const char *s)
{
	const char *end = s;
	for (int n = 0; *end; end++)
		if (begins_char(*end) && n++ == LABEL_MAX - 1 && chars(end) > 1)
			break;
	markup_text(p->out, s, (size_t)(end - s));
	buf_puts(p->out, *end ? "…" : "");
}

static void put_code(const struct picture *p, const char *code)
{
	for (; *code; code++)
		buf_putc(p->out, *code >= 'a' && *code <= 'z' ? (char)(*code - 32) : *code);
}

/* --- one cell --------------------------------------------------------------------------------------------- */

/* A shape for each state, within x, y, CELL_W, CELL_H. */
static void put_shape(const struct picture *p, size_t state, int x, int y)
{
	struct buf *b = p->out;
	int w = CELL_W - 4, h = CELL_H - 4;
	x += 2, y += 2;
	switch (state) {
	case 0: /* full */
		buf_printf(b, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"#123f6b\" stroke=\"#123f6b\"/>", x, y, w, h);
		break;
	case 1: /* hatched */
		buf_printf(b, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"#fff\" stroke=\"#123f6b\"/>", x, y, w, h);
		buf_puts(b, "<path stroke=\"#123f6b\" fill=\"none\" d=\"");
		for (int i = 6; i < w + h; i += 6)
			buf_printf(b, "M%d %dL%d %d", i < w ? x + i : x + w, i < w ? y : y + i - w, i < h ? x : x + i - h,
				   i < h ? y + i : y + h);
		buf_puts(b, "\"/>");
		break;
	case 2: /* the lower half */
		buf_printf(b, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"#fff\" stroke=\"#5c4a00\"/>", x, y, w, h);
		buf_printf(b, "<path fill=\"#e3c44a\" d=\"M%d %dh%dv-%dz\"/>", x, y + h, w, h);
		break;
	case 3: /* empty, dashed */
		buf_printf(b,
			   "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"#fff\" stroke=\"#9b1c1c\" stroke-width=\"2\" "
			   "stroke-dasharray=\"5 3\"/>",
			   x, y, w, h);
		break;
	default: /* none */
		break;
	}
}

/* number: 0 is not written. */
static void put_letter(const struct picture *p, size_t state, size_t number, int x, int y)
{
	static const char *const colours[STATES] = { "#fff", "#000", "#000", "#9b1c1c", "#595959" };
	struct buf *b = p->out;
	const char *letters = tongue(p, LETTERS);
	int middle = x + CELL_W / 2;
	if (state == 1) /* a clear place on the hatching */
		buf_printf(b, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"18\" fill=\"#fff\"/>", middle - (number > 9 ? 17 : 13),
			   y + 6, number > 9 ? 34 : 26);
	buf_printf(b, "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\" fill=\"%s\"%s>%c", middle, y + CELL_H / 2 + 5, colours[state],
		   state == STATES - 1 ? " style=\"font-size:11px\"" : " style=\"font-weight:bold\"", letters[state]);
	if (number)
		buf_printf(b, number > 99 ? " 99+" : " %zu", number);
	buf_puts(b, "</text>");
}

static void put_cell(const struct picture *p, size_t collective, size_t theme)
{
	const struct cell *c = &p->m->cells[collective * p->m->themes.n + theme];
	size_t state = state_of(c);
	int x = p->left + (int)theme * CELL_W, y = p->top + (int)collective * CELL_H;
	buf_puts(p->out, "<g><title>");
	put_code(p, p->m->collectives.at[collective]);
	buf_puts(p->out, ", ");
	put_text(p, theme_label(p, theme));
	buf_puts(p->out, tongue(p, " : "));
	put_text(p, tongue(p, word_code(states[state])));
	if (c->lessons)
		buf_printf(p->out, " (%zu)", c->lessons);
	buf_puts(p->out, "</title>");
	put_shape(p, state, x, y);
	put_letter(p, state, c->lessons, x, y);
	buf_puts(p->out, "</g>\n");
}

/* --- around it -------------------------------------------------------------------------------------------- */

static void measure(struct picture *p)
{
	const struct model *m = p->m;
	size_t code = 0;
	int label = 0;
	for (size_t i = 0; i < m->collectives.n; i++)
		code = strlen(m->collectives.at[i]) > code ? strlen(m->collectives.at[i]) : code;
	for (size_t i = 0; i < m->themes.n; i++) {
		int n = chars(theme_label(p, i));
		label = n > label ? n : label;
	}
	label = label > LABEL_MAX ? LABEL_MAX : label;
	p->left = GAP + (int)(code < 40 ? code : 40) * ROW_LETTER + GAP;
	p->top = GAP + label * 6 + GAP; /* labels rise at 45 degrees: 13px a line, 0.7 of 8px a character */
	p->right = label * 6 > 200 - GAP ? label * 6 : 200 - GAP; /* the legend is as wide as that */
	p->width = p->left + (int)m->themes.n * CELL_W + p->right + GAP;
	p->height = p->top + (int)(m->collectives.n + STATES) * CELL_H + 3 * GAP;
}

static void put_labels(const struct picture *p)
{
	const struct model *m = p->m;
	for (size_t i = 0; i < m->themes.n; i++) {
		int x = p->left + (int)i * CELL_W + CELL_W / 2, y = p->top - 6;
		buf_printf(p->out, "<text x=\"%d\" y=\"%d\" transform=\"rotate(-45 %d %d)\">", x, y, x, y);
		put_short(p, theme_label(p, i));
		buf_puts(p->out, "</text>\n");
	}
	for (size_t i = 0; i < m->collectives.n; i++) {
		buf_printf(p->out, "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">", p->left - 8,
			   p->top + (int)i * CELL_H + CELL_H / 2 + 5);
		put_code(p, m->collectives.at[i]);
		buf_puts(p->out, "</text>\n");
	}
}

static void put_legend(const struct picture *p)
{
	for (size_t i = 0; i < STATES; i++) {
		int x = p->left, y = p->top + (int)p->m->collectives.n * CELL_H + 2 * GAP + (int)i * CELL_H;
		put_shape(p, i, x, y);
		put_letter(p, i, 0, x, y);
		buf_printf(p->out, "<text x=\"%d\" y=\"%d\">", x + CELL_W + 8, y + CELL_H / 2 + 5);
		put_text(p, tongue(p, word_code(states[i])));
		buf_puts(p->out, "</text>\n");
	}
}

static void put_words(const struct picture *p, bool whole)
{
	buf_puts(p->out, "<title>");
	put_text(p, tongue(p, "Couverture par collectif et par thème"));
	buf_puts(p->out, "</title>\n<desc>");
	put_text(p, tongue(p, whole ? "Une ligne par collectif, une colonne par thème. La lettre et la forme de chaque case disent "
				      "son état ; couverture.md dit la même chose en mots."
				    : "Une ligne par collectif, une colonne par thème. La lettre et la forme de chaque case disent "
				      "son état ; le tableau dit la même chose en mots."));
	buf_puts(p->out, "</desc>\n");
}

void picture_put(struct buf *out, const struct model *m, bool english, bool whole)
{
	struct picture p = { .out = out, .m = m, .english = english };
	if (!m->themes.n || !m->collectives.n)
		return;
	measure(&p);
	buf_puts(out, whole ? "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\"" : "<svg");
	buf_printf(out, " width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" lang=\"%s\" role=\"img\" "
			"style=\"max-width:100%%;max-height:100vh;font:13px sans-serif\">\n",
		   p.width, p.height, p.width, p.height, english ? "en" : "fr");
	put_words(&p, whole);
	if (whole)
		buf_puts(out, "<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n");
	put_labels(&p);
	for (size_t i = 0; i < m->collectives.n; i++)
		for (size_t j = 0; j < m->themes.n; j++)
			put_cell(&p, i, j);
	put_legend(&p);
	buf_puts(out, "</svg>\n");
}

void out_picture(const struct part *p)
{
	picture_put(p->out, p->m, false, true);
	if (!p->out->n) /* a picture of nothing is still one */
		buf_puts(p->out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"1\" "
				 "height=\"1\" viewBox=\"0 0 1 1\"/>\n");
}
