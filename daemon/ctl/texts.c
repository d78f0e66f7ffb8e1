#include "ctl/texts.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "schema/record.h"

#define BLOCK ((size_t)1 << 15)

/* --- writing -------------------------------------------------------------------------------------------------------- */

void texts_put(struct texts_out *t, const struct val *v)
{
	size_t before = t->bytes.n;
	val_pack(&t->bytes, v);
	pack_u64(&t->lengths, t->bytes.n - before);
	t->n++;
}

void texts_end(struct buf *table, struct texts_out *t)
{
	pack_u64(table, t->n);
	buf_put(table, buf_str(&t->lengths), t->lengths.n);
	for (size_t at = 0; at < t->bytes.n; at += BLOCK) {
		uint64_t check = pack_check(t->bytes.at + at, t->bytes.n - at < BLOCK ? t->bytes.n - at : BLOCK);
		buf_put(table, &check, sizeof check);
	}
	table->oom |= t->bytes.oom || t->lengths.oom;
}

void texts_free(struct texts_out *t)
{
	buf_free(&t->bytes);
	buf_free(&t->lengths);
}

/* --- reading -------------------------------------------------------------------------------------------------------- */

static bool get_block(struct texts *t, size_t block)
{
	size_t at = block * BLOCK, n = t->n - at < BLOCK ? t->n - at : BLOCK;
	if (!t->blocks[block])
		t->blocks[block] = pack_check(t->bytes + at, n) == t->checks[block];
	return t->blocks[block];
}

/* NULL: the cache does not hold it any more. */
static const struct val *get_text(struct texts *t, size_t place)
{
	must(place && place <= t->n_places);
	const struct val **got = &t->got[place - 1];
	size_t at = place > 1 ? t->ends[place - 2] : 0, end = t->ends[place - 1];
	struct unpack u = { t->bytes + at, t->bytes + end, false };
	for (size_t block = at / BLOCK; !*got && block * BLOCK < end; block++)
		if (!get_block(t, block))
			return NULL;
	if (!*got)
		*got = val_unpack(t->late->a, &u);
	return *got;
}

/* The text at the head by its blob, an older one where the commit that wrote it has it. */
static int read_from_repo(const struct val **out, const struct texts *t, const struct source_record *rec, size_t place)
{
	struct late *l = t->late;
	const struct schemas *set;
	struct oid oid = { "" };
	struct record record;
	const char *bytes = NULL, *hex = place == rec->tip_at ? rec->blob : rec->commit;
	size_t n;
	snprintf(oid.hex, sizeof oid.hex, "%s", hex);
	int rc = repo_schemas(&set, l->r, &t->head, l->e);
	if (!rc && place == rec->tip_at)
		rc = repo_read_blob(&bytes, &n, l->a, l->r, &oid, l->e);
	else if (!rc)
		rc = repo_read(&bytes, &n, NULL, l->a, l->r, &oid, rec->path, l->e);
	if (!rc && (!bytes || !record_read(&record, l->a, set, rec->path, bytes, n)))
		rc = err_set(l->e, ERR_CORRUPT, _("l'objet %s n'est pas du type attendu : le dépôt est abîmé ; gardez ce dossier tel quel et refaites une copie ailleurs avec « maillage init »"),
			     oid.hex);
	if (!rc)
		*out = record.val;
	return rc;
}

static const struct val *read_text(struct source_texts *base, const struct source_record *rec, size_t place)
{
	static const struct val nothing = { .type = VAL_MAP };
	struct texts *t = (struct texts *)base;
	const struct val *v = get_text(t, place);
	if (v)
		return v;
	(void)unlink(t->file);
	int rc = read_from_repo(&v, t, rec, place);
	if (rc && !t->late->rc)
		t->late->rc = rc;
	return t->got[place - 1] = rc ? &nothing : v;
}

bool texts_open(struct texts *t, struct unpack u, size_t n_rest)
{
	uint64_t n = unpack_u64(&u), end = 0;
	struct arena *a = t->late->a;
	if (u.bad || n > (size_t)(u.end - u.at))
		return false;
	t->base.read = read_text;
	t->n_places = (size_t)n;
	t->ends = arena_array(a, t->n_places, sizeof *t->ends);
	t->got = arena_array(a, t->n_places, sizeof *t->got);
	for (size_t i = 0; i < t->n_places; i++) {
		end += unpack_u64(&u);
		if (u.bad || end > n_rest || end > UINT32_MAX)
			return false;
		t->ends[i] = (uint32_t)end;
	}
	t->n = (size_t)end;
	size_t blocks = (t->n + BLOCK - 1) / BLOCK;
	if ((size_t)(u.end - u.at) != blocks * sizeof *t->checks)
		return false;
	t->checks = arena_array(a, blocks, sizeof *t->checks);
	if (blocks)
		memcpy(t->checks, u.at, blocks * sizeof *t->checks);
	t->blocks = arena_array(a, blocks, sizeof *t->blocks);
	return true;
}
