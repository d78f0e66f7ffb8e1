#include "ctl/snaprows.h"

#include <string.h>

enum row { ROW_BARE, ROW_RECORD, ROW_FOREIGN, ROW_SIDECAR }; /* bare: no record that can be read; foreign: not source_owns */
enum valid { VALID_NONE, VALID_TIP, VALID_OLDER };

/* --- writing -------------------------------------------------------------------------------------------------------- */

void rows_ask(struct rows_out *out, const struct snapfile *f)
{
	const struct source_record *r = f->rec;
	if (!r)
		return;
	const char *const words[] = { r->kind, r->brief.collective, r->brief.state, r->brief.visibility, r->brief.until };
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		strtab_number(&out->words, out->a, words[i]);
	source_tip(r);
	source_valid(r);
}

static void put_word(struct rows_out *out, struct buf *row, const char *word)
{
	pack_u64(row, strtab_number(&out->words, out->a, word));
}

static void put_open(struct buf *b, const struct differences *d)
{
	bool any = d->hard || d->soft || d->settled || d->visibility || d->since;
	pack_u64(b, any);
	if (!any)
		return;
	pack_u64(b, d->hard);
	pack_u64(b, d->soft);
	pack_u64(b, d->settled);
	pack_u64(b, d->visibility);
	pack_str(b, d->since);
}

static void put_record(struct rows_out *out, struct buf *row, const struct source_record *r)
{
	struct differences open = { NULL, r->open_hard, r->open_soft, r->settled, r->open_since, r->open_visibility };
	const struct val *tip = source_tip(r), *validated = source_valid(r);
	enum valid valid = !validated ? VALID_NONE : validated == tip ? VALID_TIP : VALID_OLDER;
	pack_str(row, r->id);
	put_word(out, row, r->kind);
	pack_str(row, r->commit);
	pack_str(row, r->tip_fingerprint);
	put_word(out, row, r->brief.collective);
	put_word(out, row, r->brief.state);
	put_word(out, row, r->brief.visibility);
	put_word(out, row, r->brief.until);
	put_open(row, &open);
	pack_u64(row, texts_put(&out->texts, &out->scratch, tip));
	pack_u64(row, valid);
	if (valid == VALID_OLDER) {
		pack_u64(row, texts_put(&out->texts, &out->scratch, validated));
		pack_str(row, r->fingerprint);
	}
}

static void put_touches(struct buf *b, const struct touches *all)
{
	pack_u64(b, all->n);
	for (size_t i = 0; i < all->n; i++) {
		const struct touch *t = &all->at[i];
		pack_oid(b, &t->blob);
		pack_oid(b, &t->commit);
		pack_u64(b, (uint64_t)t->time);
		pack_u64(b, t->merge);
	}
}

void rows_put(struct rows_out *out, struct buf *row, struct buf *touches, const struct snapfile *f)
{
	const struct unpack *packed = &f->packed_touches;
	pack_str(row, f->path);
	pack_oid(row, &f->blob);
	pack_u64(row, f->is_sidecar ? ROW_SIDECAR : !f->rec ? ROW_BARE : source_owns(out->code, f->rec) ? ROW_RECORD : ROW_FOREIGN);
	if (f->rec)
		put_record(out, row, f->rec);
	if (f->is_sidecar) {
		pack_str(row, f->side.id);
		put_open(row, &f->side);
	}
	if (!packed->at) {
		buf_reset(&out->scratch);
		put_touches(&out->scratch, &f->touches);
		pack_part(touches, buf_str(&out->scratch), out->scratch.n);
		touches->oom |= out->scratch.oom;
	} else {
		pack_part(touches, packed->at, (size_t)(packed->end - packed->at));
	}
}

void rows_free(struct rows_out *out)
{
	buf_free(&out->texts);
	buf_free(&out->scratch);
}

/* --- reading -------------------------------------------------------------------------------------------------------- */

static const char *get_word(const struct rows_in *in, struct unpack *u)
{
	uint64_t n = unpack_u64(u);
	if (n < in->n_words)
		return in->words[n];
	u->bad = true;
	return "";
}

static struct differences get_open(struct unpack *u)
{
	struct differences d = { NULL };
	if (!unpack_u64(u))
		return d;
	d.hard = (size_t)unpack_u64(u);
	d.soft = (size_t)unpack_u64(u);
	d.settled = (size_t)unpack_u64(u);
	d.visibility = unpack_u64(u);
	d.since = unpack_str(u);
	return d;
}

static void get_record(struct source_record *r, const struct rows_in *in, struct unpack *u)
{
	r->id = unpack_str(u);
	r->kind = get_word(in, u);
	r->commit = unpack_str(u);
	r->tip_fingerprint = r->fingerprint = unpack_str(u);
	r->brief.collective = get_word(in, u);
	r->brief.state = get_word(in, u);
	r->brief.visibility = get_word(in, u);
	r->brief.until = get_word(in, u);
	struct differences open = get_open(u);
	r->open_hard = open.hard;
	r->open_soft = open.soft;
	r->settled = open.settled;
	r->open_visibility = open.visibility;
	r->open_since = open.since;
	r->open_difference = open.hard + open.soft > 0;
	r->texts = &in->texts->base;
	r->tip_at = (size_t)unpack_u64(u);
	enum valid valid = (enum valid)unpack_u64(u);
	if (valid == VALID_TIP)
		r->valid_at = r->tip_at;
	if (valid == VALID_OLDER) {
		r->valid_at = (size_t)unpack_u64(u);
		r->fingerprint = unpack_str(u);
	}
	u->bad |= !r->id || !r->commit || !r->fingerprint || !r->tip_at || (valid != VALID_NONE && !r->valid_at);
}

bool row_get(struct snapfile *f, struct source_record *r, const struct rows_in *in, struct unpack *u, struct unpack *touches)
{
	const char *path = unpack_str(u), *blob = unpack_str(u);
	enum row row = (enum row)unpack_u64(u);
	struct differences side = { NULL };
	u->bad |= !path || !blob || (*blob && strlen(blob) != OID_HEX);
	if (u->bad)
		return false;
	bool record = row == ROW_RECORD || row == ROW_FOREIGN;
	if (record) {
		*r = (struct source_record){ .path = path, .blob = blob, .owned = row == ROW_RECORD, .got = r->got };
		get_record(r, in, u);
	} else if (row == ROW_SIDECAR) {
		const char *id = unpack_str(u);
		side = get_open(u);
		side.id = id;
	}
	if (f) {
		*f = (struct snapfile){ .path = path, .side = side, .rec = record ? r : NULL, .is_sidecar = row == ROW_SIDECAR };
		memcpy(f->blob.hex, blob, strlen(blob));
		f->packed_touches = unpack_part(touches);
		u->bad |= touches->bad;
	}
	return record;
}

const char *row_id(struct unpack u)
{
	unpack_str(&u);
	unpack_str(&u);
	uint64_t row = unpack_u64(&u);
	const char *id = row == ROW_RECORD ? unpack_str(&u) : NULL;
	return u.bad ? NULL : id;
}
