// SPDX-License-Identifier: MIT
// Knows the banners about the hub: broadcasts, the line and what to do about it, the clock.
#include "src/base/i18n.h"
#include "ui/rows.h"

enum {
	ROOMY = 36,                 // rows of a screen from which a broadcast may have more of them
	UNASKED_MS = 10 * 60000,    // so long a notice stands that nobody has to acknowledge
	NOTICES = 2, NOTICES_ROOMY = 4,
	SKEW_WRONG_MS = 120 * 1000,
};

// --- broadcasts

static bool is_red(const struct broadcast *b)
{
	return str_eq(b->severity, "red");
}

static bool is_drill(const struct broadcast *b)
{
	return str_eq(b->kind, "drill");
}

const char *broadcast_label(const struct broadcast *b)
{
	if (is_drill(b))
		return _("DRILL");
	if (str_eq(b->kind, "clear"))
		return _("All clear");
	if (str_eq(b->kind, "policy"))
		return _("New rule");
	if (is_red(b))
		return _("RED EVENT");
	if (str_eq(b->severity, "orange"))
		return _("Orange");
	return str_eq(b->severity, "yellow") ? _("Yellow") : _("Notice");
}

// A drill must not be taken for the real thing, nor the other way round: red is for the real one.
static unsigned broadcast_role(const struct broadcast *b)
{
	if (is_drill(b))
		return ROLE_ACCENT | STYLE_FOCUS;
	if (str_eq(b->kind, "clear"))
		return ROLE_ACCENT;
	return is_red(b) ? ROLE_ALARM : str_empty(b->severity) && !str_eq(b->kind, "policy") ? ROLE_PLAIN : ROLE_WARN;
}

static const char *broadcast_sign(const struct broadcast *b)
{
	if (is_drill(b))
		return "***";
	return is_red(b) ? "!!" : str_empty(b->severity) && !str_eq(b->kind, "policy") ? "-" : "!";
}

static void head_of(const struct model *m, const struct broadcast *b, char *buf, size_t cap)
{
	char at[16];

	ui_time(m, b->at, "%H:%M", at, sizeof(at));
	if (is_drill(b))
		snprintf(buf, cap, "%s %s %s %s  ", broadcast_sign(b), broadcast_label(b), broadcast_sign(b), at);
	else
		snprintf(buf, cap, "%s %s %s  ", broadcast_sign(b), broadcast_label(b), at);
}

// The key that acknowledges it now: while a call wants F2 the call has it.
static void tail_of(const struct ui *u, const struct model *m, const struct broadcast *b, char *buf, size_t cap)
{
	char key[KEY_NAME_MAX];
	bool mine = ui_f2(u, m) == F2_BROADCAST && ui_due(u, m) == b;

	keymap_label(u->keys, CTX_ANY, mine ? ACT_ANSWER : ACT_BROADCASTS, key, sizeof(key));
	snprintf(buf, cap, "[%s] %s", key, mine || (b->require_ack && !b->acked) ? _("mark as read") : _("read it"));
}

struct piece {
	const char *head, *text;
	int most;
};

static void add_piece(struct banners *all, unsigned role, const struct piece *p, int indent)
{
	struct banner *b = str_empty(p->text) ? NULL : banner_next(all);
	int pad;

	if (!b)
		return;
	b->role = role;
	b->most = p->most;
	pad = indent - canvas_columns(sv(p->head));
	snprintf(b->head, sizeof(b->head), "%*s%s", pad > 0 ? pad : 0, "", p->head);
	struct sv rest = sv(p->text), line;
	for (size_t n = 0; sv_split(&rest, '\n', &line) && n < sizeof(b->text);)
		n += (size_t)snprintf(b->text + n, sizeof(b->text) - n, "%s%.*s", n ? "  " : "", (int)line.n, line.p);
	banner_done(all, b);
}

// All of it: what happened, what to say, what not to say, whom to call.
static void whole(const struct ui *u, const struct model *m, const struct broadcast *b, struct banners *all)
{
	bool roomy = u->rows >= ROOMY;
	const struct piece pieces[] = {
		{_("what: "), roomy || str_empty(b->say) ? b->body : "", 2},
		{_("say: "), b->say, roomy ? 3 : 2},
		{_("do not say: "), b->not_say, roomy ? 2 : 1},
		{_("backup: "), b->lines, roomy ? 2 : 1},
	};
	struct banner *first = banner_next(all);
	int indent = 0;

	if (!first)
		return;
	first->role = broadcast_role(b) | STYLE_BOLD;
	first->most = 2;
	head_of(m, b, first->head, sizeof(first->head));
	tail_of(u, m, b, first->tail, sizeof(first->tail));
	snprintf(first->text, sizeof(first->text), "%s", b->title);
	banner_done(all, first);
	for (size_t i = 0; i < sizeof(pieces) / sizeof(*pieces); i++) {
		int w = canvas_columns(sv(pieces[i].head));
		indent = w > indent ? w : indent;
	}
	for (size_t i = 0; i < sizeof(pieces) / sizeof(*pieces); i++)
		add_piece(all, broadcast_role(b), &pieces[i], indent + 3);
}

static void one_line(const struct ui *u, const struct model *m, const struct broadcast *b, struct banners *all)
{
	bool over = is_red(b) && b->acked;
	const char *more = over && !str_empty(b->say) ? b->say : b->body;
	struct banner *out = banner_next(all);

	if (!out)
		return;
	out->role = over && !is_drill(b) ? ROLE_WARN : broadcast_role(b);
	head_of(m, b, out->head, sizeof(out->head));
	tail_of(u, m, b, out->tail, sizeof(out->tail));
	snprintf(out->text, sizeof(out->text), str_empty(more) ? "%s%s" : over && more == b->say ? _("%s - say: %s") : _("%s: %s"), b->title,
		 str_empty(more) ? "" : more);
	banner_done(all, out);
}

void hub_banners_red(const struct ui *u, const struct model *m, struct banners *all)
{
	const struct hub_rows *r = model_hub_shown(m);
	const struct broadcast *due = ui_due(u, m);

	if (!due || !is_red(due))
		return;
	whole(u, m, due, all);
	for (size_t i = r->broadcasts.n; i-- > 0;) {
		const struct broadcast *b = &r->broadcasts.v[i];
		if (is_red(b) && b->require_ack && !b->acked && b != due)
			one_line(u, m, b, all);
	}
}

// Stands until acknowledged; what nobody has to acknowledge for a while; a red event as long as it is in force.
static bool stands(const struct model *m, const struct broadcast *b)
{
	if (b->acked)
		return is_red(b);
	if (b->require_ack)
		return !is_red(b);
	return clock_wall(m->clock) - b->at < UNASKED_MS;
}

// What this person has to decide, the oldest first; or why nothing came of what they asked for.
static void requests(const struct ui *u, const struct model *m, struct banners *all)
{
	const struct hub_rows *r = model_hub_shown(m);
	char key[KEY_NAME_MAX];

	keymap_label(u->keys, CTX_ANY, ACT_BROADCASTS, key, sizeof(key));
	for (size_t i = 0; i < r->requests.n; i++) {
		const struct red_request *q = &r->requests.v[i];
		struct banner *b = q->decides || q->declined_by ? banner_next(all) : NULL;
		if (!b)
			continue;
		b->role = ROLE_WARN | STYLE_BOLD;
		if (q->decides) {
			snprintf(b->head, sizeof(b->head), "! %s  ", _("Red, asked for"));
			snprintf(b->tail, sizeof(b->tail), "[%s] %s", key, _("send it or decline"));
			snprintf(b->text, sizeof(b->text), _("%s asks: %s"), q->by, q->title);
		} else {
			snprintf(b->head, sizeof(b->head), "! %s  ", _("Red, declined"));
			snprintf(b->tail, sizeof(b->tail), "[%s] %s", key, _("read it"));
			snprintf(b->text, sizeof(b->text), "%s: %s", q->title, q->why);
		}
		banner_done(all, b);
		if (q->decides)
			return;
	}
}

void hub_banners_notices(const struct ui *u, const struct model *m, struct banners *all)
{
	const struct hub_rows *r = model_hub_shown(m);
	size_t most = u->rows >= ROOMY ? NOTICES_ROOMY : NOTICES, shown = 0, more = 0;
	struct banner *b;
	char key[KEY_NAME_MAX];

	requests(u, m, all);
	// Those that must be acknowledged first, the oldest of them first as F2 takes them.
	for (int pass = 0; pass < 2; pass++)
		for (size_t i = r->broadcasts.n; i-- > 0;) {
			const struct broadcast *bc = &r->broadcasts.v[i];
			if (!stands(m, bc) || (bc->require_ack && !bc->acked) != (pass == 0))
				continue;
			if (shown == most) {
				more++;
				continue;
			}
			one_line(u, m, bc, all);
			shown++;
		}
	if (!more || !(b = banner_next(all)))
		return;
	keymap_label(u->keys, CTX_ANY, ACT_BROADCASTS, key, sizeof(key));
	b->role = ROLE_WARN;
	snprintf(b->text, sizeof(b->text), ngettext("! %zu more broadcast: %s", "! %zu more broadcasts: %s", more), more, key);
	banner_done(all, b);
}

// --- the line

static void add(struct banners *all, unsigned role, int most, const char *text)
{
	struct banner *b = banner_next(all);

	if (!b)
		return;
	b->role = role;
	b->most = most;
	snprintf(b->text, sizeof(b->text), "%s", text);
	banner_done(all, b);
}

// Number of the ticket of the contact in front, NULL: it has none.
static const char *ticket_in_front(const struct model *m)
{
	const struct work *w = model_work(m);

	for (size_t i = w && !w->read_only ? w->contact->refs.n : 0; i-- > 0;)
		if (w->contact->refs.v[i].kind == EV_TICKET_CREATE)
			return w->contact->refs.v[i].id;
	return NULL;
}

// Whom to call, and what to read out there.
static void add_backup(const struct model *m, struct banners *all)
{
	const char *line = m->config->backup_line, *no = ticket_in_front(m);
	struct str text = {0};
	char code[7];

	if (!str_empty(line))
		str_addf(&text, _("Supervisor by telephone: %s."), line);
	if (no) {
		hub_readout_code(no, code);
		str_addf(&text, "%s", text.n ? "  " : "");
		str_addf(&text, _("Code of this ticket to read out: %.3s %.3s"), code, code + 3);
	}
	if (text.n) {
		struct banner *b = banner_next(all);
		if (b) {
			b->role = ROLE_WARN | STYLE_BOLD;
			snprintf(b->head, sizeof(b->head), "%*s", 2, "");
			snprintf(b->text, sizeof(b->text), "%s", str_z(&text));
			banner_done(all, b);
		}
	}
	str_release(&text);
}

static void offline(const struct ui *u, const struct model *m, const struct hub_status *h, struct banners *all)
{
	char since[16], key[KEY_NAME_MAX], text[600];

	ui_time(m, h->since, "%H:%M", since, sizeof(since));
	keymap_label(u->keys, CTX_ANY, ACT_HUB, key, sizeof(key));
	if (h->drill)
		snprintf(text, sizeof(text),
			 _("*** DRILL *** Offline on purpose since %s: work as if the hub were gone. %s ends the drill. *** DRILL ***"), since, key);
	else
		snprintf(text, sizeof(text),
			 _("! Offline since %s: calls by hand, scripts, knowledge, forms, tickets and clocks go on. What you do goes up later "
			   "by itself. Escalate by telephone too."),
			 since);
	add(all, h->drill ? ROLE_ACCENT | STYLE_FOCUS | STYLE_BOLD : ROLE_WARN, 2, text);
	add_backup(m, all);
}

// What somebody has to do: locked and too old first, because nothing else helps then.
static void wants(const struct ui *u, const struct hub_status *h, struct banners *all)
{
	char key[KEY_NAME_MAX], text[600];

	keymap_label(u->keys, CTX_ANY, ACT_HUB, key, sizeof(key));
	if (h->locked) {
		snprintf(text, sizeof(text), _("!! Too long without the hub: customer data is locked until somebody logs in (%s l). Scripts and "
					       "knowledge can be read; what waits to be sent is kept."), key);
		add(all, ROLE_ALARM, 2, text);
	} else if (h->need_login) {
		snprintf(text, sizeof(text),
			 h->unsent ? ngettext("! Log in to the hub: %s l. Nothing is lost; %lld operation waits.",
					      "! Log in to the hub: %s l. Nothing is lost; %lld operations wait.", (unsigned long)h->unsent)
				   : _("! Log in to the hub: %s l. Nothing is lost."),
			 key, (long long)h->unsent);
		add(all, ROLE_WARN, 2, text);
	}
	// Half of what an outbox is meant to hold: days alone, or a hub that takes nothing.
	if (hub_much_unsent(h)) {
		snprintf(text, sizeof(text), _("! %lld operations wait for the hub, more than a station should hold for long. Work goes on and is kept; tell the "
					       "administrator: they can be brought there as a file (zuoxi outbox export)."), (long long)h->unsent);
		add(all, ROLE_WARN, 2, text);
	}
	if (h->upgrade)
		add(all, ROLE_WARN, 2, _("! This program is too old for the hub, which takes nothing from it any more. Work goes on and is kept; "
					 "tell the administrator to upgrade it today."));
	if (h->stuck) {
		snprintf(text, sizeof(text), _("! Nothing has got through for 15 minutes although the hub answers. Work on; %s s tries at once. "
					       "If it stays so tell the administrator (zuoxi doctor)."), key);
		add(all, ROLE_WARN, 2, text);
	}
}

void hub_banners_line(const struct ui *u, const struct model *m, struct banners *all)
{
	const struct hub_status *h = model_hub(m);

	if (h->line == HUB_NONE)
		return;
	wants(u, h, all);
	if (h->line == HUB_OFFLINE)
		offline(u, m, h, all);
}

void hub_banners_clock(const struct model *m, struct banners *all)
{
	const struct hub_status *h = model_hub(m);
	int64_t ms = h->skew_ms < 0 ? -h->skew_ms : h->skew_ms;
	char text[400];

	if (h->line == HUB_NONE || ms <= SKEW_WRONG_MS)
		return;
	snprintf(text, sizeof(text),
		 h->skew_ms > 0 ? _("! The clock of this station is %lld min %d s fast: tell the administrator. Records bear the hub's time.")
				: _("! The clock of this station is %lld min %d s slow: tell the administrator. Records bear the hub's time."),
		 (long long)(ms / 60000), (int)(ms / 1000 % 60));
	add(all, ROLE_WARN, 2, text);
}
