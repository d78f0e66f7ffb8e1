/* pool.c -- how a stream is had: over a session that is kept between two polls, so that a poll costs a round trip instead of a
 * connection; over one of its own; or through the ssh program.
 *
 * A session is found again by user, host, port and keys. Few hubs are talked to by one repository (its own, the national one),
 * so a handful of places is enough; the one used longest ago gives way. The ssh program keeps nothing here: whoever wants that
 * writes ControlMaster and ControlPersist into ~/.ssh/config.
 *
 * Failure mode: the far end vanished in silence (suspended laptop, another network), or will not open a channel on this session any
 * more. Nothing local shows it; the next command fails or runs into a deadline, and is then tried once more on a new session. Not
 * after a cancel, and not after the command has started: whether it did anything would be unknown.
 */
#include "session.h"

#include <stdlib.h>
#include <string.h>
#include "chan.h"
#include "base/trace.h"

#define PLACES 4

struct place {
	struct ssh *s; /* own; NULL: free */
	char *key;     /* own */
	unsigned used; /* the pool's count at its last use */
};

struct ssh_pool {
	struct place at[PLACES];
	unsigned count;
};

int ssh_pool_new(struct ssh_pool **out, struct err *e)
{
	struct ssh_pool *p = calloc(1, sizeof *p);
	if (!p)
		return err_nomem(e);
	*out = p;
	return 0;
}

static void vacate(struct place *pl)
{
	ssh_close(pl->s);
	free(pl->key);
	*pl = (struct place){ 0 };
}

void ssh_pool_drop(struct ssh_pool *p)
{
	for (size_t i = 0; i < PLACES; i++)
		vacate(&p->at[i]);
}

void ssh_pool_free(struct ssh_pool *p)
{
	if (!p)
		return;
	ssh_pool_drop(p);
	free(p);
}

static char *key_of(const struct ssh_target *t, const struct ssh_config *config)
{
	struct buf b = BUF_INIT;
	const char *const by[] = { config->key_file, config->passphrase_file, config->agent, config->known_hosts };
	buf_printf(&b, "%s@%s:%d", t->user, t->host, t->port);
	for (size_t i = 0; i < sizeof by / sizeof *by; i++)
		buf_printf(&b, "\n%s", by[i] ? by[i] : "");
	return buf_steal(&b);
}

/* *kept: it was there already. */
static int get(struct ssh **out, bool *kept, struct ssh_pool *p, const struct ssh_target *target,
	       const struct ssh_config *config, struct cancel *cancel, struct err *e)
{
	char *key = key_of(target, config);
	if (!key)
		return err_nomem(e);
	struct place *pl = &p->at[0];
	for (size_t i = 0; i < PLACES; i++) {
		if (p->at[i].s && !strcmp(p->at[i].key, key)) {
			pl = &p->at[i];
			break;
		}
		if (pl->s && (!p->at[i].s || p->count - p->at[i].used > p->count - pl->used))
			pl = &p->at[i];
	}
	*kept = pl->s && !strcmp(pl->key, key) && ssh_alive(pl->s);
	if (*kept) {
		ssh_use_cancel(pl->s, cancel);
		session_limits(pl->s, config);
		free(key);
	} else {
		struct ssh *s = NULL;
		vacate(pl);
		int rc = ssh_connect(&s, target, config, cancel, e);
		if (rc) {
			free(key);
			return rc;
		}
		*pl = (struct place){ .s = s, .key = key };
	}
	pl->used = ++p->count;
	*out = pl->s;
	return 0;
}

int ssh_pool_get(struct ssh **out, struct ssh_pool *p, const struct ssh_target *target, const struct ssh_config *config,
		 struct cancel *cancel, struct err *e)
{
	bool kept;
	return get(out, &kept, p, target, config, cancel, e);
}

static int run_kept(struct ssh_chan **out, struct ssh_pool *p, const struct ssh_target *target, const struct ssh_config *config,
		    struct cancel *cancel, const char *command, struct err *e)
{
	struct ssh *s;
	bool kept;
	int rc = get(&s, &kept, p, target, config, cancel, e);
	if (!rc)
		rc = ssh_exec(out, s, command, e);
	if (rc != ERR_NET || !kept)
		return rc;
	trace("ssh %s: the kept session is of no use, a new one", s->where);
	for (size_t i = 0; i < PLACES; i++)
		if (p->at[i].s == s)
			vacate(&p->at[i]);
	rc = get(&s, &kept, p, target, config, cancel, e);
	return rc ? rc : ssh_exec(out, s, command, e);
}

static int run_alone(struct ssh_chan **out, const struct ssh_target *target, const struct ssh_config *config, struct cancel *cancel,
		     const char *command, struct err *e)
{
	struct ssh *s;
	int rc = ssh_connect(&s, target, config, cancel, e);
	if (rc)
		return rc;
	rc = ssh_exec(out, s, command, e);
	if (rc)
		ssh_close(s);
	else
		session_belongs(*out);
	return rc;
}

int ssh_run(struct ssh_chan **out, struct ssh_pool *p, const struct ssh_target *target, const struct ssh_config *config,
	    struct cancel *cancel, const char *command, struct err *e)
{
	if (config->transport == SSH_PROGRAM)
		return chan_program(out, target, config, cancel, command, e);
	return p ? run_kept(out, p, target, config, cancel, command, e) : run_alone(out, target, config, cancel, command, e);
}
