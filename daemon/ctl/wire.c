/* wire.c -- the daemon's side of the control socket. Answers at once, or, for Sync, when the cycle has ended. */
#include "ctl/wire.h"

#include <stdlib.h>
#include <string.h>

#include "ctl/json.h"
#include "ctl/report.h"
#include "ctl/result.h"
#include "ctl/version.h"
#include "loop/daemon.h"

static const char description[] =
	"# maillage: clones kept in step with their hubs\n"
	"interface " WIRE_INTERFACE "\n"
	"# Run one full cycle for a clone that the daemon looks after, and report on it.\n"
	"method Sync(dossier: string) -> (etat: string, enregistres: int, recu: bool, envoye: bool, fusions: int, nouvelles: int, "
	"attente: int, privees: int, erreur: ?string, message: ?string)\n"
	"# Every clone's state, as last confirmed.\n"
	"method Status() -> (depots: []object)\n"
	"error UnknownFolder(dossier: string)\n"
	"error Failed(message: string)\n";

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

static void sync_done(void *ctx, enum sync_result r, const struct depot_status *st)
{
	struct client *c = ctx;
	struct arena a;
	if (arena_begin(&a)) {
		struct val *v = sync_report_val(&a, &st->did, r, &st->trouble);
		if (*st->unheard)
			put_str(&a, v, "non_joint", st->unheard);
		reply_parameters(c, &a, v);
		arena_end(&a);
	}
	client_drop(c);
}

static void on_sync(struct daemon *d, struct client *c, struct arena *a, const struct val *parameters)
{
	const char *folder = val_text(parameters, "dossier");
	struct err e = { 0 };
	if (!folder || !daemon_find(d, folder)) {
		reply_error(c, a, WIRE_INTERFACE ".UnknownFolder", "dossier", folder ? folder : "");
		return;
	}
	client_hold(c);
	if (daemon_sync_now(d, folder, NULL, sync_done, c, &e) < 0) {
		reply_error(c, a, WIRE_INTERFACE ".Failed", "message", e.msg);
		client_drop(c);
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
	if (!which || strcmp(which, WIRE_INTERFACE)) {
		reply_error(c, a, "org.varlink.service.InterfaceNotFound", "interface", which ? which : "");
		return;
	}
	struct val *p = val_map(a);
	put_str(a, p, "description", description);
	reply_parameters(c, a, p);
}

static void dispatch(struct daemon *d, struct client *c, struct arena *a, const struct val *call)
{
	const char *method = val_text(call, "method");
	const struct val *parameters = val_get(call, "parameters");
	if (!method)
		reply_error(c, a, "org.varlink.service.InvalidParameter", "parameter", "method");
	else if (!strcmp(method, "org.varlink.service.GetInfo"))
		on_info(c, a);
	else if (!strcmp(method, "org.varlink.service.GetInterfaceDescription"))
		on_description(c, a, parameters);
	else if (!strcmp(method, WIRE_SYNC))
		on_sync(d, c, a, parameters);
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
