/* pager.h -- long answers on a terminal, a screen at a time: $MAILLAGE_PAGER, else $PAGER, else `less -FRX` where there is one.
 *
 * LIFE    if (pager_begin()) { print on stdout; if (!pager_end()) print again; }
 * FAILS   Nothing is lost: without a terminal or a pager, and with one that cannot be started, the words go to stdout as ever.
 */
#ifndef CLI_PAGER_H
#define CLI_PAGER_H

#include <stdbool.h>

/* From now on stdout goes to the pager. false: there is none, or none is wanted (no terminal, TERM=dumb, "cat", ""). */
bool pager_begin(void);
/* Waits until the reader is done; stdout is the terminal again. false: the pager could not be started, nobody has seen anything. */
bool pager_end(void);

#endif
