// SPDX-License-Identifier: MIT
// Knows the work on the knowledge base: deeds of the one at this desk, texts being written, the lists of what is to be done.
#include "src/base/i18n.h"
#include "src/desk/role.h"
#include "kb/export.h"
#include "src/store/audit.h"
#include "src/work/kb_part.h"
#include "src/work/kb_record.h"

enum { DOUBTS = 500 };

// ---- lists

void model_kb_desk_refresh(struct model *m)
{
	const struct kb_viewer who = {m->agent_id, m->roles, m->config->kb_share_drafts};
	struct kb_desk *d = &m->desk;
	struct err e = {0};
	struct kb *kb = model_open_kb(m, &e);

	arena_clear(&d->arena);
	*d = (struct kb_desk){.arena = d->arena, .all_gaps = d->all_gaps, .turn = d->turn + 1, .deeds = d->deeds};
	m->changed = true;
	if (!kb || !kb_drafts_list(kb, &who, &d->drafts, &d->n_drafts, &d->arena, &e) ||
	    !kb_gap_list(kb, !d->all_gaps, &d->gaps, &d->n_gaps, &d->arena, &e) || !kb_doubtful(kb, DOUBTS, &d->doubts, &d->n_doubts, &d->arena, &e) ||
	    !kb_readers(store_reader(m->store), kb, clock_wall(m->clock), &d->readers, &d->n_readers, &d->arena, &e)) {
		model_say_note(m, NOTE_WARN, "%s", e.msg);
		return;
	}
	// Who may not see what others have read sees their own.
	size_t kept = 0;
	for (size_t i = 0; i < d->n_readers; i++)
		if (user_may(m->roles, RIGHT_KB_RECEIPTS) || str_eq(d->readers[i].agent_id, m->agent_id))
			d->readers[kept++] = d->readers[i];
	d->n_readers = kept;
}

// ---- deeds

void kb_after_deed(struct model *m)
{
	m->desk.deeds -= m->desk.deeds > 0;
	kb_reread(m);
	model_kb_desk_refresh(m);
	model_refresh_home(m);
}

struct audit_part {
	struct audit_line line;
	struct arena a;
};

static bool run_audit(struct db *db, void *arg, struct err *e)
{
	return audit_add(db, &((struct audit_part *)arg)->line, e);
}

static void drop_audit(void *arg)
{
	struct audit_part *p = arg;

	arena_release(&p->a);
	free(p);
}

// What everybody reads from now on, or no longer, stands in the audit log.
static void commit_audit(struct commit *c, struct model *m, const struct kb_deed *d)
{
	struct audit_part *p;
	char action[40];

	if (!kb_record_audits(d->verb))
		return;
	p = xcalloc(1, sizeof(*p));
	snprintf(action, sizeof(action), "kb.%s", kb_verb_code(d->verb));
	p->line = (struct audit_line){.at = clock_wall(m->clock), .actor = arena_strdup(&p->a, m->agent_id),
				      .station = arena_strdup(&p->a, m->station), .action = arena_strdup(&p->a, action),
				      .object = arena_strdup(&p->a, d->id)};
	commit_part(c, run_audit, p, drop_audit);
}

static void say_done(struct model *m, const struct kb_deed *d)
{
	if (kb_deed_central(m, d->verb)) {
		model_say_note(m, NOTE_INFO, _("%s: %s goes to the hub and shows here once it is decided."), d->id, kb_verb_label(d->verb));
		return;
	}
	switch (d->verb) {
	case KB_DO_SAVE: model_say_note(m, NOTE_INFO, d->complete ? _("Draft of %s saved.") : _("Draft of %s kept."), d->id); break;
	case KB_DO_SUBMIT: model_say_note(m, NOTE_INFO, _("%s submitted: somebody else approves it."), d->id); break;
	case KB_DO_RETURN: model_say_note(m, NOTE_INFO, _("Draft of %s returned."), d->id); break;
	case KB_DO_APPROVE: model_say_note(m, NOTE_INFO, _("%s published."), d->id); break;
	case KB_DO_DISCARD: model_say_note(m, NOTE_INFO, _("Draft of %s discarded."), d->id); break;
	case KB_DO_RETIRE: model_say_note(m, NOTE_INFO, _("%s retired to the archive."), d->id); break;
	case KB_DO_RESTORE: model_say_note(m, NOTE_INFO, _("%s is a draft again; submit it for review."), d->id); break;
	case KB_DO_HIDE: model_say_note(m, NOTE_WARN, _("%s hidden from everybody."), d->id); break;
	case KB_DO_CONFIRM: model_say_note(m, NOTE_INFO, _("%s confirmed as still valid."), d->id); break;
	case KB_DO_FLAG: model_say_note(m, NOTE_INFO, _("%s marked for review."), d->id); break;
	case KB_DO_GAP_ACCEPT: model_say_note(m, NOTE_INFO, _("Uncovered case %lld accepted."), (long long)d->gap); break;
	case KB_DO_GAP_DRAFT: model_say_note(m, NOTE_INFO, _("Draft %s made for uncovered case %lld."), d->id, (long long)d->gap); break;
	case KB_DO_GAP_SAME: case KB_DO_GAP_REJECT: model_say_note(m, NOTE_INFO, _("Uncovered case %lld closed."), (long long)d->gap); break;
	case KB_DO_GAP_REOPEN: model_say_note(m, NOTE_INFO, _("Uncovered case %lld open again."), (long long)d->gap); break;
	case KB_DO_VOTE_UP: case KB_DO_VOTE_DOWN: case KB_DO_USE: case KB_DO_GAP_REPORT: break;
	}
}

bool model_kb_do(struct model *m, const struct kb_deed *given, struct err *e)
{
	struct kb_deed d = *given;
	struct kb *kb = model_open_kb(m, e);
	struct commit *c;

	d.by = m->agent_id;
	d.roles = m->roles;
	if (!kb || !kb_may(kb, &d, e) || !kb_deed_reachable(m, d.verb, e))
		return false;
	c = commit_new(m, kb_verb_code(d.verb));
	commit_kb_deed(c, m, &d);
	commit_audit(c, m, &d);
	commit_after(c, kb_after_deed);
	m->desk.deeds++;
	commit_submit(m, c);
	say_done(m, &d);
	return true;
}

bool model_kb_busy(struct model *m)
{
	// One that failed leaves its count behind until the store has nothing to do.
	if (!m->save.pending)
		m->desk.deeds = 0;
	return m->desk.deeds > 0;
}

bool model_kb_check(struct model *m, const struct kb_deed *given, struct err *e)
{
	struct kb_deed d = *given;
	struct kb *kb = model_open_kb(m, e);

	d.by = m->agent_id;
	d.roles = m->roles;
	return kb && kb_may(kb, &d, e);
}

bool model_kb_may_gap(struct model *m, enum kb_verb verb, int64_t gap)
{
	// What else these two need is chosen when it is done; the case must be as open as for turning it down.
	bool later = verb == KB_DO_GAP_DRAFT || verb == KB_DO_GAP_SAME;
	struct err e = {0};

	return model_kb_check(m, &(struct kb_deed){.verb = later ? KB_DO_GAP_REJECT : verb, .gap = gap, .note = "-"}, &e);
}

bool model_kb_may(struct model *m, enum kb_verb verb, const char *id)
{
	// A note and a text are asked for when it is done.
	struct kb_deed d = {.verb = verb, .id = id, .note = "-", .by = m->agent_id, .roles = m->roles};
	struct kb *kb = model_open_kb(m, NULL);

	return kb && kb_may(kb, &d, NULL);
}

// ---- writing

bool model_kb_edit(struct model *m, const char *id, struct kb_text *out, int *base_ver, int *rev, struct arena *a, struct err *e)
{
	const struct kb_viewer who = {m->agent_id, m->roles, m->config->kb_share_drafts};
	struct kb *kb = model_open_kb(m, e);
	struct err why = {0};
	struct kb_article art;
	struct kb_next d;

	*base_ver = *rev = 0;
	if (!kb)
		return false;
	bool there = kb_article_get(kb, id, 0, &art, a, &why);
	if (!there && why.code != ERR_NOT_FOUND)
		return err_set(e, why.code, "%s", why.msg);
	*base_ver = there ? art.latest : 0;
	if (kb_drafts_get(kb, id, &who, &d, a, &why)) {
		*rev = d.rev;
		*out = d.text;
		out->id = d.id;
		out->note = d.note;
	} else if (why.code != ERR_NOT_FOUND) {
		return err_set(e, why.code, "%s", why.msg);
	} else if (there) {
		*out = art.cur.text;
		out->author = out->approver = out->note = "";
	} else {
		const char *lang = i18n_lang() == LANG_ZH ? "zh" : "en";
		*out = (struct kb_text){.id = arena_strdup(a, id), .lang = lang, .type = "faq", .audience = "agent", .title = "", .title_en = "",
					.summary_en = "", .question = "", .author = "", .approver = "", .note = "",
					.body = kb_draft_skeleton(lang, a)};
	}
	struct kb_deed may = work_deed(m, KB_DO_SAVE, id);
	may.rev = *rev;
	return kb_may(kb, &may, e);
}

bool model_kb_save(struct model *m, const struct kb_text *t, int base_ver, int rev, bool complete, struct err *e)
{
	struct kb_deed d = work_deed(m, KB_DO_SAVE, t->id);
	struct kb_text text = *t;
	struct arena a = {0};

	text.author = text.approver = text.note = "";
	d.doc = kb_to_json(&text, &a);
	d.note = t->note;
	d.base_ver = base_ver;
	d.rev = rev;
	d.complete = complete;
	bool ok = model_kb_do(m, &d, e);
	arena_release(&a);
	return ok;
}

bool model_kb_gap_draft(struct model *m, int64_t gap, const char **id, struct arena *a, struct err *e)
{
	struct kb_deed d = work_deed(m, KB_DO_GAP_DRAFT, NULL);
	struct kb *kb = model_open_kb(m, e);
	struct kb_gap g;
	struct kb_text t;

	if (!kb || !kb_gap_get(kb, gap, &g, a, e) || !kb_next_id(kb, g.category, id, a, e) ||
	    !kb_gap_text(kb, gap, *id, kb_gap_material(work_shut(m) ? NULL : store_reader(m->store), kb, gap, a), &t, a, e))
		return false;
	d.gap = gap;
	d.id = *id;
	d.doc = kb_to_json(&t, a);
	return model_kb_do(m, &d, e);
}

bool model_kb_new_id(struct model *m, const char *category, const char **id, struct arena *a, struct err *e)
{
	struct kb *kb = model_open_kb(m, e);

	return kb && kb_next_id(kb, category, id, a, e);
}

// ---- reading

bool model_kb_draft_text(struct model *m, const char *id, struct kb_next *out, struct arena *a, struct err *e)
{
	const struct kb_viewer who = {m->agent_id, m->roles, m->config->kb_share_drafts};
	struct kb *kb = model_open_kb(m, e);

	return kb && kb_drafts_get(kb, id, &who, out, a, e);
}

bool model_kb_article(struct model *m, const char *id, struct kb_article *out, struct arena *a, struct err *e)
{
	struct kb *kb = model_open_kb(m, e);

	return kb && kb_article_get(kb, id, 0, out, a, e);
}

bool model_kb_reports(struct model *m, int64_t gap, struct kb_gap_report **out, size_t *n, struct arena *a, struct err *e)
{
	struct kb *kb = model_open_kb(m, e);

	*n = 0;
	return kb && kb_gap_reports(kb, gap, out, n, a, e);
}

size_t model_kb_nearest(struct model *m, const char *text, struct kb_near *out, size_t cap, struct arena *a)
{
	struct kb *kb = model_open_kb(m, NULL);
	struct kb_results found = {0};
	size_t n = 0;

	if (!kb || !sv_trim(sv(text)).n ||
	    !kb_search(kb, &(struct kb_query){.text = text, .limit = cap, .effort = KB_FULL, .snippets = KB_NO_SNIPPETS}, &found, a, NULL))
		return 0;
	for (; n < found.n && n < cap; n++)
		out[n] = (struct kb_near){found.v[n].id, found.v[n].title.text};
	return n;
}

bool model_kb_put_away(struct model *m, struct kb_away **out, size_t *n, struct arena *a, struct err *e)
{
	struct kb *kb = model_open_kb(m, e);

	*n = 0;
	return kb && kb_put_away(kb, DOUBTS, out, n, a, e);
}
