/* sheet.h -- a Markdown file being written: text made safe, sentences quoted with their reference.
 *
 * What people wrote is shown as written: characters that Markdown would act upon are escaped, line ends become spaces.
 */
#ifndef LESSONS_SHEET_H
#define LESSONS_SHEET_H

#include "lessons/outputs.h"

struct sheet {
	const struct model *m;
	struct buf *out; /* borrow */
};
/* As they are: */
void sheet_put(struct sheet *s, const char *markdown);
void sheet_printf(struct sheet *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Escaped: */
void sheet_text(struct sheet *s, const char *text);
void sheet_quote(struct sheet *s, const struct quote *q); /* « text » [reference] */
/* "- before : « ... » [ref]\n", nothing when doc has no such text. */
void sheet_item(struct sheet *s, const char *before, const struct val *doc, const char *key);
/* "ARA, BFC"; "aucun" when empty. */
void sheet_codes(struct sheet *s, const struct names *codes);

#endif
