/* check.c -- `maillage check`: the same check as commit and hub, on any files, anywhere. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/fsio.h"
#include "ctl/ctl.h"
#include "ctl/result.h"
#include "merge/diffs.h"

struct checking {
	struct arena *a;
	const struct schemas *set;
	const char *root;  /* the repository's folder with its '/', NULL outside one */
	const char *owner; /* its collective, NULL outside one */
	struct faults faults;
	size_t files;
	struct err *e;
};

static void add_fault(struct checking *k, const char *path, const char *code, const char *msg)
{
	struct fault f = { .path = arena_dup(k->a, path), .field = "", .code = code, .msg = arena_dup(k->a, msg) };
	fault_add(&k->faults, k->a, &f);
}

/* The path inside the repository, NULL for a file outside it. */
static const char *inside(struct checking *k, const char *path)
{
	char real[PATH_MAX];
	if (!k->root || !realpath(path, real) || strncmp(real, k->root, strlen(k->root)))
		return NULL;
	return arena_dup(k->a, real + strlen(k->root));
}

static void check_file(struct checking *k, const char *path)
{
	struct buf text = BUF_INIT;
	struct err why = { 0 };
	const char *rel = inside(k, path);
	enum path_class class = rel ? path_class(k->set, rel) : PATH_RECORD;
	if (class != PATH_RECORD && class != PATH_SIDECAR)
		return;
	k->files++;
	if (fs_read(&text, path, YAML_MAX_BYTES, &why) < 0) {
		size_t n = strlen(path);
		const char *colon = _(" : ");
		bool named = !strncmp(why.msg, path, n) && !strncmp(why.msg + n, colon, strlen(colon));
		add_fault(k, path, "file", arena_dup(k->a, why.msg + (named ? n + strlen(colon) : 0))); /* the path is printed in front of it */
	} else if (class == PATH_SIDECAR) {
		struct diffs d;
		if (diffs_parse(&d, k->a, path, text.at, text.n, &why) < 0)
			add_fault(k, "", "sidecar", why.msg);
	} else {
		struct record rec;
		struct faults one = { 0 };
		record_load(&rec, &one, k->a, k->set, path, rel, rel ? k->owner : NULL, text.at, text.n);
		for (size_t i = 0; i < one.n; i++) {
			struct fault f = one.at[i];
			f.path = arena_dup(k->a, path);
			fault_add(&k->faults, k->a, &f);
		}
	}
	buf_free(&text);
}

static int check_path(struct checking *k, const char *path, int depth)
{
	if (!fs_is_dir(path)) {
		check_file(k, path);
		return 0;
	}
	if (depth > 8)
		return 0; /* records lie two folders deep; deeper is somebody's attachments */
	struct fs_names names;
	int rc = fs_list(&names, path, k->e);
	for (size_t i = 0; !rc && i < names.n; i++) {
		const char *name = names.at[i];
		size_t len = strlen(name);
		const char *child = arena_printf(k->a, "%s/%s", path, name);
		bool yaml = len > 5 && !strcmp(name + len - 5, ".yaml");
		if (*name == '.' || !strcmp(name, "schema") || !strcmp(name, "prive") || !strcmp(name, "aggregat"))
			continue;
		if (fs_is_dir(child) || yaml)
			rc = check_path(k, child, depth + 1);
	}
	fs_names_free(&names);
	return rc;
}

int ctl_check(struct val **out, struct arena *a, const char *dir, const char *schema_file, char *const *paths, int n,
	      struct err *e)
{
	struct checking k = { .a = a, .e = e };
	struct repo *r = NULL;
	struct schemas *set;
	int rc = ctl_schemas(&set, a, dir, schema_file, e);
	if (rc)
		return rc;
	k.set = set;
	if (repo_open(&r, dir, NULL) == 0 && repo_workdir(r)) {
		k.root = repo_workdir(r);
		k.owner = repo_collective(r);
	}
	for (int i = 0; !rc && i < n; i++)
		rc = check_path(&k, paths[i], 0);
	if (!rc && n == 0) {
		char here[PATH_MAX];
		if (!k.root && !realpath(dir, here))
			rc = err_errno(e, dir);
		if (!rc) {
			char *top = arena_dup(a, k.root ? k.root : here);
			size_t len = strlen(top);
			if (len > 1 && top[len - 1] == '/')
				top[len - 1] = 0;
			rc = check_path(&k, top, 0);
		}
	}
	if (!rc) {
		struct val *v = val_map(a);
		put_int(a, v, "fichiers", (int64_t)k.files);
		put_int(a, v, "erreurs", (int64_t)k.faults.errors);
		val_set(a, v, "fautes", faults_val(a, &k.faults));
		*out = v;
	}
	repo_close(r);
	return rc;
}
