/* i18n.h -- messages for people. The source strings are French (the C locale shows them as they are);
 * English is the catalogue daemon/po/en.po. Code, logs' field names and machine formats are never translated.
 */
#ifndef BASE_I18N_H
#define BASE_I18N_H

#include <libintl.h>

#define _(s) gettext(s)
#define N_(s) (s) /* marks a string in a table; translate with _() where it is shown */

/* Called once by main. Chooses English when LC_ALL, LC_MESSAGES or LANG (the first that is set), or LANGUAGE, starts
 * with "en", even when that locale is not installed. Numbers and sorting always stay in the C locale. */
void i18n_init(const char *argv0);

/* "fr" or "en": which of a schema's bilingual labels to show. */
const char *i18n_lang(void);

#endif
