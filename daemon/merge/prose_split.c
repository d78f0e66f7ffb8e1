#include "prose_split.h"

#include <stdint.h>
#include <string.h>

static bool is_space(char c)
{
	return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

static bool is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

static size_t skip_space(const char *t, size_t i, size_t n)
{
	while (i < n && is_space(t[i]))
		i++;
	return i;
}

/* The character at i; *len its bytes. The text is valid UTF-8 (ydoc_parse refuses others); a stray byte stands for itself. */
static uint32_t char_at(const char *t, size_t i, size_t n, size_t *len)
{
	const unsigned char *p = (const unsigned char *)t + i;
	size_t left = n - i;
	if (*p >= 0xf0 && left >= 4)
		return *len = 4, (uint32_t)(*p & 7) << 18 | (p[1] & 63u) << 12 | (p[2] & 63u) << 6 | (p[3] & 63u);
	if (*p >= 0xe0 && left >= 3)
		return *len = 3, (uint32_t)(*p & 15) << 12 | (p[1] & 63u) << 6 | (p[2] & 63u);
	if (*p >= 0xc0 && left >= 2)
		return *len = 2, (uint32_t)(*p & 31) << 6 | (p[1] & 63u);
	return *len = 1, *p;
}

static bool is_opening(uint32_t c)
{
	return c == '"' || c == '\'' || c == 0xab || c == 0x201c || c == 0x2018 || c == 0x201e;
}

static bool is_closing(uint32_t c)
{
	return c == '"' || c == '\'' || c == ')' || c == ']' || c == 0xbb || c == 0x201d || c == 0x2019;
}

/* A capital letter as far as French and its neighbours write them (Latin-1 and Latin Extended-A), a digit, or a quote. */
static bool begins_sentence(uint32_t c)
{
	if (c < 0x80)
		return is_upper((char)c) || (c >= '0' && c <= '9') || is_opening(c);
	if (c >= 0xc0 && c <= 0xde)
		return c != 0xd7;
	if (c >= 0x100 && c <= 0x137)
		return !(c & 1);
	if (c >= 0x139 && c <= 0x148)
		return c & 1;
	if (c >= 0x14a && c <= 0x177)
		return !(c & 1);
	return c == 0x178 || c == 0x179 || c == 0x17b || c == 0x17d || is_opening(c);
}

/* Does the word that ends with the full stop at `dot` only look like the end of a sentence? */
static bool is_abbreviation(const char *t, size_t from, size_t dot)
{
	static const char *const known[] = { "M",   "MM",  "Mme", "Mmes", "Mlle", "Mlles", "Dr",  "Pr", "Me",
					     "Mgr", "St",  "Ste", "cf",	  "Cf",	  "art",   "Art", "p",	"pp",
					     "n",   "no",  "nos", "ex",	  "vol",  "chap",  "fig", "éd", "env",
					     "av",  "apr", "hab", "tél",  "vs",	  "réf",   "al" };
	size_t at = dot;
	while (at > from && dot - at < 8 && !is_space(t[at - 1]) && t[at - 1] != '(' && t[at - 1] != '\'' &&
	       t[at - 1] != '-')
		at--;
	size_t n = dot - at;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (strlen(known[i]) == n && !memcmp(known[i], t + at, n))
			return true;
	/* initials: A. Dupont, J.-P. Martin, O.N.U. */
	return n >= 1 && is_upper(t[dot - 1]) && (n == 1 || t[dot - 2] == '.');
}

/* "- ", "— ", "• ", "2. " or "2) " at i: how a line of a list or of a dialogue begins. */
static bool is_item_mark(const char *t, size_t i, size_t n)
{
	size_t len = 0, k = i;
	while (k < n && k - i < 2 && t[k] >= '0' && t[k] <= '9')
		k++;
	uint32_t c = k < n ? char_at(t, k, n, &len) : 0;
	if (k > i ? c != '.' && c != ')' : c != '-' && c != '*' && c != 0x2022 && c != 0x2013 && c != 0x2014)
		return false;
	k += len;
	return k < n && (t[k] == ' ' || (k + 1 < n && t[k] == '\xc2' && t[k + 1] == '\xa0'));
}

/* Does the line at `next` begin an item? Only behind another item, or behind : ; and the marks that end sentences:
 * elsewhere a dash that a re-wrapped line happens to begin with is none. from, i: what stands before the line break. */
static bool begins_item(const char *t, size_t from, size_t i, size_t next, size_t n)
{
	char last = t[i - 1];
	bool closed = strchr(":;.!?", last) || (i - from >= 3 && !memcmp(t + i - 3, "\xe2\x80\xa6", 3)) ||
		      (i - from >= 2 && !memcmp(t + i - 2, "\xc2\xbb", 2));
	return is_item_mark(t, next, n) && (closed || is_item_mark(t, from, n));
}

/* If a sentence ends at the mark at i, the offset behind it (closing quotes included), else 0. */
static size_t end_of_sentence(const char *t, size_t from, size_t i, size_t n)
{
	size_t len, dot = i, end = i;
	for (; end < n; end += len) {
		uint32_t c = char_at(t, end, n, &len);
		if (c != '.' && c != '!' && c != '?' && c != 0x2026)
			break;
	}
	bool numbers_item = dot - from <= 2 && is_item_mark(t, from, n);
	if (t[dot] == '.' && end == dot + 1 && (numbers_item || is_abbreviation(t, from, dot)))
		return 0;
	for (;;) { /* closing quotes, with the (no-break) space that French puts before » */
		size_t k = end;
		while (k < n) {
			uint32_t c = char_at(t, k, n, &len);
			if (c != ' ' && c != 0xa0 && c != 0x202f)
				break;
			k += len;
		}
		if (k == n)
			break;
		uint32_t c = char_at(t, k, n, &len);
		if (!is_closing(c) || (k > end && c != 0xbb))
			break;
		end = k + len;
	}
	if (end >= n || !is_space(t[end]))
		return 0;
	size_t next = skip_space(t, end, n);
	return next < n && begins_sentence(char_at(t, next, n, &len)) ? end : 0;
}

static size_t newlines(const char *t, size_t from, size_t to)
{
	size_t count = 0;
	for (size_t i = from; i < to; i++)
		count += t[i] == '\n';
	return count;
}

static bool is_mark(const char *t, size_t i, size_t n)
{
	return t[i] == '.' || t[i] == '!' || t[i] == '?' ||
	       (t[i] == '\xe2' && i + 2 < n && t[i + 1] == '\x80' && t[i + 2] == '\xa6');
}

void prose_sentences(struct pieces *out, struct arena *mem, const char *t, size_t n, bool by_paragraph)
{
	*out = (struct pieces){ 0 };
	size_t i = 0;
	bool first = true;
	for (;;) {
		size_t sep = i;
		i = skip_space(t, i, n);
		if (i == n) {
			out->tail = t + sep;
			out->tail_n = n - sep;
			return;
		}
		if (newlines(t, sep, i) >= 2) {
			struct piece brk = { .sep = t + sep, .at = t + sep, .n = i - sep, .brk = true };
			arena_push(mem, out, brk);
			first = true;
			sep = i;
		}
		struct piece p = { t + sep, i - sep, t + i, 0, false, first };
		size_t from = i;
		for (; i < n; i++) {
			if (is_space(t[i])) {
				size_t next = skip_space(t, i, n);
				size_t lines = newlines(t, i, next);
				if (next == n || lines >= 2)
					break;
				if (lines && !by_paragraph && begins_item(t, from, i, next, n))
					break;
				i = next - 1;
				continue;
			}
			if (by_paragraph || !is_mark(t, i, n))
				continue;
			size_t end = end_of_sentence(t, from, i, n);
			if (end) {
				i = end;
				break;
			}
			while (i + 1 < n && is_mark(t, i + 1, n))
				i++;
		}
		p.n = i - from;
		arena_push(mem, out, p);
		first = false;
	}
}

void prose_words(struct pieces *out, struct arena *mem, const char *t, size_t n)
{
	*out = (struct pieces){ 0 };
	size_t i = 0;
	for (;;) {
		size_t sep = i;
		i = skip_space(t, i, n);
		if (i == n) {
			out->tail = t + sep;
			out->tail_n = n - sep;
			return;
		}
		struct piece p = { t + sep, i - sep, t + i, 0, false, !out->n };
		while (i < n && !is_space(t[i]))
			i++;
		p.n = (size_t)(t + i - p.at);
		arena_push(mem, out, p);
	}
}

const char *prose_fold(struct arena *mem, const char *t, size_t n, size_t *out_n)
{
	char *folded = arena_alloc(mem, n + 1);
	size_t k = 0;
	for (size_t i = skip_space(t, 0, n); i < n;) {
		if (!is_space(t[i])) {
			folded[k++] = t[i++];
			continue;
		}
		i = skip_space(t, i, n);
		if (i < n)
			folded[k++] = ' ';
	}
	folded[k] = 0;
	*out_n = k;
	return folded;
}
