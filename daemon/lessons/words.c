#include "lessons/words.h"

#include <string.h>

const char *word_support(const char *code, size_t n)
{
#define X(c, one, many)       \
	if (!strcmp(code, c)) \
		return n > 1 ? many : one;
	SUPPORT_WORDS(X)
#undef X
	return code;
}

const char *word_code(const char *code)
{
#define X(c, word)            \
	if (!strcmp(code, c)) \
		return word;
	CODE_WORDS(X)
#undef X
	return code;
}
