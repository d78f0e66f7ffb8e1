/* places.h -- places as the public may see them: a role and a small commune together name a person.
 *
 * communes.csv of national.git says how many people live in a commune, and where it lies:
 *   commune,nom,epci,departement,population
 *   COM-03190,Moulins,EPCI-200071140,DEP-03,19474
 * It may hold all communes or some; nobody ships it, population figures change and belong to who publishes. A commune that
 * is not in it, or has no number, counts as small; without the file every commune does. A file that cannot be read counts
 * as none: that hides more, never less.
 *
 *   commune of PLACE_SMALL people or more   itself
 *   smaller                                 its EPCI, else its department (from the code when need be)
 *   beside a role that an EPCI has once     communes and EPCI: the department, else nothing (callers show the region)
 *   DEP-, REG-, ISO-                        itself; anything else: nothing
 *
 * OWNER  The arena; the bytes are borrowed.
 */
#ifndef LESSONS_PLACES_H
#define LESSONS_PLACES_H

#include "lessons/names.h"

#define PLACE_SMALL 2000
#define COMMUNES_FILE "communes.csv" /* of national.git */
#define COMMUNE_COLUMNS "commune,nom,epci,departement,population"

struct places;
struct places *places_read(struct arena *a, const char *bytes, size_t n); /* NULL: no file */
enum places_state { PLACES_ABSENT, PLACES_UNREADABLE, PLACES_READ };
enum places_state places_state(const struct places *p);
/* The codes instead of these, sorted, each once. unique_role: see above. */
struct names places_public(const struct places *p, const struct names *codes, bool unique_role);
/* The text with the codes of communes (COM-03190) replaced likewise, and the names of small ones by « [petite commune] »,
 * however they are written (capitals, accents, hyphens, « St »): that of a commune in `codes`, those around it (the EPCI and
 * departments of `codes`), and elsewhere those of several words that no larger commune has. The same pointer when it has none. */
const char *places_mask(struct places *p, const struct names *codes, const char *text, bool unique_role);

#endif
