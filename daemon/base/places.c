#include "places.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef PREFIX
#define PREFIX "/usr"
#endif

const char *place_program(void)
{
	static _Thread_local char exe[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof exe);
	if (n <= 0 || n == (ssize_t)sizeof exe)
		return "maillage";
	exe[n] = 0;
	return exe;
}

/* FOLDER-OF-PROGRAM/way/name; false when there is no `landmark` in FOLDER-OF-PROGRAM/way. */
static bool near(char out[PATH_MAX], const char *way, const char *name, const char *landmark)
{
	const char *exe = place_program(), *slash = strrchr(exe, '/');
	int n = slash ? (int)(slash - exe) : 0;
	if (!slash || snprintf(out, PATH_MAX, "%.*s/%s/%s", n, exe, way, landmark) >= PATH_MAX || access(out, R_OK))
		return false;
	return snprintf(out, PATH_MAX, "%.*s/%s/%s", n, exe, way, name) < PATH_MAX;
}

const char *place_data(const char *name)
{
	static _Thread_local char out[PATH_MAX];
	const char *told = getenv("MAILLAGE_DATADIR");
	if (told && *told && snprintf(out, sizeof out, "%s/%s", told, name) < (int)sizeof out)
		return out;
	/* the landmarks: of a program in /usr/bin, ../.. is the root folder, and may hold anything */
	if (!near(out, "../share/maillage", name, "schema") && !near(out, "../..", name, "daemon/maillage.c"))
		snprintf(out, sizeof out, PREFIX "/share/maillage/%s", name);
	return out;
}

const char *place_catalogues(void)
{
	static _Thread_local char out[PATH_MAX];
	static const char any[] = "en/LC_MESSAGES/maillage.mo"; /* a program of libc is called /usr/bin/locale */
	if (!near(out, "locale", "", any) && !near(out, "../share/locale", "", any))
		snprintf(out, sizeof out, PREFIX "/share/locale");
	return out;
}

bool place_has_program(const char *name)
{
	char file[PATH_MAX];
	for (const char *p = getenv("PATH"); p && *p; p += strcspn(p, ":"), p += *p == ':')
		if (snprintf(file, sizeof file, "%.*s/%s", (int)strcspn(p, ":"), p, name) < (int)sizeof file && !access(file, X_OK))
			return true;
	return false;
}
