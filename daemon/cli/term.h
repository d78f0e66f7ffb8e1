/* term.h -- the terminal: is a person there, what may be shown in attributes, one line or one key from them.
 *
 * Plain lines only: nothing moves the cursor, so that a slow ssh, a screen reader and a log of the session get the same text. What
 * attributes say is always said in words or signs as well.
 *
 * LIFE    term_begin before the first question, term_end after the last: in between Ctrl-C, a hang-up and SIGTERM end no program;
 *         the question under way answers TERM_STOP, and the caller puts away what it has.
 * THREAD  One, the command line's.
 */
#ifndef CLI_TERM_H
#define CLI_TERM_H

#include <stdbool.h>
#include <stdio.h>

#include "base/buf.h"

/* A person reads the questions and types the answers: standard input and output are both terminals. */
bool term_is_dialogue(void);
/* f is a terminal, so that words for people fit better than bytes for programs. */
bool term_is_shown(FILE *f);
/* Between stdout and the terminal stands a pager from now on, or none any more (pager.h). */
void term_paged(bool on);

enum term_attr { TERM_PLAIN, TERM_STRONG, TERM_FAINT, TERM_ADDED, TERM_REMOVED };
/* Switches an attribute on, for f; "" where attributes are not wanted: a pipe, NO_COLOR (no-color.org), TERM=dumb. TERM_PLAIN ends all. */
const char *term_attr(FILE *f, enum term_attr attr);
/* Attributes show on f, so that signs in their place are not needed. */
bool term_has_attrs(FILE *f);

int term_width(FILE *f); /* columns, 40 to 100; 80 when f is no terminal */
/* Print text broken at words, `indent` spaces before each line; `used`: columns of the first line that are taken already. Its own line
 * ends stay. Ends with a newline. */
void term_wrap(FILE *f, const char *text, int indent, int used);

enum term_answer {
	TERM_GIVEN,
	TERM_END, /* Ctrl-D, or the input ended */
	TERM_STOP /* Ctrl-C, hang-up, SIGTERM */
};
void term_begin(void);
void term_end(void);
/* One line without its newline and without white space around it. */
enum term_answer term_line(struct buf *out, const char *prompt);
/* One key of `keys` (lower case; capitals are taken for them), without Enter; other keys are not taken. The key is shown. */
enum term_answer term_key(char *key, const char *prompt, const char *keys);

#endif
