// SPDX-License-Identifier: MIT
// Knows what the agent records while talking: needs, restatement, category, stamps, script steps, form fields.
#include "src/base/i18n.h"
#include "src/base/utf8.h"
#include "src/desk/mask.h"
#include "src/desk/secret.h"
#include "src/work/internal.h"

// Text that people type freely may hold what must never be stored (domain.md §18.1): it is refused, with the reason.
static bool no_secret(const char *text, struct err *e)
{
	struct secret_span span;

	if (text && secret_find(sv(text), &span, 1))
		return err_set(e, ERR_DENIED, "%s", secret_message(span.what));
	return true;
}

static bool emit1(struct model *m, struct work *w, enum event_type type, const char *key, const char *value, struct err *e)
{
	struct event ev = work_event(m, w, type);

	event_put(&ev, key, value);
	return work_emit(m, w, &ev, false, NULL, NULL, e);
}

static bool needs_connection(const struct work *w, struct err *e)
{
	if (contact_is_ringing(w->contact))
		return err_set(e, ERR_DENIED, _("Answer the contact first (F2)."));
	return true;
}

bool model_mark(struct model *m, struct work *w, const char *mark, const char *text, struct err *e)
{
	struct event ev;

	if (!needs_connection(w, e) || !no_secret(text, e))
		return false;
	if (!contact_is_live(w->contact))
		return err_set(e, ERR_DENIED, _("The call is over; its clocks are stopped."));
	ev = work_event(m, w, EV_MARK);
	event_put(&ev, "mark", mark);
	event_put(&ev, "text", text);
	return work_emit(m, w, &ev, false, NULL, NULL, e);
}

bool model_need(struct model *m, struct work *w, const char *text, struct err *e)
{
	if (str_empty(text))
		return err_set(e, ERR_USAGE, _("Write what the customer needs in one line."));
	return needs_connection(w, e) && no_secret(text, e) && emit1(m, w, EV_NEED, "text", text, e);
}

bool model_restate(struct model *m, struct work *w, const char *text, bool confirmed, struct err *e)
{
	struct event ev;

	if (!needs_connection(w, e) || !no_secret(text, e))
		return false;
	if (utf8_count(sv(text)) < RESTATE_MIN_CHARS)
		return err_set(e, ERR_USAGE, _("The restated need takes at least %d characters."), RESTATE_MIN_CHARS);
	ev = work_event(m, w, EV_RESTATE);
	event_put(&ev, "text", text);
	event_put(&ev, "confirmed", confirmed ? "1" : "0");
	if (!work_emit(m, w, &ev, false, NULL, NULL, e))
		return false;
	// The restated need is the query, unless the agent has typed one.
	struct kb_view *kb = model_kb(m, w);
	if (str_empty(kb->query))
		model_kb_query(m, w, text, true);
	return true;
}

bool model_classify(struct model *m, struct work *w, const char *category, struct err *e)
{
	struct contact_effects fx;
	struct commit *c;
	struct event ev;
	bool ok;

	if (!needs_connection(w, e))
		return false;
	c = commit_new(m, "classify");
	ev = work_event(m, w, EV_CLASSIFY);
	event_put(&ev, "code", category);
	ok = work_emit(m, w, &ev, false, &fx, c, e);
	// The category's script takes over where the general one stands; a script chosen by the agent stays.
	const char *script = ok ? m->world.category_script(m->world.ctx, category) : NULL;
	const struct script *now = w->contact->script;
	if (script && contact_is_live(w->contact) && !script_run_depth(&w->contact->run) &&
	    (!now || strcmp(now->code, "com.general") == 0) && !str_eq(now ? now->code : NULL, script)) {
		ev = work_event(m, w, EV_SCRIPT_START);
		event_put(&ev, "script", script);
		event_put(&ev, "joined", "1");
		struct err why = {0};
		if (!work_emit(m, w, &ev, false, NULL, c, &why))
			model_say_note(m, NOTE_WARN, "%s", why.msg);
	}
	commit_submit(m, c);
	if (ok && w->kb.narrow)
		model_kb_query(m, w, w->kb.query, false);
	return ok;
}

bool model_emotion(struct model *m, struct work *w, enum emotion_class cls, int level, struct err *e)
{
	struct event ev;

	if (!needs_connection(w, e))
		return false;
	ev = work_event(m, w, EV_EMOTION);
	event_put(&ev, "class", emotion_class_code(cls));
	event_put_int(&ev, "level", level);
	return work_emit(m, w, &ev, false, NULL, NULL, e);
}

bool model_verify(struct model *m, struct work *w, const char *method, int level, bool passed, struct err *e)
{
	struct event ev;

	if (!needs_connection(w, e))
		return false;
	ev = work_event(m, w, EV_VERIFY);
	event_put(&ev, "method", method);
	event_put_int(&ev, "level", level);
	event_put(&ev, "passed", passed ? "1" : "0");
	return work_emit(m, w, &ev, false, NULL, NULL, e);
}

bool model_note(struct model *m, struct work *w, const char *text, struct err *e)
{
	struct str swept = {0};
	bool ok;

	if (str_empty(text))
		return err_set(e, ERR_USAGE, _("The note is empty."));
	if (!no_secret(text, e))
		return false;
	// Numbers and addresses in free text are masked before they are kept (domain.md §18.2).
	mask_text(sv(text), &swept);
	ok = emit1(m, w, EV_NOTE, "text", str_z(&swept), e);
	str_release(&swept);
	return ok;
}

bool model_form_set(struct model *m, struct work *w, const char *field, const char *typed, struct err *e)
{
	struct event ev;
	const char *code = field + 5;
	bool base = str_starts(field, "base.");

	if (!needs_connection(w, e))
		return false;
	if (base && *typed) {
		if (strcmp(code, "category") == 0)
			return model_classify(m, w, typed, e);
		if (strcmp(code, "intent") == 0)
			return emit1(m, w, EV_INTENT, "intent", typed, e);
		if (strcmp(code, "difficulty") == 0)
			return emit1(m, w, EV_DIFFICULTY, "difficulty", typed, e);
		if (strcmp(code, "disposition") == 0)
			return model_disposition(m, w, typed, e);
	}
	if (!base && !contact_form(w->contact))
		return err_set(e, ERR_NOT_FOUND, _("No business form is open; choose the category first (M-c)."));
	ev = work_event(m, w, EV_FORM_SET);
	event_put(&ev, "form", base ? "base" : contact_form(w->contact)->form->code);
	event_put(&ev, "field", code);
	event_put(&ev, "value", typed);
	return work_emit(m, w, &ev, false, NULL, NULL, e);
}

// --- script

static bool script_event(struct model *m, struct work *w, struct event *ev, struct err *e)
{
	struct contact_effects fx;

	if (!needs_connection(w, e)) {
		event_release(ev);
		return false;
	}
	return work_emit(m, w, ev, false, &fx, NULL, e);
}

static bool visit(struct model *m, struct work *w, const char *op, const char *key, const char *value, struct err *e)
{
	struct event ev = work_event(m, w, EV_SCRIPT_VISIT);
	const struct script_node *node = script_run_node(&w->contact->run);

	event_put(&ev, "op", op);
	if (key)
		event_put(&ev, key, value);
	// For the reader of the timeline: where the agent stood.
	if (node && !(key && strcmp(key, "node") == 0))
		event_put(&ev, "node", node->id);
	return script_event(m, w, &ev, e);
}

bool model_script_start(struct model *m, struct work *w, const char *script, struct err *e)
{
	const struct pack_script *s = packs_script(m->packs, script);
	struct event ev = work_event(m, w, EV_SCRIPT_START);

	event_put(&ev, "script", script);
	if (s)
		event_put_int(&ev, "version", s->s.version);
	return script_event(m, w, &ev, e);
}

bool model_script_next(struct model *m, struct work *w, struct err *e)
{
	return visit(m, w, "next", NULL, NULL, e);
}

bool model_script_choose(struct model *m, struct work *w, char key, struct err *e)
{
	return visit(m, w, "choose", "key", (char[]){key, '\0'}, e);
}

bool model_script_tick(struct model *m, struct work *w, struct err *e)
{
	const struct script_node *node = script_run_node(&w->contact->run);
	struct event ev = work_event(m, w, EV_SCRIPT_TICK);

	if (node)
		event_put(&ev, "node", node->id);
	return script_event(m, w, &ev, e);
}

bool model_script_skip(struct model *m, struct work *w, const char *reason, struct err *e)
{
	const struct script_node *node = script_run_node(&w->contact->run);
	struct event ev = work_event(m, w, EV_SCRIPT_SKIP);

	event_put(&ev, "op", "skip");
	if (node)
		event_put(&ev, "node", node->id);
	event_put(&ev, "reason", reason);
	return script_event(m, w, &ev, e);
}

bool model_script_back(struct model *m, struct work *w, struct err *e)
{
	return visit(m, w, "back", NULL, NULL, e);
}

bool model_script_jump(struct model *m, struct work *w, const char *node, struct err *e)
{
	return visit(m, w, "jump", "node", node, e);
}

bool model_script_side(struct model *m, struct work *w, const char *script, struct err *e)
{
	return visit(m, w, "side", "script", script, e);
}

bool model_script_objection(struct model *m, struct work *w, size_t n, struct err *e)
{
	char buf[24];

	snprintf(buf, sizeof(buf), "%zu", n);
	return visit(m, w, "objection", "n", buf, e);
}

bool model_script_return(struct model *m, struct work *w, struct err *e)
{
	return visit(m, w, "return", NULL, NULL, e);
}

bool model_script_offer(struct model *m, struct work *w, enum offer_outcome outcome, struct err *e)
{
	struct event ev = work_event(m, w, EV_OFFER);

	event_put(&ev, "result", offer_outcome_code(outcome));
	return script_event(m, w, &ev, e);
}

bool model_script_settle(struct model *m, struct work *w, const char *node, const char *reason, struct err *e)
{
	struct event ev = work_event(m, w, EV_SCRIPT_SKIP);

	event_put(&ev, "op", "settle");
	event_put(&ev, "node", node);
	event_put(&ev, "reason", reason);
	return work_emit(m, w, &ev, false, NULL, NULL, e);
}

// --- words of a line

struct line_ctx {
	const struct model *m;
	const struct work *w;
	struct arena *a;
	enum lang lang; // of the line: what is filled in is in the same language
};

static const char *pick(const struct line_ctx *x, struct label l)
{
	const char *first = x->lang == LANG_ZH ? l.zh : l.en, *second = x->lang == LANG_ZH ? l.en : l.zh;

	return !str_empty(first) ? first : second ? second : "";
}

static const char *due_text(const struct line_ctx *x, int64_t at)
{
	char buf[32];

	if (at <= 0)
		return NULL;
	clock_format(x->m->zone, at, "%m-%d %H:%M", buf, sizeof(buf));
	return arena_strdup(x->a, buf);
}

static const char *greeting(const struct line_ctx *x)
{
	struct date d;

	clock_local(x->m->zone, clock_wall(x->m->clock), &d);
	static const struct label words[] = {{"早上好", "Good morning"}, {"下午好", "Good afternoon"}, {"晚上好", "Good evening"}};

	return pick(x, words[d.hour < 12 ? 0 : d.hour < 18 ? 1 : 2]);
}

// 王** with 先生/女士 is for the pack's author to write; here only the family name and a neutral title.
static const char *title_of(const struct line_ctx *x)
{
	const char *name = work_shut(x->m) ? NULL : x->w->contact->customer_name;
	uint32_t cp;

	if (str_empty(name))
		return NULL;
	size_t n = utf8_decode(sv(name), &cp);
	if (!utf8_is_han(cp))
		return name;
	return arena_printf(x->a, x->lang == LANG_ZH ? "%.*s先生/女士" : "%.*s", (int)n, name);
}

static const char *field_text(const struct line_ctx *x, struct sv name)
{
	const struct contact *k = x->w->contact;
	struct form_run *run = sv_starts(name, "base.") ? contact_base(k) : contact_form(k);
	struct sv code = sv_n(name.p + 5, name.n - 5);
	struct form_env env;
	struct str out = {0};

	size_t i = run ? form_find(run->form, code) : FORM_NO_FIELD;
	if (i == FORM_NO_FIELD || !*form_run_get(run, i))
		return NULL;
	contact_form_env(k, clock_wall(x->m->clock), &env);
	field_display(&run->form->fields[i], &env, form_run_get(run, i), &out);
	const char *text = arena_strdup(x->a, str_z(&out));
	str_release(&out);
	return text;
}

static int64_t first_due(const struct work *w, bool callback)
{
	for (size_t i = w->contact->refs.n; callback && i-- > 0;)
		if (w->contact->refs.v[i].kind == EV_CALLBACK_BOOK) {
			int64_t at;
			return parse_int(sv(w->contact->refs.v[i].id), 0, INT64_MAX, &at) ? at : 0;
		}
	if (callback)
		return w->contact->follow_up_at;
	for (size_t i = 0; i < w->card.tickets.n; i++)
		for (size_t r = 0; r < w->contact->refs.n; r++)
			if (w->contact->refs.v[r].kind == EV_TICKET_CREATE && str_eq(w->contact->refs.v[r].id, w->card.tickets.v[i].no))
				return w->card.tickets.v[i].due_at;
	return w->contact->follow_up_at;
}

static const char *ticket_no(const struct work *w)
{
	for (size_t i = w->contact->refs.n; i-- > 0;)
		if (w->contact->refs.v[i].kind == EV_TICKET_CREATE)
			return w->contact->refs.v[i].id;
	return NULL;
}

// Whose line it is: the category's pack, else that of the queue the contact came through, else the script's.
static const struct pack *line_pack(const struct line_ctx *x, const struct category *cat, const struct pack_script *ps)
{
	const struct category_tree *t = &x->m->packs->categories;
	const char *queue = x->w->contact->queue;

	for (size_t i = 0; !cat && !str_empty(queue) && i < t->n; i++)
		if (str_eq(t->v[i].queue, queue) && !str_eq(t->v[i].pack, "com"))
			cat = &t->v[i];
	const struct pack *pack = cat ? packs_pack(x->m->packs, cat->pack) : NULL;
	return pack ? pack : ps ? ps->pack : NULL;
}

// Before anything tells which house is called, the site's own name, if it has one.
static const char *org_of(const struct line_ctx *x, const struct pack *pack)
{
	const char *site = x->m->config->site_name;

	if ((!pack || strcmp(pack->code, "com") == 0) && !str_empty(site))
		return site;
	return pick(x, packs_org(x->m->packs, pack));
}

static const char *variable(void *ctx, struct sv name)
{
	const struct line_ctx *x = ctx;
	const struct contact *k = x->w->contact;
	const struct pack_script *ps = k->script ? packs_script(x->m->packs, k->script->code) : NULL;
	const struct category *cat = k->category ? category_find(&x->m->packs->categories, k->category) : NULL;
	const struct pack *pack = line_pack(x, cat, ps);

	if (sv_eqz(name, "agent.no"))
		return x->m->agent_no;
	if (sv_eqz(name, "agent.name"))
		return x->m->agent_name;
	if (sv_eqz(name, "org"))
		return org_of(x, pack);
	if (sv_eqz(name, "customer.name"))
		return work_shut(x->m) ? NULL : k->customer_name;
	if (sv_eqz(name, "customer.title"))
		return title_of(x);
	if (sv_eqz(name, "customer.tier"))
		return work_shut(x->m) ? NULL : k->customer_tier;
	if (sv_eqz(name, "now.greet"))
		return greeting(x);
	if (sv_eqz(name, "now.time"))
		return due_text(x, clock_wall(x->m->clock));
	if (sv_eqz(name, "ticket.no"))
		return ticket_no(x->w);
	if (sv_eqz(name, "sla.due"))
		return due_text(x, first_due(x->w, false));
	if (sv_eqz(name, "cb.due"))
		return due_text(x, first_due(x->w, true));
	if (sv_starts(name, "set.")) {
		const char *key = arena_strndup(x->a, name.p + 4, name.n - 4);
		const struct label *v = packs_value(x->m->packs, ps ? ps->pack : pack, key);
		return v ? pick(x, *v) : NULL;
	}
	if (sv_starts(name, "form.") || sv_starts(name, "base."))
		return field_text(x, name);
	return NULL;
}

const char *model_line_in(const struct model *m, const struct work *w, struct label line, enum lang lang, struct arena *a)
{
	struct line_ctx ctx = {.m = m, .w = w, .a = a, .lang = lang};

	return script_render(pick(&ctx, line), variable, &ctx, a);
}

enum lang model_spoken(const struct work *w)
{
	const char *lang = w->contact->customer_language;

	return lang && str_starts(lang, "en") ? LANG_EN : i18n_lang();
}

const char *model_line(const struct model *m, const struct work *w, struct label line, struct arena *a)
{
	return model_line_in(m, w, line, model_spoken(w), a);
}
