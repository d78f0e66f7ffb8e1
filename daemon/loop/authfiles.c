#include "authfiles.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

static void stamp_file(uint64_t *h, const char *path)
{
	struct stat st;
	char full[PATH_MAX];
	const char *home = getenv("HOME");
	if (!path)
		return;
	if (path[0] == '~' && path[1] == '/' && home)
		snprintf(full, sizeof full, "%s%s", home, path + 1);
	else
		snprintf(full, sizeof full, "%s", path);
	uint64_t part[3] = { 0 };
	if (stat(full, &st) == 0) {
		part[0] = (uint64_t)st.st_mtim.tv_sec * 1000000000u + (uint64_t)st.st_mtim.tv_nsec;
		part[1] = st.st_ino;
		part[2] = (uint64_t)st.st_size;
	}
	for (size_t i = 0; i < 3; i++)
		*h = (*h ^ part[i]) * 0x100000001b3u; /* FNV-1a, by words */
}

uint64_t authfiles_stamp(const struct ssh_config *ssh, const char *settings)
{
	uint64_t h = 0xcbf29ce484222325u;
	stamp_file(&h, ssh->key_file);
	stamp_file(&h, ssh->known_hosts);
	stamp_file(&h, settings);
	stamp_file(&h, "~/.ssh");
	stamp_file(&h, "~/.ssh/config");
	stamp_file(&h, ssh->passphrase_file);
	stamp_file(&h, ssh->agent); /* one that has just been started */
	stamp_file(&h, "~/.ssh/known_hosts");
	return h;
}
