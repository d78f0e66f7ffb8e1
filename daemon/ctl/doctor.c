/* doctor.c -- the examinations in their order, and those of the program and the computer.
 *
 * An examination says what is wrong or worth knowing; silent, it is fine. None of them may stop the others: whatever fails while
 * looking is itself something to be told.
 */
#include "ctl/doctor.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fsio.h"
#include "base/places.h"
#include "ctl/client.h"
#include "ctl/doctor_int.h"
#include "ctl/result.h"

#define DISK_LOW (200ull << 20) /* a merge of everything writes about as much as the repository holds */
#define INODES_LOW 5000

void doctor_say(struct doctor *d, enum finding what, const char *fmt, ...)
{
	static const char *const states[] = { "bien", "avis", "mal", "repare" };
	char text[ERR_MSG_MAX + 512];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	err_mend(text);
	struct val *row = val_map(d->a);
	put_str(d->a, row, "ou", d->where);
	put_str(d->a, row, "examen", d->name);
	put_str(d->a, row, "etat", states[what]);
	put_str(d->a, row, "texte", arena_dup(d->a, text));
	val_push(d->a, d->rows, row);
	d->told++;
}

/* --- the program --------------------------------------------------------------------------------------------------- */

static void examine_program(struct doctor *d)
{
	static const char *const parts[] = { "schema", "hooks/pre-receive" };
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (access(place_data(parts[i]), R_OK))
			doctor_say(d, FAULT, _("%s manque ou ne peut pas être lu ; réinstallez maillage"), place_data(parts[i]));
	if (!place_has_program("git"))
		doctor_say(d, FAULT, "%s", _("git n'est pas installé ; sans lui le dépôt n'est jamais rangé, et un dossier ne peut servir de hub : "
					     "« apt install git »"));
	if (d->settings.ssh.transport == SSH_PROGRAM && !place_has_program("ssh"))
		doctor_say(d, FAULT, "%s", _("la configuration dit « transport: openssh », et le programme ssh n'est pas installé : « apt install "
					     "openssh-client »"));
}

/* --- settings and the daemon -------------------------------------------------------------------------------------------- */

static void examine_settings(struct doctor *d)
{
	struct err e;
	if (settings_load(&d->settings, d->a, NULL, &e) < 0) {
		doctor_say(d, FAULT, "%s", e.msg);
		d->settings = (struct settings){ 0 };
		return;
	}
	for (size_t i = 0; i < d->settings.ndepots; i++)
		if (!fs_is_dir(d->settings.depots[i].folder))
			doctor_say(d, ADVICE, _("%s : le dossier %s n'existe pas ou plus ; branchez son disque, ou enlevez-le de « depots »"),
				   d->settings.path, d->settings.depots[i].folder);
}

static bool is_listed(const struct settings *s, const char *folder)
{
	char real[PATH_MAX], depot[PATH_MAX];
	bool found = false;
	if (!realpath(folder, real))
		return false;
	for (size_t i = 0; i < s->ndepots; i++)
		found = found || (realpath(s->depots[i].folder, depot) && !strcmp(real, depot));
	return found;
}

static void examine_daemon(struct doctor *d)
{
	const char *folder = d->r ? repo_workdir(d->r) : NULL;
	struct err e;
	if (!folder)
		return;
	if (!is_listed(&d->settings, folder)) {
		if (d->fix && settings_register(folder, &e) == 0)
			doctor_say(d, MENDED, _("%s nomme maintenant ce dossier : maillaged le suivra"), d->settings.path);
		else
			doctor_say(d, ADVICE, _("%s ne nomme pas ce dossier : maillaged ne le suit pas ; « maillage doctor --fix » l'y inscrit"),
				   d->settings.path);
	}
	if (!client_looks_after(d->a, folder))
		doctor_say(d, ADVICE, "%s", _("aucun maillaged ne suit ce dossier : rien ne part ni n'arrive sans « maillage sync » ; « systemctl "
					      "--user enable --now maillaged » le met en marche"));
}

/* --- the computer ----------------------------------------------------------------------------------------------------- */

static void examine_disk(struct doctor *d)
{
	const char *where = d->r ? repo_gitdir(d->r) : d->dir;
	struct statvfs v;
	if (statvfs(where, &v) < 0)
		return;
	unsigned long long free_bytes = (unsigned long long)v.f_bavail * v.f_frsize;
	if (v.f_flag & ST_RDONLY)
		doctor_say(d, FAULT, _("%s est sur un disque que l'on ne peut que lire ; remettez-le en écriture, il est peut-être abîmé"), where);
	if (free_bytes < DISK_LOW)
		doctor_say(d, free_bytes < DISK_LOW / 10 ? FAULT : ADVICE,
			   _("il ne reste que %llu Mo sur le disque de %s ; faites de la place : un disque plein n'abîme rien, mais arrête tout"),
			   free_bytes >> 20, where);
	if (v.f_files && v.f_favail < INODES_LOW)
		doctor_say(d, FAULT, _("le disque de %s ne peut plus prendre que %llu fichiers ; supprimez-en de petits"), where,
			   (unsigned long long)v.f_favail);
}

static long number_in(const char *path)
{
	struct buf b = BUF_INIT;
	long n = fs_read(&b, path, 100, NULL) == 0 ? strtol(buf_str(&b), NULL, 10) : -1;
	buf_free(&b);
	return n;
}

/* A watch for each folder that holds files: two levels below each kind's (loop/watch.h). */
#define WATCHES_A_DEPOT 4500

static void examine_watches(struct doctor *d)
{
	static const char limit[] = "/proc/sys/fs/inotify/max_user_watches";
	long most = number_in(limit), depots = (long)d->settings.ndepots, wanted = WATCHES_A_DEPOT * (depots ? depots : 1);
	if (most >= 0 && most < wanted)
		doctor_say(d, ADVICE,
			   _("le système ne laisse surveiller que %ld dossiers (%s), et il en faut jusqu'à %ld ; maillaged voit alors un changement "
			     "plus tard : « sysctl fs.inotify.max_user_watches=%ld »"),
			   most, limit, wanted, wanted * 2);
	if (number_in("/proc/sys/fs/inotify/max_user_instances") == 0)
		doctor_say(d, ADVICE, "%s", _("le système ne laisse rien surveiller (fs.inotify.max_user_instances est 0) ; maillaged ne voit un "
					      "changement qu'à sa tournée suivante"));
}

#define FIRST_YEAR_S 1735689600 /* 2025-01-01: this program is younger */

static void examine_clock(struct doctor *d)
{
	if (clock_wall_s() < FIRST_YEAR_S) {
		char date[11];
		clock_date(date, clock_wall_s());
		doctor_say(d, FAULT, _("l'horloge de cet ordinateur dit %s ; mettez-la à l'heure : les dates de votre travail seraient fausses"),
			   date);
	}
}

/* --- all of it ---------------------------------------------------------------------------------------------------------- */

static const struct examination general[] = {
	{ N_("réglages"), examine_settings }, { N_("programme"), examine_program }, { N_("horloge"), examine_clock },
	{ N_("disque"), examine_disk },	      { N_("surveillance"), examine_watches }, { N_("démon"), examine_daemon },
	{ NULL, NULL }
};

static void examine_all(struct doctor *d, const struct examination *list)
{
	for (; list->name; list++) {
		d->name = _(list->name);
		d->told = 0;
		list->run(d);
		if (!d->told)
			doctor_say(d, FINE, "%s", "");
	}
}

static void count_rows(struct val *out, struct doctor *d)
{
	static const char *const of[][2] = { { "mal", "mal" }, { "avis", "avis" }, { "repare", "repares" } };
	for (size_t k = 0; k < sizeof of / sizeof *of; k++) {
		int64_t n = 0;
		for (size_t i = 0; i < d->rows->list.n; i++)
			n += val_is_str(val_get(d->rows->list.at[i], "etat"), of[k][0]);
		put_int(d->a, out, of[k][1], n);
	}
}

/* A hub's folder holds national.git: each repository beside it is looked at. false: it is none. */
static bool examine_hub_folder(struct doctor *d)
{
	struct fs_names names;
	if (!fs_is_dir(arena_printf(d->a, "%s/national.git", d->dir)) || fs_list(&names, d->dir, NULL) < 0)
		return false;
	for (size_t i = 0; i < names.n; i++) {
		const char *path = arena_printf(d->a, "%s/%s", d->dir, names.at[i]), *dot = strrchr(names.at[i], '.');
		struct err e;
		if (!dot || dot == names.at[i] || strcmp(dot, ".git") != 0 || !fs_is_dir(path))
			continue;
		d->where = arena_dup(d->a, names.at[i]);
		d->name = _("dépôt");
		if (repo_open(&d->r, path, &e) < 0) {
			doctor_say(d, FAULT, "%s", e.msg);
			continue;
		}
		examine_all(d, doctor_hub);
		repo_close(d->r);
		d->r = NULL;
	}
	fs_names_free(&names);
	d->where = NULL;
	return true;
}

int ctl_doctor(struct val **out, struct arena *a, const char *dir, bool fix, struct err *e)
{
	struct doctor d = { .a = a, .dir = dir, .fix = fix, .rows = val_list(a) };
	const char *sort = "aucun";
	struct err why;
	if (!fs_is_dir(dir))
		return err_set(e, ERR_NOTFOUND, _("%s : ce dossier n'existe pas"), dir);
	int rc = repo_open(&d.r, dir, &why);
	examine_all(&d, general);
	if (!rc && repo_workdir(d.r)) {
		sort = "clone";
		examine_all(&d, doctor_clone);
	} else if (!rc) {
		sort = "hub";
		examine_all(&d, doctor_hub);
	} else if (rc == ERR_CONFIG && examine_hub_folder(&d)) {
		sort = "hub";
	} else {
		d.name = _("dépôt");
		doctor_say(&d, rc == ERR_CONFIG ? ADVICE : FAULT, "%s", why.msg);
	}
	repo_close(d.r);
	struct val *v = val_map(a);
	put_str(a, v, "dossier", dir);
	put_str(a, v, "sorte", sort);
	val_set(a, v, "lignes", d.rows);
	count_rows(v, &d);
	*out = v;
	return 0;
}
