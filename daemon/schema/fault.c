#include "validate.h"

#include <string.h>

void fault_add(struct faults *f, struct arena *a, const struct fault *one)
{
	if (!one->warning)
		f->errors++;
	if (f->n < FAULTS_MAX) {
		arena_push(a, f, *one);
		return;
	}
	for (size_t i = f->n; !one->warning && i > 0; i--) { /* a fault must be seen, whatever stands before it */
		if (f->at[i - 1].warning) {
			f->at[i - 1] = *one;
			return;
		}
	}
}

void fault_print(struct buf *out, const struct fault *f)
{
	if (f->path && *f->path)
		buf_printf(out, "%s:", f->path);
	if (f->line > 0)
		buf_printf(out, "%d:%d:", f->line, f->col);
	if (out->n && out->at[out->n - 1] == ':')
		buf_putc(out, ' ');
	if (f->warning)
		buf_puts(out, _("attention : "));
	if (*f->field && f->title)
		buf_printf(out, _("%s (%s) : "), f->field, f->title);
	else if (*f->field)
		buf_printf(out, _("%s : "), f->field);
	buf_puts(out, f->msg);
}

static bool before(const struct fault *x, const struct fault *y)
{
	return x->line != y->line ? x->line < y->line : x->col < y->col;
}

void faults_sort(struct faults *f, size_t from)
{
	for (size_t i = from + 1; i < f->n; i++) {
		struct fault one = f->at[i];
		size_t k = i;
		for (; k > from && before(&one, &f->at[k - 1]); k--)
			f->at[k] = f->at[k - 1];
		f->at[k] = one;
	}
}
