/* complete.h -- `maillage __complete WORD... TYPED`, which the shells' completions (contrib/completions) ask: what may stand where TYPED stands.
 *
 * A line an answer, "word<TAB>what it is"; a first line ":files" or ":folders" leaves it to the shell. Never a word on stderr, always 0.
 * What an argument is comes from the usage line of its verb ("ID CHAMP VALEUR"), in French as the source has it.
 */
#ifndef CLI_COMPLETE_H
#define CLI_COMPLETE_H

#include "cli/verbs.h"

/* The n-th argument (from 0) that is no option in the verb's usage; false: there is none. */
bool usage_word_is(const struct verb *v, size_t n, const char *word);

int complete(struct app *app, int argc, char **argv);

#endif
