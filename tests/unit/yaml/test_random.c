/* Thousands of random edits: what is read back is what was asked for, and what was not touched has its bytes.
 *
 * On documents made here and sprinkled with comments, on texts in every style, and on the sample records. SEED= and ROUNDS=
 * from the environment. `test_random --corpora DIR` does the same on every *.yaml below a folder (tests/prop/yaml_corpora.test),
 * `test_random --oracle DIR N` writes N texts for other readers (tests/prop/yaml_oracle.test), `--oracle DIR 0 CORPORA`
 * real ones.
 */
#include "ytest.h"

#include <ftw.h>
#include <time.h>
#include "base/fsio.h"
#include "../../lib/ylaws.h"

static uint64_t seed, state64;
static size_t edits;

static uint32_t rnd(uint32_t n)
{
	state64 ^= state64 << 13;
	state64 ^= state64 >> 7;
	state64 ^= state64 << 17;
	return (uint32_t)((state64 >> 20) % n);
}

static uint64_t env_number(const char *name, uint64_t otherwise)
{
	const char *s = getenv(name);
	return s && *s ? strtoull(s, NULL, 10) : otherwise;
}

/* --- data --------------------------------------------------------------------------------------------------------- */

static const char *const nasty[] = {
	"", " ", "  x", "x ", "x", "no", "NO", "Yes", "on", "off", "y", "N", "null", "~", "true", "False", "2018-05-03",
	"2001-12-14t21:59:43.10-05:00", "010", "0o7", "0x1F", "0b1", "1_000", "12:30", "190:20:30", "1e3", "1.", ".5", "+", "-", "-1", ".",
	"..", "...", "---", "--- x", ".inf", "-.INF", ".NaN", "=", "<<", "<", "?", ":", "x:", ": x", "a: b", "a:b", "#", "# x", "x # y",
	"x#y", "&a", "*a", "!t", "|", ">", "|-", "%x", "@x", "`x`", "'", "''", "it's", "\"", "\"x\"", "\\", "\\n", "[", "]", "[a]", "{}",
	"{a: b}", ",", "a, b", "- a", "-a", "? a", "é", "œuvre à l’été", "🧭", "x 🧭 y", "\t", "x\ty", "\tx", "\n", "\n\n", "x\n", "x\n\n",
	"\nx", "x\ny", "x\n\ny", "x\n  y\nz", "  x\ny", "x\n \ny", "x\n\t\ny", "x \ny", "x\n\n\ny\n", "# x\n# y\n", "---\n...\n", "a: b\nc: d\n",
	"- a\n- b", "x\r\ny", "\r", "\x01", "\x7F", "\xC2\x85", "\xC2\xA0", "x\xC2\xA0", "\xE2\x80\xA8", "\xEF\xBB\xBF", "\xEF\xBF\xBF",
	"Un premier paragraphe, avec « des guillemets » : et deux points.\n\nUn second ; il dit : « non ».\n",
	"Les habitants, tirés au sort,\nne se connaissent pas.\n\n  - une liste\n  - qui n'en est pas une\n\nFin.", "con-participation",
	"EPCI-200071140", "01001", "1234567890123456789012345678901234567890", "http://x.fr/?a=b#c", "~/x", "null\n", "x: |\n  y\n",
};
static const char *const keys[] = { "titre", "l", "texte", "id", "no", "12", "a b", "é", "", "x:", "#k", "- k", "true", "g", "z",
				    "clé « longue » : avec tout", "\"q\"", "k\nl", "~", "2018-05-03" };

static const char *any_string(struct arena *a)
{
	const char *s = nasty[rnd(sizeof nasty / sizeof *nasty)];
	return rnd(6) ? s : arena_printf(a, "%s%s", s, nasty[rnd(sizeof nasty / sizeof *nasty)]);
}

static struct val *any_scalar(struct arena *a)
{
	switch (rnd(12)) {
	case 0: return val_null(a);
	case 1: return val_bool(a, rnd(2));
	case 2: return val_int(a, (int64_t)(rnd(2) ? rnd(100) : state64));
	case 3: return val_num(a, ((double)rnd(100000) - 50000) * (rnd(2) ? 0.001 : 1e25));
	default: return val_str(a, any_string(a));
	}
}

static struct val *any(struct arena *a, int depth)
{
	uint32_t kind = depth > 3 ? 9 : rnd(10);
	struct val *v = kind < 2 ? val_map(a) : kind < 4 ? val_list(a) : any_scalar(a);
	bool ids = rnd(2);
	for (uint32_t n = v->type >= VAL_LIST ? rnd(4) : 0; n-- > 0;) {
		if (v->type == VAL_MAP) {
			val_set(a, v, keys[rnd(sizeof keys / sizeof *keys)], any(a, depth + 1));
		} else if (ids) {
			struct val *item = val_map(a);
			val_set(a, item, "id", val_str(a, arena_printf(a, "c%u", rnd(1000))));
			val_set(a, item, "texte", any(a, depth + 2));
			val_push(a, v, item);
		} else {
			val_push(a, v, any(a, depth + 1));
		}
	}
	return v;
}

static void shuffle_one(struct val *v)
{
	size_t n = v->type == VAL_MAP ? v->map.n : v->list.n, i = rnd((uint32_t)n), j = rnd((uint32_t)n);
	if (v->type == VAL_MAP) {
		struct val_field f = v->map.at[i];
		v->map.at[i] = v->map.at[j];
		v->map.at[j] = f;
	} else {
		struct val *item = v->list.at[i];
		v->list.at[i] = v->list.at[j];
		v->list.at[j] = item;
	}
}

static void drop_item(struct val *list, size_t i)
{
	memmove(&list->list.at[i], &list->list.at[i + 1], (list->list.n - i - 1) * sizeof *list->list.at);
	list->list.n--;
}

/* One edit somewhere in v, a map or a list of the caller's own. */
static void edit(struct arena *a, struct val *v, int depth)
{
	bool map = v->type == VAL_MAP;
	size_t n = map ? v->map.n : v->list.n, i = n ? rnd((uint32_t)n) : 0;
	struct val **child = !n ? NULL : map ? &v->map.at[i].val : &v->list.at[i];
	if (child && (*child)->type >= VAL_LIST && rnd(3)) {
		edit(a, *child, depth + 1);
		return;
	}
	edits++;
	switch (n ? rnd(8) : 4) {
	case 0: /* delete */
		if (map && (depth || n > 1))
			val_drop(v, v->map.at[i].key);
		else if (!map)
			drop_item(v, i);
		break;
	case 1:
		shuffle_one(v);
		break;
	case 2:
	case 3:
	case 4: /* insert, anywhere */
		if (map) {
			const char *key = rnd(2) ? keys[rnd(sizeof keys / sizeof *keys)]
						 : arena_printf(a, "n%u", rnd(100000));
			if (!val_get(v, key))
				val_insert(a, v, rnd((uint32_t)n + 1), key, any(a, depth + 1));
		} else {
			val_push(a, v, any(a, depth + 1));
			shuffle_one(v);
		}
		break;
	default:
		*child = any(a, depth + 1);
	}
}

/* --- checks ------------------------------------------------------------------------------------------------------- */

static size_t rewrites, refusals;
static struct ylaws seen;

static void blame(const char *why, const char *text, const struct val *target, const char *got)
{
	struct buf b = BUF_INIT;
	val_canon(&b, target);
	fail_msg("%s (SEED=%llu)\n--- canvas\n%s\n--- target\n%s\n--- got\n%s\n---", why, (unsigned long long)seed,
		 text, b.at, got);
}

/* Rewrite and check; the new text, in the arena, or NULL when it is refused. */
static const char *check(struct arena *a, const struct ydoc *canvas, const struct val *target)
{
	struct buf b = BUF_INIT, again = BUF_INIT;
	struct err e = { 0 };
	struct ydoc *result;
	size_t n;
	const char *before = canvas ? ydoc_text(canvas, &n) : "";
	rewrites++;
	if (ydoc_rewrite(&b, canvas, target, NULL, NULL, NULL, &e) < 0) {
		if (e.code != ERR_LIMIT)
			blame(e.msg, before, target, "");
		refusals++;
		buf_free(&b);
		return NULL;
	}
	const char *got = arena_dupn(a, b.at, b.n);
	if (ydoc_parse(&result, a, "result", b.at, b.n, NULL, &e) < 0)
		blame(e.msg, before, target, got);
	if (!val_equal(ydoc_val(result), target))
		blame("reads back differently", before, target, got);
	if (!ylaws_same_read(a, &(struct ylike){ { canvas } }, b.at, b.n))
		blame("is something else beside the canvas", before, target, got);
	const char *broken =
		canvas && !val_equal(ydoc_val(canvas), target) ? ylaws_broken(&seen, result, canvas, target) : NULL;
	if (broken)
		blame(broken, before, target, got);
	buf_reset(&b);
	assert_int_equal(ydoc_rewrite(&b, canvas, target, NULL, NULL, NULL, &e), 0);
	assert_string_equal(b.at, got);
	assert_int_equal(ydoc__rewrite(a, &again, result, ydoc_val(result), NULL, NULL, NULL, true, &e), 0);
	if (strcmp(buf_str(&again), got) && b.n == strlen(got))
		blame("its parts do not make it up", before, target, again.at);
	buf_free(&b);
	buf_free(&again);
	return got;
}

/* Put comments and blank lines in, wherever the data stay the same. */
static const char *sprinkle(struct arena *a, const char *text)
{
	struct ydoc *d = parsed(a, text);
	for (int i = 0; i < 6; i++) {
		size_t n, at = 0;
		const char *s = ydoc_text(d, &n);
		for (uint32_t lines = rnd(12); lines && at < n; lines--)
			at = ydoc__next_line(d, at);
		bool behind = rnd(3) == 0 && at;
		if (behind)
			at = ydoc__eol(d, at - 1);
		const char *what = behind   ? "  # derrière"
				   : rnd(3) ? arena_printf(a, "%*s# c%u\n", (int)rnd(3) * 2, "", rnd(100))
					    : "\n";
		const char *more = arena_printf(a, "%.*s%s%s", (int)at, s, what, s + at);
		struct ydoc *next = NULL;
		struct err e = { 0 };
		if (!ydoc_parse(&next, a, "t", more, strlen(more), NULL, &e) && val_equal(ydoc_val(next), ydoc_val(d)))
			d = next;
	}
	return d->text;
}

static void edits_of(const char *text, size_t n, int rounds)
{
	for (int i = 0; i < rounds; i++) {
		struct arena a;
		if (!arena_begin(&a))
			fail();
		struct ydoc *d = parsed_n(&a, text, n);
		for (int chain = 1 + (int)rnd(3); chain > 0; chain--) { /* each on the result of the one before */
			struct val *target = val_copy(&a, ydoc_val(d));
			for (uint32_t k = 1 + rnd(3); k > 0; k--)
				edit(&a, target, 0);
			const char *got = check(&a, d, target);
			if (!got)
				break;
			d = parsed(&a, got);
		}
		arena_end(&a);
	}
}

/* --- tests -------------------------------------------------------------------------------------------------------- */

static void test_made_here(void **state)
{
	(void)state;
	uint64_t rounds = env_number("ROUNDS", 1000);
	for (uint64_t i = 0; i < rounds; i++) {
		struct arena a;
		if (!arena_begin(&a))
			fail();
		struct val *v = val_map(&a);
		for (uint32_t k = 1 + rnd(5); k > 0; k--)
			val_set(&a, v, keys[rnd(sizeof keys / sizeof *keys)], any(&a, 1));
		const char *text = check(&a, NULL, v);
		assert_non_null(text);
		text = sprinkle(&a, text);
		edits_of(text, strlen(text), 2);
		arena_end(&a);
	}
}

static void test_every_style(void **state)
{
	(void)state;
	static const char *const texts[] = {
		"# head\n\n# of a\na: 1   # one\n\n# b's\nb: 2\n# end\n",
		"\xEF\xBB\xBF%YAML 1.1\n--- # start\na: 1\nb: 'x'\n... # stop\n# after\n",
		"a:   # list\n  # first\n  - x # one\n\n  # second\n  - y\n  # closes\n\n# of b\nb: 1\n",
		"a:\n- x\n- - y\n  -   z\n-\n- k: 1\n  # deep\n  l:\n    - m\n    # closes the inner\n  # closes the map\nb: {x: 1} # flow\n",
		"a:\n  - # comment\n    k: v\n  -\n    k: v\n  -   k: v\n      l: w\n",
		"a: |- # header\n  text\n   more\n\n  end\n\n\nb: >+\n  x\n\n\nc: |\n   y\n   \n  # no\nd: 1\n",
		"a: [1, # one\n  2,\n  # two\n  3\n]\nb: {\n  x: 1\n}\nc: [ 'q', {r: s} ]\n",
		"a:\n  plain text\n  goes on\nb:   # why\n  'quoted\n\n  text'\nc: \"x\\\n  y\"\n",
		"a: 1\r\n# c\r\nb:\r\n  - x\r\n\r\nc: |\r\n  y\r\n",
		"a: 1\r\nb: |2\r\n   x\r\nc: 3",
		"  a: 1\n  b:\n    - x\n  # tail at the root's column\n",
		"\"a\": 1\n'b' : 2\nc:\t3\nd:    \ne:\n",
		"l:\n    -   id: a\n        # t\n        t: |2+\n           x\n\n    -   id: b\n        t:\n        - 1\n        - [2]\n",
		"a: |\n  x",
	};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		edits_of(texts[i], strlen(texts[i]), (int)env_number("ROUNDS", 1000) / 5);
}

static struct buf file;
static size_t files, outside;
static int per_file;

static int one_file(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	size_t n = strlen(path);
	struct err e = { 0 };
	struct arena a;
	struct ydoc *d;
	(void)st;
	(void)ftw;
	if (type != FTW_F || n < 5 || strcmp(path + n - 5, ".yaml"))
		return 0;
	buf_reset(&file);
	if (fs_read(&file, path, 4 << 20, &e) < 0 || !file.n)
		return 0;
	if (!arena_begin(&a))
		fail();
	bool accepted = ydoc_parse(&d, &a, path, file.at, file.n, NULL, &e) == 0;
	files += accepted;
	outside += !accepted;
	if (accepted) { /* part by part it is itself */
		struct buf b = BUF_INIT;
		assert_int_equal(ydoc__rewrite(&a, &b, d, ydoc_val(d), NULL, NULL, NULL, true, &e), 0);
		if (b.n != file.n || memcmp(b.at, file.at, b.n))
			fail_msg("%s: its parts do not make it up", path);
		buf_free(&b);
	}
	arena_end(&a);
	if (accepted)
		edits_of(file.at, file.n, per_file);
	return 0;
}

static void test_files(const char *dir, int rounds)
{
	size_t edited = edits, written = rewrites, refused = refusals;
	files = outside = 0;
	seen = (struct ylaws){ 0 };
	per_file = rounds;
	nftw(dir, one_file, 16, FTW_PHYS);
	print_message("# %zu files within the profile, %zu outside it; %zu edits, %zu rewrites, %zu refused; "
		      "fields untouched %zu, touched %zu\n",
		      files, outside, edits - edited, rewrites - written, refusals - refused, seen.kept, seen.touched);
	buf_free(&file);
}

static void test_samples(void **state)
{
	(void)state;
	char dir[4096];
	const char *root = getenv("ROOT");
	snprintf(dir, sizeof dir, "%s/tests/samples", root ? root : ".");
	test_files(dir, (int)env_number("ROUNDS", 1000) / 100);
	assert_true(files > 20);
}

static const char *corpora;

static void test_corpora(void **state)
{
	(void)state;
	test_files(corpora, (int)env_number("ROUNDS", 1000) / 100);
	assert_true(files > 0);
}

static bool has_comment(const struct ydoc *d, const char *text, size_t n)
{
	for (size_t i = 0; i < d->comments.n; i++)
		if (d->comments.at[i].end - d->comments.at[i].at == n &&
		    !memcmp(d->text + d->comments.at[i].at, text, n))
			return true;
	return false;
}

/* Law 7: the comments above the fields that are still there, unless a side deleted them. */
static void same_comments(const struct ydoc *base, struct ydoc *const side[2], const struct val *target,
			  const struct ydoc *got)
{
	for (int s = 0; s < 2; s++) {
		for (size_t i = 0; i < side[s]->root->n; i++) {
			const struct yentry *e = &side[s]->root->at[i];
			if (!val_get(target, e->key))
				continue;
			for (size_t at = e->attach; at < e->line; at = ydoc__next_line(side[s], at)) {
				size_t from = at + strspn(side[s]->text + at, " "), n = ydoc__eol(side[s], at) - from;
				const char *line = side[s]->text + from;
				if ((!has_comment(base, line, n) || has_comment(side[!s], line, n)) &&
				    !has_comment(got, line, n))
					blame("a comment is lost", side[s]->text, target, got->text);
			}
		}
	}
}

/* Two edits of one text; each field of the result is somebody's. Symmetric in what matters: data, and no crash. */
static void test_three_way(void **state)
{
	(void)state;
	for (uint64_t i = env_number("ROUNDS", 1000); i > 0; i--) {
		struct arena a;
		if (!arena_begin(&a))
			fail();
		struct val *v = val_map(&a);
		for (uint32_t k = 2 + rnd(5); k > 0; k--)
			val_set(&a, v, keys[rnd(sizeof keys / sizeof *keys)], any(&a, 1));
		struct ydoc *base = parsed(&a, sprinkle(&a, check(&a, NULL, v))), *side[2];
		for (int s = 0; s < 2; s++) {
			struct val *t = val_copy(&a, ydoc_val(base));
			for (uint32_t k = rnd(3); k > 0; k--)
				edit(&a, t, 0);
			side[s] = parsed(&a, sprinkle(&a, check(&a, base, t)));
		}
		struct val *target = val_map(&a);
		for (int s = 0; s < 3; s++) {
			const struct val *from = s < 2 ? ydoc_val(side[s]) : ydoc_val(base);
			for (size_t k = 0; k < from->map.n; k++)
				if (rnd(2) || !target->map.n)
					val_set(&a, target, from->map.at[k].key, from->map.at[k].val);
		}
		struct yfrom from = { side[1], base };
		const char *got = rewritten(&a, side[0], target, &from, NULL, NULL);
		if (!got || !val_equal(ydoc_val(parsed(&a, got)), target))
			blame("three-way", side[0]->text, target, got ? got : "");
		if (!ylaws_same_read(&a, &(struct ylike){ { side[0], side[1], base } }, got, strlen(got)))
			blame("is something else beside the three", side[0]->text, target, got);
		same_comments(base, side, target, parsed(&a, got));
		struct yfrom only_donor = { side[1], base }; /* nothing of the canvas is new: the donor's text */
		assert_string_equal(rewritten(&a, base, ydoc_val(side[1]), &only_donor, NULL, NULL), side[1]->text);
		arena_end(&a);
	}
}

/* For another YAML reader (tests/prop/yaml_oracle.test): texts made and edited here, each with its data as JSON. */
static void write_file(const char *dir, int i, const char *suffix, const char *bytes)
{
	char path[4096];
	snprintf(path, sizeof path, "%s/%d.%s", dir, i, suffix);
	FILE *f = fopen(path, "w");
	must(f && fputs(bytes, f) >= 0);
	must(fclose(f) == 0);
}

static void write_pair(const char *dir, int i, const char *text, const struct val *v)
{
	struct buf json = BUF_INIT;
	val_canon(&json, v);
	write_file(dir, i, "yaml", text);
	write_file(dir, i, "json", buf_str(&json));
	buf_free(&json);
}

static int for_oracle(const char *dir, int n)
{
	for (int i = 0; i < n; i += 2) {
		struct arena a;
		if (!arena_begin(&a))
			return 1;
		struct val *v = val_map(&a);
		for (uint32_t k = 1 + rnd(6); k > 0; k--)
			val_set(&a, v, keys[rnd(sizeof keys / sizeof *keys)], any(&a, 1));
		const char *text = rewritten(&a, NULL, v, NULL, NULL, NULL);
		write_pair(dir, i, text, v);
		struct ydoc *d = parsed(&a, text);
		struct val *target = val_copy(&a, v);
		for (uint32_t k = 1 + rnd(4); k > 0; k--)
			edit(&a, target, 0);
		write_pair(dir, i + 1, rewritten(&a, d, target, NULL, NULL, NULL), target);
		arena_end(&a);
	}
	return 0;
}

/* The same from real files: each as it is, and once edited. */
static const char *oracle_dir;
static int oracle_n;

static int file_for_oracle(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	size_t n = strlen(path);
	struct err e = { 0 };
	struct arena a;
	struct ydoc *d;
	(void)st;
	(void)ftw;
	if (type != FTW_F || n < 5 || strcmp(path + n - 5, ".yaml") != 0)
		return 0;
	buf_reset(&file);
	if (fs_read(&file, path, 4 << 20, &e) < 0 || !file.n || !arena_begin(&a))
		return 0;
	if (!ydoc_parse(&d, &a, path, file.at, file.n, NULL, &e)) {
		struct val *target = val_copy(&a, ydoc_val(d));
		write_pair(oracle_dir, oracle_n++, ydoc_text(d, &n), target);
		for (uint32_t k = 1 + rnd(4); k > 0; k--)
			edit(&a, target, 0);
		write_pair(oracle_dir, oracle_n++, rewritten(&a, d, target, NULL, NULL, NULL), target);
	}
	arena_end(&a);
	return 0;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_made_here), cmocka_unit_test(test_every_style), cmocka_unit_test(test_samples),
		cmocka_unit_test(test_three_way),
	};
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	seed = env_number("SEED", (uint64_t)now.tv_nsec + (uint64_t)now.tv_sec * 1000);
	state64 = seed * 0x9E3779B97F4A7C15u | 1;
	if (argc == 4 && !strcmp(argv[1], "--oracle"))
		return for_oracle(argv[2], atoi(argv[3]));
	if (argc == 5 && !strcmp(argv[1], "--oracle")) {
		oracle_dir = argv[2];
		return nftw(argv[4], file_for_oracle, 16, FTW_PHYS);
	}
	print_message("# SEED=%llu\n", (unsigned long long)seed);
	if (argc == 3 && !strcmp(argv[1], "--corpora")) {
		const struct CMUnitTest one[] = { cmocka_unit_test(test_corpora) };
		corpora = argv[2];
		return cmocka_run_group_tests_name("yaml corpora", one, NULL, NULL);
	}
	return cmocka_run_group_tests_name("yaml random", tests, NULL, NULL);
}
