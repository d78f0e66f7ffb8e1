#include "index/tokenizer.h"

#include <string.h>

#include "lessons/term.h"

typedef int (*token_cb)(void *ctx, int flags, const char *token, int n, int start, int end);

static int create(void *ctx, const char **args, int n, Fts5Tokenizer **out)
{
	static char nothing; /* there is no state, but NULL would mean failure */
	(void)ctx;
	(void)args;
	(void)n;
	*out = (Fts5Tokenizer *)&nothing;
	return SQLITE_OK;
}

static void destroy(Fts5Tokenizer *t)
{
	(void)t;
}

static int give(void *ctx, token_cb token, const struct term *t, int base, int flags)
{
	int from = base + (int)t->start, to = base + (int)t->end, rc;
	bool prefix = flags & FTS5_TOKENIZE_PREFIX, query = flags & FTS5_TOKENIZE_QUERY;
	if (prefix)
		return token(ctx, 0, t->word, (int)strlen(t->word), from, to);
	rc = token(ctx, 0, t->stem, (int)strlen(t->stem), from, to);
	if (!rc && strcmp(t->plain, t->stem) != 0)
		rc = token(ctx, FTS5_TOKEN_COLOCATED, t->plain, (int)strlen(t->plain), from, to);
	if (!rc && !query && strcmp(t->word, t->stem) != 0 && strcmp(t->word, t->plain) != 0)
		rc = token(ctx, FTS5_TOKEN_COLOCATED, t->word, (int)strlen(t->word), from, to);
	return rc;
}

static int tokenize_text(void *ctx, int flags, const char *text, int base, int n, token_cb token)
{
	struct terms words;
	struct term t;
	int rc = SQLITE_OK;
	if (terms_begin(&words, text + base, (size_t)n, NULL))
		return SQLITE_NOMEM;
	while (!rc && term_next(&t, &words))
		rc = give(ctx, token, &t, base, flags);
	return rc ? rc : words.nomem ? SQLITE_NOMEM : SQLITE_OK;
}

static int tokenize(Fts5Tokenizer *self, void *ctx, int flags, const char *text, int n, token_cb token)
{
	(void)self;
	for (int at = 0, rc; at < n;) {
		const char *field = memchr(text + at, INDEX_FIELD, (size_t)(n - at));
		int stop = field ? (int)(field - text) : n;
		rc = tokenize_text(ctx, flags, text, at, stop - at, token);
		if (rc || !field)
			return rc;
		const char *after = memchr(field, INDEX_TEXT, (size_t)(n - stop));
		at = after ? (int)(after - text) + 1 : n;
		rc = token(ctx, 0, field, 1, stop, at);
		if (rc)
			return rc;
	}
	return SQLITE_OK;
}

int tokenizer_register(sqlite3 *db)
{
	fts5_api *api = NULL;
	sqlite3_stmt *st = NULL;
	fts5_tokenizer it = { create, destroy, tokenize };
	int rc = sqlite3_prepare_v2(db, "SELECT fts5(?1)", -1, &st, NULL);
	if (rc)
		return rc;
	sqlite3_bind_pointer(st, 1, &api, "fts5_api_ptr", NULL);
	sqlite3_step(st);
	rc = sqlite3_finalize(st);
	if (rc || !api)
		return rc ? rc : SQLITE_ERROR;
	return api->xCreateTokenizer(api, "maillage", NULL, &it, NULL);
}
