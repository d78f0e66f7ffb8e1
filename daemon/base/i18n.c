#include "i18n.h"
#include "places.h"

#include <stdbool.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

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
	bindtextdomain("maillage", place_catalogues());
	bind_textdomain_codeset("maillage", "UTF-8");
	textdomain("maillage");
}

const char *i18n_lang(void)
{
	return lang;
}
