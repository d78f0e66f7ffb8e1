#include "cli/options.h"

#include <stdbool.h>
#include <string.h>

static const struct option_row rows[] = {
#define X(verb, letter, name, value, help) { verb, name, value, help, letter },
	OPTIONS(X)
#undef X
};
#define NROWS (sizeof rows / sizeof *rows)

/* "hub init" is a part of "hub". */
static bool belongs(const struct option_row *o, const char *verb)
{
	size_t n = strlen(verb);
	return !strcmp(o->verb, verb) || (n && !strncmp(o->verb, verb, n) && o->verb[n] == ' ');
}

const struct option_row *option_at(const char *verb, size_t i)
{
	for (size_t k = 0; k < NROWS; k++)
		if (belongs(&rows[k], verb) && !i--)
			return &rows[k];
	return NULL;
}

const struct option_row *option_of(const char *verb, const char *word)
{
	bool is_long = !strncmp(word, "--", 2);
	const char *name = word + (is_long ? 2 : 1);
	size_t n = is_long ? strcspn(name, "=") : strlen(name);
	for (size_t k = 0; *word == '-' && k < NROWS; k++) {
		const struct option_row *o = &rows[k];
		if (strcmp(o->verb, verb) && *o->verb)
			continue;
		if (is_long ? strlen(o->name) == n && n > 1 && !strncmp(o->name, name, n) :
			      n == 1 && (!*o->verb || !o->name[1]) && *name == o->letter)
			return o;
	}
	return NULL;
}
