/* public.h -- what the public may see: DOMAIN 4.6, as rules that decide, not habits that hope.
 *
 * A lesson is exported when its visibilite is `public` at the head and nothing about that is contested, and when it does
 * not rest on one single witness who has not agreed to be public. What is exported of it (public_build makes it, the
 * writers only print it):
 *
 *   1  no pseudonym; of people the types of actor only, even where the attribution would allow the role
 *   2  places as places.h says; beside a type that an EPCI has once (UNIQUE_ROLES) the department, else the regions of
 *      the collective; the names of small communes in its texts are masked
 *   3  attendance below PUBLIC_FEW is "<5" (out_public.c)
 *   4  a piece of evidence is quoted when it is public itself, its consent reaches `public`, and the permitted quotation
 *      allows; everything else is only counted. Dissent and its authors are only counted
 *   5  the single witness
 *   6  what free text says beyond that was the collective's to check before it left: the hub has no names to check against
 *
 * Nothing of a lesson that is not exported is said or counted here, not even that it is there.
 */
#ifndef LESSONS_PUBLIC_H
#define LESSONS_PUBLIC_H

#include "lessons/model.h"
#include "lessons/places.h"

#define PUBLIC_FEW 5

/* Sets m->places, and each lesson's `pub`: NULL, or the texts and codes of its doc after these rules, `territoires`, the
 * counts `appuis` ("2 entretiens ; 1 pratique") and `desaccords`, and `citations`: [{nature, role, types?, texte, champ, id,
 * collectif, commit, empreinte, etat, visibilite}]. */
void public_build(struct model *m);
/* visibilite public and etat partage at the head, and no difference open about who may see it. */
bool is_public(const struct source_record *rec);
/* A text of another record that is_public: pseudonyms, codes of communes and names of small ones in its territories masked. */
const char *public_text(const struct model *m, const struct source_record *rec, const char *text);
bool has_unique_role(const struct names *types); /* one of UNIQUE_ROLES */

#endif
