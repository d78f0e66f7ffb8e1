/* plaingit.c -- what `maillage init` tells git.
 *
 * A clone made by git alone knows the attributes but no such driver: git then merges by line, as it always does. Nothing breaks,
 * and a later exchange by maillage holds such a merge against the pure one (store/handmerge.c).
 *
 * Renames are off, in merges and in what is shown: two similar records are two records, and git once wrote one's edit into another.
 */
#include "ctl/plaingit.h"

#include <string.h>
#include <unistd.h>

#include "base/fsio.h"
#include "ctl/people.h"

const char plaingit_attributes[] = "* -text\n"
				   "*.yaml merge=maillage diff=maillage\n"
				   "schema/*.yaml diff\n"
				   "collectifs.yaml !merge !diff\n"
				   "aggregat/** !merge !diff\n";

/* For the shell that git starts it with; `%` doubled where git fills in %A and the like. */
static const char *quoted(struct arena *a, const char *path, bool percent)
{
	struct buf b = BUF_INIT;
	buf_putc(&b, '\'');
	for (const char *p = path; *p; p++) {
		if (*p == '\'')
			buf_puts(&b, "'\\''");
		else if (*p == '%' && percent)
			buf_puts(&b, "%%");
		else
			buf_putc(&b, *p);
	}
	buf_putc(&b, '\'');
	const char *out = arena_dup(a, buf_str(&b));
	buf_free(&b);
	return out;
}

int plaingit_configure(struct repo *r, struct arena *a, const char *program, struct err *e)
{
	const char *driver = quoted(a, program, true), *plain = quoted(a, program, false);
	const struct {
		const char *key, *value;
	} settings[] = {
		{ "merge.maillage.name", "fusion champ par champ (maillage)" },
		{ "merge.maillage.driver", arena_printf(a, "%s merge-driver %%A %%O %%B %%P", driver) },
		{ "merge.maillage.recursive", "maillage-base" },
		{ "merge.maillage-base.name", "fusion champ par champ d'une base virtuelle (maillage)" },
		{ "merge.maillage-base.driver", arena_printf(a, "%s merge-driver --virtual %%A %%O %%B %%P", driver) },
		{ "pull.rebase", "false" }, /* else git asks, and a rebase is what a driver alone does less well */
		{ "merge.renames", "false" },
		{ "pull.twohead", "recursive" }, /* git 2.39's other strategy, ort, follows renames whatever merge.renames says */
		{ "diff.renames", "false" },
		{ "diff.maillage.textconv", arena_printf(a, "%s textconv", plain) },
		{ "diff.maillage.xfuncname", "^([^ ].*):" },
		{ "mailmap.file", MAILMAP_FILE },
		{ "maillage.program", program },
	};
	int rc = 0;
	for (size_t i = 0; !rc && i < sizeof settings / sizeof *settings; i++)
		rc = repo_config_set(r, settings[i].key, settings[i].value, e);
	return rc;
}

static bool has_attributes(struct repo *r, struct arena *a)
{
	struct buf text = BUF_INIT;
	bool has = fs_read(&text, arena_printf(a, "%s.gitattributes", repo_workdir(r)), 1 << 20, NULL) == 0 &&
		   strstr(buf_str(&text), "merge=maillage");
	buf_free(&text);
	return has;
}

const char *plaingit_lacks(struct repo *r, struct arena *a)
{
	const char *driver = NULL, *program = NULL;
	if (repo_config_get(&driver, a, r, "merge.maillage.driver", NULL) || !driver ||
	    repo_config_get(&program, a, r, "maillage.program", NULL) || !program)
		return _("git n'est pas réglé pour fusionner champ par champ dans ce dossier : « git merge » et « git pull » y fusionneraient ligne par ligne ; « maillage doctor --fix » le règle");
	if (access(program, X_OK))
		return arena_printf(a,
				    _("git appellerait %s pour fusionner, et ce programme n'y est plus : employez « maillage sync », ou remettez-le là"),
				    program);
	if (!has_attributes(r, a))
		return _("le fichier .gitattributes ne demande pas à git de fusionner champ par champ : il y faut la ligne « *.yaml merge=maillage diff=maillage »");
	return NULL;
}
