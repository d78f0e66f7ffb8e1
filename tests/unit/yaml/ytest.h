/* ytest.h -- what the tests of this floor share: parse a text or die, edit data by a path, rewrite and show. */
#ifndef YTEST_H
#define YTEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "yaml/ynode.h"

static inline struct ydoc *parsed_n(struct arena *a, const char *text, size_t n)
{
	struct ydoc *d = NULL;
	struct err e = { 0 };
	if (ydoc_parse(&d, a, "t.yaml", text, n, NULL, &e) < 0)
		fail_msg("%s\n%s", e.msg, text);
	return d;
}

static inline struct ydoc *parsed(struct arena *a, const char *text)
{
	return parsed_n(a, text, strlen(text));
}

static inline struct val *data(struct arena *a, const char *text)
{
	return val_copy(a, ydoc_val(parsed(a, text)));
}

/* The text that ydoc_rewrite gives, in the arena. NULL and a message printed when it refuses. */
static inline const char *rewritten(struct arena *a, const struct ydoc *canvas, const struct val *target,
				    const struct yfrom *from, const struct yshape_ops *ops, const void *shape)
{
	struct buf b = BUF_INIT;
	struct err e = { 0 };
	int code = ydoc_rewrite(&b, canvas, target, from, ops, shape, &e);
	if (code < 0) {
		buf_free(&b);
		print_message("refused: %s\n", e.msg);
		return NULL;
	}
	const char *s = arena_dupn(a, buf_str(&b), b.n);
	buf_free(&b);
	return s;
}

#endif
