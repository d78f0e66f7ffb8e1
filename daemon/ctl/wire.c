/* wire.c -- the daemon's side of the control socket. Answers at once, or, for Sync, when the cycle has ended; with `more`, also
 * whenever it has moved on. */
#include "ctl/wire.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/trace.h"
#include "ctl/json.h"
#include "ctl/report.h"
#include "ctl/result.h"
#include "ctl/version.h"
#include "loop/daemon.h"

static const char description[] =
	"# maillage: clones kept in step with their hubs. Times are seconds since 1970; what is absent is not known, or none.\n"
	"interface " WIRE_INTERFACE "\n"
	"\n"
	"# IDLE, DIRTY (about to record what was saved), RUNNING, LATER (tries again by itself), WAITING (for a person), STOPPED\n"
	"type Depot (\n"
	"  dossier: string,\n"
	"  collectif: string,\n"
	"  etat: string,\n"
	"  phase: ?string,\n"
	"  confirme_unix: int,\n"
	"  non_envoye: int,\n"
	"  prochain_unix: int,\n"
	"  surveille: bool,\n"
	"  erreur: ?string,\n"
	"  message: ?string,\n"
	"  non_joint: ?string\n"
	")\n"
	"\n"
	"# Run one full cycle for a clone that the daemon looks after. The last reply reports on it: etat is `fini`, `plus_tard` or `attend`.\n"
	"# Called with `more`, replies with etat `en_cours` come before it: the step it is at, and what is counted there.\n"
	"method Sync(dossier: string) -> (\n"
	"  etat: string,\n"
	"  etape: ?string,\n"
	"  quoi: ?string,\n"
	"  fait: ?int,\n"
	"  total: ?int,\n"
	"  enregistres: ?int,\n"
	"  rejoues: ?int,\n"
	"  garde: ?string,\n"
	"  recu: ?bool,\n"
	"  envoye: ?bool,\n"
	"  fusions: ?int,\n"
	"  nouvelles: ?int,\n"
	"  attente: ?int,\n"
	"  privees: ?int,\n"
	"  erreur: ?string,\n"
	"  message: ?string,\n"
	"  non_joint: ?string\n"
	")\n"
	"\n"
	"# Every clone's state, as last confirmed.\n"
	"method Status() -> (depots: []Depot)\n"
	"\n"
	"error UnknownFolder (dossier: string)\n"
	"error Failed (message: string)\n";

/* https://varlink.org/Service */
static const char service[] = "# What every Varlink service answers.\n"
			      "interface org.varlink.service\n"
			      "\n"
			      "method GetInfo() -> (\n"
			      "  vendor: string,\n"
			      "  product: string,\n"
			      "  version: string,\n"
			      "  url: string,\n"
			      "  interfaces: []string\n"
			      ")\n"
			      "\n"
			      "method GetInterfaceDescription(interface: string) -> (description: string)\n"
			      "\n"
			      "error InterfaceNotFound (interface: string)\n"
			      "error MethodNotFound (method: string)\n"
			      "error MethodNotImplemented (method: string)\n"
			      "error InvalidParameter (parameter: string)\n";

#define STEP_MS 100 /* between two reports of one step: a client reads them at its own pace */

static void reply(struct client *c, const struct val *message)
{
	struct buf b = BUF_INIT;
	if (json_print(&b, message, true, NULL) == 0)
		client_reply(c, buf_str(&b));
	buf_free(&b);
}

static void reply_parameters(struct client *c, struct arena *a, struct val *parameters)
{
	struct val *m = val_map(a);
	val_set(a, m, "parameters", parameters);
	reply(c, m);
}

static void reply_error(struct client *c, struct arena *a, const char *name, const char *key, const char *text)
{
	struct val *m = val_map(a), *p = val_map(a);
	put_str(a, m, "error", name);
	put_str(a, p, key, text);
	val_set(a, m, "parameters", p);
	reply(c, m);
}

static struct val *depot_val(struct arena *a, const struct depot_status *st)
{
	struct val *v = val_map(a);
	put_str(a, v, "dossier", st->folder);
	put_str(a, v, "collectif", st->collective);
	put_str(a, v, "etat", depot_state_name(st->state));
	put_str(a, v, "phase", st->phase);
	put_int(a, v, "confirme_unix", st->confirmed);
	put_int(a, v, "non_envoye", (int64_t)st->outgoing);
	put_int(a, v, "prochain_unix", st->next);
	val_set(a, v, "surveille", val_bool(a, st->watched));
	if (st->trouble.code) {
		put_str(a, v, "erreur", err_name(st->trouble.code));
		put_str(a, v, "message", st->trouble.msg);
	}
	if (*st->unheard)
		put_str(a, v, "non_joint", st->unheard);
	return v;
}

/* --- Sync: the client is held until its cycle has ended ---------------------------------------------------------------- */

struct waiting {
	struct client *c; /* held */
	const char *phase, *what; /* last told */
	int64_t told;     /* clock_mono_ms */
};

static void sync_step_told(void *ctx, const struct depot_step *at)
{
	struct waiting *w = ctx;
	struct arena a;
	int64_t now = clock_mono_ms();
	bool news = at->phase != w->phase || at->what != w->what;
	if ((!news && now - w->told < STEP_MS) || !arena_begin(&a))
		return;
	w->phase = at->phase;
	w->what = at->what;
	w->told = now;
	struct val *m = val_map(&a), *p = val_map(&a);
	put_str(&a, p, "etat", "en_cours");
	put_str(&a, p, "etape", at->phase);
	if (at->what) {
		put_str(&a, p, "quoi", at->what);
		put_int(&a, p, "fait", (int64_t)at->done);
	}
	if (at->what && at->total)
		put_int(&a, p, "total", (int64_t)at->total);
	val_set(&a, m, "parameters", p);
	val_set(&a, m, "continues", val_bool(&a, true));
	reply(w->c, m);
	arena_end(&a);
}

static void sync_done(void *ctx, enum sync_result r, const struct depot_status *st)
{
	struct waiting *w = ctx;
	struct arena a;
	if (arena_begin(&a)) {
		struct val *v = sync_report_val(&a, &st->did, r, &st->trouble);
		if (*st->unheard)
			put_str(&a, v, "non_joint", st->unheard);
		reply_parameters(w->c, &a, v);
		arena_end(&a);
	}
	client_drop(w->c);
	free(w);
}

static void on_sync(struct daemon *d, struct client *c, struct arena *a, const struct val *call)
{
	const char *folder = val_text(val_get(call, "parameters"), "dossier");
	struct err e = { 0 };
	struct waiting *w;
	if (val_is_true(call, "oneway")) { /* no answer is wanted, whatever comes of it */
		if (folder && daemon_find(d, folder) && daemon_sync_now(d, folder, NULL, NULL, NULL, &e) < 0)
			trace("wire: %s", e.msg);
		return;
	}
	if (!folder) {
		reply_error(c, a, "org.varlink.service.InvalidParameter", "parameter", "dossier");
		return;
	}
	if (!daemon_find(d, folder)) {
		reply_error(c, a, WIRE_INTERFACE ".UnknownFolder", "dossier", folder);
		return;
	}
	if (!(w = calloc(1, sizeof *w))) {
		err_nomem(&e);
		reply_error(c, a, WIRE_INTERFACE ".Failed", "message", e.msg);
		return;
	}
	w->c = c;
	const struct depot_ask ask = { .step = val_is_true(call, "more") ? sync_step_told : NULL };
	client_hold(c);
	if (daemon_sync_now(d, folder, &ask, sync_done, w, &e) < 0) {
		reply_error(c, a, WIRE_INTERFACE ".Failed", "message", e.msg);
		client_drop(c);
		free(w);
	}
}

static void on_status(struct daemon *d, struct client *c, struct arena *a)
{
	struct val *p = val_map(a), *list = val_list(a);
	for (size_t i = 0; i < daemon_depots(d); i++)
		val_push(a, list, depot_val(a, daemon_status(d, i)));
	val_set(a, p, "depots", list);
	reply_parameters(c, a, p);
}

static void on_info(struct client *c, struct arena *a)
{
	struct val *p = val_map(a), *list = val_list(a);
	put_str(a, p, "vendor", "maillage");
	put_str(a, p, "product", "maillaged");
	put_str(a, p, "version", MAILLAGE_VERSION);
	put_str(a, p, "url", "");
	val_push(a, list, val_str(a, "org.varlink.service"));
	val_push(a, list, val_str(a, WIRE_INTERFACE));
	val_set(a, p, "interfaces", list);
	reply_parameters(c, a, p);
}

static void on_description(struct client *c, struct arena *a, const struct val *parameters)
{
	const char *which = val_text(parameters, "interface");
	bool ours = which && !strcmp(which, WIRE_INTERFACE);
	if (!which) {
		reply_error(c, a, "org.varlink.service.InvalidParameter", "parameter", "interface");
		return;
	}
	if (!ours && strcmp(which, "org.varlink.service")) {
		reply_error(c, a, "org.varlink.service.InterfaceNotFound", "interface", which);
		return;
	}
	struct val *p = val_map(a);
	put_str(a, p, "description", ours ? description : service);
	reply_parameters(c, a, p);
}

static void dispatch(struct daemon *d, struct client *c, struct arena *a, const struct val *call)
{
	const char *method = val_text(call, "method");
	const struct val *parameters = val_get(call, "parameters");
	if (method && val_is_true(call, "oneway") && strcmp(method, WIRE_SYNC) != 0)
		return; /* asks, and does not want to know */
	if (!method)
		reply_error(c, a, "org.varlink.service.InvalidParameter", "parameter", "method");
	else if (!strcmp(method, "org.varlink.service.GetInfo"))
		on_info(c, a);
	else if (!strcmp(method, "org.varlink.service.GetInterfaceDescription"))
		on_description(c, a, parameters);
	else if (!strcmp(method, WIRE_SYNC))
		on_sync(d, c, a, call);
	else if (!strcmp(method, WIRE_STATUS))
		on_status(d, c, a);
	else
		reply_error(c, a, "org.varlink.service.MethodNotFound", "method", method);
}

void wire_handle(void *ctx, struct daemon *d, struct client *c, const char *json, size_t n)
{
	struct arena a;
	struct val *call;
	struct err e = { 0 };
	(void)ctx;
	if (!arena_begin(&a))
		return;
	if (json_parse(&call, &a, json, n, &e) < 0)
		reply_error(c, &a, WIRE_INTERFACE ".Failed", "message", e.msg);
	else
		dispatch(d, c, &a, call);
	arena_end(&a);
}
