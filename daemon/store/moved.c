/* moved.c -- a record that was moved or renamed is not a deleted record.
 *
 * Under its new name it usually waits, for a record's place follows from its id. The deletion that the move leaves behind
 * looks complete, and sent on its own it would take the record from everybody. So it waits as long as any file that cannot
 * be recorded now carries the same id: as its name, or in a line `id:`, read as text since the file may be broken.
 */
#include "wt.h"

#include <string.h>

#include "schema/record.h"

static bool is_gone(const struct change *c, const struct schemas *set)
{
	enum path_class class = path_class(set, c->path);
	return c->kind == CHANGE_DELETED && c->verdict == CHANGE_READY &&
	       (class == PATH_RECORD || class == PATH_SIDECAR);
}

static bool is_stuck(const struct change *c)
{
	size_t n = strlen(c->path);
	return c->kind != CHANGE_DELETED && !c->arriving && c->verdict != CHANGE_READY && n > 5 && !strcmp(c->path + n - 5, ".yaml");
}

static const char *id_line(struct arena *a, const char *text)
{
	for (const char *p = text; p; p = strchr(p, '\n')) {
		p += *p == '\n';
		if (strncmp(p, "id:", 3) != 0)
			continue;
		p += 3;
		p += strspn(p, " \t\"'");
		return arena_dupn(a, p, strcspn(p, " \t\"'#\r\n"));
	}
	return "";
}

struct stuck { /* of a stuck file */
	const char *path, *id, *name;
};
struct stuck_files {
	struct stuck *at;
	size_t n, cap;
};

static int find_stuck(struct stuck_files *out, const struct changes *c, struct arena *a, struct repo *r, struct err *e)
{
	int rc = 0;
	for (size_t i = 0; !rc && i < c->n; i++) {
		struct wt_file f;
		if (!is_stuck(&c->at[i]) || (rc = wt_look(&f, a, r, c->at[i].path, e)) || !f.bytes)
			continue;
		struct stuck p = { c->at[i].path, id_line(a, f.bytes), wt_id_of_path(a, c->at[i].path) };
		arena_push(a, out, p);
	}
	return rc;
}

int wt_hold_moved(struct changes *c, struct arena *a, struct repo *r, const struct schemas *set, struct err *e)
{
	struct stuck_files stuck = { 0 };
	bool any = false;
	for (size_t i = 0; i < c->n; i++)
		any = any || is_gone(&c->at[i], set);
	int rc = any ? find_stuck(&stuck, c, a, r, e) : 0;
	for (size_t i = 0; !rc && stuck.n && i < c->n; i++) {
		struct change *x = &c->at[i];
		if (!is_gone(x, set))
			continue;
		const char *id = strcmp(x->path, "collectif.yaml") ? wt_id_of_path(a, x->path) :
								     arena_printf(a, "col-%s", repo_collective(r));
		for (size_t j = 0; j < stuck.n; j++) {
			const struct stuck *p = &stuck.at[j];
			if (strcmp(p->id, id) != 0 && strcmp(p->name, id) != 0)
				continue;
			x->verdict = CHANGE_WAITING;
			x->why = arena_printf(a,
					      _("la suppression attend, car %s porte le même id ; remettez cette fiche à "
						"sa place (%s), ou supprimez aussi ce fichier"),
					      p->path, x->path);
			break;
		}
	}
	return rc;
}
