/* What is refused: where, and with which remedy; and what must not be. */
#include "ytest.h"

static const struct {
	const char *text;
	int line, col;
	const char *says;
} refused[] = {
	{ "", 1, 1, "fichier vide" },
	{ "# seulement\n", 1, 1, "fichier vide" },
	{ "\xEF\xBB\xBF", 1, 1, "fichier vide" },
	{ "---\n", 2, 1, "clé: valeur" },
	{ "- a\n- b\n", 1, 1, "clé: valeur" },
	{ "texte\n", 1, 1, "clé: valeur" },
	{ "{a: 1}\n", 1, 1, "clé: valeur" },
	{ "a: 1\n---\nb: 2\n", 2, 1, "plusieurs documents" },
	{ "a: 1\n...\nb: 2\n", 3, 1, "un seul groupe" },
	{ "a: é\xE9\n", 1, 5, "UTF-8" },
	{ "\xFF\xFE" "a", 1, 1, "UTF-8" },
	{ "\xFE\xFF" "a", 1, 1, "UTF-8" },
	{ "a: \xED\xA0\x80\n", 1, 4, "UTF-8" },
	{ "a: \xC0\x80\n", 1, 4, "UTF-8" },
	{ "a: x\n\nb: é\x01\n", 3, 5, "U+0001" },
	{ "a: \x7F\n", 1, 4, "U+007F" },
	{ "a: x\ry\n", 1, 5, "U+000D" },
	{ "a: \"x\xC2\x85y\"\n", 1, 6, "\\u0085" },
	{ "a: x\xE2\x80\xA8y\n", 1, 5, "U+2028" },
	{ "a: x\xE2\x80\xA9y\n", 1, 5, "U+2029" },
	{ "a: 1\n\xEF\xBB\xBF" "b: 2\n", 2, 1, "U+FEFF" },
	{ "a: \"\\0\"\n", 1, 4, "U+0000" },
	{ "a: il dit: non\n", 1, 10, "entre guillemets" },
	{ "titre: Recherche : un bilan\n", 1, 18, "« : »" },
	{ "a: 1\nb: 2\na: 3\n", 3, 1, "« a » est là deux fois (d'abord ligne 1)" },
	{ "a: 1\n\"a\": 3\n", 2, 1, "deux fois" },
	{ "l:\n  - {b: 1, c: 2, b: 3}\n", 2, 18, "« b »" },
	{ "? a\n: 1\n", 1, 1, "clés" },
	{ "a: 1\n? b\n", 2, 1, "clés" },
	{ "[a]: 1\n", 1, 1, "clés" },
	{ "a: {[b]: 1}\n", 1, 5, "clés" },
	{ "a: {? b : 1}\n", 1, 5, "clés" },
	{ ": 1\n", 1, 1, "clés" },
	{ "a: &x 1\n", 1, 4, "ancres" },
	{ "a: &x {b: 1}\n", 1, 4, "ancres" },
	{ "a: [&x 1]\n", 1, 5, "ancres" },
	{ "a: *x\n", 1, 4, "ancres" },
	{ "*x : 1\n", 1, 1, "ancres" },
	{ "a:\n  <<: {b: 1}\n", 2, 3, "ancres" },
	{ "a: !x 1\n", 1, 4, "étiquettes" },
	{ "a: !!str 1\n", 1, 4, "étiquettes" },
	{ "a: ! 1\n", 1, 4, "étiquettes" },
	{ "a: !!map {}\n", 1, 4, "étiquettes" },
	{ "!x a: 1\n", 1, 1, "étiquettes" },
	{ "a: !y!z 1\n", 1, 4, "étiquettes" },
	{ "a:\n\tb: 1\n", 2, 1, "tabulation" },
	{ "a:\n  - b\n\t- c\n", 3, 1, "tabulation" },
	{ "a: 1\n\t\nb: 2\n", 2, 1, "tabulation" },
	{ "a: 1\n \t# c\nb: 2\n", 2, 2, "tabulation" },
	{ "a: x\n\ty\n", 2, 1, "tabulation" },
	{ "a:\n  - \tb: 1\n", 2, 5, "tabulation" },
	{ "a: |\n\tx\n", 2, 1, "tabulation" },
	{ "a: \"x\ny\"\n", 2, 1, "indentez" },
	{ "a:\n  b: 'x\n  y'\n", 3, 3, "indentez" },
	{ "a: \"v\"#c\n", 1, 7, "espace devant" },
	{ "a: [v]#c\n", 1, 7, "espace devant" },
	{ "a: |-#c\n  x\n", 1, 6, "espace devant" },
	{ "a: [-]\n", 1, 5, "guillemets" },
	{ "a: @b\n", 1, 4, "caractère réservé" },
	{ "a: `b`\n", 1, 4, "caractère réservé" },
	{ "a: %b\n", 1, 4, "caractère réservé" },
	{ "%TAG ! tag:x,2018:\n---\na: 1\n", 1, 1, "directive" },
	{ "%YAML 1.3\n---\na: 1\n", 1, 1, "directive" },
	{ "%AUTRE x\n---\na: 1\n", 1, 1, "directive" },
	{ "\"a\"b: c\n", 1, 4, "après cette clé" },
	{ "\"a\"b#: ", 1, 4, "après cette clé" },
	{ "a:\n  'b'c: d\n", 2, 6, "après cette clé" },
	{ "a: 1\n...\n%TAG ! tag:x,2018:\n---\nb: 1\n", 3, 1, "directive" },
	{ "a: 1\nb: \"x\nc: 2\n", 2, 4, "guillemet" },
	{ "a: [1, 2\nb: 3\n", 2, 1, "« ] »" },
	{ "a: {b: 1\n", 2, 1, "accolade" },
	{ "a: 1\nb\nc: 3\n", 2, 1, "il manque « : »" },
	{ "a:\n  - x\n b: 1\n", 3, 2, "align" },
	{ "a: 1\n  b: 2\n", 2, 4, "plus indentée" },
	{ "\xEF\xBB\xBF" "a: 1\n  b: 2\n", 2, 4, "plus indentée" },
	{ "l:\n  - id: c1\n     texte: x\n", 3, 11, "plus indentée" },
	{ "a: Un texte\n  qui dit : non\n", 2, 11, "le texte contient « : »" },
	{ "a: \"\\q\"\n", 1, 4, "barre oblique" },
	{ "a: \"\\ud800\"\n", 1, 4, "\\u" },
	{ "a: |x\n  y\n", 1, 5, "bloc" },
	{ "a: - b\n", 1, 4, "« - »" },
	/* what word processors, other habits of writing and git leave */
	{ "a: 'L'essai'\n", 1, 7, "l''essai" },
	{ "a: \"Le \"tiers lieu\" unique\"\n", 1, 9, "guillemet fermant" },
	{ "a: \"x\",\nb: 1\n", 1, 7, "guillemet fermant" },
	{ "l:\n  - \"x\" y\n", 2, 9, "guillemet fermant" },
	{ "a: [sic] dit-il\n", 1, 10, "derrière « ] »" },
	{ "a: {x} dit-il\n", 1, 8, "derrière « ] » ou « } »" },
	{ "a: \"x\nb: \"y\"\n", 2, 1, "guillemet ouvert plus haut" },
	{ "titre:\xC2\xA0x\nb: 1\n", 1, 1, "insécable" },
	{ "titre\xC2\xA0:\xE2\x80\xAFx\n", 1, 1, "insécable" },
	{ "l:\n\xC2\xA0\xC2\xA0- a\n", 2, 1, "insécable dans l'indentation" },
	{ "titre:x\nb: 1\n", 1, 1, "il manque un espace" },
	{ "\xEF\xBB\xBF" "titre:x\n", 1, 1, "il manque un espace" },
	{ "a: *gras* ici\n", 1, 4, "entre guillemets" },
	{ "a: & ici\n", 1, 4, "entre guillemets" },
	{ "a: !attention\n", 1, 4, "entre guillemets" },
	{ "a: > 50 %\n", 1, 6, "entre guillemets" },
	{ "a: ? pourquoi\n", 1, 4, "entre guillemets" },
	{ "a: \"C:\\Users\"\n", 1, 4, "doublez" },
	{ "a: 1\n<<<<<<< HEAD\nb: 1\n=======\nb: 2\n>>>>>>> x\n", 2, 1, "fusion de git" },
	{ "a: 1\nb: 1\n=======\nb: 2\n>>>>>>> x\n", 3, 1, "fusion de git" },
	{ "a: 1\r\nb: 1\r\n>>>>>>> x\r\n", 3, 2, "fusion de git" },
	{ "a: 1\rb: 2\r", 1, 5, "fins de ligne" },
	{ "a: 1\n---\n", 2, 1, "enlevez « --- »" },
	{ "{\"a\": 1}\n", 1, 1, "un champ par ligne" },
};

static void test_refused(void **state)
{
	(void)state;
	int wrong = 0;
	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
		struct arena a;
		struct ydoc *d = NULL;
		struct yfault f = { 0 };
		struct err e = { 0 };
		char place[64];
		if (!arena_begin(&a))
			fail();
		int code = ydoc_parse(&d, &a, "k5/x.yaml", refused[i].text, strlen(refused[i].text), &f, &e);
		snprintf(place, sizeof place, "k5/x.yaml:%d:%d: ", f.line, f.col);
		bool good = code == ERR_DATA && !d && f.line == refused[i].line && f.col == refused[i].col &&
			    strstr(f.msg, refused[i].says) && !strncmp(e.msg, place, strlen(place)) &&
			    !strcmp(e.msg + strlen(place), f.msg);
		if (!good)
			print_message("%s# wants %d:%d %s\n# has %s (%s)\n", refused[i].text, refused[i].line,
				      refused[i].col, refused[i].says, e.msg, err_name(code));
		wrong += !good;
		arena_end(&a);
	}
	assert_int_equal(wrong, 0);
}

static int parse_buf(struct buf *b, struct yfault *f)
{
	struct arena a;
	struct ydoc *d;
	struct err e = { 0 };
	if (!arena_begin(&a))
		fail();
	int code = ydoc_parse(&d, &a, "t", buf_str(b), b->n, f, &e);
	arena_end(&a);
	buf_reset(b);
	return code;
}

static void test_limits(void **state)
{
	(void)state;
	struct buf b = BUF_INIT;
	struct yfault f;
	for (int over = 0; over < 2; over++) {
		buf_puts(&b, "a: ");
		buf_fill(&b, 'x', YAML_MAX_BYTES - 3 + (size_t)over);
		assert_int_equal(parse_buf(&b, &f), over ? ERR_LIMIT : 0);
		for (int i = 0; i < YAML_MAX_KEY + over; i++)
			buf_puts(&b, "é");
		buf_puts(&b, ": 1\n");
		assert_int_equal(parse_buf(&b, &f), over ? ERR_DATA : 0);
		buf_puts(&b, "a: ");
		buf_fill(&b, '[', YAML_MAX_DEPTH - 1 + (size_t)over);
		buf_fill(&b, ']', YAML_MAX_DEPTH - 1 + (size_t)over);
		assert_int_equal(parse_buf(&b, &f), over ? ERR_LIMIT : 0);
		if (over)
			assert_non_null(strstr(f.msg, "profonde"));
		for (int i = 0; i < YAML_MAX_DEPTH + over; i++) {
			buf_fill(&b, ' ', (size_t)i);
			buf_puts(&b, "k:\n");
		}
		assert_int_equal(parse_buf(&b, &f), over ? ERR_LIMIT : 0);
		buf_puts(&b, "a: 1\n");
		buf_fill(&b, '\n', YAML_MAX_LINES - 1 + (size_t)over);
		assert_int_equal(parse_buf(&b, &f), over ? ERR_LIMIT : 0);
		if (over)
			assert_int_equal(f.line, YAML_MAX_LINES + 1);
		buf_puts(&b, "a: [1");
		for (int i = 2; i < YAML_MAX_ENTRIES + over; i++)
			buf_puts(&b, ",1");
		buf_puts(&b, "]");
		assert_int_equal(parse_buf(&b, &f), over ? ERR_LIMIT : 0);
		if (over)
			assert_non_null(strstr(f.msg, "trop de champs"));
	}
	buf_put(&b, "a: \0b", 5);
	assert_int_equal(parse_buf(&b, NULL), ERR_DATA);
	buf_free(&b);
}

/* libyaml says that beyond 1,024 characters there is no key. */
static void test_long_keys(void **state)
{
	(void)state;
	static const char *const around[][2] = { { "", ": 1\n" }, { "", ":\n  b: 1\n" }, { "a: 1\n", ": 1\nb: 2\n" },
						 { "a: 1\r\n", ":\r\n  b: 2\r\n" }, { "a: 1\n\"", "\": 1\n" } };
	struct buf b = BUF_INIT;
	struct yfault f;
	for (size_t i = 0; i < sizeof around / sizeof *around; i++)
		for (size_t n = YAML_MAX_KEY + 1; n < 10000; n *= 3) {
			buf_puts(&b, around[i][0]);
			buf_fill(&b, 'k', n);
			buf_puts(&b, around[i][1]);
			assert_int_equal(parse_buf(&b, &f), ERR_DATA);
			assert_int_equal(f.line, 1 + (i > 1));
			assert_int_equal(f.col, 1);
			assert_non_null(strstr(f.msg, "200"));
		}
	buf_puts(&b, "a: 1\n");
	buf_fill(&b, 'k', 3000);
	assert_int_equal(parse_buf(&b, &f), ERR_DATA);
	assert_non_null(strstr(f.msg, "il manque"));
	buf_free(&b);
}

static void test_messages_are_cut_at_a_character(void **state)
{
	(void)state;
	struct buf b = BUF_INIT;
	struct yfault f;
	for (int twice = 0; twice < 2; twice++) {
		for (int i = 0; i < YAML_MAX_KEY; i++)
			buf_puts(&b, "é");
		buf_puts(&b, ": 1\n");
	}
	assert_int_equal(parse_buf(&b, &f), ERR_DATA);
	assert_true(ydoc__is_utf8(f.msg));
	buf_free(&b);
}

static void test_accepted(void **state)
{
	(void)state;
	static const char *const texts[] = {
		"\xEF\xBB\xBF" "a: 1\r\nb: |-\r\n  x\r\n",
		"a: 1",
		"%YAML 1.1\n---\na: 1\n",
		"%YAML 1.2\n---\na: 1\n...\n",
		"---\na: 1\n",
		"a: \"<<\"\nb: '&x'\nc: x#y\nd: \"# no\"\ne: 'a: b'\nf: \"\\u0085\\x01\"\n",
		"a:\tb\t# tab between\n",
		"a: |\n  x\ty\n  \tz\n",
		"\"<<\": 1\n\"\": 2\n",
		"a: http://x.fr/y?z=1#w\nb: -x\nc: 10:30\n",
		"a: {\n  b: 1\n}\n",
		"a: |\n  # text\n  ? text\n\n  - text: a: b\n# c\n",
		"a: it's\nb: d'y \"aller\" 'bien'\nc: [l'an, \"d\", 'e' ]\n",
	};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct arena a;
		if (!arena_begin(&a))
			fail();
		parsed(&a, texts[i]);
		arena_end(&a);
	}
}

/* Texts cut and stained anywhere: never a crash, and what is accepted can be written part by part. */
static void test_damaged_texts(void **state)
{
	(void)state;
	static const char text[] = "# h\na: \"é\" # c\nb:\n  - {x: [1, 'y']}\n  # d\n  - k: |-\n      t\n\n    l: >2\n       u\nc: p\n  q\n";
	static const char stains[] = "\t#:-?[]{}&*!|>'\"%@`\n ,\\\xC3\x80";
	for (size_t i = 0; i <= sizeof text - 1; i++) {
		for (size_t j = 0; j < sizeof stains; j++) {
			struct arena a;
			struct ydoc *d;
			struct buf b = BUF_INIT, o = BUF_INIT;
			struct err e = { 0 };
			if (!arena_begin(&a))
				fail();
			buf_put(&b, text, i);
			if (j)
				buf_putc(&b, stains[j - 1]);
			if (j)
				buf_puts(&b, text + i);
			if (!ydoc_parse(&d, &a, "t", buf_str(&b), b.n, NULL, &e)) {
				assert_int_equal(ydoc__rewrite(&a, &o, d, ydoc_val(d), NULL, NULL, NULL, true, &e), 0);
				if (strcmp(buf_str(&o), buf_str(&b)))
					fail_msg("--- given\n%s--- written\n%s---", b.at, o.at);
			}
			arena_end(&a);
			buf_free(&b);
			buf_free(&o);
		}
	}
}

/* The check looks at eight bytes at once where it can: each byte is judged the same wherever it stands. */
static void test_every_byte_at_every_place(void **state)
{
	(void)state;
	char text[] = "a: \"0123456789abcdefghijkl\"\n";
	for (unsigned c = 1; c < 0x80; c++) {
		bool visible = (c >= 0x20 && c != 0x7F) || c == '\t' || c == '\n';
		for (size_t at = 4; at < 26; at++) {
			struct yfault fault = { 0 };
			char was = text[at];
			text[at] = (char)c;
			int rc = ydoc__profile(&fault, text, sizeof text - 1);
			if (rc != (visible ? 0 : ERR_DATA))
				fail_msg("U+%04X at %zu: %d", c, at, rc);
			if (rc)
				assert_int_equal(fault.col, at + 1);
			text[at] = was;
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_long_keys),
		cmocka_unit_test(test_messages_are_cut_at_a_character),
		cmocka_unit_test(test_accepted),
		cmocka_unit_test(test_damaged_texts),
		cmocka_unit_test(test_every_byte_at_every_place),
	};
	return cmocka_run_group_tests_name("yaml profile", tests, NULL, NULL);
}
