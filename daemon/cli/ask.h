/* ask.h -- one field asked from somebody at a terminal, as the schema describes it (ctl/form.h). */
#ifndef CLI_ASK_H
#define CLI_ASK_H

#include "cli/job.h"
#include "cli/term.h"

enum asked {
	ASK_GIVEN,
	ASK_SKIPPED, /* an empty answer */
	ASK_DONE,    /* "." or Ctrl-D: no more questions */
	ASK_STOPPED  /* Ctrl-C, hang-up */
};
/* *answer: text for ctl_value, checked against the field. `where`: "[2/9] " before the label. */
enum asked ask_field(const char **answer, struct job *j, const char *kind, const struct val *field, const char *where);
/* The kind of a new record, by number or name. */
enum asked ask_kind(const char **kind, struct job *j);

#endif
