// SPDX-License-Identifier: MIT
// Knows how findings about files are collected, ordered and printed.
#include "config/yaml.h"
#include "src/base/i18n.h"

void problems_release(struct problems *p)
{
	vec_release(p);
	arena_release(&p->arena);
	p->errors = 0;
}

void problems_add(struct problems *p, const char *file, int line, int col, enum lint_severity severity, const char *fmt, ...)
{
	// Findings of one file come in a row, so its name is mostly the one used last.
	const char *name = p->n && str_eq(p->v[p->n - 1].file, file) ? p->v[p->n - 1].file
								     : arena_strdup(&p->arena, file ? file : "");
	va_list ap;
	va_start(ap, fmt);
	const char *message = arena_vprintf(&p->arena, fmt, ap);
	va_end(ap);
	vec_push(p, ((struct problem){name, line, col, severity, message}));
	if (severity == LINT_ERROR)
		p->errors++;
}

static int by_place(const struct problem *a, const struct problem *b)
{
	int d = strcmp(a->file, b->file);
	if (!d)
		d = (a->line > b->line) - (a->line < b->line);
	return d ? d : (a->col > b->col) - (a->col < b->col);
}

// Merge sort, because findings at one place keep their order (qsort need not).
static void sort(struct problem *v, struct problem *tmp, size_t n)
{
	if (n < 2)
		return;
	size_t half = n / 2, i = 0, j = half, k = 0;
	sort(v, tmp, half);
	sort(v + half, tmp, n - half);
	while (i < half && j < n)
		tmp[k++] = by_place(&v[j], &v[i]) < 0 ? v[j++] : v[i++];
	while (i < half)
		tmp[k++] = v[i++];
	while (j < n)
		tmp[k++] = v[j++];
	memcpy(v, tmp, n * sizeof(*v));
}

void problems_sort(struct problems *p)
{
	p->errors = 0;
	if (!p->n)
		return;
	struct problem *tmp = xreallocarray(NULL, p->n, sizeof(*tmp));
	sort(p->v, tmp, p->n);
	free(tmp);
	size_t kept = 0;
	for (size_t i = 0; i < p->n; i++) {
		bool seen = false;
		for (size_t j = kept; j-- > 0 && !by_place(&p->v[j], &p->v[i]) && !seen;)
			seen = str_eq(p->v[j].message, p->v[i].message);
		if (seen)
			continue;
		p->errors += p->v[i].severity == LINT_ERROR;
		p->v[kept++] = p->v[i];
	}
	p->n = kept;
}

void problems_print(const struct problems *p, FILE *out)
{
	for (size_t i = 0; i < p->n; i++) {
		const struct problem *f = &p->v[i];
		fputs(f->file, out);
		if (f->line)
			fprintf(out, ":%d", f->line);
		if (f->line && f->col)
			fprintf(out, ":%d", f->col);
		fprintf(out, "%s%s%s\n", *f->file ? ": " : "", f->severity == LINT_WARNING ? _("warning: ") : "", f->message);
	}
}
