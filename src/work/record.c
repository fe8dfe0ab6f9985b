// SPDX-License-Identifier: MIT
// Knows how events and records look as JSON, the form in which they are stored and sent (domain.md §3.4, §12.5).
#include "src/base/i18n.h"
#include "src/store/interaction.h"
#include "src/work/internal.h"

json_t *event_to_json(const struct event *ev)
{
	json_t *o = json_object();

	for (int i = 0; i < ev->pairs; i++)
		json_object_set_new(o, ev->pair[i].key, json_string(ev->pair[i].value));
	return o;
}

bool event_from_json(const char *text, struct event *ev, struct err *e)
{
	json_error_t je;
	json_t *o = json_loads(text ? text : "{}", JSON_REJECT_DUPLICATES, &je), *v;
	const char *key;

	if (!json_is_object(o)) {
		json_decref(o);
		return err_set(e, ERR_PARSE, _("the stored event is damaged: %s"), je.text);
	}
	json_object_foreach(o, key, v)
		// A key of a newer program is passed over; it stays in the store.
		if (event_key(sv(key)) && json_is_string(v) && ev->pairs < EVENT_PAIRS)
			event_put(ev, key, json_string_value(v));
	json_decref(o);
	return true;
}

bool work_read_events(struct db *db, const char *interaction_id, struct event **events, size_t *n, struct err *e)
{
	struct arena a = {0};
	struct interaction_events rows = {0};
	VEC(struct event) out = {0};
	bool ok = interaction_event_list(db, interaction_id, 0, &rows, &a, e);

	for (size_t i = 0; ok && i < rows.n; i++) {
		struct event *ev = vec_add(&out);
		// Types of a newer program are kept as notes, so that the count and the order stay.
		if (!event_type_parse(sv(rows.v[i].type), &ev->type))
			ev->type = EV_STAGE;
		ev->seq = rows.v[i].seq;
		ev->t_ms = rows.v[i].t_ms;
		ev->at = rows.v[i].at;
		ok = event_from_json(rows.v[i].data, ev, e);
	}
	vec_release(&rows);
	arena_release(&a);
	if (!ok) {
		work_free_events(out.v, out.n);
		return false;
	}
	*events = out.v;
	*n = out.n;
	return true;
}

void work_free_events(struct event *events, size_t n)
{
	for (size_t i = 0; i < n; i++)
		event_release(&events[i]);
	free(events);
}

static void put_text(json_t *o, const char *key, const char *v)
{
	if (!str_empty(v))
		json_object_set_new(o, key, json_string(v));
}

static void put_int(json_t *o, const char *key, int64_t v)
{
	json_object_set_new(o, key, json_integer((json_int_t)v));
}

static void put_clock(json_t *o, const char *key, const struct contact *k, enum call_clock which)
{
	struct clock_view v;

	clocks_view(&k->clocks, which, k->last_t, &v);
	if (v.stopped)
		put_int(o, key, v.elapsed_ms);
}

static json_t *form_values(const struct form_run *run)
{
	json_t *o = json_object();

	for (size_t i = 0; i < run->form->n_fields; i++)
		put_text(o, run->form->fields[i].code, form_run_saved(run, i));
	return o;
}

static json_t *notes(const struct contact_note *v, size_t n)
{
	json_t *a = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(a, json_pack("{s:I, s:s}", "t_ms", (json_int_t)v[i].t_ms, "text", v[i].text));
	return a;
}

static void put_lists(json_t *o, const struct contact *k)
{
	json_t *tickets = json_array(), *cites = json_array(), *lines = json_array();

	for (size_t i = 0; i < k->refs.n; i++)
		if (k->refs.v[i].kind == EV_TICKET_CREATE)
			json_array_append_new(tickets, json_string(k->refs.v[i].text));
	for (size_t i = 0; i < k->cites.n; i++)
		json_array_append_new(cites, json_pack("{s:s, s:i, s:s, s:I}", "id", k->cites.v[i].id, "version", k->cites.v[i].ver,
						       "title", k->cites.v[i].title, "t_ms", (json_int_t)k->cites.v[i].t_ms));
	for (size_t i = 0; i < k->lines.n; i++)
		json_array_append_new(lines, json_pack("{s:I, s:s, s:s}", "t_ms", (json_int_t)k->lines.v[i].t_ms, "side",
						       k->lines.v[i].agent ? "agent" : "customer", "text", k->lines.v[i].text));
	json_object_set_new(o, "ticket_ids", tickets);
	json_object_set_new(o, "articles", cites);
	json_object_set_new(o, "messages", lines);
	json_object_set_new(o, "needs", notes(k->needs.v, k->needs.n));
	json_object_set_new(o, "notes", notes(k->notes.v, k->notes.n));
}

static void put_script(json_t *o, const struct contact *k)
{
	struct arena a = {0};
	double ratio;

	if (!k->script)
		return;
	put_text(o, "script_id", k->script->code);
	put_int(o, "script_version", k->script->version);
	if (script_run_started(&k->run) && script_run_adherence(&k->run, true, &ratio, &a))
		json_object_set_new(o, "script_adherence", json_real(ratio));
	arena_release(&a);
}

json_t *contact_to_json(const struct model *m, const struct work *w)
{
	const struct contact *k = w->contact;
	json_t *o = json_object(), *stages = json_object(), *form = json_object();
	char digest[24];

	put_text(o, "id", k->id);
	put_text(o, "no", k->no);
	put_text(o, "agent_id", m->agent_id);
	put_text(o, "caller_ref", k->number);
	put_text(o, "caller_name", k->caller);
	put_text(o, "intent", intent_code(k->intent));
	put_text(o, "category_id", k->category);
	put_text(o, "first_category_id", k->first_category);
	put_text(o, "difficulty", difficulty_code(k->difficulty));
	if (k->emotion_start >= 0) {
		put_int(o, "emotion_start", k->emotion_start);
		put_int(o, "emotion_end", k->emotion);
		put_int(o, "emotion_peak", k->emotion_peak);
	}
	put_int(o, "verification", k->verification);
	put_int(o, "talk_ms", contact_talk_ms(k, k->last_t));
	put_int(o, "hold_ms", k->hold_ms);
	put_int(o, "hold_count", k->hold_count);
	if (k->closed_t)
		put_int(o, "wrap_ms", k->closed_t - k->ended_t);
	put_clock(o, "t_answer_ms", k, CALL_A20);
	put_clock(o, "t_ack_ms", k, CALL_T5);
	put_clock(o, "t_class_ms", k, CALL_C20);
	put_clock(o, "t_plan_ms", k, CALL_T30);
	put_clock(o, "t_confirm_ms", k, CALL_T180);
	put_text(stages, "restate_text", k->restate);
	json_object_set_new(stages, "restate_confirmed", json_boolean(k->restate_confirmed));
	json_object_set_new(o, "stages", stages);
	put_text(o, "plan_text", k->plan_text);
	put_text(o, "confirm_text", k->confirm_text);
	put_text(o, "disposition_code", k->disposition);
	put_text(o, "disposition_second", k->second);
	put_text(o, "resolution", resolution_code(k->resolution));
	put_text(o, "solution_text", contact_field(k, "base.solution"));
	put_text(o, "feedback_text", contact_field(k, "base.feedback"));
	if (k->follow_up_at)
		put_int(o, "follow_up_at", k->follow_up_at);
	put_text(o, "kb_update_kind", kb_update_code(k->kb_update));
	put_text(o, "kb_update_ref", k->kb_update_ref);
	put_text(o, "kb_skip_reason", kb_skip_code(k->kb_skip));
	put_text(o, "ended_by", k->end_side);
	put_int(o, "versions", k->versions);
	put_script(o, k);
	put_lists(o, k);
	for (size_t i = 0; i < k->forms.n; i++)
		if (i == 0 || (int)i == k->form)
			json_object_set_new(form, k->forms.v[i]->form->code, form_values(&k->forms.v[i]->run));
	json_object_set_new(o, "form", form);
	// What replay must come to again.
	snprintf(digest, sizeof(digest), "%016llx", (unsigned long long)contact_digest(k));
	put_text(o, "digest", digest);
	put_int(o, "events", (int64_t)k->events.n);
	return o;
}
