// SPDX-License-Identifier: MIT
// Knows rows of comma-separated values (RFC 4180): quotes, doubled quotes, line ends inside a field; other separators too.
#include "kb/draft.h"
#include "src/base/i18n.h"

static void push(struct kb_list *row, size_t *cap, struct str *field, struct arena *a)
{
	if (row->n == *cap) {
		size_t want = *cap ? 2 * *cap : 16;
		const char **v = arena_array(a, const char *, want);
		if (row->n)
			memcpy(v, row->v, row->n * sizeof(*v));
		row->v = v;
		*cap = want;
	}
	row->v[row->n++] = arena_strndup(a, str_z(field), field->n);
	str_clear(field);
}

// Behind the opening quote; true when the closing one was found.
static bool quoted(const char *p, const char *end, const char **after, struct str *field)
{
	while (p < end) {
		const char *quote = memchr(p, '"', (size_t)(end - p));
		if (!quote) {
			str_addn(field, p, (size_t)(end - p));
			break;
		}
		str_addn(field, p, (size_t)(quote - p));
		*after = p = quote + 1;
		if (p == end || *p != '"')
			return true;
		str_addc(field, '"');
		p++;
	}
	*after = end;
	return false;
}

bool kb_csv_cells(struct sv row, char separator, struct kb_list *cells, struct arena *a, struct err *e)
{
	const char *p = row.p, *end = row.p + row.n;
	struct str field = {0};
	size_t cap = 0;
	bool ok = true;

	*cells = (struct kb_list){0};
	for (;;) {
		if (p < end && *p == '"') {
			if (!quoted(p + 1, end, &p, &field))
				ok = err_set(e, ERR_PARSE, _("a quote is not closed: a quote inside a field is written twice"));
			else if (p < end && *p != separator)
				ok = err_set(e, ERR_PARSE, _("text follows a closing quote: a quote inside a field is written twice"));
		}
		const char *to = memchr(p, separator, (size_t)(end - p));
		str_addn(&field, p, (size_t)((to ? to : end) - p));
		push(cells, &cap, &field, a);
		if (!to)
			break;
		p = to + 1;
	}
	str_release(&field);
	return ok;
}

char kb_csv_separator(struct sv header)
{
	static const char all[] = {',', ';', '\t'};
	size_t n[sizeof(all)] = {0}, best = 0;
	bool text = false;

	for (size_t i = 0; i < header.n && (text || header.p[i] != '\n'); i++) {
		text ^= header.p[i] == '"';
		for (size_t k = 0; k < sizeof(all) && !text; k++)
			n[k] += header.p[i] == all[k];
	}
	for (size_t k = 1; k < sizeof(all); k++)
		if (n[k] > n[best])
			best = k;
	return all[best];
}

void kb_csv_put(struct str *out, struct sv field)
{
	bool plain = true;

	for (size_t i = 0; i < field.n && plain; i++)
		plain = field.p[i] != '"' && field.p[i] != ',' && field.p[i] != '\n' && field.p[i] != '\r' && field.p[i] != ';' &&
			field.p[i] != '\t';
	if (plain) {
		str_addn(out, field.p, field.n);
		return;
	}
	str_addc(out, '"');
	for (size_t i = 0; i < field.n; i++) {
		if (field.p[i] == '"')
			str_addc(out, '"');
		str_addc(out, field.p[i]);
	}
	str_addc(out, '"');
}
