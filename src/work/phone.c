// SPDX-License-Identifier: MIT
// Knows how contacts come in, and what the telephone's reports change in them.
#include "src/base/i18n.h"
#include "src/base/log.h"
#include "src/desk/number.h"
#include "src/work/internal.h"

// --- a contact begins

struct work *work_begin(struct model *m, enum channel channel, enum source source, enum direction dir, const char *number,
			  const char *name, const char *queue, const char *call, int64_t mono, int64_t wall, struct err *e)
{
	struct counter_claim claim;
	char id[40], no[NUMBER_CAP];

	if (!m->packs) {
		err_set(e, ERR_DENIED, _("The content packs are still being loaded; try again in a moment."));
		return NULL;
	}
	if (!work_next_number(m, false, no, &claim, e))
		return NULL;
	struct contact *k = contact_new(work_new_id(m, id), wall, &m->world);
	struct work *w = work_new(m, k, mono);
	struct commit *c = commit_new(m, "contact.new");
	struct event ev = {.type = EV_START, .at = wall};
	event_put(&ev, "channel", channel_code(channel));
	event_put(&ev, "direction", direction_code(dir));
	event_put(&ev, "source", source_code(source));
	event_put(&ev, "mode", contact_mode_code(m->mode));
	event_put(&ev, "number", number);
	event_put(&ev, "name", name);
	event_put(&ev, "queue", queue);
	event_put(&ev, "call", call);
	event_put(&ev, "no", no);
	event_put(&ev, "boot", work_boot_id());
	event_put_int(&ev, "mono", mono);
	commit_counter(c, claim.name, claim.day, claim.value);
	bool ok = work_emit(m, w, &ev, true, NULL, c, e);
	if (ok) {
		ev = (struct event){.type = EV_RING, .at = wall};
		ok = work_emit(m, w, &ev, true, NULL, c, e);
	}
	if (ok)
		work_screen_pop(m, w, c);
	commit_submit(m, c);
	return w;
}

// The script that opens a contact before it is classified.
static const char *first_script(const struct model *m)
{
	const struct script *all[64];
	size_t n = packs_main_scripts(m->packs, all, 64);

	if (packs_script(m->packs, "com.general"))
		return "com.general";
	return n ? all[0]->code : NULL;
}

// The contact is connected: clocks, the opening script, the contact in front, a card for an unknown caller.
bool work_connect(struct model *m, struct work *w, int64_t t_ms, int64_t at, bool by_system, struct err *e)
{
	struct commit *c = commit_new(m, "answer");
	struct event ev = {.type = EV_ANSWER, .t_ms = t_ms, .at = at};
	const char *script = first_script(m);
	bool ok = work_emit(m, w, &ev, by_system, NULL, c, e);

	if (ok && script && !script_run_started(&w->contact->run)) {
		ev = (struct event){.type = EV_SCRIPT_START, .t_ms = t_ms, .at = at};
		event_put(&ev, "script", script);
		event_put(&ev, "joined", "1");
		ok = work_emit(m, w, &ev, false, NULL, c, e);
	}
	commit_submit(m, c);
	if (!ok)
		return false;
	for (size_t i = 0; i < m->works.n; i++)
		if (m->works.v[i] == w)
			model_select(m, (int)i);
	w->last_key_mono = clock_mono(m->clock);
	// Somebody new is kept under the name the telephone gave; without one, or where several share the number, the agent decides
	// (M-u). The call is answered either way.
	struct err why = {0};
	if (!w->contact->customer_id && !str_empty(w->contact->number) && !str_empty(w->contact->caller) &&
	    !work_customer_create(m, w, w->contact->caller, w->contact->number, true, &why) && why.code != ERR_CONFLICT)
		model_say_note(m, NOTE_INFO, _("The caller is not kept as a customer: %s"), why.msg);
	return true;
}

// --- what the telephone says

static void offered(struct model *m, const struct cti_event *ev)
{
	struct err e = {0};
	bool chat = ev->channel == CTI_CHAT;
	enum source source = m->mode != MODE_LIVE ? SOURCE_PRACTICE : chat ? SOURCE_CHAT : SOURCE_CTI;
	struct work *w = work_begin(m, chat ? CHANNEL_CHAT : CHANNEL_PHONE, source, DIRECTION_IN, ev->number, ev->name, ev->queue, ev->call,
				    ev->mono_ms, ev->wall_ms, &e);

	if (!w)
		model_say_note(m, NOTE_WARN, _("A contact came in and could not be opened: %s"), e.msg);
}

// An event of the telephone for a contact in hand; pairs are static strings.
static void report(struct model *m, struct work *w, const struct cti_event *cti, enum event_type type, const char *key,
		   const char *value)
{
	struct event ev = {.type = type, .t_ms = cti->mono_ms - w->start_mono, .at = cti->wall_ms};
	struct err e = {0};

	if (key)
		event_put(&ev, key, value);
	if (!work_emit(m, w, &ev, true, NULL, NULL, &e))
		log_line(LOG_WARN, "telephone event %s: %s", event_type_name(type), e.msg);
}

void work_gone(struct model *m, struct work *w, const char *text)
{
	model_say_note(m, NOTE_INFO, "%s", text);
	work_remove(m, w);
}

static void ended(struct model *m, struct work *w, const struct cti_event *ev)
{
	struct contact *k = w->contact;

	if (contact_is_ringing(k)) {
		report(m, w, ev, EV_ABANDONED, NULL, NULL);
		work_gone(m, w, _("The caller hung up before the answer."));
		return;
	}
	if (!contact_is_live(k))
		return; // our own hang-up or transfer, done already
	if (ev->why == CTI_WHY_FAULT) {
		report(m, w, ev, EV_DROP, NULL, NULL);
		model_say_note(m, NOTE_ALARM, _("The line dropped. M-b calls back within five minutes."));
		return;
	}
	report(m, w, ev, EV_HANGUP, "side", ev->why == CTI_WHY_AGENT ? "agent" : "customer");
	w->wrap_open = true;
	if (ev->why != CTI_WHY_AGENT)
		model_say_note(m, NOTE_INFO, _("The customer hung up. Wrap up with F9."));
}

static void answered(struct model *m, struct work *w, const struct cti_event *ev)
{
	struct err e = {0};

	if (ev->text[0]) {
		model_say_note(m, NOTE_INFO, _("The other party answered; F7 completes the transfer or goes back."));
		return;
	}
	if (w->contact->state == CALL_DROPPED)
		report(m, w, ev, EV_CALL_BACK, NULL, NULL);
	else if (contact_is_ringing(w->contact) && !work_connect(m, w, ev->mono_ms - w->start_mono, ev->wall_ms, true, &e))
		model_say_note(m, NOTE_WARN, "%s", e.msg);
}

// The transfer went through: only now is the customer somebody else's.
static void transferred(struct model *m, struct work *w, const struct cti_event *cti)
{
	struct event ev = {.type = EV_TRANSFER, .t_ms = cti->mono_ms - w->start_mono, .at = cti->wall_ms};

	model_say_note(m, NOTE_INFO, _("The transfer went through."));
	event_put(&ev, "target", w->xfer_target);
	event_put(&ev, "kind", w->xfer_blind ? "blind" : "consult");
	event_put(&ev, "packet", w->xfer_packet);
	if (work_emit(m, w, &ev, true, NULL, NULL, NULL))
		w->wrap_open = true;
}

static void message(struct model *m, struct work *w, const struct cti_event *ev)
{
	struct event say = {.type = EV_SAY, .t_ms = ev->mono_ms - w->start_mono, .at = ev->wall_ms};
	struct commit *c = commit_new(m, "say");

	event_put(&say, "side", "customer");
	event_put(&say, "text", ev->text);
	if (work_emit(m, w, &say, true, NULL, c, NULL))
		work_lexicon(m, w, ev->text, false, c);
	commit_submit(m, c);
	if (model_work(m) != w)
		model_say_note(m, NOTE_INFO, _("%s writes: %s"), w->contact->caller ? w->contact->caller : _("Customer"), ev->text);
}

static void link_state(struct model *m, bool up)
{
	m->cti_up = up;
	model_say_note(m, up ? NOTE_INFO : NOTE_ALARM,
		       up ? _("The telephone is connected.")
			  : _("The telephone is lost. Go on by hand: F4 starts a call, its keys stay."));
}

void model_cti_event(struct model *m, const struct cti_event *ev)
{
	struct work *w = work_by_call(m, ev->call);

	m->changed = true;
	if (ev->type == CTI_UP || ev->type == CTI_DOWN) {
		if (m->cti_up != (ev->type == CTI_UP))
			link_state(m, ev->type == CTI_UP);
		return;
	}
	if (ev->type == CTI_OFFERED) {
		offered(m, ev);
		return;
	}
	if (!w)
		return; // a call this desk does not know (any more)
	if (ev->type != CTI_MESSAGE && ev->type != CTI_DTMF && ev->type != CTI_REC_FILE)
		w->asked_at = 0; // the telephone is heard; what it says decides
	switch (ev->type) {
	case CTI_ANSWERED: answered(m, w, ev); break;
	case CTI_HELD:
		if (w->contact->state != CALL_ON_HOLD)
			report(m, w, ev, EV_HOLD, NULL, NULL);
		break;
	case CTI_RESUMED:
		if (w->contact->state == CALL_CONSULTING)
			report(m, w, ev, EV_CONSULT_BACK, NULL, NULL);
		else if (w->contact->state == CALL_ON_HOLD)
			report(m, w, ev, EV_RESUME, NULL, NULL);
		break;
	case CTI_XFER_OK: transferred(m, w, ev); break;
	case CTI_XFER_FAILED: model_say_note(m, NOTE_ALARM, _("The transfer failed: %s. The customer is still yours."), ev->text); break;
	case CTI_ENDED: ended(m, w, ev); break;
	case CTI_CMD_FAILED: model_say_note(m, NOTE_WARN, _("The telephone refused: %s"), ev->text); break;
	case CTI_MESSAGE: message(m, w, ev); break;
	case CTI_DTMF: case CTI_REC_FILE: case CTI_DIALING: case CTI_RINGING: case CTI_UP: case CTI_DOWN: case CTI_OFFERED:
		break;
	}
}

void model_pump_phone(struct model *m)
{
	struct cti_event ev;

	if (!m->cti || !m->packs)
		return;
	m->cti->ops->step(m->cti);
	while (m->cti->ops->next(m->cti, &ev))
		model_cti_event(m, &ev);
}

bool work_telephone(struct model *m, struct work *w, enum cti_cmd_type cmd, const char *text)
{
	if (!m->cti || !m->cti_up || !w->contact->call || !cti_can(m->cti, cmd) ||
	    !m->cti->ops->cmd(m->cti, &(struct cti_cmd){.type = cmd, .call = w->contact->call, .text = text}))
		return false;
	// "Accepted" is not "done" (terminal-and-telephony A5): the state moves with the event, which may be here already.
	if (cmd != CTI_SEND_MESSAGE && cmd != CTI_REJECT && cmd != CTI_MARK && cmd != CTI_MUTE && cmd != CTI_SEND_DTMF)
		w->asked_at = clock_mono(m->clock);
	model_pump_phone(m);
	return true;
}
