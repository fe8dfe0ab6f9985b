// SPDX-License-Identifier: MIT
// Knows how a contact is wrapped up: what must be there, what is made by itself, the saved record, the correction.
#include "src/base/i18n.h"
#include "src/store/interaction.h"
#include "src/store/journal.h"
#include "src/work/kb_part.h"

size_t model_wrap_items(const struct model *m, const struct work *w, struct wrapup_item out[WRAPUP_CODES])
{
	struct arena a = {0};
	struct wrapup_facts f;

	contact_wrapup_facts(w->contact, clock_wall(m->clock), &f, &a);
	f.kb_search_rule = f.kb_update_rule = m->config->kb_rule == KB_RULE_BLOCK ? RULE_BLOCK : RULE_WARN;
	size_t n = wrapup_check(&f, out);
	arena_release(&a);
	return n;
}

bool model_disposition(struct model *m, struct work *w, const char *code, struct err *e)
{
	struct event ev = work_event(m, w, EV_DISPOSITION);

	event_put(&ev, "code", code);
	return work_emit(m, w, &ev, false, NULL, NULL, e);
}

bool model_follow_up(struct model *m, struct work *w, enum resolution r, int64_t at, struct err *e)
{
	struct event ev = work_event(m, w, EV_FOLLOW_UP);

	event_put(&ev, "resolution", resolution_code(r));
	if (at)
		event_put_int(&ev, "at", at);
	return work_emit(m, w, &ev, false, NULL, NULL, e);
}

static bool has_ticket(const struct contact *k)
{
	for (size_t i = 0; i < k->refs.n; i++)
		if (k->refs.v[i].kind == EV_TICKET_CREATE)
			return true;
	return false;
}

// What the rules demand before the record may close: a red case is reported, a pending one has a ticket.
static bool make_demanded(struct model *m, struct work *w, struct err *e)
{
	const struct contact *k = w->contact;
	const struct disposition *d = k->disposition ? disposition_find(m->world.dispositions, k->disposition) : NULL;
	bool pending = d && (d->class_ == DISPOSITION_PENDING || d->class_ == DISPOSITION_ESCALATED);

	if (contact_red(k) && !k->urgent_review && !(d && d->class_ == DISPOSITION_INVALID))
		return model_escalate(m, w, "urgent_review", contact_field(k, "base.solution"), "", e);
	if (pending && !has_ticket(k)) {
		const char *title = k->restate ? k->restate : contact_field(k, "base.need");
		return model_ticket_create(m, w, title, e);
	}
	return true;
}

struct clear_part {
	char id[40];
};

static bool run_clear(struct db *db, void *arg, struct err *e)
{
	return journal_clear(db, ((struct clear_part *)arg)->id, e);
}

struct version_part {
	char id[40], by[40];
	int64_t version, at;
	char *reason, *doc;
};

static bool run_version(struct db *db, void *arg, struct err *e)
{
	struct version_part *p = arg;

	return interaction_version_add(db,
				       &(struct interaction_version){.interaction_id = p->id, .version = p->version, .at = p->at,
								     .by = p->by, .reason = p->reason, .doc = p->doc},
				       e);
}

static void drop_version(void *arg)
{
	struct version_part *p = arg;

	free(p->reason);
	free(p->doc);
	free(p);
}

bool model_save(struct model *m, struct work *w, struct err *e)
{
	struct wrapup_item items[WRAPUP_CODES];
	struct commit *c;
	struct event ev;
	struct clear_part *clear;
	char no[32];

	if (w->contact->state != CALL_WRAP_UP)
		return err_set(e, ERR_DENIED, contact_is_live(w->contact) ? _("The customer is still on the line: end the call first (F9).")
									  : _("There is nothing to save here."));
	if (w->contact->versions == 1 && !make_demanded(m, w, e))
		return false;
	size_t n = model_wrap_items(m, w, items);
	for (size_t i = 0; i < n; i++)
		if (items[i].block)
			return err_set(e, ERR_DENIED, "%s", items[i].msg);
	c = commit_new(m, "contact.close");
	ev = work_event(m, w, EV_CLOSE);
	if (!work_emit(m, w, &ev, false, NULL, c, e)) {
		commit_abandon(m, c);
		return false;
	}
	clear = xcalloc(1, sizeof(*clear));
	snprintf(clear->id, sizeof(clear->id), "%s", w->contact->id);
	commit_part(c, run_clear, clear, free);
	commit_kb_learn(c, m, w);
	commit_submit(m, c);
	snprintf(no, sizeof(no), "%s", w->contact->no ? w->contact->no : "");
	model_say_note(m, NOTE_INFO, _("Record %s is complete."), no);
	work_remove(m, w);
	model_tick(m);
	return true;
}

bool model_correct(struct model *m, const char *interaction_id, const char *reason, struct err *e)
{
	struct arena a = {0};
	struct interaction row;
	struct version_part *p;
	struct commit *c;
	struct event ev;
	struct work *w = NULL;

	if (str_empty(reason))
		return err_set(e, ERR_USAGE, _("Say in a few words why the record is corrected."));
	for (size_t i = 0; i < m->works.n; i++)
		if (!m->works.v[i]->read_only && strcmp(m->works.v[i]->contact->id, interaction_id) == 0) {
			model_select(m, (int)i);
			return err_set(e, ERR_CONFLICT, _("This contact is open already; it is in front now."));
		}
	if (!work_open(m, e))
		return false;
	// A version is made of what is stored: it must not miss what is still on its way there.
	if (store_pending(m->store) || store_failed_count(m->store))
		return err_set(e, ERR_CONFLICT, _("The last changes are still being saved; try again in a moment."));
	model_close_view(m);
	if (!interaction_get(store_reader(m->store), interaction_id, &row, &a, e) || !model_open_past(m, interaction_id, e)) {
		arena_release(&a);
		return false;
	}
	w = model_work(m);
	w->read_only = false;
	// t_ms goes on counting from the start of the contact, so the stamps of the call stay what they were.
	w->start_mono = clock_mono(m->clock) - (clock_wall(m->clock) - w->contact->started_at);
	c = commit_new(m, "contact.correct");
	p = xcalloc(1, sizeof(*p));
	snprintf(p->id, sizeof(p->id), "%s", interaction_id);
	snprintf(p->by, sizeof(p->by), "%s", m->agent_id);
	p->version = row.version;
	p->at = clock_wall(m->clock);
	p->reason = xstrdup(reason);
	p->doc = xstrdup(row.doc ? row.doc : "{}");
	commit_part(c, run_version, p, drop_version);
	ev = work_event(m, w, EV_CORRECT);
	event_put(&ev, "reason", reason);
	bool ok = work_emit(m, w, &ev, false, NULL, c, e);
	if (ok) {
		commit_submit(m, c);
		w->wrap_open = true;
	} else {
		commit_abandon(m, c);
		work_remove(m, w);
	}
	arena_release(&a);
	return ok;
}
