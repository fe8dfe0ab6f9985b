// SPDX-License-Identifier: MIT
// Knows how drafts lie in their table, who may see them, and what a new article begins with.
#include "kb/drafts.h"

#include "kb/draft.h"
#include "kb/rows.h"
#include "src/base/i18n.h"
#include "src/desk/role.h"

static const char *text_of(sqlite3_stmt *st, int col, struct arena *a)
{
	return arena_strndup(a, kb_col(st, col).p, kb_col(st, col).n);
}

bool kb_text_from_json(const char *doc, const char *zone, struct kb_text *out, struct arena *a, struct err *e)
{
	struct kb_draft d;

	kb_draft_init(&d, zone, a);
	if (!kb_read_json_row(&d, sv(doc), e))
		return false;
	*out = kb_text_filled(&d.t);
	return true;
}

bool kb_drafts_writer(const struct kb_next *d, const char *who)
{
	for (size_t i = 0; i < d->writers.n; i++)
		if (str_eq(d->writers.v[i], who))
			return true;
	return str_eq(d->author, who);
}

bool kb_drafts_visible(const struct kb_next *d, const struct kb_viewer *viewer)
{
	return !viewer || viewer->shared || kb_drafts_writer(d, viewer->id) || user_may(viewer->roles, RIGHT_KB_EDIT) ||
	       (d->state == KB_IN_REVIEW && user_may(viewer->roles, RIGHT_KB_APPROVE));
}

enum { ID, STATE, BASE, GAP, REV, TITLE, AUTHOR, WRITERS, NOTE, REPLY, CREATED, UPDATED, CURRENT, DOC };
#define COLUMNS                                                                                                        \
	"d.id, d.state, d.base_ver, d.gap, d.rev, d.title, d.author, d.writers, d.note, d.reply, d.created_at, "           \
	"d.updated_at, coalesce(a.ver, 0)"

static void read_row(sqlite3_stmt *st, struct kb_next *out, struct arena *a)
{
	*out = (struct kb_next){
		.id = text_of(st, ID, a), .title = text_of(st, TITLE, a), .base_ver = sqlite3_column_int(st, BASE),
		.current = sqlite3_column_int(st, CURRENT), .gap = sqlite3_column_int64(st, GAP), .rev = sqlite3_column_int(st, REV),
		.author = text_of(st, AUTHOR, a), .note = text_of(st, NOTE, a), .reply = text_of(st, REPLY, a),
		.writers = kb_list_parse(kb_col(st, WRITERS), a), .created_at = sqlite3_column_int64(st, CREATED),
		.updated_at = sqlite3_column_int64(st, UPDATED),
	};
	if (!kb_state_parse(kb_col(st, STATE), &out->state))
		out->state = KB_WIP;
}

bool kb_drafts_get(struct kb *kb, const char *id, const struct kb_viewer *viewer, struct kb_next *out, struct arena *a, struct err *e)
{
	sqlite3_stmt *st = kb_stmt(kb, "SELECT " COLUMNS ", d.doc FROM kb_draft d LEFT JOIN article a ON a.id = d.id WHERE d.id = ?", e);
	int at = 0;

	*out = (struct kb_next){0};
	if (!st)
		return false;
	kb_bind_text(st, &at, sv(id));
	enum kb_step s = kb_step(kb, st, e);
	if (s == KB_FAILED)
		return false;
	if (s == KB_DONE)
		return err_set(e, ERR_NOT_FOUND, _("there is no draft of %s"), id);
	read_row(st, out, a);
	const char *doc = text_of(st, DOC, a);
	sqlite3_reset(st);
	if (!kb_drafts_visible(out, viewer))
		return err_set(e, ERR_DENIED, _("the draft of %s belongs to %s; drafts are not shared here"), id, out->author);
	return kb_text_from_json(doc, kb_zone(kb), &out->text, a, e) || err_prefix(e, _("draft of %s: "), id);
}

bool kb_drafts_list(struct kb *kb, const struct kb_viewer *viewer, struct kb_next **out, size_t *n, struct arena *a, struct err *e)
{
	sqlite3_stmt *st = kb_stmt(kb,
				   "SELECT " COLUMNS " FROM kb_draft d LEFT JOIN article a ON a.id = d.id "
				   "ORDER BY d.state != 'in_review', d.updated_at DESC, d.id",
				   e);
	VEC(struct kb_next) v = {0};
	enum kb_step s;

	*out = NULL;
	*n = 0;
	if (!st)
		return false;
	while ((s = kb_step(kb, st, e)) == KB_ROW) {
		struct kb_next d;
		read_row(st, &d, a);
		if (kb_drafts_visible(&d, viewer))
			vec_push(&v, d);
	}
	*n = v.n;
	*out = arena_array(a, struct kb_next, v.n + 1);
	if (v.n)
		memcpy(*out, v.v, v.n * sizeof(*v.v));
	vec_release(&v);
	return s == KB_DONE;
}

const char *kb_draft_skeleton(const char *lang, struct arena *a)
{
	if (str_eq(lang, "en"))
		return arena_strdup(a, "## Applies to\n\n## Question\n\n## Answer\n1. \n\n## Talk track\n- Say: \"\"\n- Don't say: \n\n"
				       "## Exceptions\n\n## Escalate when\n\n## Source and effective date\n");
	return arena_strdup(a, "## 适用范围\n\n## 问题\n\n## 答案/步骤\n1. \n\n## 话术\n- 说：“”\n- 不说：\n\n## 例外\n\n## 升级条件\n\n"
			       "## 来源与生效日\n");
}

// ---- a number for a new article ----

struct family {
	char prefix[64];
	int width, count;
	int64_t last;
};

// "KB-FIN-031" is number 31 of the family "KB-FIN-", three digits wide.
static bool family_of(struct sv id, struct sv *prefix, int64_t *number, int *width)
{
	size_t n = id.n;

	while (n > 0 && id.p[n - 1] >= '0' && id.p[n - 1] <= '9')
		n--;
	*prefix = sv_n(id.p, n);
	*width = (int)(id.n - n);
	return *width > 0 && *width < 10 && n > 0 && n < 60 && parse_int(sv_n(id.p + n, id.n - n), 0, INT32_MAX, number);
}

static void count_family(struct family *v, size_t *n, size_t cap, struct sv id)
{
	struct sv prefix;
	int64_t number;
	int width;
	size_t i = 0;

	if (!family_of(id, &prefix, &number, &width))
		return;
	while (i < *n && !sv_eqz(prefix, v[i].prefix))
		i++;
	if (i == *n && *n == cap)
		return;
	if (i == *n)
		snprintf(v[(*n)++].prefix, sizeof(v[0].prefix), "%.*s", (int)prefix.n, prefix.p);
	v[i].count++;
	v[i].width = width > v[i].width ? width : v[i].width;
	v[i].last = number > v[i].last ? number : v[i].last;
}

// The family most articles of the category belong to; without one KB-NEW-.
static bool usual_family(struct kb *kb, const char *category, struct family *out, struct err *e)
{
	sqlite3_stmt *st = kb_stmt(kb, "SELECT id FROM article WHERE ?1 != '' AND instr(category, json_quote(?1)) > 0 LIMIT 500", e);
	struct family v[16] = {0};
	size_t n = 0, best = 0;
	int at = 0;
	enum kb_step s;

	if (!st)
		return false;
	kb_bind_text(st, &at, sv(category));
	while ((s = kb_step(kb, st, e)) == KB_ROW)
		count_family(v, &n, 16, kb_col(st, 0));
	for (size_t i = 1; i < n; i++)
		if (v[i].count > v[best].count)
			best = i;
	*out = n ? v[best] : (struct family){.prefix = "KB-NEW-", .width = 3};
	return s == KB_DONE;
}

static bool taken(struct kb *kb, const char *id, bool *yes, struct err *e)
{
	sqlite3_stmt *st = kb_stmt(kb, "SELECT 1 FROM article WHERE id = ?1 UNION ALL SELECT 1 FROM kb_draft WHERE id = ?1 LIMIT 1", e);
	int at = 0;

	if (!st)
		return false;
	kb_bind_text(st, &at, sv(id));
	enum kb_step s = kb_step(kb, st, e);
	sqlite3_reset(st);
	*yes = s == KB_ROW;
	return s != KB_FAILED;
}

bool kb_next_id(struct kb *kb, const char *category, const char **out, struct arena *a, struct err *e)
{
	struct family f;
	bool used = true;

	if (!usual_family(kb, category ? category : "", &f, e))
		return false;
	while (used) {
		*out = arena_printf(a, "%s%0*lld", f.prefix, f.width, (long long)++f.last);
		if (!taken(kb, *out, &used, e))
			return false;
	}
	return true;
}
