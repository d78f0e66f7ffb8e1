/* sshplay.h -- a script in the place of the ssh program: for what no real one does on demand.
 *
 * sshplay_begin puts a folder of its own before PATH, sshplay_end removes it; sshplay_set says what `ssh` does from now on.
 */
#ifndef TESTS_SSHPLAY_H
#define TESTS_SSHPLAY_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/fsio.h"

struct sshplay_case {
	const char *script;
	int want;
	const char *said;
};

static char sshplay_folder[300];

static inline void sshplay_begin(void)
{
	char path[4096];
	snprintf(sshplay_folder, sizeof sshplay_folder, "%s/played-XXXXXX", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
	assert_non_null(mkdtemp(sshplay_folder));
	snprintf(path, sizeof path, "%s:%s", sshplay_folder, getenv("PATH"));
	setenv("PATH", path, 1);
}

static inline int sshplay_end(void)
{
	return fs_remove_tree(sshplay_folder, NULL);
}

static inline void sshplay_set(const char *script)
{
	struct buf b = BUF_INIT;
	struct err e = { 0 };
	char file[320];
	buf_printf(&b, "#!/bin/sh\n%s\n", script);
	snprintf(file, sizeof file, "%s/ssh", sshplay_folder);
	if (fs_write(file, b.at, b.n, &e) || chmod(file, 0755))
		fail_msg("%s: %s", file, e.msg);
	buf_free(&b);
}

#endif
