// SPDX-License-Identifier: MIT
// Knows how articles and their versions are read.
#include "kb/article.h"

#include "kb/rows.h"
#include "src/base/i18n.h"

static const char *const state_names[] = {
	[KB_WIP] = "wip",
	[KB_DRAFT] = "draft",
	[KB_IN_REVIEW] = "in_review",
	[KB_PUBLISHED] = "published",
	[KB_STALE] = "stale",
	[KB_ARCHIVED] = "archived",
	[KB_HIDDEN] = "hidden",
};

const char *kb_state_name(enum kb_state s)
{
	return state_names[s];
}

bool kb_state_parse(struct sv s, enum kb_state *out)
{
	for (int i = 0; i <= KB_HIDDEN; i++)
		if (sv_eqz(s, state_names[i])) {
			*out = (enum kb_state)i;
			return true;
		}
	return false;
}

const char *kb_state_label(enum kb_state s)
{
	switch (s) {
	case KB_WIP:
		return _("being written");
	case KB_DRAFT:
		return _("not validated");
	case KB_IN_REVIEW:
		return _("in review");
	case KB_PUBLISHED:
		return _("published");
	case KB_STALE:
		return _("to be reviewed");
	case KB_ARCHIVED:
		return _("archived");
	case KB_HIDDEN:
		return _("hidden");
	}
	return "";
}

bool kb_article_get(struct kb *kb, const char *id, int ver, struct kb_article *out, struct arena *a, struct err *e)
{
	sqlite3_stmt *st = kb_stmt(kb,
				   "SELECT no, ver, state, votes_up, votes_down, use_count, effective_from, effective_to, "
				   "review_due, replaced_by, stale_why, (SELECT d.state FROM kb_draft d WHERE d.id = article.id) "
				   "FROM article WHERE id = ?",
				   e);
	int at = 0;

	*out = (struct kb_article){0};
	if (!st)
		return false;
	kb_bind_text(st, &at, sv(id));
	enum kb_step s = kb_step(kb, st, e);
	if (s == KB_FAILED)
		return false;
	if (s == KB_DONE)
		return err_set(e, ERR_NOT_FOUND, _("there is no article %s"), id);
	int64_t no = sqlite3_column_int64(st, 0), now = kb_now(kb), due = sqlite3_column_int64(st, 8);
	int current = sqlite3_column_int(st, 1);
	bool known = kb_state_parse(kb_col(st, 2), &out->state);
	out->votes_up = sqlite3_column_int(st, 3);
	out->votes_down = sqlite3_column_int(st, 4);
	out->use_count = sqlite3_column_int64(st, 5);
	out->not_yet = sqlite3_column_int64(st, 6) > now;
	out->expired = sqlite3_column_int64(st, 7) && sqlite3_column_int64(st, 7) <= now;
	out->latest = current;
	out->replaced_by = out->state == KB_ARCHIVED ? arena_strndup(a, kb_col(st, 9).p, kb_col(st, 9).n) : "";
	out->stale_why = arena_strndup(a, kb_col(st, 10).p, kb_col(st, 10).n);
	out->has_next = kb_state_parse(kb_col(st, 11), &out->next_state);
	sqlite3_reset(st);
	if (!known)
		return err_set(e, ERR_PARSE, _("article %s is in a state this program does not know"), id);
	if (out->state == KB_PUBLISHED && due && due <= now) {
		out->state = KB_STALE;
		out->stale_why = "review";
	}
	return kb_version_read(kb, no, ver > 0 ? ver : current, &out->cur, a, e) || err_prefix(e, "%s: ", id);
}

bool kb_history(struct kb *kb, const char *id, struct kb_history_row **rows, size_t *n, struct arena *a, struct err *e)
{
	sqlite3_stmt *st = kb_stmt(kb,
				   "SELECT v.ver, v.author, v.approver, v.note, v.title, v.published_at, v.sha256 "
				   "FROM article a JOIN article_version v ON v.no = a.no "
				   "WHERE a.id = ? ORDER BY v.ver DESC",
				   e);
	VEC(struct kb_history_row) v = {0};
	int at = 0;
	enum kb_step s;

	*rows = NULL;
	*n = 0;
	if (!st)
		return false;
	kb_bind_text(st, &at, sv(id));
	while ((s = kb_step(kb, st, e)) == KB_ROW) {
		struct kb_history_row *r = vec_add(&v);
		r->ver = sqlite3_column_int(st, 0);
		r->author = arena_strndup(a, kb_col(st, 1).p, kb_col(st, 1).n);
		r->approver = arena_strndup(a, kb_col(st, 2).p, kb_col(st, 2).n);
		r->note = arena_strndup(a, kb_col(st, 3).p, kb_col(st, 3).n);
		r->title = arena_strndup(a, kb_col(st, 4).p, kb_col(st, 4).n);
		r->published_at = sqlite3_column_int64(st, 5);
		snprintf(r->sha256, sizeof(r->sha256), "%.*s", (int)kb_col(st, 6).n, kb_col(st, 6).p);
	}
	if (s == KB_DONE && v.n) {
		*rows = arena_array(a, struct kb_history_row, v.n);
		memcpy(*rows, v.v, v.n * sizeof(*v.v));
		*n = v.n;
	}
	vec_release(&v);
	if (s == KB_FAILED)
		return false;
	return *n || err_set(e, ERR_NOT_FOUND, _("there is no article %s"), id);
}

// ---- text for people ----

static void show_line(struct str *b, const char *name, const char *v)
{
	if (!str_empty(v))
		str_addf(b, "%s: %s\n", name, v);
}

static void show_list(struct str *b, const char *name, const struct kb_list *l)
{
	if (!l->n)
		return;
	str_addf(b, "%s: ", name);
	for (size_t i = 0; i < l->n; i++)
		str_addf(b, "%s%s", i ? ", " : "", l->v[i]);
	str_addc(b, '\n');
}

static void show_date(struct str *b, const char *name, int64_t ms, const char *zone)
{
	char buf[40];

	if (!ms)
		return;
	clock_format(zone, ms, "%Y-%m-%d %H:%M", buf, sizeof(buf));
	show_line(b, name, buf);
}

const char *kb_version_text(const struct kb_text *t, const char *zone, struct arena *a)
{
	struct str b = {0};

	show_line(&b, "title", t->title);
	show_line(&b, "title_en", t->title_en);
	show_line(&b, "summary_en", t->summary_en);
	show_line(&b, "question", t->question);
	show_line(&b, "type", t->type);
	show_list(&b, "category", &t->category);
	show_list(&b, "tags", &t->tags);
	show_list(&b, "synonyms", &t->synonyms);
	show_list(&b, "phrasings", &t->phrasings);
	show_list(&b, "policies", &t->policies);
	show_line(&b, "audience", t->audience);
	show_date(&b, "effective_from", t->effective_from, zone);
	show_date(&b, "effective_to", t->effective_to, zone);
	show_date(&b, "review_due", t->review_due, zone);
	if (t->must_read)
		show_line(&b, "must_read", "true");
	for (size_t i = 0; i < t->quiz.n; i++)
		show_line(&b, "quiz", t->quiz.v[i]);
	str_addc(&b, '\n');
	str_add(&b, t->body);
	const char *out = arena_strndup(a, b.s, b.n);
	str_release(&b);
	return out;
}

const char *kb_stale_words(const struct kb_article *art, struct arena *a)
{
	if (art->state != KB_STALE)
		return "";
	if (str_eq(art->stale_why, "votes"))
		return _("agents found it not helpful");
	if (str_eq(art->stale_why, "review"))
		return _("its review is due");
	if (str_starts(art->stale_why, "policy "))
		return arena_printf(a, _("the policy %s has changed"), art->stale_why + 7);
	return art->stale_why; // what the editor wrote
}

// ---- checks on reading ----

bool kb_quiz_parse(const char *line, struct kb_quiz *out, struct arena *a, struct err *e)
{
	struct sv rest = sv(line), part;
	size_t parts = 0, marked = 0;

	*out = (struct kb_quiz){0};
	while (sv_split(&rest, '|', &part)) {
		part = sv_trim(part);
		bool right = sv_starts(part, "*");
		if (right)
			part = sv_trim(sv_n(part.p + 1, part.n - 1));
		if (!part.n || parts > KB_QUIZ_OPTIONS)
			break;
		const char *text = arena_strndup(a, part.p, part.n);
		if (parts++ == 0) {
			out->question = text;
			continue;
		}
		if (right) {
			out->right = out->n;
			marked++;
		}
		out->option[out->n++] = text;
	}
	return (!rest.n && out->n >= 2 && marked == 1) ||
	       err_set(e, ERR_PARSE, _("quiz: \"%.60s\" is not \"question | answer | *right answer\" with one right of 2 to %d"), line,
		       KB_QUIZ_OPTIONS);
}

// ---- 话术 ----

// Takes a mark such as "说：" or "Say:" off the front of *line.
static bool take_mark(struct sv *line, const char *const *marks)
{
	for (; *marks; marks++) {
		size_t n = strlen(*marks);
		if (line->n > n && strncasecmp(line->p, *marks, n) == 0) {
			struct sv rest = sv_trim(sv_n(line->p + n, line->n - n));
			if (sv_starts(rest, ":"))
				rest = sv_n(rest.p + 1, rest.n - 1);
			else if (sv_starts(rest, "："))
				rest = sv_n(rest.p + 3, rest.n - 3);
			else
				continue;
			*line = sv_trim(rest);
			return true;
		}
	}
	return false;
}

static struct sv unquote(struct sv s)
{
	static const char *const pairs[][2] = {{"“", "”"}, {"\"", "\""}, {"「", "」"}, {"『", "』"}};

	for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++) {
		size_t open = strlen(pairs[i][0]), close = strlen(pairs[i][1]);
		if (s.n >= open + close && sv_starts(s, pairs[i][0]) && memcmp(s.p + s.n - close, pairs[i][1], close) == 0 &&
		    !memmem(s.p + open, s.n - open - close, pairs[i][1], close))
			return sv_n(s.p + open, s.n - open - close);
	}
	return s;
}

static void list_push(struct kb_list *l, size_t *cap, struct sv s, struct arena *a)
{
	if (l->n == *cap) {
		size_t want = *cap ? *cap * 2 : 8;
		const char **v = arena_array(a, const char *, want);
		if (l->n)
			memcpy(v, l->v, l->n * sizeof(*v));
		l->v = v;
		*cap = want;
	}
	l->v[l->n++] = arena_strndup(a, s.p, s.n);
}

static struct sv strip_bullet(struct sv line)
{
	size_t i = 0;

	line = sv_trim(line);
	while (i < line.n && ((line.p[i] >= '0' && line.p[i] <= '9') || strchr("-*+.)", line.p[i])))
		i++;
	while (i && i < line.n && line.p[i - 1] == '*' && line.p[i] != ' ') // "**bold" is not a bullet
		i--;
	return sv_trim(sv_n(line.p + i, line.n - i));
}

bool kb_has_talk(struct sv body)
{
	return memmem(body.p, body.n, "话术", strlen("话术")) || memmem(body.p, body.n, "alk track", 9);
}

void kb_talk_track(struct sv body, struct kb_list *say, struct kb_list *dont, struct arena *a)
{
	static const char *const say_marks[] = {"说", "可以说", "Say", NULL};
	static const char *const dont_marks[] = {"不说", "不要说", "Don't say", "Do not say", NULL};
	size_t say_cap = 0, dont_cap = 0;
	bool inside = false;
	struct sv line;

	*say = *dont = (struct kb_list){0};
	while (sv_split(&body, '\n', &line)) {
		if (sv_starts(line, "#")) {
			inside = memmem(line.p, line.n, "话术", strlen("话术")) || memmem(line.p, line.n, "alk track", 9);
			continue;
		}
		if (!inside)
			continue;
		struct sv s = strip_bullet(line);
		if (take_mark(&s, dont_marks))
			list_push(dont, &dont_cap, unquote(s), a);
		else if (take_mark(&s, say_marks))
			list_push(say, &say_cap, unquote(s), a);
	}
}
