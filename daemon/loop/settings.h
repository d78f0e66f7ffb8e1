/* settings.h -- $XDG_CONFIG_HOME/maillage/config.yaml: which clones the daemon looks after, and how it reaches hubs.
 *
 *   depots:
 *     - dossier: ~/maillage/ara      # written by `maillage init`
 *       intervalle: 300              # seconds between two exchanges; optional
 *   intervalle: 300                  # for those that name none
 *   socket: /run/user/1000/maillage.sock
 *   transport: natif                 # or openssh: the ssh program, with ~/.ssh/config
 *   cle_ssh: ~/.ssh/id_ed25519
 *   phrase_de_passe: /run/credentials/maillage/phrase    # a file; transport natif only
 *   agent_ssh: /run/user/1000/openssh_agent              # SSH_AUTH_SOCK when missing
 *   known_hosts: ~/.ssh/known_hosts
 *   delais: {connexion: 15, negociation: 30, silence: 30, total: 1800}     # seconds
 *
 * The last six may stand in a depot too and count for that one. contrib/config.yaml says what each means, for people.
 * A key that is not in this list is an error with its line: a typing mistake must not silently mean "the default".
 *
 * OWNER   Everything settings_load fills lives in the arena.
 * FAILS   ERR_CONFIG: not readable as such a file (file, line, what to write); ERR_PERM, ERR_IO. A missing file is no error.
 */
#ifndef LOOP_SETTINGS_H
#define LOOP_SETTINGS_H

#include <limits.h>
#include "base/arena.h"
#include "base/err.h"
#include "net/ssh.h"

#define SETTINGS_INTERVAL_S 300
#define SETTINGS_MAX_BYTES (1024 * 1024)
#define SETTINGS_MAX_DEPOTS 64

struct settings_depot {
	const char *folder; /* absolute */
	int interval_s;
	struct ssh_config ssh; /* as struct settings has it, with what this depot says otherwise */
};
struct settings {
	const char *path;              /* of the file, whether it exists or not */
	struct settings_depot *depots; /* in the file's order */
	size_t ndepots;
	int interval_s;
	const char *socket;            /* absolute */
	struct ssh_config ssh;         /* its strings are in the arena */
};

/* path NULL: $XDG_CONFIG_HOME/maillage/config.yaml, else ~/.config/maillage/config.yaml. */
int settings_load(struct settings *out, struct arena *a, const char *path, struct err *e);

/* How to reach the hub of this folder: its depot's way, or the general one when it is not listed. Borrowed from s. */
const struct ssh_config *settings_ssh(const struct settings *s, const char *folder);

/* Add a depot to the default file, made when missing; comments and order of the rest stay. Listed already: nothing changes. */
int settings_register(const char *dir, struct err *e);

#endif
