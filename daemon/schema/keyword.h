/* keyword.h -- every keyword a schema may use, in one table: what it applies to, what its argument must look like.
 *
 * A word that is not in the table is an error when the schema is loaded: JSON Schema would ignore `requird`, and a rule
 * that everybody believes in would never run.
 */
#ifndef SCHEMA_KEYWORD_H
#define SCHEMA_KEYWORD_H

#include "base/val.h"

/* Types of values as a set of bits; an integer is also a number. */
#define T(type) (1u << (type))
#define T_NUMBER (T(VAL_INT) | T(VAL_NUM))
#define T_ALL (T(VAL_NULL) | T(VAL_BOOL) | T_NUMBER | T(VAL_STR) | T(VAL_LIST) | T(VAL_MAP))

enum keyword_class {
	KW_CORE,   /* says where a schema is, asserts nothing */
	KW_ASSERT, /* checked by schema_validate */
	KW_MERGE,  /* read by the structural view; an error outside the structural part */
	KW_NOTE    /* for people and editors */
};

enum keyword_arg {
	ARG_ANY, ARG_BOOL, ARG_STRING, ARG_STRINGS, ARG_NUMBER, ARG_POSITIVE, ARG_COUNT, ARG_MAP, ARG_LIST,
	ARG_SCHEMA, ARG_SCHEMAS, ARG_SCHEMA_MAP, ARG_PATTERN_MAP, ARG_STRINGS_MAP, ARG_TYPE, ARG_PATTERN, ARG_FORMAT,
	ARG_DIALECT, ARG_ANCHOR, ARG_RULE, ARG_LIST_TYPE, ARG_LIST_KEYS, ARG_MAP_TYPE, ARG_GROUPS, ARG_REFS, ARG_TITLES
};

/* name, id, values it applies to, class, argument. Asserting keywords run in the order of this table. */
#define KEYWORDS(X)                                                                  \
	X("$schema", SCHEMA, 0, KW_CORE, ARG_DIALECT)                                \
	X("$id", ID, 0, KW_CORE, ARG_STRING)                                         \
	X("$anchor", ANCHOR, 0, KW_CORE, ARG_ANCHOR)                                 \
	X("$defs", DEFS, 0, KW_CORE, ARG_SCHEMA_MAP)                                 \
	X("$ref", REF, T_ALL, KW_ASSERT, ARG_STRING)                                 \
	X("type", TYPE, T_ALL, KW_ASSERT, ARG_TYPE)                                  \
	X("enum", ENUM, T_ALL, KW_ASSERT, ARG_LIST)                                  \
	X("const", CONST, T_ALL, KW_ASSERT, ARG_ANY)                                 \
	X("minLength", MIN_LENGTH, T(VAL_STR), KW_ASSERT, ARG_COUNT)                 \
	X("maxLength", MAX_LENGTH, T(VAL_STR), KW_ASSERT, ARG_COUNT)                 \
	X("pattern", PATTERN, T(VAL_STR), KW_ASSERT, ARG_PATTERN)                    \
	X("format", FORMAT, T(VAL_STR), KW_ASSERT, ARG_FORMAT)                       \
	X("minimum", MINIMUM, T_NUMBER, KW_ASSERT, ARG_NUMBER)                       \
	X("maximum", MAXIMUM, T_NUMBER, KW_ASSERT, ARG_NUMBER)                       \
	X("exclusiveMinimum", EXCL_MINIMUM, T_NUMBER, KW_ASSERT, ARG_NUMBER)         \
	X("exclusiveMaximum", EXCL_MAXIMUM, T_NUMBER, KW_ASSERT, ARG_NUMBER)         \
	X("multipleOf", MULTIPLE_OF, T_NUMBER, KW_ASSERT, ARG_POSITIVE)              \
	X("required", REQUIRED, T(VAL_MAP), KW_ASSERT, ARG_STRINGS)                  \
	X("dependentRequired", DEP_REQUIRED, T(VAL_MAP), KW_ASSERT, ARG_STRINGS_MAP) \
	X("minProperties", MIN_PROPERTIES, T(VAL_MAP), KW_ASSERT, ARG_COUNT)         \
	X("maxProperties", MAX_PROPERTIES, T(VAL_MAP), KW_ASSERT, ARG_COUNT)         \
	X("propertyNames", PROPERTY_NAMES, T(VAL_MAP), KW_ASSERT, ARG_SCHEMA)        \
	X("properties", PROPERTIES, T(VAL_MAP), KW_ASSERT, ARG_SCHEMA_MAP)           \
	X("patternProperties", PATTERN_PROPS, T(VAL_MAP), KW_ASSERT, ARG_PATTERN_MAP) \
	X("additionalProperties", ADDITIONAL, T(VAL_MAP), KW_ASSERT, ARG_SCHEMA)     \
	X("dependentSchemas", DEP_SCHEMAS, T(VAL_MAP), KW_ASSERT, ARG_SCHEMA_MAP)    \
	X("minItems", MIN_ITEMS, T(VAL_LIST), KW_ASSERT, ARG_COUNT)                  \
	X("maxItems", MAX_ITEMS, T(VAL_LIST), KW_ASSERT, ARG_COUNT)                  \
	X("uniqueItems", UNIQUE_ITEMS, T(VAL_LIST), KW_ASSERT, ARG_BOOL)             \
	X("prefixItems", PREFIX_ITEMS, T(VAL_LIST), KW_ASSERT, ARG_SCHEMAS)          \
	X("items", ITEMS, T(VAL_LIST), KW_ASSERT, ARG_SCHEMA)                        \
	X("contains", CONTAINS, T(VAL_LIST), KW_ASSERT, ARG_SCHEMA)                  \
	X("minContains", MIN_CONTAINS, T(VAL_LIST), KW_ASSERT, ARG_COUNT)            \
	X("maxContains", MAX_CONTAINS, T(VAL_LIST), KW_ASSERT, ARG_COUNT)            \
	X("allOf", ALL_OF, T_ALL, KW_ASSERT, ARG_SCHEMAS)                            \
	X("anyOf", ANY_OF, T_ALL, KW_ASSERT, ARG_SCHEMAS)                            \
	X("oneOf", ONE_OF, T_ALL, KW_ASSERT, ARG_SCHEMAS)                            \
	X("not", NOT, T_ALL, KW_ASSERT, ARG_SCHEMA)                                  \
	X("if", IF, T_ALL, KW_ASSERT, ARG_SCHEMA)                                    \
	X("then", THEN, T_ALL, KW_ASSERT, ARG_SCHEMA)                                \
	X("else", ELSE, T_ALL, KW_ASSERT, ARG_SCHEMA)                                \
	X("x-merge", X_MERGE, 0, KW_MERGE, ARG_RULE)                                 \
	X("x-list-type", X_LIST_TYPE, 0, KW_MERGE, ARG_LIST_TYPE)                    \
	X("x-list-map-keys", X_LIST_KEYS, 0, KW_MERGE, ARG_LIST_KEYS)                \
	X("x-map-type", X_MAP_TYPE, 0, KW_MERGE, ARG_MAP_TYPE)                       \
	X("x-order", X_ORDER, 0, KW_MERGE, ARG_STRINGS)                              \
	X("x-withdrawn", X_WITHDRAWN, 0, KW_MERGE, ARG_STRINGS)                      \
	X("x-groups", X_GROUPS, 0, KW_MERGE, ARG_GROUPS)                             \
	X("x-required-from", X_REQUIRED_FROM, 0, KW_MERGE, ARG_STRING)               \
	X("x-ref", X_REF, 0, KW_MERGE, ARG_REFS)                                     \
	X("x-ref-where", X_REF_WHERE, 0, KW_MERGE, ARG_MAP)                          \
	X("x-renamed-from", X_RENAMED_FROM, 0, KW_MERGE, ARG_STRING)                 \
	X("x-kind", X_KIND, 0, KW_NOTE, ARG_MAP)                                     \
	X("x-version", X_VERSION, 0, KW_NOTE, ARG_COUNT)                             \
	X("x-title", X_TITLE, 0, KW_NOTE, ARG_TITLES)                                \
	X("x-labels", X_LABELS, 0, KW_NOTE, ARG_ANY)                                 \
	X("title", TITLE, 0, KW_NOTE, ARG_STRING)                                    \
	X("description", DESCRIPTION, 0, KW_NOTE, ARG_STRING)                        \
	X("default", DEFAULT, 0, KW_NOTE, ARG_ANY)                                   \
	X("examples", EXAMPLES, 0, KW_NOTE, ARG_LIST)                                \
	X("deprecated", DEPRECATED, 0, KW_NOTE, ARG_BOOL)                            \
	X("readOnly", READ_ONLY, 0, KW_NOTE, ARG_BOOL)                               \
	X("writeOnly", WRITE_ONLY, 0, KW_NOTE, ARG_BOOL)                             \
	X("$comment", COMMENT, 0, KW_NOTE, ARG_STRING)

enum keyword {
#define X(name, id, applies, class, arg) KW_##id,
	KEYWORDS(X)
#undef X
	KW_N
};

struct keyword_info {
	const char *name;
	unsigned applies; /* bits T(type) of the values it says something about */
	enum keyword_class class;
	enum keyword_arg arg;
};

extern const struct keyword_info keywords[KW_N];
int keyword_find(const char *name); /* an enum keyword, or -1 */

#endif
