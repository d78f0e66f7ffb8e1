/* hubpass.c -- what the passes of a check of a push share: refusing, and looking into a commit. */
#include "hubcheck_int.h"

void hubcheck__refuse(struct hubcheck *h, const char *path, int line, const char *field, const char *code, const char *msg)
{
	struct fault f = { .path = path, .line = line, .col = line ? 1 : 0, .field = field, .code = code, .msg = msg };
	fault_add(h->out, h->a, &f);
}

static int tree_of(git_oid *out, struct hubcheck *h, const struct oid *commit)
{
	struct objs s;
	git_oid oid;
	objs_init(&s, h->r, NULL);
	int rc = oid_to_git(&oid, commit, h->e);
	return rc ? rc : objs_tree_of(out, &s, &oid, h->e);
}

int hubcheck__trees_of(git_oid *new, git_oid **old, git_oid *space, struct hubcheck *h, const struct oid *from, const struct oid *to)
{
	*old = oid_is(from) ? space : NULL;
	int rc = tree_of(new, h, to);
	return rc || !*old ? rc : tree_of(space, h, from);
}

int hubcheck__entry_at(struct tentry *out, struct hubcheck *h, const struct oid *commit, const char *path)
{
	struct objs s;
	git_oid tree;
	objs_init(&s, h->r, NULL);
	*out = (struct tentry){ 0 };
	int rc = oid_is(commit) ? tree_of(&tree, h, commit) : 0;
	return rc || !oid_is(commit) ? rc : objs_lookup(out, &s, &tree, path, h->e);
}
