/* doctor.h -- what is wrong with this clone, this hub or this computer, each cause by its name and with its remedy.
 *
 * The examinations only look. With `fix`, those that can be mended without taking anything from anybody are: locks that a dead program
 * left, damaged objects, git's settings, the hub's hook, the daemon's list.
 */
#ifndef CTL_DOCTOR_H
#define CTL_DOCTOR_H

#include "ctl/ctl.h"

/* {dossier, sorte: clone | hub | aucun, lignes: [{ou?, examen, etat: bien | avis | mal | repare, texte}], mal, avis, repares}. dir: a clone, a
 * hub's folder or repository, or neither: then only the program and the computer are looked at. The hub is asked over the network. */
int ctl_doctor(struct val **out, struct arena *a, const char *dir, bool fix, struct err *e);

#endif
