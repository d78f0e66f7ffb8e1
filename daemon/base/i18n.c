#include "i18n.h"

#include <limits.h>
#include <stdbool.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef LOCALEDIR
#define LOCALEDIR "/usr/share/locale"
#endif

static const char *lang = "fr";

static const char *wanted(void)
{
	static const char *const vars[] = { "LC_ALL", "LC_MESSAGES", "LANG" };
	for (size_t i = 0; i < sizeof vars / sizeof *vars; i++) {
		const char *v = getenv(vars[i]);
		if (v && *v)
			return v;
	}
	return "";
}

/* The catalogue of a program that runs from its build folder lies beside it, in locale/. */
static void find_catalogue(void)
{
	char exe[PATH_MAX], dir[PATH_MAX + 16];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof exe - 1);
	if (n > 0) {
		exe[n] = 0;
		char *slash = strrchr(exe, '/');
		if (slash) {
			*slash = 0;
			snprintf(dir, sizeof dir, "%s/locale", exe);
			if (access(dir, R_OK) == 0) {
				bindtextdomain("maillage", dir);
				return;
			}
		}
	}
	bindtextdomain("maillage", LOCALEDIR);
}

void i18n_init(const char *argv0)
{
	(void)argv0;
	const char *l = getenv("LANGUAGE");
	const char *w = wanted();
	bool english = false;
	if (l && *l && strcmp(w, "C") && strcmp(w, "POSIX"))
		english = !strncmp(l, "en", 2);
	else
		english = !strncmp(w, "en", 2);
	/* A locale that is not installed would silently become "C", which gettext never translates. */
	if (!setlocale(LC_CTYPE, "C.UTF-8"))
		setlocale(LC_CTYPE, "");
	if (!english)
		return;
	lang = "en";
	setenv("LANGUAGE", "en", 1);
	setlocale(LC_MESSAGES, "C.UTF-8");
	find_catalogue();
	bind_textdomain_codeset("maillage", "UTF-8");
	textdomain("maillage");
}

const char *i18n_lang(void)
{
	return lang;
}
