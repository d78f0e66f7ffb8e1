/* sheet.h -- a Markdown file being written: text made safe, sentences quoted with their reference; and the same as a
 * page (page.h), in French or in English.
 *
 * What people wrote is shown as written: characters that Markdown would act upon are escaped, line ends become spaces. The
 * name of the part says the rest: *.en.* speaks English (english.h), *.html is a page. A writer says everything once, in
 * French.
 *
 * LIFE  sheet_of -> sheet_* -> sheet_end.
 */
#ifndef LESSONS_SHEET_H
#define LESSONS_SHEET_H

#include "lessons/outputs.h"

struct sheet {
	const struct model *m;
	struct buf *out; /* borrow */
	bool english, page;
};
struct sheet sheet_of(const struct part *p);
void sheet_end(struct sheet *s); /* makes it the page that it is to be */
bool sheet_is_copy(const char *path); /* says what the French Markdown beside it says */

/* As they are, or their English: */
void sheet_put(struct sheet *s, const char *markdown);
void sheet_printf(struct sheet *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
const char *sheet_word(const struct sheet *s, const char *code); /* word_code */
/* Escaped: */
void sheet_text(struct sheet *s, const char *text);
void sheet_label(struct sheet *s, const char *concept); /* concept_label, or the English one */
void sheet_quote(struct sheet *s, const struct quote *q); /* « text » [reference] */
/* "- before : « ... » [ref]\n", nothing when doc has no such text. */
void sheet_item(struct sheet *s, const char *before, const struct val *doc, const char *key);
/* "ARA, BFC"; "aucun" when empty. */
void sheet_codes(struct sheet *s, const struct names *codes);
/* supports_count; "aucun" when there are none. */
void sheet_supports(struct sheet *s, const struct val *doc);
void sheet_figure(struct sheet *s); /* on a page: the picture of the coverage */

#endif
