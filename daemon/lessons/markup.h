/* markup.h -- what records say, as text of an XML or HTML file. */
#ifndef LESSONS_MARKUP_H
#define LESSONS_MARKUP_H

#include "base/buf.h"

/* Escaped for text and for attributes in double quotes; characters that XML does not know are dropped. */
void markup_text(struct buf *out, const char *s, size_t n);

#endif
