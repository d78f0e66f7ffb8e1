/* Patterns: ECMA-262 syntax run by PCRE2, with bounds.
 *
 * A schema is read by editors (JavaScript) and by this program; both must accept the same texts. So what the two
 * languages spell alike but mean differently is translated (\s, \v, $, [ in a class), and what only PCRE2 knows is
 * refused when the schema is loaded. PCRE2_UCP stays off on purpose: ECMA's \d, \w and \b are ASCII, and a département
 * written in Arabic digits is no département; \p{L} works without it.
 *
 * Bounds: a pattern such as (a+)+$ needs 2^n steps. PCRE2 counts backtracks (match limit) and memory (heap limit), but
 * counts anew at each start position, so the limit is divided by the number of starts, and a long text is not tried from
 * each of them (offset limit). Nearly all matches need a few backtracks. PCRE2 does not say how many it made, only that its
 * limit was not enough, so each text is tried with a low limit first, then with higher ones, and each try counts in `steps`
 * as if it had used its limit up: a validation can afford only so many texts that need the higher ones. The limits depend
 * on lengths only, never on time: the same text gets the same answer on every machine.
 *
 * Memory: the compiled pattern lives in the schema's arena. Matching works in a buffer on the stack and falls back to
 * malloc; nothing in between allocates from an arena, so nothing can be left behind by its longjmp. No JIT: it needs
 * memory that is writable and executable, which the daemon's service unit forbids.
 */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "pattern.h"
#include "base/buf.h"
#include "base/i18n.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEAP_KIB 4096
#define STARTS 50000000u /* start positions times length */
/* The tries: backtracks allowed with one start position (^) and from each of many, and what such a try counts. */
static const struct try {
	uint32_t one, one_steps, each, each_steps;
} quick = { 30, 8, 8, 6 }, longer = { 500, 900, 50, 100 };
/* the last one: */
#define WHOLE_ONE 100000u
#define WHOLE_EACH 60u
#define WHOLE_ALL 400000u
#define WHOLE_STEPS 200000u
#define SCRATCH 32768

/* White space that ECMA's \s holds and PCRE2's ASCII \s does not. */
#define MORE_SPACES "\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000\\ufeff"

struct pattern {
	pcre2_code *code; /* own, in the arena */
	const char *text;
	bool anchored; /* starts with ^: one start position only */
};

static void *arena_malloc(PCRE2_SIZE n, void *a)
{
	return arena_alloc(a, n);
}

static void arena_nofree(void *p, void *a)
{
	(void)p;
	(void)a;
}

/* One escape sequence, p at the letter behind the backslash; false: not ECMA. */
static bool translate_escape(struct buf *out, char c, bool in_class)
{
	switch (c) {
	case 's':
		buf_puts(out, in_class ? "\\s" MORE_SPACES : "[\\s" MORE_SPACES "]");
		return true;
	case 'S': /* in a class PCRE2's own: [\s\S] stays everything, which is what it is used for */
		buf_puts(out, in_class ? "\\S" : "[^\\s" MORE_SPACES "]");
		return true;
	case 'v': /* vertical tab; PCRE2's \v is a class */
		buf_puts(out, "\\u000b");
		return true;
	case '\0':
		return false;
	default:
		if (((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) && !strchr("dDwWbBtnrfcxupPk", c))
			return false;
		buf_putc(out, '\\');
		buf_putc(out, c);
		return true;
	}
}

static bool group_is_ecma(const char *p) /* p behind '(' */
{
	if (*p == '*')
		return false; /* (*VERB) */
	if (*p != '?')
		return true;
	return p[1] == ':' || p[1] == '=' || p[1] == '!' || p[1] == '<';
}

static bool translate(struct buf *out, const char *p, char why[200])
{
	bool in_class = false;
	char before = 0; /* last unescaped character outside classes */
	for (; *p; p++) {
		char c = *p;
		if (c == '\\') {
			if (!translate_escape(out, *++p, in_class)) {
				snprintf(why, 200, _("« \\%c » n'existe pas ici dans un motif ECMA-262"),
					 *p ? *p : ' ');
				return false;
			}
			if (p[1] == '{' && strchr("pPu", *p)) /* \p{L}+ : this brace ends no repetition */
				do
					buf_putc(out, *++p);
				while (p[1] && *p != '}');
			c = 0;
		} else if (in_class) {
			if (c == ']')
				in_class = false;
			if (c == '[') /* PCRE2 would read [:alpha:] */
				buf_putc(out, '\\');
			buf_putc(out, c);
			c = 0;
		} else {
			if (c == '(' && !group_is_ecma(p + 1)) {
				snprintf(
					why, 200, "%s",
					_("cette forme de groupe « (? » ou « (* » n'existe pas dans un motif ECMA-262"));
				return false;
			}
			if (c == '+' && before && strchr("*+?}", before)) {
				snprintf(why, 200, "%s", _("deux répétitions à la suite ne sont pas permises"));
				return false;
			}
			buf_putc(out, c);
			if (c == '[') {
				in_class = true;
				if (p[1] == '^')
					buf_putc(out, *++p);
			}
		}
		before = c;
	}
	return true;
}

struct pattern *pattern_compile(struct arena *a, const char *text, char why[200])
{
	if (strlen(text) > PATTERN_MAX) {
		snprintf(why, 200, _("le motif dépasse %d caractères"), PATTERN_MAX);
		return NULL;
	}
	struct buf b = BUF_INIT;
	bool ok = translate(&b, text, why) && buf_ok(&b);
	if (!ok) {
		if (b.oom)
			snprintf(why, 200, "%s", _("la mémoire manque"));
		buf_free(&b);
		return NULL;
	}
	char source[PATTERN_MAX * 16]; /* copied: allocating from the arena below may not return */
	size_t n = b.n < sizeof source ? b.n : 0;
	memcpy(source, buf_str(&b), n);
	bool fits = b.n < sizeof source;
	buf_free(&b);
	if (!fits) {
		snprintf(why, 200, _("le motif dépasse %d caractères"), PATTERN_MAX);
		return NULL;
	}

	pcre2_general_context *g = pcre2_general_context_create(arena_malloc, arena_nofree, a);
	pcre2_compile_context *c = pcre2_compile_context_create(g);
	pcre2_set_newline(c, PCRE2_NEWLINE_ANYCRLF);
	pcre2_set_compile_extra_options(c, PCRE2_EXTRA_ALT_BSUX);
	pcre2_set_parens_nest_limit(c, 50);
	int code;
	PCRE2_SIZE at;
	struct pattern *p = arena_new(a, struct pattern);
	p->text = arena_dup(a, text);
	p->code = pcre2_compile((PCRE2_SPTR)source, n,
				PCRE2_UTF | PCRE2_DOLLAR_ENDONLY | PCRE2_ALLOW_EMPTY_CLASS | PCRE2_MATCH_UNSET_BACKREF |
					PCRE2_NEVER_BACKSLASH_C | PCRE2_USE_OFFSET_LIMIT | PCRE2_ALT_BSUX,
				&code, &at, c);
	if (!p->code) {
		PCRE2_UCHAR msg[160];
		pcre2_get_error_message(code, msg, sizeof msg);
		snprintf(why, 200, "%s", (const char *)msg);
		return NULL;
	}
	size_t size = 0;
	pcre2_pattern_info(p->code, PCRE2_INFO_SIZE, &size);
	if (size > PATTERN_SIZE) {
		snprintf(why, 200, "%s", _("le motif répète trop de choses ; simplifiez-le"));
		return NULL;
	}
	uint32_t options = 0;
	pcre2_pattern_info(p->code, PCRE2_INFO_ALLOPTIONS, &options);
	p->anchored = options & PCRE2_ANCHORED;
	return p;
}

const char *pattern_text(const struct pattern *p)
{
	return p->text;
}

/* --- matching ------------------------------------------------------------------------------------------------- */

struct scratch {
	_Alignas(max_align_t) unsigned char bytes[SCRATCH];
	size_t used;
};

static void *scratch_malloc(PCRE2_SIZE n, void *data)
{
	struct scratch *s = data;
	size_t room = (n + sizeof(max_align_t) - 1) / sizeof(max_align_t) * sizeof(max_align_t);
	if (room < n || room > SCRATCH - s->used)
		return malloc(n);
	void *p = s->bytes + s->used;
	s->used += room;
	return p;
}

static void scratch_free(void *p, void *data)
{
	struct scratch *s = data;
	uintptr_t at = (uintptr_t)p, from = (uintptr_t)s->bytes;
	if (at < from || at >= from + SCRATCH)
		free(p);
}

static uint32_t whole_each(size_t n)
{
	size_t each = WHOLE_ALL / (n + 1);
	return each > WHOLE_ONE ? WHOLE_ONE : each < WHOLE_EACH ? WHOLE_EACH : (uint32_t)each;
}

static enum pattern_verdict match(const struct pattern *p, const char *s, size_t n, const struct try *t, uint64_t *steps)
{
	struct scratch scratch;
	scratch.used = 0;
	pcre2_general_context *g = pcre2_general_context_create(scratch_malloc, scratch_free, &scratch);
	pcre2_match_context *m = g ? pcre2_match_context_create(g) : NULL;
	pcre2_match_data *found = m ? pcre2_match_data_create(1, g) : NULL;
	if (!found)
		return PATTERN_LIMIT; /* not reached: the three fit into the scratch buffer */
	pcre2_set_match_limit(m, p->anchored ? (uint32_t)(n / 4) + t->one : t->each);
	pcre2_set_heap_limit(m, HEAP_KIB);
	size_t starts = p->anchored ? 1 : n + 1;
	bool cut = starts > STARTS / (n + 1) + 1;
	if (cut) {
		starts = STARTS / (n + 1);
		pcre2_set_offset_limit(m, starts);
	}
	int got = pcre2_match(p->code, (PCRE2_SPTR)s, n, 0, 0, found, m);
	if (got >= 0 && !p->anchored)
		starts = pcre2_get_ovector_pointer(found)[0] + 1;
	if (steps)
		*steps += p->anchored ? n / 4 + t->one_steps : n / 64 + starts * t->each_steps;
	pcre2_match_data_free(found);
	pcre2_match_context_free(m);
	pcre2_general_context_free(g);
	if (got >= 0)
		return PATTERN_YES;
	return got == PCRE2_ERROR_NOMATCH && !cut ? PATTERN_NO : PATTERN_LIMIT;
}

enum pattern_verdict pattern_quick(const struct pattern *p, const char *s, size_t n, uint64_t *steps)
{
	return match(p, s, n, &quick, steps);
}

enum pattern_verdict pattern_match(const struct pattern *p, const char *s, size_t n, uint64_t *steps)
{
	const struct try whole = { WHOLE_ONE, WHOLE_STEPS, whole_each(n), 0 };
	enum pattern_verdict got = match(p, s, n, &quick, steps);
	if (got == PATTERN_LIMIT)
		got = match(p, s, n, &longer, steps);
	if (got != PATTERN_LIMIT)
		return got;
	if (steps && !p->anchored)
		*steps += WHOLE_STEPS;
	return match(p, s, n, &whole, steps);
}
