/* doctor_hub.c -- the examinations of one repository of a hub, on the server. */
#include <sys/stat.h>
#include <unistd.h>

#include "base/places.h"
#include "ctl/doctor_int.h"
#include "store/hub.h"
#include "store/worktree.h"

/* git refuses to serve what belongs to somebody else than the account that clients come in by. */
static void examine_owner(struct doctor *d)
{
	static const char *const parts[] = { "", "objects", "refs", "hooks", "HEAD", "config" };
	struct stat st;
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		const char *path = arena_printf(d->a, "%s%s", repo_gitdir(d->r), parts[i]);
		if (stat(path, &st) == 0 && st.st_uid != getuid()) {
			doctor_say(d, FAULT, _("%s n'appartient pas au compte qui regarde (uid %u, et non %u) : git refuse alors tout envoi ; lancez "
					       "ceci sous le compte du hub, ou rendez-lui le dossier par « chown -R »"),
				   path, (unsigned)st.st_uid, (unsigned)getuid());
			return;
		}
	}
}

static void examine_equipment(struct doctor *d)
{
	struct err e;
	const char *lacks = hub_lacks(d->r, d->a);
	if (!lacks)
		return;
	if (!d->fix)
		doctor_say(d, FAULT, _("%s ; « maillage doctor --fix » le remet"), lacks);
	else if (hub_equip(d->r, place_program(), &e) < 0)
		doctor_say(d, FAULT, "%s", e.msg);
	else
		doctor_say(d, MENDED, "%s", _("contrôle et réglages de ce dépôt sont remis"));
}

static void examine_locks(struct doctor *d)
{
	struct lock_names before = { 0 }, after = { 0 };
	worktree_locks(&before, d->a, d->r);
	if (!before.n)
		return;
	if (d->fix)
		hub_break_locks(d->r);
	worktree_locks(&after, d->a, d->r);
	if (after.n < before.n)
		doctor_say(d, MENDED, ngettext("%zu verrou oublié par un programme mort est enlevé", "%zu verrous oubliés par un programme mort sont enlevés",
					       before.n - after.n),
			   before.n - after.n);
	for (size_t i = 0; i < after.n; i++)
		doctor_say(d, ADVICE, _("%s%s : un envoi est en cours ou s'est arrêté là ; âgé d'une minute, l'envoi suivant l'enlève"),
			   repo_gitdir(d->r), after.at[i]);
}

const struct examination doctor_hub[] = { { N_("compte"), examine_owner },
					  { N_("contrôle"), examine_equipment },
					  { N_("verrous"), examine_locks },
					  { NULL, NULL } };
