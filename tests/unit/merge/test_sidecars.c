/* Three sidecars without their records: no proposal that a side still lists goes; the order of the sides does not matter. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "merge/diffs.h"

static struct arena A;

static int begin(void **state)
{
	(void)state;
	return arena_begin(&A) ? 0 : -1;
}

static int end(void **state)
{
	(void)state;
	arena_end(&A);
	return 0;
}

static const char *key_of(const char *text)
{
	char key[VAL_KEY_LEN + 1];
	val_key(key, val_str(&A, text));
	return arena_dup(&A, key);
}

/* "titre:x,y note:-z": open on titre with the proposals x and y over the base `b`; note settled to z. */
static struct diffs side(const char *text)
{
	struct diffs d = { .id = "ens-ara-k5w2h9tc" };
	const char *out = "schema: conflit/1\nid: ens-ara-k5w2h9tc\ndifferences:\n";
	struct err e = { 0 };
	if (!*text)
		return d;
	for (const char *p = text; *p;) {
		size_t n = strcspn(p, ":");
		bool settled = p[n + 1] == '-';
		const char *champ = arena_dupn(&A, p, n);
		p += n + 1 + settled;
		const char *first = arena_dupn(&A, p, strcspn(p, ", "));
		out = arena_printf(&A, "%s  - champ: %s\n    degre: %s\n    regle: conflict\n    base: \"%s\"\n    propositions:\n", out, champ,
				   settled ? "tranche" : "dur", settled ? first : "b");
		for (;;) {
			n = strcspn(p, ", ");
			const char *v = arena_dupn(&A, p, n);
			out = arena_printf(&A, "%s      - cle: \"%s\"\n        valeur: \"%s\"\n", out, key_of(v), v);
			p += n;
			if (*p != ',')
				break;
			p++;
		}
		p += *p == ' ';
	}
	if (diffs_parse(&d, &A, "side", out, strlen(out), &e))
		fail_msg("%s", e.msg);
	return d;
}

/* The same words back, proposals in the order of the alphabet. */
static const char *words(const struct diffs *d)
{
	const char *out = "";
	for (size_t i = 0; i < d->n; i++) {
		bool used[10] = { false };
		out = arena_printf(&A, "%s%s%s:%s", out, i ? " " : "", d->at[i].champ, d->at[i].degre == DEG_TRANCHE ? "-" : "");
		for (size_t k = 0; k < d->at[i].n; k++) {
			size_t least = SIZE_MAX;
			for (size_t j = 0; j < d->at[i].n; j++)
				if (!used[j] && (least == SIZE_MAX || strcmp(d->at[i].at[j].valeur->str.at, d->at[i].at[least].valeur->str.at) < 0))
					least = j;
			used[least] = true;
			out = arena_printf(&A, "%s%s%s", out, k ? "," : "", d->at[i].at[least].valeur->str.at);
		}
	}
	return out;
}

static void test_merge(void **state)
{
	(void)state;
	static const struct {
		const char *what, *o, *a, *b, *expect;
	} cases[] = {
		{ "one side adds", "", "t:x,y", "", "t:x,y" },
		{ "both add the same", "", "t:x,y", "t:x,y", "t:x,y" },
		{ "both add", "", "t:x,y", "t:x,z", "t:x,y,z" },
		{ "each its own field", "", "t:x,y", "u:v,w", "t:x,y u:v,w" },
		{ "one settles", "t:x,y", "t:-x", "t:x,y", "t:-x" },
		{ "one settles, the other finds a third", "t:x,y", "t:-x", "t:x,y,z", "t:x,z" },
		{ "both settle alike", "t:x,y", "t:-x", "t:-x", "t:-x" },
		{ "both settle, each otherwise", "t:x,y", "t:-x", "t:-y", "t:x,y" },
		{ "one removes", "t:x,y", "", "t:x,y", "" },
		{ "one removes, the other changes", "t:x,y", "", "t:x,y,z", "t:x,y,z" },
		{ "both remove", "t:x,y u:v,w", "u:v,w", "u:v,w", "u:v,w" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct diffs o = side(cases[i].o), a = side(cases[i].a), b = side(cases[i].b), out;
		diffs_merge(&out, &A, &o, &a, &b);
		if (strcmp(words(&out), cases[i].expect))
			fail_msg("%s: %s", cases[i].what, words(&out));
		diffs_merge(&out, &A, &o, &b, &a);
		if (strcmp(words(&out), cases[i].expect))
			fail_msg("%s, the other way: %s", cases[i].what, words(&out));
	}
}

static void test_missing(void **state)
{
	(void)state;
	static const struct {
		const char *known, *in, *missing, *sum;
	} cases[] = {
		{ "", "t:x,y", "t:x,y", "t:x,y" },
		{ "t:x,y", "t:x,y", "", "t:x,y" },
		{ "t:x,y,z", "t:x,y", "", "t:x,y,z" },
		{ "t:x,z", "t:x,y", "t:x,y", "t:x,y,z" },
		{ "t:-x", "t:x,y", "t:x,y", "t:x,y" }, /* the question came after the settlement */
		{ "u:v,w", "t:-x", "", "u:v,w" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct diffs known = side(cases[i].known), in = side(cases[i].in), missing, sum;
		diffs_missing(&missing, &A, &known, &in);
		assert_string_equal(words(&missing), cases[i].missing);
		diffs_add(&sum, &A, &known, &missing);
		assert_string_equal(words(&sum), cases[i].sum);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_merge, begin, end),
		cmocka_unit_test_setup_teardown(test_missing, begin, end),
	};
	return cmocka_run_group_tests_name("merge/sidecars", tests, NULL, NULL);
}
