/* doctor_int.h -- what the doctor's examinations share: doctor.c (the computer), doctor_clone.c, doctor_hub.c. */
#ifndef CTL_DOCTOR_INT_H
#define CTL_DOCTOR_INT_H

#include "ctl/ctl.h"
#include "loop/settings.h"

struct doctor {
	struct arena *a;
	const char *dir;
	bool fix;
	struct repo *r;           /* own; NULL: neither a clone nor a hub's repository */
	struct settings settings; /* the defaults when the file cannot be read */
	struct val *rows;
	const char *where;        /* "ara.git", of a hub's repositories; NULL: what is looked at is one thing */
	const char *name;         /* of the examination under way */
	size_t told;              /* rows of it that say more than "all is well" */
};

enum finding { FINE, ADVICE, FAULT, MENDED };
/* One row of the examination under way. */
void doctor_say(struct doctor *d, enum finding what, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* Says what it finds; what it does not mention is well. */
typedef void (*examine_fn)(struct doctor *d);
struct examination {
	const char *name; /* translated */
	examine_fn run;
};
extern const struct examination doctor_clone[], doctor_hub[]; /* end with a NULL name */

#endif
