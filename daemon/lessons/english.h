/* english.h -- the English of what the program itself says in the outputs: headings, labels, counts.
 *
 * A table, not gettext: a file of aggregat/ is the same bytes in every locale, so its language comes from its name
 * (sheet.h) and never from whoever runs the program. What records say is quoted as it is.
 */
#ifndef LESSONS_ENGLISH_H
#define LESSONS_ENGLISH_H

/* fr: a whole literal of a writer, format signs included, or a word of words.h. NULL: none is known. */
const char *english_of(const char *fr);

#endif
