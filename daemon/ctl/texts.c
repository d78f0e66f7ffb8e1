#include "ctl/texts.h"

#include <string.h>

#define BLOCK ((size_t)1 << 15)
#define LENGTH_MAX 10 /* bytes of a part's length */

/* --- writing -------------------------------------------------------------------------------------------------------- */

size_t texts_put(struct buf *parts, struct buf *scratch, const struct val *v)
{
	size_t place = parts->n + 1;
	buf_reset(scratch);
	val_pack(scratch, v);
	pack_part(parts, buf_str(scratch), scratch->n);
	parts->oom |= scratch->oom;
	return place;
}

void texts_checks(struct buf *table, const struct buf *parts)
{
	for (size_t at = 0; at < parts->n; at += BLOCK) {
		uint64_t check = pack_check(parts->at + at, parts->n - at < BLOCK ? parts->n - at : BLOCK);
		buf_put(table, &check, sizeof check);
	}
	table->oom |= parts->oom;
}

/* --- reading -------------------------------------------------------------------------------------------------------- */

static bool get_block(struct texts *t, size_t block)
{
	size_t at = block * BLOCK, n = t->n - at < BLOCK ? t->n - at : BLOCK;
	uint64_t check;
	memcpy(&check, t->checks + block * sizeof check, sizeof check);
	if (!t->blocks[block])
		t->blocks[block] = pack_check(t->bytes + at, n) == check;
	return t->blocks[block];
}

static bool get_blocks(struct texts *t, size_t from, size_t to)
{
	for (size_t block = from / BLOCK; block * BLOCK < to; block++)
		if (!get_block(t, block))
			return false;
	return true;
}

static struct unpack damaged(struct texts *t)
{
	struct late *l = t->late;
	if (!l->rc)
		l->rc = err_set(l->e, ERR_CORRUPT, "%s", t->file);
	return (struct unpack){ NULL, NULL, true };
}

struct unpack texts_part(struct texts *t, size_t place)
{
	size_t at = place - 1, length = at + LENGTH_MAX < t->n ? at + LENGTH_MAX : t->n;
	if (at >= t->n || !get_blocks(t, at, length))
		return damaged(t);
	struct unpack u = { t->bytes + at, t->bytes + t->n, false }, part = unpack_part(&u);
	return part.bad || !get_blocks(t, at, (size_t)(part.end - t->bytes)) ? damaged(t) : part;
}

static const struct val *read_text(struct source_texts *base, const struct source_record *rec, size_t place)
{
	static const struct val nothing = { .type = VAL_MAP };
	struct texts *t = (struct texts *)base;
	const struct val **got = &rec->got[place != rec->tip_at];
	if (*got)
		return *got;
	struct unpack part = texts_part(t, place);
	const struct val *v = part.bad ? NULL : val_unpack(t->late->a, &part);
	if (!v)
		damaged(t);
	return *got = v ? v : &nothing;
}

static void pick_texts(const char **out, const char *const *keys, size_t n, struct source_texts *base, const struct source_record *rec)
{
	struct texts *t = (struct texts *)base;
	if (!val_pick(out, keys, n, texts_part(t, rec->tip_at)))
		damaged(t);
}

bool texts_open(struct texts *t, struct unpack table)
{
	size_t blocks = (t->n + BLOCK - 1) / BLOCK;
	if (table.bad || (size_t)(table.end - table.at) != blocks * sizeof(uint64_t))
		return false;
	t->base = (struct source_texts){ read_text, pick_texts };
	t->checks = table.at;
	t->blocks = arena_array(t->late->a, blocks, sizeof *t->blocks);
	return true;
}
