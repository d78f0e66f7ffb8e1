#include "ctl/names.h"

#include "base/fsio.h"
#include "ctl/result.h"

void names_load(struct names *out, struct ctl *c)
{
	struct buf text = BUF_INIT;
	struct ydoc *doc;
	out->map = NULL;
	const char *dir = repo_workdir(c->r);
	if (dir && fs_read(&text, arena_printf(c->a, "%sprive/identites.yaml", dir), YAML_MAX_BYTES, NULL) == 0 &&
	    ydoc_parse(&doc, c->a, "identites.yaml", text.at, text.n, NULL, NULL) == 0)
		out->map = ydoc_val(doc);
	buf_free(&text);
}

const char *names_of(const struct names *n, const char *pseudonym)
{
	const char *name = n->map && pseudonym ? val_text(n->map, pseudonym) : NULL;
	return name && *name ? name : NULL;
}

void put_name(struct arena *a, struct val *v, const struct names *n)
{
	put_str(a, v, "nom", names_of(n, val_text(v, "par")));
}
