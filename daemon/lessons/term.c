/* term.c -- text -> words -> stems.
 *
 * Each character of the text is lower-cased (letter.h), then kept twice: with
 * its accent for the stemmer, and folded. Both are stemmed, and the first stem is folded afterwards, so that
 * « coopération », « Cooperation » and « coopérer » meet in "cooper".
 *
 * Snowball leaves the plural of words in -a, -i, -o and -u alone (« élus », « appuis »); here that s goes first. It makes
 * one word of « foi » and « fois », which is the lesser evil where every second text speaks of « élus ».
 */
#include "lessons/term.h"

#include <libstemmer.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lessons/letter.h"

/* --- the stemmer ----------------------------------------------------------------------------------------- */

struct read_word {
	size_t n; /* bytes of it in the text; 0: none here */
	bool stop;
	char written[TERM_MAX]; /* as in the text */
	char word[TERM_MAX], stem[TERM_MAX], plain[TERM_MAX]; /* term.h */
};

/* Texts say the same words again and again: looking one up costs a hundredth of reading and stemming it. */
#define MEMO 4096
struct stemming {
	struct sb_stemmer *stemmer; /* own */
	struct read_word memo[MEMO + 1]; /* by the hash of what is written; the newer one stays. The last is for what is too long */
};

static pthread_key_t key;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static bool have_key;

static void stemming_free(void *at)
{
	struct stemming *s = at;
	sb_stemmer_delete(s->stemmer);
	free(s);
}

static void make_key(void)
{
	have_key = pthread_key_create(&key, stemming_free) == 0;
}

static struct stemming *stemming_of_thread(void)
{
	pthread_once(&once, make_key);
	struct stemming *s = have_key ? pthread_getspecific(key) : NULL;
	if (s || !have_key || !(s = calloc(1, sizeof *s)))
		return s;
	s->stemmer = sb_stemmer_new("french", "UTF_8");
	if (s->stemmer && pthread_setspecific(key, s) == 0)
		return s;
	stemming_free(s);
	return NULL;
}

/* --- characters ------------------------------------------------------------------------------------------ */

static bool is_letter(uint32_t c)
{
	if (c < 0x80)
		return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
	if (c < 0xC0)
		return c == 0xAA || c == 0xB5 || c == 0xBA; /* ª µ º */
	return c != 0xD7 && c != 0xF7 && c != 0x2BC && !(c >= 0x2000 && c < 0x2C00) && !(c >= 0x2E00 && c < 0x2E80) &&
	       !(c >= 0x3000 && c < 0x3040) && !(c >= 0xFE00 && c < 0xFE70) && c != 0xFEFF && c != 0xFFFD &&
	       !(c >= 0x1F000 && c < 0x20000);
}

/* How many bytes from s on are letters, or are none; *after is the character that ends them, 0 at the end of the text. */
static size_t run_of(bool letters, const char *s, size_t n, uint32_t *after)
{
	static const bool ascii[0x80] = { ['0' ... '9'] = true, ['A' ... 'Z'] = true, ['a' ... 'z'] = true };
	size_t len;
	*after = 0;
	for (size_t i = 0;; i += len) {
		while (i < n && (unsigned char)s[i] < 0x80 && ascii[(unsigned char)s[i]] == letters) /* most */
			i++;
		if (i == n)
			return i;
		uint32_t c = letter_read(&len, s + i, n - i);
		if (is_letter(c) != letters) {
			*after = c;
			return i;
		}
	}
}

static bool is_apostrophe(uint32_t c)
{
	return c == '\'' || c == 0x2019 || c == 0x2BC;
}

struct form {
	char *at; /* TERM_MAX bytes */
	size_t n;
	bool full;
};

static void put(struct form *f, const void *bytes, size_t n)
{
	f->full = f->full || f->n + n >= TERM_MAX;
	if (f->full)
		return;
	memcpy(f->at + f->n, bytes, n);
	f->n += n;
	f->at[f->n] = 0;
}

static void put_char(struct form *f, uint32_t c)
{
	unsigned char b[4];
	size_t n = 0;
	if (c < 0x80) {
		b[n++] = (unsigned char)c;
	} else if (c < 0x800) {
		b[n++] = (unsigned char)(0xC0 | c >> 6);
	} else if (c < 0x10000) {
		b[n++] = (unsigned char)(0xE0 | c >> 12);
		b[n++] = (unsigned char)(0x80 | (c >> 6 & 0x3F));
	} else {
		b[n++] = (unsigned char)(0xF0 | c >> 18);
		b[n++] = (unsigned char)(0x80 | (c >> 12 & 0x3F));
		b[n++] = (unsigned char)(0x80 | (c >> 6 & 0x3F));
	}
	if (c >= 0x80)
		b[n++] = (unsigned char)(0x80 | (c & 0x3F));
	put(f, b, n);
}

static void put_folded(struct form *f, uint32_t c)
{
	const char *plain = letter_plain(c);
	if (plain)
		put(f, plain, strlen(plain));
	else
		put_char(f, c);
}

static void fold(char out[TERM_MAX], const char *s, size_t n)
{
	struct form f = { out, 0, false };
	out[0] = 0;
	for (size_t i = 0, len; i < n; i += len) {
		uint32_t c = letter_read(&len, s + i, n - i);
		put_folded(&f, c);
	}
}

/* --- words ----------------------------------------------------------------------------------------------- */

static int by_text(const void *x, const void *y)
{
	return strcmp(x, *(const char *const *)y);
}

static bool is_elided(const char *word)
{
	static const char *const all[] = { "c", "d", "j", "jusqu", "l", "lorsqu", "m", "n", "puisqu", "qu", "quoiqu", "s", "t" };
	return bsearch(word, all, sizeof all / sizeof *all, sizeof *all, by_text);
}

/* Articles, pronouns, prepositions, conjunctions, être and avoir. « sans », « avant », « après », « contre » are no stop
 * words: lessons turn on them. */
static bool is_stop(const char *word)
{
	static const char *const all[] = {
		"a",	 "ai",	  "aient", "ainsi", "ait",   "alors", "as",    "au",	"aura",	 "auraient", "aurait", "auront",
		"autre", "autres", "aux",  "avaient", "avait", "avec", "avez", "avoir", "avons", "ayant",    "c",      "ca",
		"car",	 "ce",	  "ceci",  "cela",  "celle", "celles", "celui", "ces",	"cet",	 "cette",    "ceux",   "chaque",
		"ci",	 "comme", "d",	   "dans",  "de",    "des",   "donc",  "dont",	"du",	 "elle",     "elles",  "en",
		"est",	 "et",	  "etaient", "etait", "etant", "ete", "etre",  "eu",	"eux",
		"il",	 "ils",	  "j",	   "je",    "l",     "la",    "le",    "les",	"leur",	 "leurs",    "lors",   "lui",
		"m",	 "ma",	  "mais",  "me",    "mes",   "moi",   "mon",   "n",	"ne",	 "ni",	     "nos",    "notre",
		"nous",	 "on",	  "ont",   "or",    "ou",    "par",   "parce", "pas",	"peu",	 "peut",     "plus",   "pour",
		"qu",	 "quand", "que",   "quel",  "quelle", "quelles", "quels", "qui", "quoi", "s",	     "sa",     "se",
		"sera",	 "serait", "seront", "ses", "si",    "soi",   "soient", "soit", "son",	 "sont",     "sous",   "sur",
		"t",	 "ta",	  "te",	   "tel",   "telle", "tes",   "toi",   "ton",	"tous",	 "tout",     "toute",  "toutes",
		"tres",	 "tu",	  "un",	   "une",   "vos",   "votre", "vous",  "y" };
	return bsearch(word, all, sizeof all / sizeof *all, sizeof *all, by_text);
}

/* `word` is in lower case. */
static bool stem(char out[TERM_MAX], struct terms *t, const char *word)
{
	size_t n = strlen(word);
	if (n > 3 && word[n - 1] == 's' && strchr("aiou", word[n - 2]))
		n--;
	const sb_symbol *s = sb_stemmer_stem(t->stemming->stemmer, (const sb_symbol *)word, (int)n);
	if (!s) {
		t->nomem = true;
		return false;
	}
	fold(out, (const char *)s, (size_t)sb_stemmer_length(t->stemming->stemmer));
	return true;
}

static bool read_word(struct read_word *out, struct terms *t, const char *s, size_t n)
{
	char lower[TERM_MAX] = "";
	struct form w = { lower, 0, false }, f = { out->word, 0, false };
	out->word[0] = 0;
	for (size_t i = 0, len; i < n; i += len) {
		uint32_t c = letter_lower(letter_read(&len, s + i, n - i));
		if (c == 0x153 || c == 0xE6)
			put_folded(&w, c); /* the stemmer does not know ligatures */
		else
			put_char(&w, c);
		put_folded(&f, c);
	}
	out->stop = is_stop(out->word);
	if (!stem(out->stem, t, lower))
		return false;
	if (!strcmp(lower, out->word))
		memcpy(out->plain, out->stem, TERM_MAX);
	else if (!stem(out->plain, t, out->word))
		return false;
	out->n = n;
	return true;
}

/* NULL: no memory. */
static const struct read_word *known_word(struct terms *t, const char *s, size_t n)
{
	size_t slot = 0;
	for (size_t i = 0; i < n; i++)
		slot = slot * 31 + (unsigned char)s[i];
	bool fits = n <= TERM_MAX;
	struct read_word *w = &t->stemming->memo[fits ? slot % MEMO : MEMO];
	if (fits && w->n == n && !memcmp(w->written, s, n))
		return w;
	w->n = 0; /* until it is read to the end */
	if (fits)
		memcpy(w->written, s, n);
	return read_word(w, t, s, n) ? w : NULL;
}

int terms_begin(struct terms *t, const char *text, size_t n, struct err *e)
{
	struct stemming *s = stemming_of_thread();
	if (!s)
		return err_nomem(e);
	*t = (struct terms){ .at = text, .n = n, .stemming = s };
	return 0;
}

bool term_next(struct term *out, struct terms *t)
{
	const char *s = t->at;
	const struct read_word *w;
	size_t start;
	uint32_t after;
	do {
		start = t->pos + run_of(false, s + t->pos, t->n - t->pos, &after);
		t->pos = start + run_of(true, s + start, t->n - start, &after);
		w = start < t->pos ? known_word(t, s + start, t->pos - start) : NULL;
	} while (w && (!*w->word || (is_apostrophe(after) && is_elided(w->word))));
	if (w)
		*out = (struct term){ start, t->pos, w->stop, w->word, w->stem, w->plain };
	return w;
}
