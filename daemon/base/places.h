/* places.h -- where the program lies, and what was installed with it: schemas, hooks, catalogues; and whether another program is.
 *
 * Looked for from the program's own path first, so that a tree copied elsewhere and a build folder work as they are:
 *
 *   PREFIX/bin/maillage          PREFIX/share/maillage, PREFIX/share/locale
 *   TREE/build/FLAVOUR/maillage  TREE, TREE/build/FLAVOUR/locale
 *
 * then where the build was told that it would be installed (PREFIX in the Makefile).
 *
 * OWNER   Results are this thread's, until its next call of the same function.
 */
#ifndef BASE_PLACES_H
#define BASE_PLACES_H

#include <stdbool.h>

/* The path of this very program, for hooks and git's settings; its name where /proc does not say. */
const char *place_program(void);
/* What was installed under that name ("schema", "hooks/pre-receive"): in $MAILLAGE_DATADIR when set, else as above. It need not
 * exist. */
const char *place_data(const char *name);
/* The folder of LANGUAGE/LC_MESSAGES/maillage.mo. */
const char *place_catalogues(void);
/* Is there a program of that name on the PATH? */
bool place_has_program(const char *name);

#endif
