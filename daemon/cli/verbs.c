#include "cli/verbs.h"

#include <string.h>

static const struct verb verbs[] = {
#define X(fn, name, args, help, example) { name, args, help, example, verb_##fn },
	VERBS(X)
#undef X
};

const struct verb *verb_at(size_t i)
{
	return i < sizeof verbs / sizeof *verbs ? &verbs[i] : NULL;
}

const struct verb *verb_find(const char *name)
{
	const struct verb *v = NULL;
	for (size_t i = 0; (v = verb_at(i)) && strcmp(v->name, name); i++)
		;
	return v;
}
