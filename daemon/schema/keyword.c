#include "keyword.h"

#include <string.h>

const struct keyword_info keywords[KW_N] = {
#define X(name, id, applies, class, arg) { name, applies, class, arg },
	KEYWORDS(X)
#undef X
};

int keyword_find(const char *name)
{
	for (int k = 0; k < KW_N; k++)
		if (!strcmp(keywords[k].name, name))
			return k;
	return -1;
}
