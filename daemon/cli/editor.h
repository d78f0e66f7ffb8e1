/* editor.h -- somebody's own editor on a file: $VISUAL, $EDITOR, else one that most machines have. */
#ifndef CLI_EDITOR_H
#define CLI_EDITOR_H

#include "cli/job.h"

/* Waits until it is closed. Non-zero: none was found or it failed; said on stderr. */
/* A text of its own, in a file of the clone's .git/maillage while it is edited; `below` stands under it behind a line that says so, and
 * does not come back. One newline at the end is taken off. ERR_CANCELLED: the editor failed, or nothing was changed. */
int editor_text(const char **out, struct job *j, const char *text, const char *below);
/* A record's file: open, check on return, show the faults at their lines, and on a terminal ask whether to go back, keep it as it is or put
 * it aside. before: what the file held when this began (NULL: it is new). Returns an exit code. */
int editor_record(struct job *j, const struct app *app, const char *id, const char *path, const char *before, size_t n);

#endif
