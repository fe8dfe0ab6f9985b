// SPDX-License-Identifier: MIT
// Knows how what the customer does, and what comes in between, happens at the desk of the session.
#include "src/base/i18n.h"
#include "src/base/log.h"
#include "src/practice/phone.h"
#include "src/practice/session_part.h"
#include "src/work/hub.h"
#include "src/work/internal.h"

enum { SHOWN_EMOTION = 3 }; // the desk knows 0 to 3, a customer 0 to 5

struct work *session_work(struct session *s, int contact)
{
	char call[8];

	snprintf(call, sizeof(call), "P%d", contact);
	return contact < 0 ? NULL : work_by_call(&s->box.model, call);
}

// The desk shows what the customer feels now; with each of their turns it is looked at again.
static void feel(struct session *s, int contact)
{
	const struct track *t = engine_track(s->engine);
	struct work *w = session_work(s, contact);
	struct err why = {0};

	if (!w || contact >= SCENARIO_CALLERS || contact_is_ringing(w->contact) || !contact_is_live(w->contact))
		return;
	int level = t->emotion[contact] > SHOWN_EMOTION ? SHOWN_EMOTION : t->emotion[contact];
	if (w->contact->emotion_start >= 0 && w->contact->emotion == level && w->contact->emotion_class == t->emotion_class[contact])
		return;
	struct event ev = work_event(&s->box.model, w, EV_EMOTION);
	event_put(&ev, "class", emotion_class_code(t->emotion_class[contact]));
	event_put_int(&ev, "level", level);
	event_put(&ev, "source", "system");
	if (!work_emit(&s->box.model, w, &ev, true, NULL, NULL, &why))
		log_line(LOG_WARN, "practice: %s", why.msg);
}

// --- what comes in between

static void hub_line(struct session *s, enum hub_line line)
{
	struct hub_status h = *model_hub(&s->box.model);

	h.line = line;
	h.since = clock_wall(&s->clock);
	model_hub_report(&s->box.model, &h);
}

static void fault(struct session *s, enum curveball_kind kind, const char *target, bool on)
{
	struct model *m = &s->box.model;
	bool slow = kind == CURVE_SYSTEM_SLOW;

	if (str_eq(target, "hub"))
		hub_line(s, !on ? HUB_ONLINE : slow ? HUB_DEGRADED : HUB_OFFLINE);
	else if (str_eq(target, "crm"))
		model_fault_set(m, slow ? FAULT_CRM_SLOW : FAULT_CRM_DOWN, on);
	else if (str_eq(target, "kb"))
		model_fault_set(m, slow ? FAULT_KB_SLOW : FAULT_KB_DOWN, on);
	else if (str_eq(target, "phone"))
		phone_link(s->phone, !on);
	else if (str_eq(target, "recording"))
		model_fault_set(m, FAULT_RECORDING, on);
}

static const struct curveball *curve_of(const struct session *s, const struct log_entry *e)
{
	for (size_t i = 0; i < s->scenario->n_curveballs; i++)
		if (str_eq(s->scenario->curveballs[i].id, event_get(&e->ev, "id")))
			return &s->scenario->curveballs[i];
	return NULL;
}

static void faults(struct session *s, const struct log_entry *e)
{
	const struct curveball *c = curve_of(s, e);

	if (c && (c->kind == CURVE_SYSTEM_DOWN || c->kind == CURVE_SYSTEM_SLOW))
		fault(s, c->kind, c->target, strcmp(event_get(&e->ev, "value"), "0") != 0);
}

// What the agent sees at once; the rest shows where it is used.
static void tell(struct session *s, const struct curveball *c)
{
	struct model *m = &s->box.model;

	if (c->kind == CURVE_SYSTEM_DOWN && str_eq(c->target, "recording"))
		model_say_note(m, NOTE_ALARM, _("The recording of calls has stopped. Report it with the fault key and tell the customer."));
	if (c->kind == CURVE_SYSTEM_DOWN && str_eq(c->target, "crm"))
		model_say_note(m, NOTE_ALARM, _("The customer system does not answer."));
	if (c->kind == CURVE_SYSTEM_DOWN && str_eq(c->target, "kb"))
		model_say_note(m, NOTE_ALARM, _("The knowledge base does not answer."));
}

static const char *in_lang(const struct session *s, struct label l)
{
	const char *first = s->row.lang == LANG_ZH ? l.zh : l.en, *second = s->row.lang == LANG_ZH ? l.en : l.zh;

	return !str_empty(first) ? first : second ? second : "";
}

void session_deed_again(struct session *s, const struct log_entry *e)
{
	const struct curveball *c = curve_of(s, e);
	const char *title = c ? in_lang(s, c->title) : "";

	faults(s, e);
	if (!c || strcmp(event_get(&e->ev, "value"), "0") == 0)
		return;
	if (c->kind == CURVE_POLICY_CHANGED && c->article)
		sandbox_new_version(&s->box, c->article, *title ? title : _("Changed just now: what stands here holds from this moment."));
	if (c->kind == CURVE_STALE_ARTICLE && c->article)
		sandbox_stale(&s->box, c->article);
	if (c->kind == CURVE_RED_BROADCAST)
		sandbox_broadcast(&s->box, c->id, title, c->n_says ? in_lang(s, c->says[0].text) : "");
}

static void curveball(struct session *s, const struct log_entry *e)
{
	const struct curveball *c = curve_of(s, e);

	if (c && strcmp(event_get(&e->ev, "value"), "0") != 0)
		tell(s, c);
	session_deed_again(s, e);
}

static void customer_says(struct session *s, const struct log_entry *e)
{
	const char *text = event_get(&e->ev, "text");

	if (strcmp(event_get(&e->ev, "side"), "agent") == 0)
		return;
	phone_say(s->phone, e->contact, text);
	if (s->voice)
		voice_say(s->voice, text);
}

void session_deed(struct session *s, const struct log_entry *e)
{
	switch (e->ev.type) {
	case EV_RING: phone_ring(s->phone, e->contact); break;
	case EV_SAY: customer_says(s, e); break;
	case EV_HANGUP: case EV_ABANDONED: phone_end(s->phone, e->contact); break;
	case EV_EMOTION: case EV_BEAT:
		model_pump_phone(&s->box.model);
		feel(s, e->contact);
		break;
	case EV_CURVEBALL: curveball(s, e); break;
	default: break;
	}
}

// A caller rings at one seat after the other; what happens to all concerns everybody.
bool session_mine(struct session *s, const struct log_entry *e)
{
	bool is_caller = e->contact >= 0 && e->contact < SCENARIO_CALLERS;

	if (!is_caller || e->ev.type == EV_CURVEBALL)
		return true;
	if (e->ev.type != EV_RING)
		return s->owner[e->contact];
	if (s->owner[e->contact] && e->seat != s->seat)
		phone_end(s->phone, e->contact);
	s->owner[e->contact] = e->seat == s->seat;
	return s->owner[e->contact];
}

void session_deeds(struct session *s)
{
	const struct practice_log *l = engine_log(s->engine);

	for (; s->delivered < l->v.n; s->delivered++) {
		const struct log_entry e = l->v.v[s->delivered]; // the list may grow meanwhile
		if (e.who == LOG_CUSTOMER || e.who == LOG_ENGINE) {
			if (session_mine(s, &e))
				session_deed(s, &e);
			s->box.model.changed = true;
		}
	}
	model_pump_phone(&s->box.model);
}
