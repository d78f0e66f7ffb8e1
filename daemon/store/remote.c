/* Fetching and pushing. Three kinds of hub address, one behaviour:
 *
 *   ssh     fetch: libgit2's smart protocol over our own streams (transport.c). Push: our own (sendpack.c)
 *   https   libgit2's own transport
 *   folder  fetch by libgit2's local transport. Push by hand (localpush.c): libgit2's local push moves the ref by force, so of two
 *           people pushing at once one would lose published commits, and it runs no hooks.
 *
 * When it fails. A push that the hub's hook refuses is no error for libgit2: only push_update_reference tells, and
 * the hook's own words arrive by sideband. A lost race shows as GIT_ENONFASTFORWARD when it is seen before
 * sending, and as a refused update ("failed to update ref") when somebody was faster in between. When the
 * connection breaks after the pack was sent nobody knows what the hub did: ERR_NET says so, and the caller fetches
 * again.
 */
#include "remote.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fsio.h"
#include "base/trace.h"
#include "giterr.h"
#include "hubanswer.h"
#include "localpush.h"
#include "repo_int.h"
#include "sendpack.h"
#include "transport.h"

#define WORDS_MAX 65536 /* of the hub's hook */

struct exchange {
	struct transport transport; /* first: transport.c's part */
	const struct remote_options *o; /* borrow */
	bool ssh;
	struct buf words;           /* own; what the hub said by sideband */
	char refusal[256];          /* push_update_reference's status; "" = accepted */
	bool answered;              /* push_update_reference was called */
	bool sent;                  /* some of the pack has left */
};

const char *hub_url(struct arena *a, const char *hub, const char *code)
{
	size_t n = strlen(hub);
	while (n > 1 && hub[n - 1] == '/')
		n--;
	const char *name = strcmp(code, "nat") ? code : "national";
	/* host: and host:~ take the name directly, host:dir with a slash */
	const char *sep = n && (hub[n - 1] == ':' || hub[n - 1] == '/') ? "" : "/";
	return arena_printf(a, "%.*s%s%s.git", (int)n, hub, sep, name);
}

static const char *folder_of(const char *url)
{
	if (!strncmp(url, "file://", 7))
		return url + 7;
	return strstr(url, "://") || ssh_url_is(url) ? NULL : url;
}

/* ---- callbacks */

static bool cancelled(const struct exchange *x)
{
	return x->o->cancel && cancel_is(x->o->cancel);
}

static int on_words(const char *text, int n, void *ctx)
{
	struct exchange *x = ctx;
	if (n > 0 && x->words.n + (size_t)n <= WORDS_MAX)
		buf_put(&x->words, text, (size_t)n);
	return cancelled(x) ? GIT_EUSER : 0;
}

static int on_receive(const git_indexer_progress *p, void *ctx)
{
	struct exchange *x = ctx;
	if (x->o->progress)
		x->o->progress(x->o->ctx, _("réception"), p->received_objects, p->total_objects);
	return cancelled(x) ? GIT_EUSER : 0;
}

static int on_pack(int stage, uint32_t done, uint32_t total, void *ctx)
{
	struct exchange *x = ctx;
	(void)stage;
	if (x->o->progress)
		x->o->progress(x->o->ctx, _("préparation"), done, total);
	return cancelled(x) ? GIT_EUSER : 0;
}

static int on_send(unsigned done, unsigned total, size_t bytes, void *ctx)
{
	struct exchange *x = ctx;
	(void)bytes;
	x->sent = true;
	if (x->o->progress)
		x->o->progress(x->o->ctx, _("envoi"), done, total);
	return cancelled(x) ? GIT_EUSER : 0;
}

static int on_update(const char *ref, const char *status, void *ctx)
{
	struct exchange *x = ctx;
	(void)ref;
	x->answered = true;
	if (status)
		snprintf(x->refusal, sizeof x->refusal, "%s", *status ? status : "?");
	return 0;
}

static int on_transport(git_transport **out, git_remote *owner, void *ctx)
{
	struct exchange *x = ctx;
	return transport_new(out, owner, &x->transport);
}

static void callbacks(git_remote_callbacks *c, struct exchange *x)
{
	git_remote_init_callbacks(c, GIT_REMOTE_CALLBACKS_VERSION);
	c->sideband_progress = on_words;
	c->transfer_progress = on_receive;
	c->pack_progress = on_pack;
	c->push_transfer_progress = on_send;
	c->push_update_reference = on_update;
	if (x->ssh)
		c->transport = on_transport;
	c->payload = x;
}

static void exchange_init(struct exchange *x, const char *url, const struct remote_options *o)
{
	*x = (struct exchange){ .o = o, .ssh = ssh_url_is(url) };
	x->transport.pipe = (struct hubpipe){ .ssh = &o->ssh, .pool = o->pool, .cancel = o->cancel };
}

/* git_remote_lookup and _anonymous leak 91 KB a call; this one does not. */
static int open_remote(git_remote **out, struct repo *r, const char *url, struct err *e)
{
	git_remote_create_options ro;
	git_remote_create_options_init(&ro, GIT_REMOTE_CREATE_OPTIONS_VERSION);
	ro.repository = r->git;
	ro.flags = GIT_REMOTE_CREATE_SKIP_INSTEADOF | GIT_REMOTE_CREATE_SKIP_DEFAULT_FETCHSPEC;
	int rc = git_remote_create_with_opts(out, url, &ro);
	return rc < 0 ? giterr(e, rc, "%s", url) : 0;
}

/* libgit2's answer or, when the stream knows better, its own first error. */
static int failed(struct exchange *x, int rc, const char *url, struct err *e)
{
	if (cancelled(x))
		return err_set(e, ERR_CANCELLED, _("%s : échange interrompu à votre demande"), url);
	if (x->transport.pipe.err.code) {
		if (e)
			*e = x->transport.pipe.err;
		err_wrap(e, "%s", url);
		return x->transport.pipe.err.code;
	}
	if (!x->ssh && rc == GIT_ENOTFOUND)
		return err_set(e, ERR_NOTFOUND,
			       _("%s : dépôt introuvable ; vérifiez l'adresse et le code du collectif"), url);
	return giterr(e, rc, "%s", url);
}

static bool is_empty(const char *dir)
{
	struct fs_names names;
	if (fs_list(&names, dir, NULL) < 0)
		return false;
	bool none = names.n == 0;
	fs_names_free(&names);
	return none;
}

/* A stick that is not plugged in takes the whole hub folder away, or leaves the empty folder where it is mounted: that
 * passes, as a network does. A hub that is there without this repository does not. */
static int folder_exists(const char *url, struct err *e)
{
	char hub[PATH_MAX];
	const char *dir = folder_of(url);
	if (!dir || fs_is_dir(dir))
		return 0;
	size_t n = strlen(dir);
	while (n > 1 && dir[n - 1] == '/')
		n--;
	while (n > 1 && dir[n - 1] != '/')
		n--;
	snprintf(hub, sizeof hub, "%.*s", (int)n, dir);
	if (!fs_is_dir(hub) || is_empty(hub))
		return err_set(e, ERR_NET,
			       _("%s : le dossier du hub n'est pas là ; branchez la clé ou le disque, ou vérifiez le chemin"),
			       hub);
	return err_set(e, ERR_NOTFOUND, _("%s : dépôt introuvable ; vérifiez l'adresse et le code du collectif"), url);
}

/* ---- fetch */

static int find_main(const git_remote_head **out, git_remote *remote)
{
	const git_remote_head **heads;
	size_t n;
	int rc = git_remote_ls(&heads, &n, remote);
	*out = NULL;
	for (size_t i = 0; rc == 0 && i < n; i++)
		if (!strcmp(heads[i]->name, MAIN_REF))
			*out = heads[i];
	return rc;
}

static int download(struct oid *out, struct exchange *x, struct repo *r, git_remote *remote, const char *ref,
		    const struct oid *had, struct err *e)
{
	const char *url = git_remote_url(remote);
	const git_remote_head *head;
	int rc = find_main(&head, remote);
	if (rc < 0)
		return failed(x, rc, url, e);
	if (!head) {
		*out = (struct oid){ "" };
		return 0;
	}
	struct oid now;
	git_oid target = head->oid; /* the list goes when the connection does */
	oid_from_git(&now, &target);
	if (!oid_equal(&now, had) || !git_odb_exists(r->odb, &target)) {
		git_fetch_options fo;
		git_fetch_options_init(&fo, GIT_FETCH_OPTIONS_VERSION);
		callbacks(&fo.callbacks, x);
		fo.download_tags = GIT_REMOTE_DOWNLOAD_TAGS_NONE;
		fo.update_fetchhead = 0;
		char spec[] = "+" MAIN_REF;
		char *specs[] = { spec };
		git_strarray list = { specs, 1 };
		rc = git_remote_download(remote, &list, &fo);
		if (rc < 0)
			return failed(x, rc, url, e);
		if (!git_odb_exists(r->odb, &target))
			return err_set(e, ERR_CORRUPT,
				       _("%s : le hub n'a pas envoyé le commit %s qu'il annonce ; prévenez la personne "
					 "qui tient le hub"),
				       url, now.hex);
	}
	if (!oid_equal(&now, had) && (rc = repo_ref_move(r, ref, had, &now, "maillage: fetch", e)))
		return rc;
	*out = now;
	return 0;
}

int remote_fetch(struct oid *out, struct repo *r, const char *url, const char *ref, const struct remote_options *o,
		 struct err *e)
{
	struct oid had, got = { "" };
	struct exchange x;
	git_remote *remote;
	const char *dir = folder_of(url);
	int rc = folder_exists(url, e);
	if (!rc && dir)
		local_mend(dir);
	if (rc || (rc = repo_ref(&had, r, ref, e)) || (rc = open_remote(&remote, r, url, e)))
		return rc;
	exchange_init(&x, url, o);
	git_remote_callbacks cb;
	callbacks(&cb, &x);
	rc = git_remote_connect(remote, GIT_DIRECTION_FETCH, &cb, NULL, NULL);
	if (rc < 0)
		rc = failed(&x, rc, url, e);
	else
		rc = download(&got, &x, r, remote, ref, &had, e);
	git_remote_disconnect(remote);
	git_remote_free(remote);
	buf_free(&x.words);
	trace("fetch %s: %s %.8s", url, err_name(rc), got.hex);
	if (!rc)
		*out = got;
	return rc;
}

/* ---- push */

static int answer(struct exchange *x, int rc, const char *url, struct err *e)
{
	if (rc == GIT_ENONFASTFORWARD || *x->refusal)
		return hub_answer(*x->refusal ? x->refusal : "non-fast-forward", buf_str(&x->words), url, e);
	if (rc == 0 && x->answered)
		return 0;
	if (rc == 0)
		return err_set(
			e, ERR_NET,
			_("%s : le hub n'a pas dit s'il a accepté l'envoi ; on vérifiera à la prochaine récupération"),
			url);
	rc = failed(x, rc, url, e);
	if (x->sent && rc == ERR_NET)
		return err_wrap(e, _("envoi interrompu, résultat inconnu (on récupère pour savoir)"));
	return rc;
}

/* libgit2 pushes names, not commits: the commit gets a name for the time of the push. */
#define PUSH_REF "refs/maillage/push"

static int name_it(struct repo *r, const struct oid *commit, struct err *e)
{
	git_oid oid;
	git_reference *ref = NULL;
	int rc = oid_to_git(&oid, commit, e);
	if (rc)
		return rc;
	repo__locking(r);
	rc = git_reference_create(&ref, r->git, PUSH_REF, &oid, 1, "maillage: push");
	repo__locked(r);
	git_reference_free(ref);
	return rc < 0 ? giterr(e, rc, PUSH_REF) : 0;
}

static int push_smart(struct repo *r, const char *url, const struct oid *commit, const struct remote_options *o,
		      struct err *e)
{
	git_remote *remote;
	struct exchange x;
	int rc = name_it(r, commit, e);
	if (rc || (rc = open_remote(&remote, r, url, e)))
		return rc;
	exchange_init(&x, url, o);
	git_push_options po;
	git_push_options_init(&po, GIT_PUSH_OPTIONS_VERSION);
	callbacks(&po.callbacks, &x);
	char spec[] = PUSH_REF ":" MAIN_REF;
	char *specs[] = { spec };
	git_strarray list = { specs, 1 };
	rc = git_remote_upload(remote, &list, &po);
	rc = answer(&x, rc, url, e);
	git_remote_disconnect(remote);
	git_remote_free(remote);
	repo__locking(r);
	git_reference_remove(r->git, PUSH_REF);
	repo__locked(r);
	buf_free(&x.words);
	return rc;
}

int remote_push(struct repo *r, const char *url, const struct oid *commit, const struct remote_options *o,
		struct err *e)
{
	const char *dir = folder_of(url);
	int rc = folder_exists(url, e);
	if (!rc)
		rc = dir              ? local_push(r, dir, commit, o, e) :
		     ssh_url_is(url) ? sendpack(r, url, commit, o, e) :
				       push_smart(r, url, commit, o, e);
	trace("push %s %.8s: %s", url, commit->hex, err_name(rc));
	return rc;
}
