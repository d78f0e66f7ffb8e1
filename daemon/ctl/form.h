/* form.h -- the schema as questions: which fields a kind has, what is asked for, what may be answered, what a record lacks for a state,
 * and a record as people read it. For dialogues, completion, and whoever makes a form of it.
 *
 * OWNER   Results live in the arena of c.
 */
#ifndef CTL_FORM_H
#define CTL_FORM_H

#include "ctl/ctl.h"

/* A field, as the following give it: {champ, titre, sorte, aide?, codes?: [{code, titre}], fiches?: [genre], texte?, exemple?, longueur?,
 * depuis?, obligatoire, fixe}. champ: its path; sorte: SCHEMA_SORTS; codes, fiches: of the value, or of a list's items; texte: the field
 * that says most of an item; depuis: x-required-from; fixe: filled in by the program, or never changed. */

/* [{code, titre}] of a place's closed vocabulary; empty: it has none. */
struct val *form_codes(struct arena *a, const struct snode *s);

/* [{genre, titre, aide?}]: the kinds that a person may begin a record of. */
void ctl_form_kinds(struct val **out, struct ctl *c);
/* {genre, titre, aide?, champs: [...]}: every field of a kind, in the schema's order; those of a mapping one by one (confiance/globale). */
int ctl_form(struct val **out, struct ctl *c, const char *kind, struct err *e);
/* One field of a record, and what it holds: {..., valeur?}. */
int ctl_form_field(struct val **out, struct ctl *c, const char *id, const char *field, struct err *e);
/* Would this answer do for that field of a kind? Typed in *out; ERR_DATA with what is wrong. */
int ctl_form_try(struct val **out, struct ctl *c, const char *kind, const char *field, const char *text, struct err *e);
/* The records that a reference in this field may name, here or in the copy of the national repository: [{id, titre}] by id, CHOICES_MAX. */
int ctl_form_choices(struct val **out, struct ctl *c, const char *kind, const char *field, struct err *e);
#define CHOICES_MAX 500

/* What keeps the record from a state: {id, etat, titre, manquants: [field with `commande`], conseils: [text]}. conseils: what a state
 * should mean and no check asks (a validation of today's text, a visibility that shares). */
int ctl_lacks(struct val **out, struct ctl *c, const char *id, const char *state, struct err *e);

/* A record to be read: [{champ, titre, niveau, valeur?, libelle?}], mappings and items one level deeper. libelle: what people read for
 * the value: a code's label, the title of the record it names. */
int ctl_form_read(struct val **out, struct ctl *c, const char *id, struct err *e);

#endif
