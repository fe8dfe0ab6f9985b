// SPDX-License-Identifier: MIT
// Knows what can be asked of a contact: fields, times, steps, and the facts other rules judge by.
#include "src/desk/contact.h"

struct form_run *contact_base(const struct contact *c)
{
	return c->forms.n ? &c->forms.v[0]->run : NULL;
}

struct form_run *contact_form(const struct contact *c)
{
	return c->form > 0 ? &c->forms.v[c->form]->run : NULL;
}

const char *contact_field(const struct contact *c, const char *name)
{
	const struct form_run *run = NULL;

	if (!name)
		return "";
	if (str_starts(name, "base."))
		run = contact_base(c);
	else if (str_starts(name, "form."))
		run = contact_form(c);
	return run ? form_run_get_code(run, sv(name + 5)) : "";
}

bool contact_is_open(const struct contact *c)
{
	return !call_is_terminal(c->state);
}

bool contact_is_live(const struct contact *c)
{
	return call_is_live(c->state);
}

bool contact_is_ringing(const struct contact *c)
{
	return c->state == CALL_OFFERED || c->state == CALL_RINGING;
}

static const struct category *category_of(const struct contact *c)
{
	return c->category ? category_find(c->world->categories, c->category) : NULL;
}

bool contact_red(const struct contact *c)
{
	const struct category *cat = category_of(c);

	return cat && cat->red;
}

int64_t contact_hold_ms(const struct contact *c, int64_t t_ms)
{
	return c->state == CALL_ON_HOLD && t_ms > c->hold_since_t ? t_ms - c->hold_since_t : 0;
}

int64_t contact_talk_ms(const struct contact *c, int64_t t_ms)
{
	if (!c->ever_connected)
		return 0;
	return (contact_is_live(c) ? t_ms : c->ended_t) - c->connected_t;
}

void contact_steps(const struct contact *c, int64_t t_ms, struct step_bar *out)
{
	struct step_facts f = {
		.connected_ms = contact_talk_ms(c, t_ms),
		.need_lines = (int)c->needs.n + (*contact_field(c, "base.need") != '\0'),
		.restate_text = sv(c->restate),
		.restate_confirmed = c->restate_confirmed,
		.category_set = c->category != NULL,
		.solution_text = *contact_field(c, "base.solution") != '\0',
		.ticket_or_transfer = c->handed_over,
		.ended = !contact_is_open(c) || c->state == CALL_WRAP_UP,
	};

	for (size_t i = 0; i < c->refs.n; i++)
		f.ticket_or_transfer |= c->refs.v[i].kind == EV_TICKET_CREATE;
	steps_view(&f, out);
}

// --- names that expressions may use

static bool has_flag(const struct contact *c, const char *flag)
{
	struct sv rest = sv(c->customer_flags), part;

	while (sv_split(&rest, ',', &part))
		if (sv_eqz(part, flag))
			return true;
	return false;
}

static bool common_name(const struct contact *c, struct sv name, struct expr_value *out)
{
	const struct category *cat = category_of(c);

	if (sv_eqz(name, "verification"))
		*out = expr_number(c->verification);
	else if (sv_eqz(name, "emotion"))
		*out = expr_number(c->emotion);
	else if (sv_eqz(name, "intent"))
		*out = expr_text(intent_code(c->intent));
	else if (sv_eqz(name, "channel"))
		*out = expr_text(channel_code(c->channel));
	else if (sv_eqz(name, "customer.known"))
		*out = expr_bool(c->customer_id != NULL);
	else if (sv_eqz(name, "customer.tier"))
		*out = expr_text(c->customer_tier ? c->customer_tier : "normal");
	else if (sv_eqz(name, "customer.do_not_call"))
		*out = expr_bool(has_flag(c, "do_not_call"));
	else if (sv_eqz(name, "customer.minor"))
		*out = expr_bool(has_flag(c, "minor"));
	else if (sv_eqz(name, "consent.marketing"))
		*out = expr_bool(has_flag(c, "marketing"));
	else if (sv_eqz(name, "issue_solved"))
		*out = expr_bool(*contact_field(c, "base.solution") != '\0');
	else if (sv_eqz(name, "plan_confirmed"))
		*out = expr_bool(c->clocks.c[CALL_T180].stopped);
	else if (sv_eqz(name, "org_pack"))
		*out = expr_text(cat ? cat->pack : "");
	else
		return false;
	return true;
}

static bool lookup(void *ctx, struct sv name, struct expr_value *out)
{
	const struct contact *c = ctx;

	if (sv_starts(name, "base."))
		return form_run_lookup(contact_base(c), sv_n(name.p + 5, name.n - 5), out);
	if (sv_starts(name, "form."))
		return contact_form(c) && form_run_lookup(contact_form(c), sv_n(name.p + 5, name.n - 5), out);
	return common_name(c, name, out);
}

static const char *autofill(void *ctx, const char *what)
{
	const struct contact *c = ctx;

	if (strcmp(what, "caller.number") == 0)
		return c->number;
	if (strcmp(what, "customer.phone") == 0)
		return c->customer_phone ? c->customer_phone : c->number;
	if (strcmp(what, "customer.name") == 0)
		return c->customer_name ? c->customer_name : c->caller;
	return NULL;
}

static bool code_known(void *ctx, enum field_type type, struct sv code)
{
	const struct contact *c = ctx;
	char buf[96];

	if (code.n >= sizeof(buf))
		return false;
	memcpy(buf, code.p, code.n);
	buf[code.n] = '\0';
	if (type == FIELD_CATEGORY) {
		const struct category *cat = category_find(c->world->categories, buf);
		return cat && cat->leaf;
	}
	if (type == FIELD_DISPOSITION)
		return disposition_find(c->world->dispositions, buf) != NULL;
	return true;
}

static const char *code_label(void *ctx, enum field_type type, const char *code)
{
	const struct contact *c = ctx;

	if (type == FIELD_CATEGORY) {
		const struct category *cat = category_find(c->world->categories, code);
		return cat ? category_label(cat) : NULL;
	}
	if (type == FIELD_DISPOSITION) {
		const struct disposition *d = disposition_find(c->world->dispositions, code);
		return d ? disposition_label(d) : NULL;
	}
	return NULL;
}

void contact_form_env(const struct contact *c, int64_t now_ms, struct form_env *env)
{
	*env = (struct form_env){
		.lookup = lookup,
		.autofill = autofill,
		.code_known = code_known,
		.code_label = code_label,
		.ctx = (void *)(uintptr_t)c,
		.now_ms = now_ms,
		.zone = c->world->zone,
	};
}

void contact_script_env(const struct contact *c, struct script_env *env)
{
	*env = (struct script_env){
		.lookup = lookup,
		.ctx = (void *)(uintptr_t)c,
		.start_ms = c->started_at,
		.zone = c->world->zone,
	};
}

int64_t contact_longest_open(const struct contact *c, int64_t t_ms)
{
	int64_t best = 0;

	for (size_t i = 0; i < c->opens.n; i++) {
		int64_t to = i + 1 < c->opens.n ? c->opens.v[i + 1].t_ms : t_ms;
		if (to - c->opens.v[i].t_ms > best)
			best = to - c->opens.v[i].t_ms;
	}
	return best;
}

void contact_wrapup_facts(const struct contact *c, int64_t now, struct wrapup_facts *f, struct arena *a)
{
	const struct disposition *d = c->disposition ? disposition_find(c->world->dispositions, c->disposition) : NULL;
	const struct category *cat = category_of(c);
	struct form_env env;
	struct script_due *due;

	contact_form_env(c, now, &env);
	*f = (struct wrapup_facts){
		.channel = c->channel,
		.handled = c->ever_connected && !(d && d->class_ == DISPOSITION_INVALID),
		.intent = c->intent,
		.category_set = cat && cat->leaf,
		.difficulty = c->difficulty,
		.disposition = c->disposition,
		.disposition_invalid = d && d->class_ == DISPOSITION_INVALID,
		.needs_follow_up = d && disposition_needs_follow_up(d),
		.resolution = c->resolution,
		.follow_up_at = c->follow_up_at,
		.ended_at = c->started_at + c->ended_t,
		.follow_up_past = c->follow_up_at && c->follow_up_at < now,
		.kb_events = c->kb_searches + (int)c->opens.n + (int)c->cites.n,
		.kb_skip = c->kb_skip,
		.kb_update = c->kb_update,
		.kb_longest_open_ms = contact_longest_open(c, now - c->started_at),
		.restate_text = sv(c->restate),
		.restate_confirmed = c->restate_confirmed,
		.solution_text = *contact_field(c, "base.solution") != '\0',
		.red = cat && cat->red,
		.urgent_review_made = c->urgent_review,
	};
	// A date in the form counts as the follow-up date.
	int64_t at;
	if (!f->follow_up_at && parse_int(sv(contact_field(c, "base.follow_up_at")), 1, INT64_MAX, &at)) {
		f->follow_up_at = at;
		f->follow_up_past = at < now;
	}
	for (size_t i = 0; i < c->forms.n; i++)
		if (i == 0 || (int)i == c->form)
			f->form_errors += (int)form_run_error_count(&c->forms.v[i]->run, &env);
	if (f->disposition_invalid)
		f->form_errors = (int)form_run_error_count(&c->forms.v[0]->run, &env);
	if (script_run_started(&c->run) && f->handled) {
		size_t n = script_run_due(&c->run, true, &due, a);
		for (size_t i = 0; i < n; i++)
			f->script_skipped += due[i].state == DUE_OPEN;
	}
}

static void mix(uint64_t *h, const void *p, size_t n)
{
	const unsigned char *b = p;

	for (size_t i = 0; i < n; i++)
		*h = (*h ^ b[i]) * 0x100000001b3ULL; // FNV-1a
}

static void mix_text(uint64_t *h, const char *s)
{
	mix(h, s ? s : "", s ? strlen(s) + 1 : 1);
}

static void mix_int(uint64_t *h, int64_t v)
{
	mix(h, &v, sizeof(v));
}

uint64_t contact_digest(const struct contact *c)
{
	uint64_t h = 0xcbf29ce484222325ULL;

	mix_int(&h, c->state);
	for (int i = 0; i < CALL_CLOCKS; i++) {
		mix_int(&h, c->clocks.c[i].started ? c->clocks.c[i].start : -1);
		mix_int(&h, c->clocks.c[i].stopped ? c->clocks.c[i].stop : -1);
	}
	mix_int(&h, c->hold_ms);
	mix_int(&h, c->connected_t);
	mix_int(&h, c->ended_t);
	mix_text(&h, c->category);
	mix_text(&h, c->restate);
	mix_int(&h, c->intent);
	mix_int(&h, c->difficulty);
	mix_int(&h, c->emotion);
	mix_int(&h, c->verification);
	mix_text(&h, c->customer_id);
	mix_text(&h, c->disposition);
	mix_int(&h, c->resolution);
	mix_int(&h, c->follow_up_at);
	for (size_t i = 0; i < c->forms.n; i++)
		for (size_t j = 0; j < c->forms.v[i]->form->n_fields; j++)
			mix_text(&h, form_run_get(&c->forms.v[i]->run, j));
	for (size_t i = 0; i < c->cites.n; i++) {
		mix_text(&h, c->cites.v[i].id);
		mix_int(&h, c->cites.v[i].ver);
	}
	mix_int(&h, (int64_t)script_run_digest(&c->run));
	return h;
}
