/* hubanswer.c -- a refusal waits for a person, a hub in trouble is asked again: to take one for the other stops a coordinator's syncing for
 * nothing, or asks for ever. Git tells them apart badly: a hook that a signal ended, or that cannot be started, has "declined" too.
 * But a refusal of ours always says why, and when our hook cannot judge it says so in a line of its own (hooks/pre-receive).
 */
#include "hubanswer.h"

#include "base/buf.h"

#include <string.h>

bool hub_says(const char *text, const char *const signs[], size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strstr(text, signs[i]))
			return true;
	return false;
}

static bool lost_race(const char *status)
{
	static const char *const signs[] = { "failed to update ref", "non-fast-forward",	"fetch first",
					     "stale info",	     "failed to lock",		"cannot lock ref",
					     "incorrect old value",  "reference already exists" };
	return hub_says(status, signs, sizeof signs / sizeof *signs);
}

/* The words without git's own noise (progress lines end in \r and are overwritten on a terminal). */
static void clean_words(struct buf *out, const char *words)
{
	while (*words) {
		size_t n = strcspn(words, "\r\n");
		bool shown = words[n] != '\r';
		size_t len = n;
		while (len && words[len - 1] == ' ')
			len--;
		if (shown && len) {
			if (out->n)
				buf_putc(out, '\n');
			buf_put(out, words, len);
		}
		words += n + (words[n] != 0);
	}
}

/* The hook's own line (hooks/pre-receive, its words are part of what a hub of another version says), or git's when it cannot start it. */
static bool could_not_judge(const char *words)
{
	static const char *const signs[] = { "maillage : le hub ne trouve pas son programme", "maillage : le programme du hub (",
					     "maillage : le hub n'a pas pu examiner", "cannot run hooks/pre-receive",
					     "cannot exec 'hooks/pre-receive'" };
	return !*words || hub_says(words, signs, sizeof signs / sizeof *signs);
}

int hub_answer(const char *status, const char *words, const char *url, struct err *e)
{
	static const char *const broken[] = { "unpacker error", "unable to migrate objects", "missing necessary objects" };
	struct buf said = BUF_INIT;
	int rc = ERR_REFUSED;
	if (lost_race(status))
		return err_set(e, ERR_RACE, _("%s : quelqu'un d'autre a envoyé entre-temps ; on récupère et on recommence"), url);
	clean_words(&said, words);
	if (hub_says(status, broken, sizeof broken / sizeof *broken) || (strstr(status, "hook declined") && could_not_judge(buf_str(&said))))
		rc = ERR_NET;
	err_set(e, rc, "%s", said.n ? said.at : status);
	if (!said.n)
		err_wrap(e, rc == ERR_REFUSED ? _("%s : le hub a refusé l'envoi") :
						_("%s : le hub n'a pas pu examiner cet envoi, rien n'a été pris ; on réessaiera, et si cela dure, prévenez la "
						  "personne qui tient le hub"),
			 url);
	buf_free(&said);
	return rc;
}
