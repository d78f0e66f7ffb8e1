/* page.h -- a sheet as one HTML page that needs nothing beside it: no script, no other file, printed on A4.
 *
 * Made from the sheet's own Markdown, so that the two cannot say different things, and only what sheet.h writes is
 * understood: headings, paragraphs, lists of two levels, tables under a caption, links, references. Everything else is
 * text, and every character of text is escaped: what a record says stays words, whatever it says.
 *
 * For people who do not see, or see no colours (RGAA): lang, a link past the heading, captions, header cells with their
 * scope, headings in the order of the sheet.
 */
#ifndef LESSONS_PAGE_H
#define LESSONS_PAGE_H

#include "lessons/model.h"

/* What stands in the Markdown of a page only; no text of a record holds them (sheet_text drops them). */
#define PAGE_QUOTE "\001"     /* here begins what a record says, */
#define PAGE_QUOTE_END "\002" /* and here it ends */
#define PAGE_FIGURE "\003"    /* a line of its own: the picture of the coverage (picture.h) */

void page_put(struct buf *out, const struct model *m, const char *markdown, bool english);

#endif
