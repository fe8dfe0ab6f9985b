// SPDX-License-Identifier: MIT
// Knows what the checklist of the wrap-up says; reads only.
#include "ui/wrap_rows.h"

#include "src/base/i18n.h"
#include "ui/form_pane.h"
#include "ui/script_pane.h"

struct making {
	const struct model *m;
	const struct work *w;
	struct arena *a;
	VEC(struct wrap_row) rows;
	size_t blocking;
};

static void add(struct making *k, enum wrap_kind kind, enum wrap_state state, enum wrapup_code code, const char *heading,
		const char *text, const char *target)
{
	struct wrap_row row = {.kind = kind, .state = state, .code = code};
	static const char *const prefix[] = {"item", "field", "step", "save"};

	row.heading = arena_strdup(k->a, heading);
	row.text = arena_strdup(k->a, text ? text : "");
	row.target = arena_strdup(k->a, target);
	snprintf(row.id, sizeof(row.id), "%s:%s", prefix[kind], kind == WRAP_ITEM ? wrapup_code_code(code) : target ? target : "");
	k->blocking += state == WRAP_BLOCK;
	vec_push(&k->rows, row);
}

// These four have rows of their own.
static bool own_row(const char *name)
{
	return strcmp(name, "base.intent") == 0 || strcmp(name, "base.category") == 0 || strcmp(name, "base.difficulty") == 0 ||
	       strcmp(name, "base.disposition") == 0;
}

// The line that counts what is wrong in the form, then the fields. When nothing but fields with rows of their own is
// missing, those rows say it all; when they say nothing (own_rows false), the line stays: nothing may stop the saving unseen.
static void add_form(struct making *k, const char *heading, const struct wrapup_item *found, bool own_rows)
{
	size_t at = k->rows.n, open = k->blocking;
	struct form_rows rows;

	form_rows(k->m, k->w, &rows, k->a);
	add(k, WRAP_ITEM, WRAP_BLOCK, WRAPUP_FORM, heading, found->msg, NULL);
	k->blocking = open;
	for (size_t i = 0; i < rows.n; i++) {
		const struct form_row *row = &rows.v[i];
		const char *label = label_text(row->f->label);
		struct err e = {0};
		if (own_row(row->name) || form_run_check(row->run, row->field, &rows.env, &e))
			continue;
		add(k, WRAP_FIELD, WRAP_BLOCK, WRAPUP_FORM, label, form_after_label(e.msg, label), row->name);
	}
	if (k->rows.n > at + 1)
		return;
	if (own_rows)
		k->rows.n = at;
	else
		k->blocking++;
}

static void add_steps(struct making *k)
{
	const struct script_run *run = &k->w->contact->run;
	struct script_due *due;
	size_t n;

	if (!script_run_started(run))
		return;
	n = script_run_due(run, true, &due, k->a);
	for (size_t i = 0; i < n; i++) {
		const struct script_node *node = due[i].node == SCRIPT_NO_NODE ? NULL : &due[i].script->nodes[due[i].node];
		if (due[i].state == DUE_OPEN)
			add(k, WRAP_STEP, WRAP_WARN, WRAPUP_SCRIPT, due[i].disclosure ? _("Disclosure") : _("Step"),
			    script_due_words(k->m, k->w, &due[i], k->a), node ? node->id : due[i].disclosure);
	}
}

static const char *follow_up_text(struct making *k)
{
	const struct contact *c = k->w->contact;
	int64_t at = c->follow_up_at;
	char buf[24];

	if (!at && !parse_int(sv(contact_field(c, "base.follow_up_at")), 1, INT64_MAX, &at))
		return _("none needed");
	ui_time(k->m, at, "%m-%d %H:%M", buf, sizeof(buf));
	return arena_strdup(k->a, buf);
}

// What is there when nothing is left to do; NULL: a row would say nothing.
static const char *done_text(struct making *k, enum wrapup_code code)
{
	const struct contact *c = k->w->contact;
	const struct category *cat = c->category ? category_find(k->m->world.categories, c->category) : NULL;
	const struct disposition *d = c->disposition ? disposition_find(k->m->world.dispositions, c->disposition) : NULL;

	switch (code) {
	case WRAPUP_FORM: return _("complete");
	case WRAPUP_INTENT: return c->intent == INTENT_NONE ? NULL : intent_label(c->intent);
	case WRAPUP_CATEGORY: return cat ? category_label(cat) : NULL;
	case WRAPUP_DIFFICULTY: return c->difficulty == DIFFICULTY_NONE ? NULL : difficulty_label(c->difficulty);
	case WRAPUP_DISPOSITION: return d ? disposition_label(d) : NULL;
	case WRAPUP_RESOLUTION: return c->resolution == RESOLUTION_NONE ? NULL : resolution_label(c->resolution);
	case WRAPUP_FOLLOW_UP: return follow_up_text(k);
	case WRAPUP_SOLUTION: return *contact_field(c, "base.solution") ? contact_field(c, "base.solution") : NULL;
	case WRAPUP_URGENT_REVIEW: return c->urgent_review ? _("sent to the supervisor") : NULL;
	case WRAPUP_KB_SEARCH:
		if (c->kb_skip != KB_SKIP_NONE && !c->kb_searches && !c->opens.n && !c->cites.n)
			return kb_skip_label(c->kb_skip);
		return c->kb_searches || c->opens.n || c->cites.n
			       ? arena_printf(k->a, _("searches %d, opened %zu, cited %zu"), c->kb_searches, c->opens.n, c->cites.n)
			       : NULL;
	case WRAPUP_KB_UPDATE: return c->kb_update == KB_UPDATE_NONE ? NULL : kb_update_label(c->kb_update);
	case WRAPUP_KB_VALID: return NULL;
	case WRAPUP_SCRIPT: return script_run_started(&c->run) ? _("no required step was left out") : NULL;
	case WRAPUP_RESTATE: return str_empty(c->restate) ? NULL : c->restate;
	case WRAPUP_CODES: break;
	}
	return NULL;
}

void wrap_rows(const struct model *m, const struct work *w, struct wrap_rows *out, struct arena *a)
{
	struct wrapup_item items[WRAPUP_CODES];
	struct making k = {.m = m, .w = w, .a = a};
	size_t n = model_wrap_items(m, w, items);
	bool own_rows = false;

	for (size_t i = 0; i < n; i++)
		own_rows |= items[i].code == WRAPUP_INTENT || items[i].code == WRAPUP_CATEGORY || items[i].code == WRAPUP_DIFFICULTY ||
			    items[i].code == WRAPUP_DISPOSITION;
	for (int code = 0; code < WRAPUP_CODES; code++) {
		const struct wrapup_item *found = NULL;
		const char *heading = wrapup_code_label((enum wrapup_code)code), *text;
		for (size_t i = 0; i < n; i++)
			if ((int)items[i].code == code)
				found = &items[i];
		if (found && code == WRAPUP_FORM) {
			add_form(&k, heading, found, own_rows);
		} else if (found) {
			add(&k, WRAP_ITEM, found->block ? WRAP_BLOCK : WRAP_WARN, (enum wrapup_code)code, heading, found->msg, NULL);
			if (code == WRAPUP_SCRIPT)
				add_steps(&k);
		} else if ((text = done_text(&k, (enum wrapup_code)code))) {
			add(&k, WRAP_ITEM, WRAP_DONE, (enum wrapup_code)code, heading, text, NULL);
		}
	}
	out->blocking = k.blocking;
	add(&k, WRAP_SAVE_ROW, k.blocking ? WRAP_BLOCK : WRAP_DONE, WRAPUP_FORM, _("Save"),
	    k.blocking ? _("not yet: points above are open") : _("the record is ready"), NULL);
	out->n = k.rows.n;
	out->v = arena_array(a, struct wrap_row, k.rows.n);
	memcpy(out->v, k.rows.v, k.rows.n * sizeof(*out->v));
	vec_release(&k.rows);
}

const char *wrap_row_id(const void *rows, size_t i)
{
	return ((const struct wrap_rows *)rows)->v[i].id;
}

size_t wrap_first_open(const struct wrap_rows *r)
{
	for (size_t i = 0; i + 1 < r->n; i++)
		// The fields of the form before the line that counts them.
		if (r->v[i].state == WRAP_BLOCK && !(r->v[i].kind == WRAP_ITEM && r->v[i + 1].kind == WRAP_FIELD))
			return i;
	return r->n - 1;
}
