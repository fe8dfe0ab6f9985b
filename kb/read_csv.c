// SPDX-License-Identifier: MIT
// Knows rows of comma-separated values (RFC 4180): quotes, doubled quotes, line ends inside a field.
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
static bool quoted(const char *p, const char *end, const char **after, struct str *field, int *lines)
{
	for (; p < end; p++) {
		if (*p == '"' && p + 1 < end && p[1] == '"') {
			str_addc(field, '"');
			p++;
		} else if (*p == '"') {
			*after = p + 1;
			return true;
		} else {
			*lines += *p == '\n';
			str_addc(field, *p);
		}
	}
	*after = end;
	return false;
}

bool kb_csv_row(struct sv *rest, struct kb_list *row, int *lines, struct arena *a, struct err *e)
{
	const char *p = rest->p, *end = rest->p + rest->n;
	struct str field = {0};
	size_t cap = 0;

	*row = (struct kb_list){0};
	if (p == end)
		return false;
	for (;;) {
		if (p < end && *p == '"' && !field.n) {
			if (!quoted(p + 1, end, &p, &field, lines))
				err_set(e, ERR_PARSE, _("a quote is not closed"));
			else if (p < end && *p != ',' && *p != '\n' && *p != '\r')
				err_set(e, ERR_PARSE, _("text follows a closing quote"));
		}
		while (p < end && *p != ',' && *p != '\n') {
			if (*p != '\r' || (p + 1 < end && p[1] != '\n'))
				str_addc(&field, *p);
			p++;
		}
		push(row, &cap, &field, a);
		if (p == end)
			break;
		if (*p++ == '\n') {
			(*lines)++;
			break;
		}
	}
	*rest = sv_n(p, (size_t)(end - p));
	str_release(&field);
	return true;
}
