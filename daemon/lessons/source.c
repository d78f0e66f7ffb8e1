#include "lessons/source.h"

#include <string.h>

#include "schema/record.h"

const struct val *source_tip(const struct source_record *rec)
{
	return rec->tip ? rec->tip : rec->texts->read(rec->texts, rec, rec->tip_at);
}

void source_pick(const char **out, const char *const *keys, size_t n, const struct source_record *rec)
{
	if (rec->tip)
		val_texts(out, keys, n, rec->tip);
	else
		rec->texts->pick(out, keys, n, rec->texts, rec);
}

bool source_is_validated(const struct source_record *rec)
{
	return rec->valid || rec->valid_at;
}

const struct val *source_valid(const struct source_record *rec)
{
	return rec->valid_at ? rec->texts->read(rec->texts, rec, rec->valid_at) : rec->valid;
}

static const char *written(const struct val *map, const char *key)
{
	const char *s = val_text(map, key);
	return s ? s : "";
}

struct source_brief source_brief(const struct source_record *rec)
{
	if (rec->brief.state)
		return rec->brief;
	const struct val *tip = source_tip(rec);
	return (struct source_brief){ .collective = written(tip, "collectif"),
				      .state = written(tip, "etat"),
				      .visibility = written(tip, "visibilite"),
				      .until = written(val_get(tip, "consentement"), "expire_le") };
}

bool is_visible(const struct source_record *rec)
{
	const char *v = source_brief(rec).visibility;
	return !strcmp(v, "reseau") || !strcmp(v, "public");
}

bool is_shared(const struct source_record *rec)
{
	return is_visible(rec) && !strcmp(source_brief(rec).state, SHARED);
}

bool is_over(const struct source_record *rec)
{
	static const char *const over[] = { "remplace", "archive", "retire" };
	const char *state = source_brief(rec).state;
	for (size_t i = 0; i < sizeof over / sizeof *over; i++)
		if (!strcmp(state, over[i]))
			return true;
	return false;
}

bool source_owns(const char *code, const struct source_record *rec)
{
	return rec->owned || (id_is_valid(rec->id) && !strcmp(source_brief(rec).collective, code));
}

bool source_quiet_kind(const char *kind)
{
#define X(quiet)                  \
	if (!strcmp(kind, quiet)) \
		return true;
	QUIET_KINDS(X)
#undef X
	return false;
}

bool id_names(const char *id, const char *code)
{
	size_t n = strlen(code);
	return strlen(id) > 4 && !strncmp(id + 4, code, n) && id[4 + n] == '-';
}

bool source_is_quiet(const char *code, const struct source_record *rec)
{
	bool open = rec->open_hard || rec->open_soft || rec->settled || rec->open_visibility || rec->open_since;
	return source_quiet_kind(rec->kind) && !open && strcmp(source_brief(rec).state, "propose") != 0 && source_owns(code, rec) &&
	       id_names(rec->id, code) && strncmp(rec->id, "act-", 4) != 0;
}
