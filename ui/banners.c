// SPDX-License-Identifier: MIT
// Knows the banners: which stand above the places now, in what order, and how they share the rows there are.
#include "src/base/i18n.h"
#include "src/desk/mask.h"
#include "ui/rows.h"

enum { MARGIN = 1, TAIL_GAP = 2 };

// --- rows

struct banner *banner_next(struct banners *all)
{
	if (all->n == BANNERS || all->rows >= all->room)
		return NULL;
	all->v[all->n] = (struct banner){0};
	return &all->v[all->n];
}

static int text_width(const struct banner *b, int cols)
{
	int tail = canvas_columns(sv(b->tail)), w = cols - 2 * MARGIN - canvas_columns(sv(b->head)) - (tail ? tail + TAIL_GAP : 0);

	return w > 1 ? w : 1;
}

void banner_done(struct banners *all, struct banner *b)
{
	int want = wrap_lines(sv(b->text), text_width(b, all->cols)), most = b->most > 0 ? b->most : 1;

	most = most < all->room - all->rows ? most : all->room - all->rows;
	b->rows = want < 1 ? 1 : want > most ? most : want;
	all->rows += b->rows;
	all->n++;
}

static void draw_one(const struct banner *b, const struct canvas *c)
{
	struct sv text = sv(b->text), line;
	size_t at = 0;
	int w = text_width(b, c->r.w), x = MARGIN;

	canvas_fill(c, b->role);
	x += canvas_text(c, 0, x, b->role | STYLE_BOLD, b->head);
	if (*b->tail)
		canvas_text(c, 0, c->r.w - MARGIN - canvas_columns(sv(b->tail)), b->role, b->tail);
	for (int y = 0; y < c->r.h && wrap_next(text, &at, w, &line); y++) {
		size_t more = at;
		struct sv next;
		bool cut = y + 1 == c->r.h && wrap_next(text, &more, w, &next);
		int used = canvas_clip(c, y, x, b->role, line, cut ? w - 1 : w);
		if (cut)
			canvas_glyph(c, y, x + used, b->role, GLYPH_MORE);
	}
}

void banners_draw(const struct ui *u, const struct model *m, const struct banners *all, const struct canvas *c)
{
	int y = 0;

	for (int i = 0; i < all->n && y < c->r.h; y += all->v[i++].rows) {
		struct canvas part = canvas_sub(c, (struct rect){y, 0, all->v[i].rows, c->r.w});
		if (all->v[i].draw)
			all->v[i].draw(u, m, &part);
		else
			draw_one(&all->v[i], &part);
	}
}

// --- calls

static bool on_the_phone(const struct model *m)
{
	for (size_t i = 0; i < m->works.n; i++)
		if (m->works.v[i]->contact->channel != CHANNEL_CHAT && contact_is_live(m->works.v[i]->contact))
			return true;
	return false;
}

static void ringing_text(const struct ui *u, const struct model *m, const struct work *w, struct banner *b)
{
	const struct contact *k = w->contact;
	const struct customer_card *card = &w->card;
	const char *name = (card->known || card->shut) && !str_empty(card->masked_name) ? card->masked_name : k->caller ? k->caller : _("Unknown caller");
	char dur[16], answer_key[KEY_NAME_MAX], reject_key[KEY_NAME_MAX], last[96] = "";
	struct str phone = {0};

	ui_duration(model_t(m, w), dur, sizeof(dur));
	keymap_label(u->keys, CTX_ANY, ACT_ANSWER, answer_key, sizeof(answer_key));
	keymap_label(u->keys, CTX_ANY, ACT_REJECT, reject_key, sizeof(reject_key));
	mask_value(MASK_PHONE, sv(k->number), &phone);
	if (card->known && card->contacts.n) {
		char day[16];
		ui_time(m, card->contacts.v[0].at, "%m-%d", day, sizeof(day));
		snprintf(last, sizeof(last), _("  last %s %s"), day, card->contacts.v[0].category ? card->contacts.v[0].category : "");
	}
	b->role = ROLE_ACCENT | STYLE_BOLD;
	if (k->channel != CHANNEL_CHAT && on_the_phone(m))
		snprintf(b->text, sizeof(b->text), _("%sSecond call %s  %s %s  waits until this one is over  [%s] reject"),
			 theme_glyph(&u->theme, GLYPH_BAR), dur, name, str_z(&phone), reject_key);
	else // The keys before the history: a narrow screen cuts the end.
		snprintf(b->text, sizeof(b->text), "%s%s %s  %s %s  [%s] %s  [%s] %s%s%s%s", theme_glyph(&u->theme, GLYPH_BAR),
			 k->channel == CHANNEL_CHAT ? _("Chat") : _("Incoming call"), dur, name, str_z(&phone), answer_key, _("answer"),
			 reject_key, _("reject"), card->known && card->tickets.n ? "  " : "",
			 card->known && card->tickets.n ? _("open ticket") : "", last);
	str_release(&phone);
}

static void say(struct banners *all, unsigned role, const char *text)
{
	struct banner *b = banner_next(all);

	if (!b)
		return;
	b->role = role;
	snprintf(b->text, sizeof(b->text), "%s", text);
	banner_done(all, b);
}

static void ringing(const struct ui *u, const struct model *m, struct banners *all)
{
	enum { MOST = 3 };
	int n = 0;

	for (size_t i = 0; i < m->works.n && n < MOST; i++) {
		if (!contact_is_ringing(m->works.v[i]->contact) || m->works.v[i]->read_only)
			continue;
		struct banner *b = banner_next(all);
		if (!b)
			return;
		ringing_text(u, m, m->works.v[i], b);
		banner_done(all, b);
		n++;
	}
}

static const struct work *in_hand(const struct model *m)
{
	const struct work *w = model_work(m);

	return w && !w->read_only ? w : NULL;
}

static void dropped(const struct model *m, struct banners *all)
{
	const struct work *w = in_hand(m);
	char left[16], text[400];

	if (!w || w->contact->state != CALL_DROPPED)
		return;
	ui_duration(CALL_CALL_BACK_MS - (model_t(m, w) - w->contact->dropped_t), left, sizeof(left));
	snprintf(text, sizeof(text), _("!! The line dropped. M-b calls back (%s left), F9 gives up."), left);
	say(all, ROLE_ALARM, text);
}

static void comfort(const struct ui *u, const struct model *m, struct banners *all)
{
	const struct work *w = in_hand(m);
	char text[400];

	if (!w || w->contact->state == CALL_DROPPED)
		return;
	const struct contact *k = w->contact;
	int64_t t = model_t(m, w), silence = clock_mono(m->clock) - w->last_key_mono;
	const struct comfort_limits limits = {
		.first = m->config->hold_comfort_s * 1000LL, .again = m->config->hold_repeat_s * 1000LL,
		.call_back = m->config->hold_callback_s * 1000LL, .silence = m->config->silence_s * 1000LL,
	};
	struct comfort now = comfort_now(&limits, k->state, contact_hold_ms(k, t), t - k->last_t < silence ? t - k->last_t : silence, k->emotion);
	if (now.hold != COMFORT_HOLD_NONE) {
		snprintf(text, sizeof(text), "! %s", comfort_hold_text(now.hold));
		say(all, ROLE_WARN, text);
	} else if (now.speak) {
		say(all, ROLE_DIM, _("Silence: say something to the customer."));
	}
	// Feelings first (domain.md §7.4): while the mood is fresh, the way to words for it.
	if (now.empathy && t - k->emotion_t < 60000) {
		char key[KEY_NAME_MAX];
		keymap_label(u->keys, CTX_ANY, ACT_SIDE_TRIP, key, sizeof(key));
		snprintf(text, sizeof(text), _("! The customer is upset (%s): name the feeling before the facts. %s s: soothing words"),
			 emotion_class_label(k->emotion_class), key);
		say(all, ROLE_WARN, text);
	}
}

void banners_collect(const struct ui *u, const struct model *m, struct banners *out)
{
	char text[sizeof(m->save.why.msg) + 8];

	out->n = out->rows = 0;
	out->room = layout_banner_rows(u->rows);
	out->cols = u->cols;
	practice_banner(u, m, out);
	if (m->save.failed) {
		snprintf(text, sizeof(text), "!! %s", m->save.why.msg);
		say(out, ROLE_ALARM, text);
	}
	ringing(u, m, out);
	dropped(m, out);
	hub_banners_red(u, m, out);
	hub_banners_line(u, m, out);
	hub_banners_notices(u, m, out);
	comfort(u, m, out);
	hub_banners_clock(m, out);
}
