/* diffview.h -- differences and changes as people read them, word by word: by attributes on a terminal, [-gone-] {+new+} elsewhere. */
#ifndef CLI_DIFFVIEW_H
#define CLI_DIFFVIEW_H

#include "cli/verbs.h"

/* What became of a value, as one piece of text without a newline; long stretches that did not change are cut. Either may be NULL. */
void view_change(const struct val *before, const struct val *after);
/* One row of ctl_conflicts, with its proposals. `heading`: the record's title above it. */
void view_difference(const struct val *row, bool heading);
/* "Anne Martin (act-ara-...)", or the pseudonym: of a map with `par` (or `auteur`) and perhaps `nom`. */
void view_who(const struct val *by);
/* The name that this clone knows, else the pseudonym, in so many columns. */
void view_name(const struct val *by, int columns);
/* Text in so many columns, padded by spaces. */
void view_padded(const char *text, int columns);

/* Is the question whether a record or an item stays, not which value it has? */
bool is_presence(const struct val *row);
bool is_hard(const struct val *row); /* to be settled; else to be read */

#endif
