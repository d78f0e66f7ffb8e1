/* remote.h -- exchanging with a hub: fetch and push over a path, ssh (our own transport over net/) or https (libgit2's). */
#ifndef STORE_REMOTE_H
#define STORE_REMOTE_H

#include "base/cancel.h"
#include "net/ssh.h"
#include "store/repo.h"

struct remote_options {
	struct ssh_config ssh;
	struct ssh_pool *pool;  /* borrow; NULL: a connection per call */
	struct cancel *cancel;  /* borrow; may be NULL */
	void (*progress)(void *ctx, const char *phase, size_t done, size_t total); /* may be NULL */
	void *ctx;
};

/* Fetch url's refs/heads/main into local `ref` (e.g. refs/remotes/hub/main). *out: what it points to now, "" when the hub has no main.
 * ERR_NET, ERR_AUTH, ERR_HOSTKEY, ERR_NOTFOUND (no such repository), ERR_CORRUPT. */
int remote_fetch(struct oid *out, struct repo *r, const char *url, const char *ref, const struct remote_options *o, struct err *e);

/* Push commit to url's refs/heads/main. ERR_RACE: somebody was faster; ERR_REFUSED: the hub's hook said no, e->msg in its words, one
 * line per record; ERR_NET with the outcome unknown: fetch again. Over a folder libgit2 runs no hooks: this runs the same
 * check (hub_check) itself first. */
int remote_push(struct repo *r, const char *url, const struct oid *commit, const struct remote_options *o, struct err *e);

/* <hub>/<code>.git or <hub>/national.git for any kind of URL. */
const char *hub_url(struct arena *a, const char *hub, const char *code);

#endif
