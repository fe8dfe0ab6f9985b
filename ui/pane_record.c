// SPDX-License-Identifier: MIT
// Knows the record of a contact as lines: the customer, what was attached, and the timeline with the newest at the bottom.
#include "src/base/i18n.h"
#include "src/base/utf8.h"
#include "src/desk/event_words.h"
#include "src/desk/mask.h"
#include "src/desk/ticket.h"
#include "ui/form_pane.h"
#include "ui/kb_pane.h"
#include "ui/practice_screens.h"

enum { WIDE = 90, STAMP_W = 7, SPLIT_FROM = 8, STEP_LABEL = 14, STEP_MIN = 16 };
enum part { PART_CUSTOMER = 1, PART_LINKED = 2, PART_TIME = 4, PART_ALL = 7 };

struct line {
	unsigned role;
	int indent;
	const char *head; // at column 1, e.g. a time; NULL
	const char *sign; // before the text, one column; NULL
	const char *text;
	bool rule; // a title rule
	int64_t seq; // of the event of the timeline; 0: something else
};
struct lines {
	VEC(struct line) v;
	struct arena *a;
	const struct ui *u;
	const struct model *m;
	const struct work *w;
	int step_cols; // of the line of a script step
	int64_t selected; // seq of the selected event, 0: none is
};

static void put(struct lines *l, unsigned role, const char *head, const char *sign, const char *text)
{
	vec_push(&l->v, ((struct line){.role = role, .indent = head ? STAMP_W : 1, .head = head, .sign = sign, .text = text}));
}

static void rule(struct lines *l, const char *title)
{
	vec_push(&l->v, ((struct line){.text = title, .rule = true}));
}

// Times count from the answer, as everywhere else on the screen; what came before it has a minus.
static const char *stamp(struct lines *l, int64_t t_ms)
{
	const struct contact *k = l->w->contact;
	int64_t t = k->ever_connected ? t_ms - k->connected_t : t_ms;
	char buf[16];

	ui_duration(t < 0 ? -t : t, buf, sizeof(buf));
	return arena_printf(l->a, "%s%s", t <= -1000 ? "-" : "", buf);
}

// --- what stands beside the timeline

static void customer(struct lines *l)
{
	const struct customer_card *card = &l->w->card;
	const struct contact *k = l->w->contact;
	struct str phone = {0};
	enum tier tier;

	rule(l, _("Customer"));
	if (card->shut) {
		put(l, ROLE_WARN, "!", NULL, _("Customer data is locked until somebody logs in at the hub."));
		return;
	}
	if (!card->known) {
		mask_value(MASK_PHONE, sv(k->number), &phone);
		put(l, ROLE_PLAIN, NULL, NULL,
		    arena_printf(l->a, _("%s  %s, not in the records; M-u attaches or creates"), k->caller ? k->caller : _("Unknown caller"),
				 str_z(&phone)));
		str_release(&phone);
		return;
	}
	bool tiered = card->tier && tier_parse(sv(card->tier), &tier) && tier != TIER_NORMAL;
	put(l, STYLE_BOLD, NULL, NULL,
	    arena_printf(l->a, "%s  %s  %s", card->masked_name ? card->masked_name : "", card->masked_phone ? card->masked_phone : "",
			 tiered ? tier_label(tier) : ""));
	put(l, ROLE_PLAIN, NULL, NULL,
	    arena_printf(l->a, _("verified to level %d, %d contacts in 90 days"), k->verification, card->contacts_90d));
	if (!str_empty(card->flags))
		put(l, ROLE_WARN, NULL, "!", arena_strdup(l->a, card->flags));
	if (!str_empty(card->notes)) {
		struct str notes = {0};
		mask_text(sv(card->notes), &notes);
		put(l, ROLE_PLAIN, NULL, NULL, arena_strdup(l->a, str_z(&notes)));
		str_release(&notes);
	}
}

static void last_contacts(struct lines *l)
{
	const struct customer_card *card = &l->w->card;

	if (!card->contacts.n)
		return;
	rule(l, _("Last contacts"));
	for (size_t i = 0; i < card->contacts.n; i++) {
		const struct card_contact *c = &card->contacts.v[i];
		char day[16];
		ui_time(l->m, c->at, "%m-%d", day, sizeof(day));
		put(l, ROLE_PLAIN, arena_strdup(l->a, day), NULL,
		    arena_printf(l->a, "%s  %s", c->category ? c->category : "", c->disposition ? c->disposition : ""));
	}
}

static const char *ticket_state_words(const char *code)
{
	enum ticket_state s;

	return code && ticket_state_parse(sv(code), &s) ? ticket_state_label(s) : code ? code : "";
}

static void tickets(struct lines *l)
{
	const struct contact *k = l->w->contact;
	bool any = l->w->card.tickets.n > 0;

	for (size_t i = 0; i < k->refs.n; i++)
		any |= k->refs.v[i].kind == EV_TICKET_CREATE;
	if (!any)
		return;
	rule(l, _("Tickets"));
	for (size_t i = 0; i < l->w->card.tickets.n; i++) {
		const struct card_ticket *t = &l->w->card.tickets.v[i];
		char due[24] = "";
		if (t->due_at)
			ui_time(l->m, t->due_at, "%m-%d %H:%M", due, sizeof(due));
		put(l, t->pinned ? ROLE_WARN : ROLE_PLAIN, NULL, t->pinned ? "!" : NULL,
		    arena_printf(l->a, "%s P%lld %s %s  %s", t->no, (long long)t->priority, t->title ? t->title : "", due,
				 ticket_state_words(t->state)));
	}
	for (size_t i = 0; i < k->refs.n; i++) {
		bool listed = k->refs.v[i].kind != EV_TICKET_CREATE;
		for (size_t t = 0; t < l->w->card.tickets.n; t++)
			listed |= str_eq(l->w->card.tickets.v[t].no, k->refs.v[i].id);
		if (!listed)
			put(l, ROLE_PLAIN, NULL, NULL, k->refs.v[i].id);
	}
}

// An article in the version that was cited, and what has become of it since.
static void cite(struct lines *l, size_t i)
{
	const struct contact_cite *c = &l->w->contact->cites.v[i];
	const struct kb_cited *now = i < l->w->n_cited ? &l->w->cited[i] : NULL;
	const char *text = arena_printf(l->a, "%s v%d %s", c->id, c->ver, c->title), *times = theme_glyph(&l->u->theme, GLYPH_TIMES);
	const struct kb_fate *f = now && now->known ? &now->fate : NULL;

	if (f && f->state == KB_ARCHIVED && !str_empty(f->successor))
		put(l, ROLE_WARN, NULL, times, arena_printf(l->a, _("%s (withdrawn since; %s %s took its place)"), text, f->successor, f->successor_title));
	else if (f && f->state == KB_ARCHIVED)
		put(l, ROLE_WARN, NULL, times, arena_printf(l->a, _("%s (withdrawn since)"), text));
	else if (f && f->state == KB_HIDDEN)
		put(l, ROLE_WARN, NULL, times, arena_printf(l->a, _("%s (hidden since)"), text));
	else if (f && f->state == KB_STALE)
		put(l, ROLE_WARN, NULL, "!", arena_printf(l->a, _("%s (under review)"), text));
	else if (f && f->latest > c->ver)
		put(l, ROLE_PLAIN, NULL, NULL, arena_printf(l->a, _("%s (now v%d)"), text, f->latest));
	else
		put(l, ROLE_PLAIN, NULL, NULL, text);
}

static void cites_and_notes(struct lines *l)
{
	const struct contact *k = l->w->contact;

	if (k->cites.n)
		rule(l, _("Cited"));
	for (size_t i = 0; i < k->cites.n; i++)
		cite(l, i);
	if (k->notes.n)
		rule(l, _("Notes"));
	for (size_t i = 0; i < k->notes.n; i++)
		put(l, ROLE_PLAIN, stamp(l, k->notes.v[i].t_ms), NULL, k->notes.v[i].text);
}

// --- timeline

// A field of the form: its label and what it shows, masked.
static void label_field(const struct lines *l, struct event *ev)
{
	const struct contact *k = l->w->contact;
	struct form_env env;
	struct str shown = {0}, masked = {0};

	contact_form_env(k, clock_wall(l->m->clock), &env);
	for (size_t i = 0; i < k->forms.n; i++) {
		const struct form *form = k->forms.v[i]->form;
		size_t field = strcmp(form->code, event_get(ev, "form")) == 0 ? form_find(form, sv(event_get(ev, "field"))) : FORM_NO_FIELD;
		if (field == FORM_NO_FIELD)
			continue;
		const struct form_field *f = &form->fields[field];
		enum mask mask = MASK_NONE;
		// The event holds what was typed; the field understood it.
		struct str value = {0};
		if (field_normalise(f, &env, sv(event_get(ev, "value")), &value, NULL))
			field_display(f, &env, str_z(&value), &shown);
		else
			str_add(&shown, event_get(ev, "value"));
		str_release(&value);
		if (!f->mask || !mask_parse(sv(f->mask), &mask))
			mask = MASK_NONE;
		mask_value(mask, sv(str_z(&shown)), &masked);
		event_replace(ev, "field", label_text(f->label));
		event_replace(ev, "value", str_z(&masked));
		break;
	}
	str_release(&shown);
	str_release(&masked);
}

// Codes and stamps become words.
static void in_words(const struct lines *l, struct event *ev)
{
	int64_t at = event_get_int(ev, "at", 0);
	enum resolution r;
	char when[24];

	if (ev->type == EV_FORM_SET)
		label_field(l, ev);
	else
		event_words(&l->m->world, ev);
	if (at > 0) {
		ui_time(l->m, at, "%m-%d %H:%M", when, sizeof(when));
		event_replace(ev, "at", when);
	}
	if (resolution_parse(sv(event_get(ev, "resolution")), &r))
		event_replace(ev, "resolution", resolution_label(r));
}

// The line of a step, of whichever script or side trip it was; NULL: not in the scripts of this contact.
static const struct script_node *step_of(const struct contact *k, const char *id, int64_t t_ms)
{
	const struct script_node *found = NULL;

	for (size_t i = 0; i < k->run.visits.n; i++) {
		const struct script_visit *v = &k->run.visits.v[i];
		const struct script_node *n = &v->script->nodes[v->node];
		if (strcmp(n->id, id) == 0 && (!found || v->t_ms <= t_ms))
			found = n;
	}
	if (found)
		return found;
	const struct script *s = script_run_main(&k->run);
	size_t at = s ? script_find_node(s, sv(id)) : SCRIPT_NO_NODE;
	return at == SCRIPT_NO_NODE ? NULL : &s->nodes[at];
}

// A step of the script in the words the agent saw, and where it led.
static bool step_words(const struct lines *l, const struct event *ev, struct str *out)
{
	static const struct {
		const char *op, *label;
	} ops[] = {{"back", N_("Back from")}, {"jump", N_("Jump to")}, {"side", N_("Side trip at")},
		   {"objection", N_("Objection at")}, {"return", N_("Back to the script from")}};
	const char *op = event_get(ev, "op"), *label = NULL;
	const struct script_node *n = step_of(l->w->contact, event_get(ev, "node"), ev->t_ms);

	if ((ev->type != EV_SCRIPT_VISIT && ev->type != EV_SCRIPT_TICK && ev->type != EV_SCRIPT_SKIP) || !n)
		return false;
	for (size_t i = 0; i < sizeof(ops) / sizeof(*ops); i++)
		if (strcmp(op, ops[i].op) == 0)
			label = _(ops[i].label);
	if (!label && ev->type == EV_SCRIPT_VISIT)
		label = _("Said line");
	if (label)
		str_add(out, label);
	else
		event_describe(&(struct event){.type = ev->type}, out);
	const char *line = model_line(l->m, l->w, n->text, l->a);
	size_t fits = utf8_fit(sv(line), l->step_cols, NULL);
	str_addf(out, " %.*s%s", (int)fits, line, line[fits] ? theme_glyph(&l->u->theme, GLYPH_MORE) : "");
	for (size_t i = 0; i < n->n_options; i++)
		if (strcmp(op, "choose") == 0 && *event_get(ev, "key") == n->options[i].key)
			str_addf(out, " %s %s", theme_glyph(&l->u->theme, GLYPH_RIGHT), model_line(l->m, l->w, n->options[i].label, l->a));
	if (*event_get(ev, "reason"))
		str_addf(out, " (%s)", event_get(ev, "reason"));
	return true;
}

// Going on from a line that was just ticked says nothing new.
static bool only_moves_on(const struct contact *k, size_t i)
{
	const struct event *ev = &k->events.v[i], *before = i ? &k->events.v[i - 1] : NULL;

	return before && ev->type == EV_SCRIPT_VISIT && before->type == EV_SCRIPT_TICK && strcmp(event_get(ev, "op"), "next") == 0 &&
	       strcmp(event_get(ev, "node"), event_get(before, "node")) == 0;
}

static bool taken_back(const struct contact *k, int64_t seq)
{
	for (size_t i = 0; i < k->undone.n; i++)
		if (k->undone.v[i] == seq)
			return true;
	return false;
}

// What was marked here, below the last event of its moment.
static void moment(struct lines *l, size_t i)
{
	static const char *const signs[] = {[CASE_GOOD] = "+", [CASE_MISS] = "!", [CASE_KEY] = "*"};
	const struct contact *k = l->w->contact;
	const struct case_mark *mark = record_mark_at(l->u, l->m, k->events.v[i].t_ms);

	if (!mark || (i + 1 < k->events.n && k->events.v[i + 1].t_ms == mark->t_ms))
		return;
	put(l, mark->type == CASE_MISS ? ROLE_WARN : ROLE_ACCENT, stamp(l, mark->t_ms), signs[mark->type],
	    arena_printf(l->a, "%s: %s", case_marker_label(mark->type), mark->note));
}

static void timeline(struct lines *l)
{
	const struct contact *k = l->w->contact;

	rule(l, _("Timeline"));
	for (size_t i = 0; i < k->events.n; i++) {
		const struct event *ev = &k->events.v[i];
		struct event copy;
		struct str text = {0}, masked = {0};
		if (only_moves_on(k, i))
			continue;
		bool undone = taken_back(k, ev->seq);
		bool warn = ev->type == EV_LEXICON_HIT || ev->type == EV_ESCALATE || ev->type == EV_DROP || ev->type == EV_MISSED;
		event_copy(&copy, ev);
		in_words(l, &copy);
		if (!step_words(l, ev, &text))
			event_describe(&copy, &text);
		if ((ev->type == EV_KB_OPEN || ev->type == EV_KB_CITE) && *event_get(ev, "ver"))
			str_addf(&text, " v%s", event_get(ev, "ver"));
		if (ev->type == EV_SCRIPT_START) {
			const struct script *s = l->m->world.script(l->m->world.ctx, event_get(ev, "script"));
			str_addf(&text, " %s", s ? label_text(s->title) : event_get(ev, "script"));
		}
		mask_text(sv(str_z(&text)), &masked);
		put(l, undone ? ROLE_DIM : warn ? ROLE_WARN : ROLE_PLAIN, stamp(l, ev->t_ms),
		    undone ? theme_glyph(&l->u->theme, GLYPH_TIMES) : warn ? "!" : NULL,
		    undone ? arena_printf(l->a, _("%s (taken back)"), str_z(&masked)) : arena_strdup(l->a, str_z(&masked)));
		l->v.v[l->v.n - 1].seq = ev->seq;
		moment(l, i);
		event_release(&copy);
		str_release(&text);
		str_release(&masked);
	}
}

// --- drawing

static int text_x(const struct line *line)
{
	return line->indent + (line->sign ? 2 : 0);
}

static int rows_of(const struct line *line, int width)
{
	int n = line->rule ? 1 : wrap_lines(sv(line->text), width - text_x(line) - 1);

	return n > 0 ? n : 1;
}

static int height_of(const struct lines *l, int width)
{
	int n = 0;

	for (size_t i = 0; i < l->v.n; i++)
		n += rows_of(&l->v.v[i], width);
	return n;
}

// From row `from` of all rows on.
static void draw_lines(const struct lines *l, const struct canvas *c, int from)
{
	int y = -from;

	for (size_t i = 0; i < l->v.n && y < c->r.h; i++) {
		const struct line *line = &l->v.v[i];
		int h = rows_of(line, c->r.w), x = text_x(line), hidden = y < 0 ? -y : 0;
		struct canvas box = canvas_sub(c, (struct rect){y + hidden, x, h - hidden, c->r.w - x - 1});
		if (y >= 0 && line->rule) {
			struct canvas row = canvas_sub(c, (struct rect){y, 0, 1, c->r.w});
			canvas_title(&row, 0, line->text, NULL, false);
		}
		if (y >= 0 && !line->rule && line->head)
			canvas_text(c, y, line->indent - 1 - canvas_columns(sv(line->head)), ROLE_DIM, line->head);
		if (y >= 0 && !line->rule && line->sign)
			canvas_text(c, y, line->indent, line->role, line->sign);
		bool selected = l->selected && line->seq == l->selected;
		if (selected && y >= 0)
			canvas_glyph(c, y, 0, ROLE_ACCENT, GLYPH_SELECT);
		if (!line->rule && h > hidden)
			canvas_wrap(&box, 0, 0, line->role | (selected ? STYLE_SELECTED | STYLE_BOLD : 0), sv(line->text), hidden);
		y += h;
	}
}

static struct lines lines_of(const struct ui *u, const struct model *m, struct arena *a, unsigned parts, int width)
{
	int step = width - STEP_LABEL;
	struct lines l = {.a = a, .u = u, .m = m, .w = model_work(m), .step_cols = step < STEP_MIN ? STEP_MIN : step};

	if (parts & PART_CUSTOMER)
		customer(&l);
	if (parts & PART_LINKED) {
		last_contacts(&l);
		tickets(&l);
		cites_and_notes(&l);
	}
	if (parts & PART_TIME)
		timeline(&l);
	// A past contact is walked through event by event.
	if (l.w->read_only && l.v.n) {
		l.selected = l.v.v[l.v.n - 1].seq;
		for (size_t i = 0; i < l.v.n; i++)
			if (l.v.v[i].seq && l.v.v[i].seq == ui_view_const(u, m)->record_seq)
				l.selected = l.v.v[i].seq;
	}
	return l;
}

// The rows that lie above what shows when the newest is at the bottom; record_scroll goes up from there.
static int hidden_above(const struct lines *l, const struct canvas *c, int scroll)
{
	int over = height_of(l, c->r.w) - c->r.h;

	if (over <= 0)
		return 0;
	if (l->selected) {
		int y = 0;
		for (size_t i = 0; i < l->v.n && l->v.v[i].seq != l->selected; i++)
			y += rows_of(&l->v.v[i], c->r.w);
		return y < over ? y : over;
	}
	return over - (scroll > over ? over : scroll);
}

static void draw(const struct ui *u, const struct model *m, const struct canvas *c, bool focused)
{
	const struct work *w = model_work(m);
	const struct view *v = ui_view_const(u, m);
	struct arena a = {0};
	char count[64] = "";

	if (w)
		snprintf(count, sizeof(count), "%s%s", w->contact->no ? w->contact->no : "", w->read_only ? _(" read-only") : "");
	canvas_title(c, 0, _("Record"), count, focused);
	if (!w)
		return;
	bool wide = c->r.w >= WIDE;
	int left = wide ? c->r.w * 3 / 5 : c->r.w;
	struct canvas main = canvas_sub(c, (struct rect){1, 0, c->r.h - 1, left});
	struct lines l = lines_of(u, m, &a, wide ? PART_TIME : PART_ALL, left);
	// Narrow and untouched: what came before keeps a place above the newest of the timeline.
	if (!wide && !v->record_scroll && !v->record_seq && height_of(&l, left) > main.r.h && main.r.h >= SPLIT_FROM) {
		vec_release(&l.v);
		l = lines_of(u, m, &a, PART_LINKED, left);
		int head = height_of(&l, left);
		head = head > main.r.h / 2 ? main.r.h / 2 : head;
		struct canvas above = canvas_sub(&main, (struct rect){0, 0, head, left});
		draw_lines(&l, &above, 0);
		vec_release(&l.v);
		main = canvas_below(&main, head);
		l = lines_of(u, m, &a, PART_TIME, left);
	}
	int from = hidden_above(&l, &main, v->record_scroll);
	draw_lines(&l, &main, from);
	if (from > 0)
		canvas_glyph(&main, 0, left - 1, ROLE_DIM, GLYPH_UP);
	if (height_of(&l, left) - from > main.r.h)
		canvas_glyph(&main, main.r.h - 1, left - 1, ROLE_DIM, GLYPH_DOWN);
	vec_release(&l.v);
	if (wide) {
		struct canvas side = canvas_sub(c, (struct rect){1, left + 1, c->r.h - 1, c->r.w - left - 1});
		l = lines_of(u, m, &a, PART_CUSTOMER | PART_LINKED, side.r.w);
		canvas_vline(c, 1, left, c->r.h - 1, ROLE_DIM);
		draw_lines(&l, &side, 0);
		vec_release(&l.v);
	}
	if (focused)
		canvas_caret(c, c->r.h - 1, 0, false);
	arena_release(&a);
}

// --- keys

static struct rect pane_rect(const struct ui *u)
{
	struct rect r = u->layout.pane[PANE_RECORD];

	return rect_empty(r) ? (struct rect){0, 0, u->rows, u->cols} : r;
}

// In a past contact the keys walk through its events.
static bool walk(struct ui *u, struct model *m, enum action a, const struct lines *l, int page)
{
	const struct contact *k = model_work(m)->contact;
	struct view *v = ui_view(u, m);
	size_t first = l->v.n, last = 0, at = 0;

	for (size_t i = 0; i < l->v.n; i++) {
		if (!l->v.v[i].seq)
			continue;
		first = first < i ? first : i;
		last = i;
		at = l->v.v[i].seq == l->selected ? i : at;
	}
	if (first == l->v.n)
		return true;
	for (size_t i = 0; (a == ACT_RECORD_SEEN || a == ACT_LIST_OPEN) && i < k->events.n; i++)
		if (k->events.v[i].seq == l->selected)
			return record_open_seen(u, m, &k->events.v[i]);
	int step = a == ACT_LIST_UP ? -1 : a == ACT_LIST_DOWN ? 1 : a == ACT_LIST_PAGE_UP ? -page : a == ACT_LIST_PAGE_DOWN ? page : 0;
	int to = (int)at + step;
	if (a == ACT_LIST_FIRST || to < (int)first)
		to = (int)first;
	if (a == ACT_LIST_LAST || to > (int)last)
		to = (int)last;
	v->record_seq = l->v.v[to].seq;
	return true;
}

static bool act(struct ui *u, struct model *m, enum action a)
{
	struct view *v = ui_view(u, m);
	struct rect r = pane_rect(u);
	struct arena arena = {0};
	int page = r.h > 3 ? r.h - 2 : 1, over = 0;

	if (!model_work(m))
		return false;
	if (a == ACT_POPUP_CANCEL) {
		if (model_work(m)->read_only)
			model_close_view(m);
		else
			ui_focus(u, m, PANE_SCRIPT);
		return true;
	}
	if (a == ACT_MARK_MOMENT)
		return record_mark(u, m);
	if (a == ACT_CASE_KEEP)
		return record_case(u, m);
	bool past = model_work(m)->read_only;
	bool open = past && (a == ACT_RECORD_SEEN || a == ACT_LIST_OPEN);
	if (!open && a != ACT_LIST_UP && a != ACT_LIST_DOWN && a != ACT_LIST_PAGE_UP && a != ACT_LIST_PAGE_DOWN && a != ACT_LIST_FIRST &&
	    a != ACT_LIST_LAST)
		return false;
	bool wide = r.w >= WIDE;
	struct lines l = lines_of(u, m, &arena, wide ? PART_TIME : PART_ALL, wide ? r.w * 3 / 5 : r.w);
	over = height_of(&l, wide ? r.w * 3 / 5 : r.w) - (r.h - 1);
	if (past)
		walk(u, m, a, &l, page);
	vec_release(&l.v);
	arena_release(&arena);
	if (past)
		return true;
	v->record_scroll += a == ACT_LIST_UP ? 1 : a == ACT_LIST_DOWN ? -1 : a == ACT_LIST_PAGE_UP ? page : a == ACT_LIST_PAGE_DOWN ? -page : 0;
	if (a == ACT_LIST_FIRST)
		v->record_scroll = over;
	if (a == ACT_LIST_LAST || v->record_scroll < 0 || over < 0)
		v->record_scroll = 0;
	if (v->record_scroll > over && over >= 0)
		v->record_scroll = over;
	return true;
}

static unsigned contexts(const struct ui *u, const struct model *m)
{
	(void)u;
	return model_work(m) && model_work(m)->read_only ? CTX_LIST | CTX_RECORD : CTX_LIST;
}

static bool text(struct ui *u, struct model *m, struct key k, struct sv paste)
{
	(void)u, (void)m, (void)k, (void)paste;
	return false;
}

static void badge(const struct ui *u, const struct model *m, char *buf, size_t cap)
{
	const struct work *w = model_work(m);

	(void)u;
	if (w && w->contact->notes.n)
		snprintf(buf, cap, "(%zu)", w->contact->notes.n);
}

static void mouse(struct ui *u, struct model *m, int y, int x, enum action wheel)
{
	(void)y, (void)x;
	if (wheel != ACT_NONE)
		act(u, m, wheel);
}

const struct place place_record = {
	.title = N_("Record"),
	.contexts = contexts,
	.draw = draw,
	.act = act,
	.text = text,
	.badge = badge,
	.mouse = mouse,
};
