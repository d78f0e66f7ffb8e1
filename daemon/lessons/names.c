#include "lessons/names.h"

#include <string.h>

/* Where the name is, or would be. */
static size_t place(const struct names *set, const char *name, bool *found)
{
	size_t lo = 0, hi = set->n;
	*found = false;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int c = strcmp(set->at[mid], name);
		if (c == 0) {
			*found = true;
			return mid;
		}
		if (c < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

void names_add(struct arena *a, struct names *set, const char *name)
{
	bool found;
	size_t at = place(set, name, &found);
	if (found)
		return;
	arena_push(a, set, name);
	memmove(set->at + at + 1, set->at + at, (set->n - 1 - at) * sizeof *set->at);
	set->at[at] = name;
}

bool names_has(const struct names *set, const char *name)
{
	bool found;
	place(set, name, &found);
	return found;
}

const char *names_join(struct arena *a, const struct names *set)
{
	return arena_join(a, set->at, set->n, NAMES_SEP);
}

void names_split(struct names *out, struct arena *a, const char *joined)
{
	while (*joined) {
		const char *end = strstr(joined, NAMES_SEP);
		size_t n = end ? (size_t)(end - joined) : strlen(joined);
		if (n)
			names_add(a, out, arena_dupn(a, joined, n));
		joined += n + (end ? strlen(NAMES_SEP) : 0);
	}
}

struct val *names_val(struct arena *a, const struct names *set)
{
	struct val *list = val_list(a);
	for (size_t i = 0; i < set->n; i++)
		val_push(a, list, val_str(a, set->at[i]));
	return list;
}

struct names names_of(struct arena *a, const struct val *list)
{
	struct names set = { 0 };
	for (size_t i = 0; list && list->type == VAL_LIST && i < list->list.n; i++)
		if (list->list.at[i]->type == VAL_STR)
			names_add(a, &set, list->list.at[i]->str.at);
	return set;
}

void names_pack(struct buf *out, const struct names *set)
{
	pack_u64(out, set->n);
	for (size_t i = 0; i < set->n; i++)
		pack_str(out, set->at[i]);
}

struct names names_unpack(struct arena *a, struct unpack *u)
{
	uint64_t n = unpack_u64(u);
	struct names out = { 0 };
	u->bad |= n > (uint64_t)(u->end - u->at);
	if (u->bad || !n)
		return out;
	arena_room(a, &out, (size_t)n);
	for (; out.n < n && !u->bad; out.n++) {
		out.at[out.n] = unpack_str(u);
		u->bad |= !out.at[out.n];
	}
	return u->bad ? (struct names){ 0 } : out;
}
