/* editor.h -- what tells a person's editor which schema a record follows; nothing of ours depends on it. */
#ifndef SCHEMA_EDITOR_H
#define SCHEMA_EDITOR_H

#include "schema.h"

#define EDITOR_SETTINGS ".vscode/settings.json"

/* The text of EDITOR_SETTINGS for a repository that follows these schemas: a function of their kinds and folders only, so a file
 * that still has the text for the former schemas is one that nobody has edited. */
const char *editor_settings(struct arena *a, const struct schemas *set);

#endif
