#include "ctl/report.h"

#include <string.h>

#include "base/progress.h"
#include "ctl/result.h"
#include "store/replay.h"

struct val *sync_report_val(struct arena *a, const struct sync_report *did, enum sync_result end, const struct err *why)
{
	static const char *const ends[] = {
		[SYNC_FINISHED] = "fini", [SYNC_MORE] = "en_cours", [SYNC_LATER] = "plus_tard", [SYNC_WAIT] = "attend"
	};
	struct val *v = val_map(a);
	put_str(a, v, "etat", ends[end]);
	put_int(a, v, "enregistres", (int64_t)did->recorded);
	if (did->replayed) {
		put_int(a, v, "rejoues", (int64_t)did->replayed);
		put_str(a, v, "garde", arena_printf(a, REPLAY_KEPT "%.12s", did->replaced));
	}
	val_set(a, v, "recu", val_bool(a, did->wrote));
	val_set(a, v, "envoye", val_bool(a, did->pushed));
	put_int(a, v, "fusions", (int64_t)did->merged);
	put_int(a, v, "nouvelles", (int64_t)did->differences);
	put_int(a, v, "attente", (int64_t)(did->waiting + did->guarded));
	put_int(a, v, "privees", (int64_t)did->private);
	if (why->code) {
		put_str(a, v, "erreur", err_name(why->code));
		put_str(a, v, "message", why->msg);
	}
	return v;
}

void sync_step_tell(const char *state)
{
	static const struct {
		const char *state, *phase;
	} named[] = { { "SCAN", N_("lecture du dossier") },   { "RECORD", N_("enregistrement") },     { "FETCH", N_("réponse du hub") },
		      { "JOIN", N_("fusion") },               { "WRITE", N_("écriture des fiches") }, { "PUSH", N_("envoi") },
		      { "AFTER", N_("échange avec le national") } };
	for (size_t i = 0; state && i < sizeof named / sizeof *named; i++)
		if (!strcmp(named[i].state, state))
			progress(_(named[i].phase), 0, 0);
}
