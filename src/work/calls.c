// SPDX-License-Identifier: MIT
// Knows what the agent does to calls and chats, and what time does to them.
#include "src/base/i18n.h"
#include "src/work/kb_part.h"

// Would the rules let the agent do this now? Says why not, before the telephone is asked.
static bool possible(const struct work *w, enum call_event what, struct err *e)
{
	enum call_state to;

	if (w->read_only)
		return err_set(e, ERR_DENIED, _("This contact is closed and shown read-only; c in the list of your calls corrects it."));
	return call_step(w->contact->state, what,
			 &(struct call_guard){.channel = w->contact->channel, .target = "x", .reason = "x", .packet_complete = true,
					      .wrap_ok = true, .max_chats = 1 << 20}, &to, e) != CALL_REFUSED;
}

bool model_manual_call(struct model *m, const char *number, const char *name, struct err *e)
{
	struct work *w = work_begin(m, CHANNEL_PHONE, SOURCE_MANUAL, DIRECTION_IN, number, name, "", NULL, clock_mono(m->clock),
			       clock_wall(m->clock), e);

	if (!w)
		return false;
	return model_answer(m, w, e);
}

// A simple event of the agent with at most one pair.
static bool act(struct model *m, struct work *w, enum event_type type, const char *key, const char *value, struct err *e)
{
	struct event ev = work_event(m, w, type);

	if (key)
		event_put(&ev, key, value);
	return work_emit(m, w, &ev, false, NULL, NULL, e);
}

static bool busy_with_another(const struct model *m, const struct work *w, struct err *e)
{
	int chats = 0;

	for (size_t i = 0; i < m->works.n; i++) {
		const struct contact *k = m->works.v[i]->contact;
		if (m->works.v[i] == w || !contact_is_live(k))
			continue;
		if (k->channel == CHANNEL_CHAT)
			chats++;
		else if (w->contact->channel != CHANNEL_CHAT)
			return !err_set(e, ERR_DENIED, _("Another call is on the line: end it or transfer it first, then answer this one."));
	}
	if (w->contact->channel == CHANNEL_CHAT && chats >= m->config->max_chats)
		return !err_set(e, ERR_DENIED, _("%d chats are open, which is the most; close one first."), chats);
	return false;
}

bool model_answer(struct model *m, struct work *w, struct err *e)
{
	if (!contact_is_ringing(w->contact) || w->read_only)
		return err_set(e, ERR_DENIED, _("There is no contact waiting to be answered."));
	if (busy_with_another(m, w, e))
		return false;
	return work_telephone(m, w, CTI_ANSWER, NULL) || work_connect(m, w, model_t(m, w), clock_wall(m->clock), false, e);
}

bool model_reject(struct model *m, struct work *w, const char *reason, struct err *e)
{
	char call[64];

	if (!contact_is_ringing(w->contact))
		return err_set(e, ERR_DENIED, _("There is no contact waiting to be answered."));
	snprintf(call, sizeof(call), "%s", w->contact->call ? w->contact->call : "");
	if (!act(m, w, EV_MISSED, "reason", reason, e))
		return false;
	work_gone(m, w, _("Declined."));
	if (call[0] && m->cti && m->cti_up)
		m->cti->ops->cmd(m->cti, &(struct cti_cmd){.type = CTI_REJECT, .call = call});
	return true;
}

bool model_hold(struct model *m, struct work *w, struct err *e)
{
	return possible(w, CALL_EV_HOLD, e) &&
	       (work_telephone(m, w, CTI_HOLD, NULL) || act(m, w, EV_HOLD, NULL, NULL, e));
}

bool model_resume(struct model *m, struct work *w, struct err *e)
{
	return possible(w, CALL_EV_RESUME, e) &&
	       (work_telephone(m, w, CTI_RESUME, NULL) || act(m, w, EV_RESUME, NULL, NULL, e));
}

bool model_hangup(struct model *m, struct work *w, struct err *e)
{
	if (!possible(w, CALL_EV_END, e))
		return false;
	if (work_telephone(m, w, CTI_HANGUP, NULL))
		return true;
	w->wrap_open = true;
	return act(m, w, EV_HANGUP, "side", "agent", e);
}

bool model_consult(struct model *m, struct work *w, const char *target, struct err *e)
{
	// The customer waits from this moment on, whether the other party answers or not.
	if (!act(m, w, EV_CONSULT, "target", target, e))
		return false;
	work_telephone(m, w, CTI_XFER_CONSULT, target);
	return true;
}

bool model_consult_back(struct model *m, struct work *w, struct err *e)
{
	return possible(w, CALL_EV_BACK, e) &&
	       (work_telephone(m, w, CTI_XFER_ABORT, NULL) || act(m, w, EV_CONSULT_BACK, NULL, NULL, e));
}

bool model_conference(struct model *m, struct work *w, struct err *e)
{
	return act(m, w, w->contact->state == CALL_CONFERENCE ? EV_LEAVE : EV_CONFERENCE, NULL, NULL, e);
}

const char *model_handoff_text(struct model *m, struct work *w, const struct handoff *h, struct arena *a)
{
	const struct contact *k = w->contact;
	struct str b = {0};
	struct form_env env;

	contact_form_env(k, clock_wall(m->clock), &env);
	str_addf(&b, _("Verified: level %d\n"), k->verification);
	str_addf(&b, _("Need: %s\n"), k->restate ? k->restate : contact_field(k, "base.need"));
	str_addf(&b, _("Tried: %s\n"), h->tried ? h->tried : "");
	str_addf(&b, _("Asked: %s\n"), h->ask ? h->ask : "");
	str_addf(&b, _("Promised: %s\n"), h->promise ? h->promise : "");
	str_addf(&b, _("Emotion: %d\n"), k->emotion);
	const struct category *cat = k->category ? category_find(m->world.categories, k->category) : NULL;
	if (cat)
		str_addf(&b, _("Category: %s\n"), category_label(cat));
	for (size_t i = 0; i < k->forms.n; i++) {
		const struct form_run *run = &k->forms.v[i]->run;
		for (size_t f = 0; f < run->form->n_fields; f++) {
			if (!*form_run_saved(run, f))
				continue;
			str_addf(&b, "%s: ", label_text(run->form->fields[f].label));
			field_display(&run->form->fields[f], &env, form_run_saved(run, f), &b);
			str_addc(&b, '\n');
		}
	}
	for (size_t i = 0; i < k->cites.n; i++)
		str_addf(&b, _("Article: %s v%d\n"), k->cites.v[i].id, k->cites.v[i].ver);
	char *text = arena_strdup(a, str_z(&b));
	str_release(&b);
	return text;
}

// Domain §5.5: who gets the customer must know the need, what was tried, what is asked and what was promised.
static bool handoff_complete(const struct contact *k, const struct handoff *h, struct err *e)
{
	if (str_empty(h->target))
		return err_set(e, ERR_DENIED, _("Transfer to whom? Give a number or a queue."));
	if (!k->restate && !*contact_field(k, "base.need"))
		return err_set(e, ERR_DENIED, _("The packet needs the customer's need in one line: write it first (M-r)."));
	if (str_empty(h->tried) || str_empty(h->ask))
		return err_set(e, ERR_DENIED, _("The packet needs what was tried and what is asked of the receiver."));
	return true;
}

bool model_transfer(struct model *m, struct work *w, bool blind, const struct handoff *h, struct err *e)
{
	struct arena a = {0};
	struct event ev;

	if (!handoff_complete(w->contact, h, e) ||
	    !possible(w, w->contact->state == CALL_CONSULTING ? CALL_EV_COMPLETE_TRANSFER : CALL_EV_BLIND_TRANSFER, e))
		return false;
	free(w->xfer_target);
	free(w->xfer_packet);
	w->xfer_target = xstrdup(h->target);
	w->xfer_packet = xstrdup(model_handoff_text(m, w, h, &a));
	w->xfer_blind = blind;
	arena_release(&a);
	if (work_telephone(m, w, blind ? CTI_XFER_BLIND : CTI_XFER_COMPLETE, h->target))
		return true;
	ev = work_event(m, w, EV_TRANSFER);
	event_put(&ev, "target", w->xfer_target);
	event_put(&ev, "kind", blind ? "blind" : "consult");
	event_put(&ev, "packet", w->xfer_packet);
	w->wrap_open = work_emit(m, w, &ev, false, NULL, NULL, e);
	return w->wrap_open;
}

bool model_drop(struct model *m, struct work *w, struct err *e)
{
	return act(m, w, EV_DROP, NULL, NULL, e);
}

bool model_call_back(struct model *m, struct work *w, struct err *e)
{
	// The telephone gives the new call an id of its own; from here on it is worked by hand.
	if (!act(m, w, EV_CALL_BACK, NULL, NULL, e))
		return false;
	if (m->cti && m->cti_up)
		m->cti->ops->cmd(m->cti, &(struct cti_cmd){.type = CTI_DIAL, .text = w->contact->number});
	return true;
}

bool model_give_up(struct model *m, struct work *w, struct err *e)
{
	if (!act(m, w, EV_GIVE_UP, NULL, NULL, e))
		return false;
	w->wrap_open = true;
	return true;
}

bool model_say(struct model *m, struct work *w, const char *text, struct err *e)
{
	struct event ev;
	struct commit *c;
	bool ok;

	if (str_empty(text))
		return err_set(e, ERR_USAGE, _("The reply is empty."));
	if (contact_is_ringing(w->contact) && !model_answer(m, w, e))
		return false;
	if (!contact_is_live(w->contact))
		return err_set(e, ERR_DENIED, _("This chat is over; the reply can no longer be sent."));
	c = commit_new(m, "say");
	ev = work_event(m, w, EV_SAY);
	event_put(&ev, "side", "agent");
	event_put(&ev, "text", text);
	ok = work_emit(m, w, &ev, false, NULL, c, e);
	if (ok)
		work_lexicon(m, w, text, true, c);
	commit_submit(m, c);
	if (ok && w->contact->channel == CHANNEL_CHAT)
		work_telephone(m, w, CTI_SEND_MESSAGE, text);
	return ok;
}

// What of the line it is about: the words that were said, never the pattern that finds them.
static char *hit_term(const char *text, const struct lexicon_hit *h)
{
	return xstrndup(text + h->from, h->to - h->from);
}

void work_lexicon(struct model *m, struct work *w, const char *text, bool agent, struct commit *c)
{
	struct lexicon_hits hits = {0};

	lexicon_match(m->packs->lexicon, sv(text), &hits);
	for (size_t i = 0; i < hits.n; i++) {
		const struct lexicon_entry *en = hits.v[i].entry;
		struct event ev = work_event(m, w, EV_LEXICON_HIT);
		char *term = hit_term(text, &hits.v[i]);
		event_put(&ev, "side", agent ? "agent" : "customer");
		event_put(&ev, "class", lexicon_class(en));
		event_put(&ev, "term", term);
		bool ok = work_emit(m, w, &ev, true, NULL, c, NULL);
		if (ok && agent && (en->list == LEXICON_FORBIDDEN || en->list == LEXICON_RISK_PROMISE || en->list == LEXICON_ASK_SECRET))
			model_say_note(m, NOTE_WARN, _("Wording: \"%s\" must not be said to customers."), term);
		if (ok && !agent && en->list == LEXICON_KEYWORD_ALERT)
			model_say_note(m, NOTE_ALARM, _("The customer said \"%s\": consider escalating (F8)."), term);
		free(term);
	}
	vec_release(&hits);
}

bool model_set_ready(struct model *m, bool ready, const char *reason, struct err *e)
{
	if (ready)
		for (size_t i = 0; i < m->works.n; i++)
			if (m->works.v[i]->contact->state == CALL_WRAP_UP && !m->works.v[i]->read_only)
				return err_set(e, ERR_DENIED, _("A wrap-up is not finished: save it with F9, then you are ready."));
	if (ready && m->config->kb_must_read_block && m->home.unread)
		return err_set(e, ERR_DENIED, ngettext("%zu must-read is unread: read and confirm it, then you are ready.",
						       "%zu must-reads are unread: read and confirm them, then you are ready.", m->home.unread),
			       m->home.unread);
	m->state = ready ? AGENT_READY : AGENT_BUSY;
	free(m->busy_reason);
	m->busy_reason = ready || str_empty(reason) ? NULL : xstrdup(reason);
	m->state_since = clock_mono(m->clock);
	m->changed = true;
	return true;
}

void work_hold_back(struct model *m)
{
	if (m->state != AGENT_READY || !m->config->kb_must_read_block || !m->home.unread || m->works.n)
		return;
	m->state = AGENT_BUSY;
	free(m->busy_reason);
	m->busy_reason = xstrdup(_("must-reads first"));
	m->state_since = clock_mono(m->clock);
}

// --- time

static void set_state(struct model *m, enum agent_state s)
{
	if (m->state != s)
		m->state_since = clock_mono(m->clock);
	m->state = s;
}

// The agent's state follows the contacts in hand; busy stays until it is taken back.
static void follow_state(struct model *m)
{
	bool live = false, wrap = false;

	for (size_t i = 0; i < m->works.n; i++) {
		const struct work *w = m->works.v[i];
		live |= !w->read_only && (contact_is_live(w->contact) || w->contact->state == CALL_DROPPED);
		wrap |= !w->read_only && w->contact->state == CALL_WRAP_UP;
	}
	if (live)
		set_state(m, AGENT_CALL);
	else if (wrap)
		set_state(m, AGENT_WRAP);
	else if (m->state == AGENT_CALL || m->state == AGENT_WRAP)
		set_state(m, AGENT_READY);
}

enum { TELEPHONE_ANSWER_MS = 2000 }; // terminal-and-telephony A5.5

static int64_t due_of(const struct model *m, const struct work *w)
{
	const struct contact *k = w->contact;

	(void)m;
	if (w->read_only)
		return -1;
	if (contact_is_ringing(k) && k->source != SOURCE_MANUAL)
		return CALL_NO_ANSWER_MS;
	if (k->state == CALL_DROPPED)
		return k->dropped_t + CALL_CALL_BACK_MS;
	return -1;
}

void model_tick(struct model *m)
{
	for (size_t i = m->works.n; i-- > 0;) {
		struct work *w = m->works.v[i];
		int64_t due = due_of(m, w);
		if (w->asked_at && clock_mono(m->clock) - w->asked_at >= TELEPHONE_ANSWER_MS) {
			w->asked_at = 0;
			model_say_note(m, NOTE_ALARM, _("The telephone does not react. Use it by hand, or press the key again."));
		}
		if (due < 0 || model_t(m, w) < due)
			continue;
		struct event ev = work_event(m, w, contact_is_ringing(w->contact) ? EV_MISSED : EV_GIVE_UP);
		bool missed = ev.type == EV_MISSED;
		// A second call that waits behind the first rings on as long as its caller is patient.
		if (missed && m->state == AGENT_CALL)
			event_release(&ev);
		else if (work_emit(m, w, &ev, true, NULL, NULL, NULL)) {
			if (missed) {
				work_telephone(m, w, CTI_REJECT, NULL);
				work_gone(m, w, _("The contact was not answered in time and went back."));
			} else {
				w->wrap_open = true;
			}
		}
	}
	follow_state(m);
	kb_tick(m);
	if (m->save.failed && clock_mono(m->clock) >= m->save.retry_at) {
		m->save.retry_at = clock_mono(m->clock) + SAVE_RETRY_MS;
		store_retry(m->store);
	}
}

int64_t model_next_ms(const struct model *m)
{
	int64_t best = kb_next_ms(m);

	if (m->save.failed) {
		int64_t retry = m->save.retry_at - clock_mono(m->clock);
		if (best < 0 || retry < best)
			best = retry < 0 ? 0 : retry;
	}
	for (size_t i = 0; i < m->works.n; i++) {
		int64_t due = due_of(m, m->works.v[i]), asked = m->works.v[i]->asked_at;
		if (asked) {
			int64_t wait = asked + TELEPHONE_ANSWER_MS - clock_mono(m->clock);
			if (best < 0 || wait < best)
				best = wait < 0 ? 0 : wait;
		}
		if (due < 0)
			continue;
		int64_t left = due - model_t(m, m->works.v[i]);
		if (left <= 0)
			left = m->state == AGENT_CALL ? 1000 : 0;
		if (best < 0 || left < best)
			best = left;
	}
	return best;
}
