#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/stat.h>
#include <cmocka.h>

#include "base/fsio.h"
#include "loop/settings.h"

static struct arena a;
static char dir[PATH_MAX], config[PATH_MAX];
static struct err e;

static int fresh(void **st)
{
	(void)st;
	snprintf(dir, sizeof dir, "%s/settings-XXXXXX", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
	assert_non_null(mkdtemp(dir));
	snprintf(config, sizeof config, "%.3000s/maillage/config.yaml", dir);
	setenv("XDG_CONFIG_HOME", dir, 1);
	setenv("HOME", "/home/personne", 1);
	unsetenv("XDG_RUNTIME_DIR");
	unsetenv("SSH_AUTH_SOCK");
	arena_init(&a);
	a.armed = true;
	e = (struct err){ 0 };
	return 0;
}

static int over(void **st)
{
	(void)st;
	arena_end(&a);
	return fs_remove_tree(dir, NULL);
}

static void write_config(const char *text)
{
	assert_int_equal(fs_mkparents(config, &e), 0);
	assert_int_equal(fs_write(config, text, strlen(text), &e), 0);
}

static int load(struct settings *s)
{
	return settings_load(s, &a, NULL, &e);
}

static void missing_file_means_defaults(void **st)
{
	(void)st;
	struct settings s;
	assert_int_equal(load(&s), 0);
	assert_string_equal(s.path, config);
	assert_int_equal(s.ndepots, 0);
	assert_int_equal(s.interval_s, SETTINGS_INTERVAL_S);
	assert_null(s.ssh.key_file);
	assert_null(s.ssh.agent);
	assert_int_equal(s.ssh.transport, SSH_NATIVE);
	char socket[PATH_MAX];
	snprintf(socket, sizeof socket, "%.3000s/maillage/maillage.sock", dir);
	assert_string_equal(s.socket, socket);
	setenv("XDG_RUNTIME_DIR", "/run/user/1", 1);
	setenv("SSH_AUTH_SOCK", "/tmp/agent", 1);
	assert_int_equal(load(&s), 0);
	assert_string_equal(s.socket, "/run/user/1/maillage.sock");
	assert_string_equal(s.ssh.agent, "/tmp/agent");
	assert_int_equal(settings_load(&s, &a, "/nulle/part.yaml", &e), ERR_NOTFOUND); /* asked for by name */
	unsetenv("HOME");
	setenv("XDG_CONFIG_HOME", "relatif", 1);
	assert_int_equal(load(&s), ERR_CONFIG);
}

static void everything_is_read(void **st)
{
	(void)st;
	struct settings s;
	write_config("# à moi\n"
		     "depots:\n"
		     "  - dossier: ~/maillage/ara\n"
		     "  - {dossier: /srv/bfc, intervalle: 60}\n"
		     "intervalle: 120\n"
		     "cle_ssh: ~/.ssh/id_maillage\n"
		     "known_hosts: /etc/hotes\n"
		     "transport: natif\n"
		     "phrase_de_passe: /run/phrase\n"
		     "agent_ssh: ~/agent\n"
		     "delais: {connexion: 5, negociation: 8, silence: 20, total: 600}\n"
		     "socket: /run/m.sock\n");
	assert_int_equal(load(&s), 0);
	assert_int_equal(s.ndepots, 2);
	assert_string_equal(s.depots[0].folder, "/home/personne/maillage/ara");
	assert_int_equal(s.depots[0].interval_s, 120);
	assert_string_equal(s.depots[1].folder, "/srv/bfc");
	assert_int_equal(s.depots[1].interval_s, 60);
	assert_string_equal(s.ssh.key_file, "/home/personne/.ssh/id_maillage");
	assert_string_equal(s.ssh.known_hosts, "/etc/hotes");
	assert_string_equal(s.ssh.passphrase_file, "/run/phrase");
	assert_string_equal(s.ssh.agent, "/home/personne/agent");
	assert_int_equal(s.ssh.connect_ms, 5000);
	assert_int_equal(s.ssh.handshake_ms, 8000);
	assert_int_equal(s.ssh.idle_ms, 20000);
	assert_int_equal(s.ssh.total_ms, 600000);
	assert_string_equal(s.socket, "/run/m.sock");
}

/* A depot says only what is different for it, wherever the general keys stand. */
static void each_depot_its_own_way(void **st)
{
	(void)st;
	struct settings s;
	char one[PATH_MAX], text[3 * PATH_MAX];
	snprintf(one, sizeof one, "%.3000s/un", dir);
	assert_int_equal(mkdir(one, 0755), 0);
	snprintf(text, sizeof text,
		 "depots:\n"
		 "  - dossier: %s\n"
		 "    transport: openssh\n"
		 "    delais: {silence: 600}\n"
		 "  - {dossier: /srv/bfc, cle_ssh: /cle, known_hosts: /hotes, agent_ssh: /agent, phrase_de_passe: /p}\n"
		 "cle_ssh: /generale\n"
		 "delais: {connexion: 60}\n",
		 one);
	write_config(text);
	assert_int_equal(load(&s), 0);
	assert_int_equal(s.depots[0].ssh.transport, SSH_PROGRAM);
	assert_int_equal(s.depots[0].ssh.idle_ms, 600000);
	assert_int_equal(s.depots[0].ssh.connect_ms, 60000);
	assert_string_equal(s.depots[0].ssh.key_file, "/generale");
	assert_int_equal(s.depots[1].ssh.transport, SSH_NATIVE);
	assert_int_equal(s.depots[1].ssh.idle_ms, 0);
	assert_string_equal(s.depots[1].ssh.key_file, "/cle");
	assert_string_equal(s.depots[1].ssh.known_hosts, "/hotes");
	assert_string_equal(s.depots[1].ssh.agent, "/agent");
	assert_string_equal(s.depots[1].ssh.passphrase_file, "/p");
	assert_int_equal(s.ssh.transport, SSH_NATIVE);
	assert_string_equal(s.ssh.key_file, "/generale");
	strcat(one, "/.");
	assert_ptr_equal(settings_ssh(&s, one), &s.depots[0].ssh);
	assert_ptr_equal(settings_ssh(&s, dir), &s.ssh);
	assert_ptr_equal(settings_ssh(&s, "/nulle/part"), &s.ssh);
}

/* The example that is shipped is one: as it is, and with its comments taken for what they propose. */
static void the_example_is_right(void **st)
{
	(void)st;
	struct settings s;
	struct buf b = BUF_INIT, bare = BUF_INIT;
	char example[PATH_MAX];
	snprintf(example, sizeof example, "%s/contrib/config.yaml", getenv("ROOT"));
	assert_int_equal(fs_read(&b, example, 100000, &e), 0);
	write_config(b.at);
	if (load(&s))
		fail_msg("%s", e.msg);
	for (const char *p = b.at; *p; p++) { /* "#key: value" is a proposal, "# words" is not */
		size_t n = strcspn(p, "\n");
		bool proposal = *p == '#' && p[1] != ' ' && n > 1;
		if (proposal || *p != '#')
			buf_printf(&bare, "%.*s\n", (int)(n - proposal), p + proposal);
		p += n;
	}
	write_config(bare.at);
	if (load(&s))
		fail_msg("%s", e.msg);
	assert_int_equal(s.ssh.transport, SSH_NATIVE);
	assert_int_equal(s.ssh.connect_ms, SSH_CONNECT_MS);
	assert_int_equal(s.ssh.handshake_ms, SSH_HANDSHAKE_MS);
	assert_int_equal(s.ssh.idle_ms, SSH_IDLE_MS);
	assert_int_equal(s.ssh.total_ms, SSH_TOTAL_MS);
	assert_int_equal(s.interval_s, SETTINGS_INTERVAL_S);
	assert_true(s.ssh.key_file && s.ssh.known_hosts && s.ssh.agent && s.ssh.passphrase_file);
	buf_free(&b);
	buf_free(&bare);
}

static void empty_files_are_fine(void **st)
{
	(void)st;
	static const char *const texts[] = { "", "\n\n", "# rien encore\n", "# rien", "depots:\n", "depots: []\n" };
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct settings s;
		write_config(texts[i]);
		assert_int_equal(load(&s), 0);
		assert_int_equal(s.ndepots, 0);
	}
}

static void faults_name_the_line(void **st)
{
	(void)st;
	static const struct {
		const char *text, *where, *what;
	} bad[] = {
		{ "intervale: 3\n", ":1:", "intervale" },
		{ "depots:\n  - dossier: /a\n    intervalle: vite\n", ":3:", "secondes" },
		{ "depots:\n  - dossier: /a\n    interval: 3\n", ":3:", "interval" },
		{ "intervalle: 0\n", ":1:", "secondes" },
		{ "intervalle: 9999999\n", ":1:", "secondes" },
		{ "depots: /a\n", ":1:", "liste" },
		{ "depots:\n  - /a\n", ":2:", "dossier" },
		{ "depots:\n  - intervalle: 3\n", ":2:", "dossier" },
		{ "depots:\n  - dossier: maillage/ara\n", ":2:", "complet" },
		{ "\ncle_ssh: [a]\n", ":2:", "chemin" },
		{ "transport: pigeon\n", ":1:", "openssh" },
		{ "depots:\n  - dossier: /a\n    transport: 3\n", ":3:", "natif" },
		{ "delais: {connexion: 0}\n", ":1:", "entre 1 et 300" },
		{ "delais:\n  negociation: 301\n", ":2:", "entre 1 et 300" },
		{ "delais: {silence: 14}\n", ":1:", "entre 15 et 3600" },
		{ "delais: {total: 59}\n", ":1:", "« total »" },
		{ "delais: {total: 99999999999}\n", ":1:", "entre 60 et 86400" },
		{ "delais: {silence: 30s}\n", ":1:", "nombre de secondes" },
		{ "depots:\n  - dossier: /a\n    delais: {total: -5}\n", ":3:", "entre 60 et 86400" },
		{ "delais: 3\n", ":1:", "connexion" },
		{ "delais: {conexion: 3}\n", ":1:", "conexion" },
		{ "socket: ''\n", ":1:", "chemin" },
		{ "- dossier: /a\n", ":1:", "" },
		{ "socket: &a /b\n", ":1:", "" },
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct settings s = { .interval_s = 77 };
		write_config(bad[i].text);
		assert_int_equal(load(&s), ERR_CONFIG);
		assert_non_null(strstr(e.msg, "config.yaml"));
		assert_non_null(strstr(e.msg, bad[i].where));
		assert_non_null(strstr(e.msg, bad[i].what));
		assert_int_equal(s.interval_s, 77); /* outputs are untouched on failure */
	}
}

static void limits(void **st)
{
	(void)st;
	struct settings s;
	struct buf b = BUF_INIT;
	buf_puts(&b, "depots:\n");
	for (int i = 0; i <= SETTINGS_MAX_DEPOTS; i++)
		buf_printf(&b, "  - dossier: /srv/d%d\n", i);
	write_config(b.at);
	assert_int_equal(load(&s), ERR_CONFIG);
	buf_reset(&b);
	buf_fill(&b, '#', SETTINGS_MAX_BYTES + 1);
	write_config(b.at);
	assert_int_equal(load(&s), ERR_CONFIG);
	buf_free(&b);
}

static void a_clone_is_registered_once(void **st)
{
	(void)st;
	struct settings s;
	char one[PATH_MAX], two[PATH_MAX], link[PATH_MAX];
	snprintf(one, sizeof one, "%.3000s/été ara", dir);
	snprintf(two, sizeof two, "%.3000s/bfc", dir);
	snprintf(link, sizeof link, "%.3000s/lien", dir);
	assert_int_equal(mkdir(one, 0755) | mkdir(two, 0755) | symlink(one, link), 0);
	assert_int_equal(settings_register(one, &e), 0); /* the file does not exist yet */
	assert_int_equal(settings_register(two, &e), 0);
	assert_int_equal(settings_register(one, &e), 0);
	assert_int_equal(settings_register(link, &e), 0);
	assert_int_equal(load(&s), 0);
	assert_int_equal(s.ndepots, 2);
	assert_string_equal(s.depots[0].folder, one);
	assert_string_equal(s.depots[1].folder, two);
	assert_int_equal(settings_register("/nulle/part", &e), ERR_NOTFOUND);
}

static void what_people_wrote_stays(void **st)
{
	(void)st;
	struct buf b = BUF_INIT;
	struct settings s;
	write_config("# ma configuration\nintervalle: 60   # une minute\n");
	assert_int_equal(settings_register(dir, &e), 0);
	assert_int_equal(fs_read(&b, config, 10000, &e), 0);
	assert_memory_equal(b.at, "# ma configuration\nintervalle: 60   # une minute\n", 48);
	assert_int_equal(load(&s), 0);
	assert_int_equal(s.ndepots, 1);
	assert_int_equal(s.depots[0].interval_s, 60);
	buf_reset(&b);
	write_config("# seulement un commentaire");
	assert_int_equal(settings_register(dir, &e), 0);
	assert_int_equal(fs_read(&b, config, 10000, &e), 0);
	assert_memory_equal(b.at, "# seulement un commentaire\n", 27);
	assert_int_equal(load(&s), 0);
	assert_int_equal(s.ndepots, 1);
	buf_reset(&b);
	write_config("intervale: 60\n"); /* a file with a mistake is not made worse */
	assert_int_equal(settings_register(dir, &e), ERR_CONFIG);
	assert_int_equal(fs_read(&b, config, 10000, &e), 0);
	assert_string_equal(b.at, "intervale: 60\n");
	buf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, fresh, over)
		T(missing_file_means_defaults), T(everything_is_read), T(each_depot_its_own_way), T(the_example_is_right),
		T(empty_files_are_fine), T(faults_name_the_line),
		T(limits), T(a_clone_is_registered_once), T(what_people_wrote_stays),
	};
	return cmocka_run_group_tests_name("settings", tests, NULL, NULL);
}
