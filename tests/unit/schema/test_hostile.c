/* Schemas and records made to be slow or large: each ends in a clear error, or in an answer, in bounded time and memory. */
#include "given.h"
#include "../../lib/hostile.h"

static struct buf schema, value;

static void load(struct arena *a, char said[ERR_MSG_MAX], void *data)
{
	const struct snode *s;
	struct err e = { 0 };
	(void)data;
	strcpy(said, schemas__load_one(&s, a, "x.schema.yaml", schema.at, schema.n, &e) < 0 ? e.msg : "loaded");
}

struct judged {
	const struct snode *schema;
	const struct val *value;
};

static void judge(struct arena *a, char said[ERR_MSG_MAX], void *data)
{
	const struct judged *j = data;
	struct faults f = { 0 };
	schema_validate(&f, a, j->schema, schema_type(a, j->schema, j->value));
	snprintf(said, ERR_MSG_MAX, "%zu faults %s", f.errors, f.n ? f.at[0].code : "");
	for (size_t i = 1; i < f.n; i++)
		if (!strcmp(f.at[i].code, "limit"))
			snprintf(said, ERR_MSG_MAX, "%zu faults %s limit", f.errors, f.at[0].code);
}

/* `schema` must load, or be refused, as `says`. */
static void loads(const char *name, const char *says)
{
	hostile_run(&(struct hostile){ name, schema.n, HOSTILE_MS, says, 0 }, load, NULL);
	buf_reset(&schema);
}

/* `value` is judged by `schema` as `says`. */
static void judges(const char *name, double ms, const char *says)
{
	struct judged j = { NULL, NULL };
	struct err e = { 0 };
	struct ydoc *d;
	arena_end(&arena);
	if (!arena_begin(&arena))
		fail_msg("out of memory");
	if (schemas__load_one(&j.schema, &arena, "x.schema.yaml", schema.at, schema.n, &e) < 0 ||
	    ydoc_parse(&d, &arena, "v", value.at, value.n, NULL, &e) < 0)
		fail_msg("%s: %s", name, e.msg);
	j.value = ydoc_val(d);
	hostile_run(&(struct hostile){ name, value.n, ms, says, 0 }, judge, &j);
	buf_reset(&schema);
	buf_reset(&value);
}

static void times_of(struct buf *b, const char *fmt, unsigned n)
{
	char s[200];
	for (unsigned i = 0; i < n; i++) {
		snprintf(s, sizeof s, fmt, i, i + 1);
		buf_puts(b, s);
	}
}

/* --- loading ------------------------------------------------------------------------------------------------------------ */

static void references_that_multiply_or_never_end(void **state)
{
	IN_ARENA;
	buf_puts(&schema, "$defs:\n");
	times_of(&schema, "  d%u: {$ref: \"#/$defs/d%u\"}\n", 15000);
	buf_puts(&schema, "  d15000: {type: string}\n");
	loads("a chain of 15,000", "plus de 4000");
	buf_puts(&schema, "$defs:\n");
	times_of(&schema, "  d%u: {$ref: \"#/$defs/d%u\"}\n", 3000);
	buf_puts(&schema, "  d3000: {type: string}\n");
	loads("a chain of 3,000", "l'un derrière l'autre");
	buf_puts(&schema, "$defs:\n  d0: {type: string}\n");
	for (int i = 1; i < 3000; i++)
		buf_printf(&schema, "  d%d: {$ref: \"#/$defs/d%d\"}\n", i, i - 1);
	loads("a chain, from its end", "l'un derrière l'autre");
	buf_puts(&schema, "$defs:\n");
	times_of(&schema, "  d%u: {$ref: \"#/$defs/d%u\"}\n", 90);
	buf_puts(&schema, "  d90: {$ref: \"#/$defs/d0\"}\n");
	loads("a circle", "tourne en rond");
	buf_puts(&schema, "$defs:\n");
	times_of(&schema, "  d%u: {properties: {a: {$ref: \"#/$defs/d%u\"}}}\n", 1900);
	buf_puts(&schema, "  d1900: {type: string}\n$ref: \"#/$defs/d0\"\n");
	loads("a stair of 1,900", "loaded");
	buf_puts(&schema, "$defs:\n  d0: {type: string}\n");
	for (int i = 1; i < 40; i++)
		buf_printf(&schema, "  d%d: {properties: {a: {$ref: \"#/$defs/d%d\"}, b: {$ref: \"#/$defs/d%d\"}}}\n", i, i - 1, i - 1);
	buf_puts(&schema, "$ref: \"#/$defs/d39\"\n");
	loads("2^40 places", "loaded");
}

static void large_schemas(void **state)
{
	IN_ARENA;
	buf_puts(&schema, "properties:\n");
	times_of(&schema, "  k%x: {}\n", 40000);
	loads("40,000 fields", "plus de 4000");
	buf_puts(&schema, "properties:\n");
	times_of(&schema, "  k%x: {}\n", 3900);
	loads("3,900 fields", "loaded");
	buf_puts(&schema, "$defs:\n");
	times_of(&schema, "  a%u: {$anchor: a%u}\n", 3900);
	loads("anchors", "plus de 1000");
	buf_puts(&schema, "$defs:\n");
	times_of(&schema, "  a%u: {$id: \"http://x.invalid/%u\"}\n", 3900);
	loads("identifiers", "plus de 1000");
	buf_puts(&schema, "enum: [");
	times_of(&schema, "v%x,", 49000);
	buf_puts(&schema, "]\n");
	loads("49,000 codes", "loaded");
	buf_puts(&schema, "requird: [");
	buf_fill(&schema, 'x', 900000);
	buf_puts(&schema, "]\n");
	loads("an unknown word", "inconnu");
	buf_puts(&schema, "$ref: \"");
	buf_fill(&schema, '/', 900000);
	buf_puts(&schema, "\"\n");
	loads("a reference of a MiB", "ne mène");
	buf_puts(&schema, "$ref: \"#/");
	put_times(&schema, "~1/", 300000);
	buf_puts(&schema, "\"\n");
	loads("a pointer of a MiB", "ne mène");
	buf_puts(&schema, "$id: \"");
	put_times(&schema, "../", 300000);
	buf_puts(&schema, "\"\n");
	loads("an identifier of a MiB", NULL);
}

static void patterns_when_they_load(void **state)
{
	IN_ARENA;
	buf_puts(&schema, "pattern: \"(?:(?:(?:(?:a{1,60}){1,60}){1,60}){1,60}){1,60}\"\n");
	loads("repeated repetitions", "motif");
	buf_puts(&schema, "pattern: \"^(?:[a-z]{1,20}x[0-9]{1,9}){1,900}$\"\n");
	loads("a large repetition", "motif");
	buf_puts(&schema, "pattern: \"");
	put_times(&schema, "(", 900);
	buf_puts(&schema, "\"\n");
	loads("parentheses", "motif");
	buf_puts(&schema, "pattern: \"");
	buf_fill(&schema, 'a', 1000000);
	buf_puts(&schema, "\"\n");
	loads("a pattern of a MiB", "motif");
	buf_puts(&schema, "properties:\n");
	times_of(&schema, "  k%u: {pattern: \"^(?:[a-z]{1,20}x[0-9]{1,9}){1,40}$\"}\n", 3000);
	loads("3,000 patterns", "plus de 500");
	buf_puts(&schema, "patternProperties:\n");
	times_of(&schema, "  \"^k%u\": {}\n", 3000);
	loads("patterns for keys", "plus de 20");
}

/* --- judging ------------------------------------------------------------------------------------------------------------ */

static void work_that_multiplies(void **state)
{
	IN_ARENA;
	buf_puts(&schema, "$defs:\n  d0: {type: object}\n");
	for (int i = 1; i < 40; i++)
		buf_printf(&schema, "  d%d: {allOf: [{$ref: \"#/$defs/d%d\"}, {$ref: \"#/$defs/d%d\"}]}\n", i, i - 1, i - 1);
	buf_puts(&schema, "$ref: \"#/$defs/d39\"\n");
	buf_puts(&value, "a: 1\n");
	judges("2^40 references", HOSTILE_MS, "limit");
	buf_puts(&schema, "properties: {l: {items: {enum: [");
	times_of(&schema, "v%x,", 48000);
	buf_puts(&schema, "]}}}\n");
	buf_puts(&value, "l:\n");
	put_times(&value, "- z\n", 49000);
	judges("48,000 codes x 49,000", HOSTILE_MS, "limit");
	buf_puts(&schema, "properties: {l: {items: {anyOf: [");
	put_times(&schema, "{type: integer},", 3900);
	buf_puts(&schema, "]}}}\n");
	buf_puts(&value, "l:\n");
	put_times(&value, "- z\n", 49000);
	judges("3,900 forms x 49,000", HOSTILE_MS, "limit");
	buf_puts(&schema, "required: [");
	times_of(&schema, "k%x,", 49000);
	buf_puts(&schema, "]\n");
	times_of(&value, "k%x: 1\n", 49000);
	judges("49,000 required", HOSTILE_MS, "0 faults");
	buf_puts(&schema, "dependentRequired:\n");
	times_of(&schema, "  k%x: [k%x]\n", 20000);
	times_of(&value, "k%x: 1\n", 49000);
	judges("20,000 dependent", HOSTILE_MS, "0 faults");
	buf_puts(&schema, "properties: {l: {items: {multipleOf: 1e-300}}}\nallOf: [");
	put_times(&schema, "{properties: {l: {items: {multipleOf: 1e-300}}}},", 100);
	buf_puts(&schema, "]\n");
	buf_puts(&value, "l:\n");
	put_times(&value, "- 1.7976931348623157e308\n", 30000);
	judges("multiples", 2 * HOSTILE_MS, "limit");
	buf_puts(&schema, "allOf: [");
	put_times(&schema, "{properties: {l: {minLength: 2000000}}},", 1900);
	buf_puts(&schema, "]\n");
	buf_puts(&value, "l: ");
	buf_fill(&value, 'a', 1000000);
	judges("lengths", HOSTILE_MS, "limit");
	buf_puts(&schema, "allOf: [");
	put_times(&schema, "{properties: {l: {uniqueItems: true}}},", 1900);
	buf_puts(&schema, "]\n");
	buf_puts(&value, "l:\n");
	times_of(&value, "- v%x\n", 49000);
	judges("sets", HOSTILE_MS, "limit");
}

static void many_faults(void **state)
{
	IN_ARENA;
	buf_puts(&schema, "properties: {l: {items: {enum: [x]}}}\n");
	buf_puts(&value, "l:\n");
	times_of(&value, "- v%x\n", 49000);
	judges("49,000 faults", HOSTILE_MS, "49000 faults enum");
	buf_puts(&schema, "allOf: [");
	put_times(&schema, "{const: 1},", 3900);
	buf_puts(&schema, "]\n");
	buf_puts(&value, "l:\n");
	times_of(&value, "- v%x\n", 49000);
	judges("3,900 faults of all", HOSTILE_MS, "3900 faults const");
	buf_puts(&schema, "properties:\n");
	times_of(&schema, "  kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk%u: {}\n", 3900);
	times_of(&value, "oooooooooooooooooooooooooooooooooo%u: 1\n", 20000);
	judges("unknown keys", HOSTILE_MS, "0 faults unknown");
	buf_puts(&schema, "properties:\n");
	times_of(&schema, "  n%u: {x-renamed-from: o%u}\n", 3900);
	times_of(&value, "p%u: 1\n", 49000);
	judges("former names", HOSTILE_MS, "0 faults");
}

static void patterns_on_texts(void **state)
{
	IN_ARENA;
	static const char *const bad[] = { "(a+)+$", "^(a+)+$", "(?:a|a){14}[bc]", "(?:a|a){5}[bc]", "^(?:a|a){8}[bc]", "(.*)*[bc]" };
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		buf_printf(&schema, "properties: {l: {items: {pattern: \"%s\"}}}\n", bad[i]);
		buf_puts(&value, "l:\n");
		put_times(&value, "- aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!\n", 24000);
		judges(bad[i], HOSTILE_MS, "faults");
		buf_printf(&schema, "properties: {l: {pattern: \"%s\"}}\n", bad[i]);
		buf_puts(&value, "l: ");
		buf_fill(&value, 'a', 7000);
		buf_puts(&value, "!\n");
		judges(bad[i], HOSTILE_MS, "faults");
		buf_printf(&schema, "patternProperties: {\"%s\": {type: integer}}\nadditionalProperties: {type: string}\n", bad[i]);
		times_of(&value, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!%x: 1\n", 5000);
		judges(bad[i], HOSTILE_MS, "faults");
	}
}

/* As many patterns as may be, for as many keys as may be: in the structure as well, where nothing counts, and each key is looked up
 * whatever the patterns are. A schema like this comes from the national team only. */
static void patterns_on_keys(void **state)
{
	IN_ARENA;
	buf_puts(&schema, "patternProperties:\n");
	times_of(&schema, "  \"(?:a|a){5}[bc]%u\": {}\n", 20);
	buf_puts(&schema, "additionalProperties: {type: string}\n");
	times_of(&value, "aaaaaaaaa!%x: 1\n", 49000);
	judges("20 patterns, many keys", 8 * HOSTILE_MS, "limit");
}

/* 64 levels of values, each through a chain of schemas: the stack is not what ends it. */
static void deep_values(void **state)
{
	IN_ARENA;
	buf_puts(&schema, "$defs:\n");
	times_of(&schema, "  d%u: {allOf: [{$ref: \"#/$defs/d%u\"}]}\n", 40);
	buf_puts(&schema, "  d40: {properties: {a: {$ref: \"#/$defs/d0\"}}}\nproperties: {a: {$ref: \"#/$defs/d0\"}}\n");
	for (size_t i = 0; i < YAML_MAX_DEPTH; i++) {
		buf_fill(&value, ' ', i);
		buf_puts(&value, i + 1 < YAML_MAX_DEPTH ? "a:\n" : "a: 1\n");
	}
	judges("deep through chains", HOSTILE_MS, "limit");
	buf_puts(&schema, "properties: {a: {$ref: \"#\"}}\n");
	for (size_t i = 0; i < YAML_MAX_DEPTH; i++) {
		buf_fill(&value, ' ', i);
		buf_puts(&value, i + 1 < YAML_MAX_DEPTH ? "a:\n" : "a: 1\n");
	}
	judges("deep", HOSTILE_MS, "0 faults");
}

static int free_both(void **state)
{
	buf_free(&schema);
	buf_free(&value);
	return teardown(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(references_that_multiply_or_never_end),
		cmocka_unit_test(large_schemas),
		cmocka_unit_test(patterns_when_they_load),
		cmocka_unit_test(work_that_multiplies),
		cmocka_unit_test(many_faults),
		cmocka_unit_test(patterns_on_texts),
		cmocka_unit_test(patterns_on_keys),
		cmocka_unit_test(deep_values),
	};
	return cmocka_run_group_tests_name("schema hostile", tests, setup, free_both);
}
