// SPDX-License-Identifier: MIT
// Knows the file of rows that an import refused: the rows as they were with what is wrong in front, ready to be corrected and
// imported again.
#include "kb/reject.h"

#include <errno.h>
#include <jansson.h>

#include "kb/draft.h"
#include "src/base/i18n.h"
#include "src/base/path.h"
#include "src/base/utf8.h"

#define OURS "_rejected"

void kb_rejects_init(struct kb_rejects *r, const char *path)
{
	size_t n = strlen(path);

	*r = (struct kb_rejects){.path = path, .csv = n > 4 && strcasecmp(path + n - 4, ".csv") == 0};
}

static void json_text(struct str *out, struct sv s)
{
	struct str clean = {0};

	utf8_clean(&clean, s, UTF8_KEEP_NL);
	json_t *v = json_stringn(str_z(&clean), clean.n);
	char *text = json_dumps(v, JSON_ENCODE_ANY);
	if (!text)
		BUG("text that was cleaned is no UTF-8");
	str_add(out, text);
	free(text);
	json_decref(v);
	str_release(&clean);
}

static void json_member(struct str *out, const char *name, struct sv value)
{
	json_text(out, sv(name));
	str_addc(out, ':');
	const char *cuts = kb_draft_cuts(name);
	json_t *list = cuts && sv_starts(value, "[") ? json_loadb(value.p, value.n, 0, NULL) : NULL;
	if (list) {
		char *text = json_dumps(list, JSON_COMPACT);
		str_add(out, text ? text : "[]");
		free(text);
		json_decref(list);
		return;
	}
	if (!cuts) {
		json_text(out, value);
		return;
	}
	size_t from = 0;
	str_addc(out, '[');
	for (size_t i = 0; i <= value.n; i++)
		if (i == value.n || strchr(cuts, value.p[i])) {
			if (from)
				str_addc(out, ',');
			json_text(out, sv_n(value.p + from, i - from));
			from = i + 1;
		}
	str_addc(out, ']');
}

// An object of JSON, whatever is wrong inside it: what we say goes in behind its bracket.
static bool splice(struct str *out, struct sv raw)
{
	size_t at = 1;

	raw = sv_trim(raw);
	if (!sv_starts(raw, "{") || !utf8_valid(raw) || memchr(raw.p, '\0', raw.n))
		return false;
	while (at < raw.n && (raw.p[at] == ' ' || raw.p[at] == '\n' || raw.p[at] == '\t' || raw.p[at] == '\r'))
		at++;
	if (at < raw.n && raw.p[at] != '}')
		str_addc(out, ',');
	for (size_t i = 1; i < raw.n; i++)
		str_addc(out, raw.p[i] == '\n' || raw.p[i] == '\r' ? ' ' : raw.p[i]);
	return true;
}

static void json_row(struct str *out, const char *why, const struct kb_bad_row *row)
{
	str_add(out, "{\"" OURS "\":");
	json_text(out, sv(why));
	if (row->cells && row->head && row->cells->n == row->head->n) {
		for (size_t i = 0; i < row->head->n; i++) {
			if (str_eq(row->head->v[i], OURS))
				continue;
			str_addc(out, ',');
			json_member(out, row->head->v[i], sv(row->cells->v[i]));
		}
		str_add(out, "}\n");
		return;
	}
	if (row->cells || !splice(out, row->raw)) {
		str_add(out, ",\"_row\":");
		json_text(out, row->raw);
		str_addc(out, '}');
	}
	str_addc(out, '\n');
}

static void csv_header(struct str *out, const struct kb_list *head)
{
	str_add(out, OURS);
	for (size_t i = 0; head && i < head->n; i++)
		if (!str_eq(head->v[i], OURS)) {
			str_addc(out, ',');
			kb_csv_put(out, sv(head->v[i]));
		}
	if (!head)
		str_add(out, ",_row");
	str_add(out, "\r\n");
}

static void csv_row(struct str *out, const char *why, const struct kb_bad_row *row, bool same_columns)
{
	struct str clean = {0};

	kb_csv_put(out, sv(why));
	for (size_t i = 0; same_columns && i < row->cells->n; i++) {
		if (i < row->head->n && str_eq(row->head->v[i], OURS))
			continue;
		str_addc(out, ',');
		str_clear(&clean);
		utf8_clean(&clean, sv(row->cells->v[i]), UTF8_KEEP_NL);
		kb_csv_put(out, sv_n(str_z(&clean), clean.n));
	}
	if (!same_columns) {
		str_addc(out, ',');
		utf8_clean(&clean, row->raw, UTF8_KEEP_NL);
		kb_csv_put(out, sv_n(str_z(&clean), clean.n));
	}
	str_add(out, "\r\n");
	str_release(&clean);
}

static bool failed(const struct kb_rejects *r, struct err *e)
{
	return err_set(e, err_from_errno(errno), _("cannot write %s: %s"), r->path, strerror(errno));
}

static bool begin(struct kb_rejects *r, const struct kb_bad_row *row, bool append, struct err *e)
{
	r->f = fopen(r->path, append ? "ae" : "we");
	if (!r->f)
		return failed(r, e);
	if (!r->csv)
		return true;
	csv_header(&r->head, row->head);
	fseek(r->f, 0, SEEK_END);
	return ftell(r->f) > 0 || fwrite(r->head.s, 1, r->head.n, r->f) == r->head.n || failed(r, e);
}

bool kb_rejects_add(struct kb_rejects *r, const struct kb_bad_row *row, bool append, struct err *e)
{
	struct str out = {0}, head = {0};
	char *why = xasprintf("%s:%d: %s", row->file, row->line, row->msg);
	bool ok = r->f || begin(r, row, append, e);

	if (r->csv && row->head)
		csv_header(&head, row->head);
	if (r->csv)
		csv_row(&out, why, row, row->cells && head.n == r->head.n && memcmp(head.s, r->head.s, head.n) == 0);
	else
		json_row(&out, why, row);
	// on the disk's way before the place behind it is committed
	ok = ok && ((fwrite(out.s, 1, out.n, r->f) == out.n && fflush(r->f) == 0) || failed(r, e));
	str_release(&head);
	str_release(&out);
	free(why);
	return ok;
}

bool kb_rejects_close(struct kb_rejects *r, bool append, struct err *e)
{
	bool ok = true;

	if (r->f)
		ok = fclose(r->f) == 0 || failed(r, e);
	else if (r->path && !append && path_exists(r->path)) {
		FILE *f = fopen(r->path, "we");
		ok = f ? fclose(f) == 0 : failed(r, e);
	}
	str_release(&r->head);
	*r = (struct kb_rejects){0};
	return ok;
}
