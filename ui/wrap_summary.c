// SPDX-License-Identifier: MIT
// Knows how the record that is about to be saved is summed up on one side of the wrap-up.
#include "src/base/i18n.h"
#include "src/base/utf8.h"
#include "ui/wrap_rows.h"

enum { LABEL_MAX = 12, LINES_MAX = 2 };

struct sheet {
	const struct ui *u;
	const struct model *m;
	const struct canvas *c;
	int y, label_w;
};

static void line(struct sheet *s, const char *label, unsigned role, const char *text)
{
	struct canvas value;
	int rows;

	if (str_empty(text) || s->y >= s->c->r.h)
		return;
	canvas_fit(s->c, s->y, 1, ROLE_DIM, sv(label), s->label_w);
	value = canvas_sub(s->c, (struct rect){s->y, s->label_w + 3, LINES_MAX, s->c->r.w - s->label_w - 4});
	rows = canvas_wrap(&value, 0, 0, role, sv(text), 0);
	s->y += rows > 0 ? rows : 1;
}

static void clocks(struct sheet *s, const struct contact *k, int64_t t)
{
	for (int i = 0; i < CALL_CLOCKS; i++) {
		struct clock_view v;
		char buf[48];
		clocks_view(&k->clocks, (enum call_clock)i, t, &v);
		const char *sign = v.state == CLOCK_MET ? theme_glyph(&s->u->theme, GLYPH_DONE)
				   : v.state == CLOCK_MISSED ? theme_glyph(&s->u->theme, GLYPH_TIMES) : "";
		if (v.state == CLOCK_IDLE)
			continue;
		if (v.state == CLOCK_MISSED && !v.stopped)
			snprintf(buf, sizeof(buf), _("%s not reached (%llds)"), sign, (long long)(v.limit_ms / 1000));
		else
			snprintf(buf, sizeof(buf), "%s %llds / %llds", sign, (long long)(v.elapsed_ms / 1000), (long long)(v.limit_ms / 1000));
		line(s, call_clock_label((enum call_clock)i), v.state == CLOCK_MISSED ? ROLE_WARN : ROLE_PLAIN, buf);
	}
}

static void durations(struct sheet *s, const struct contact *k, int64_t t)
{
	char talk[16], hold[16], buf[96];

	if (!k->ever_connected)
		return;
	ui_duration(contact_talk_ms(k, t), talk, sizeof(talk));
	ui_duration(k->hold_ms, hold, sizeof(hold));
	if (k->hold_count)
		snprintf(buf, sizeof(buf), _("%s, on hold %s (%d times)"), talk, hold, k->hold_count);
	else
		snprintf(buf, sizeof(buf), "%s", talk);
	line(s, _("Talk"), ROLE_PLAIN, buf);
}

static void result(struct sheet *s, const struct contact *k)
{
	const struct disposition *d = k->disposition ? disposition_find(s->m->world.dispositions, k->disposition) : NULL;
	const struct disposition *second = k->second ? disposition_find(s->m->world.dispositions, k->second) : NULL;
	char when[24];
	int64_t at = k->follow_up_at;

	if (d)
		line(s, _("Ended"), ROLE_PLAIN, disposition_label(d));
	if (second)
		line(s, _("Offer"), ROLE_PLAIN, disposition_label(second));
	if (k->resolution != RESOLUTION_NONE)
		line(s, _("Outcome"), ROLE_PLAIN, resolution_label(k->resolution));
	if (at || parse_int(sv(contact_field(k, "base.follow_up_at")), 1, INT64_MAX, &at)) {
		ui_time(s->m, at, "%m-%d %H:%M", when, sizeof(when));
		line(s, _("Follow-up"), ROLE_PLAIN, when);
	}
	for (size_t i = 0; i < k->refs.n; i++) {
		const struct contact_ref *ref = &k->refs.v[i];
		if (ref->kind == EV_TICKET_CREATE)
			line(s, _("Ticket"), ROLE_PLAIN, ref->id);
		else if (ref->kind == EV_ESCALATE)
			line(s, _("Escalated"), ROLE_WARN, str_empty(ref->text) ? ref->id : ref->text);
	}
}

void wrap_summary(const struct ui *u, const struct model *m, const struct work *w, const struct canvas *c)
{
	const struct contact *k = w->contact;
	const struct category *cat = k->category ? category_find(m->world.categories, k->category) : NULL;
	struct sheet s = {.u = u, .m = m, .c = c, .label_w = LABEL_MAX};
	int64_t t = model_t(m, w);
	struct str b = {0};

	clocks(&s, k, t);
	durations(&s, k, t);
	if (cat) {
		if (cat->red)
			str_addf(&b, "! %s  ", _("red"));
		category_path(m->world.categories, cat, &b);
		line(&s, _("Category"), cat->red ? ROLE_ALARM : ROLE_PLAIN, str_z(&b));
		str_clear(&b);
	}
	line(&s, _("Need"), ROLE_PLAIN, contact_field(k, "base.need"));
	if (!str_empty(k->restate)) {
		str_addf(&b, "%s %s", theme_glyph(&u->theme, k->restate_confirmed ? GLYPH_DONE : GLYPH_TIMES), k->restate);
		line(&s, _("Restated"), ROLE_PLAIN, str_z(&b));
		str_clear(&b);
	}
	line(&s, _("Solution"), ROLE_PLAIN, contact_field(k, "base.solution"));
	result(&s, k);
	for (size_t i = 0; i < k->cites.n; i++)
		str_addf(&b, "%s%s v%d", i ? ", " : "", k->cites.v[i].id, k->cites.v[i].ver);
	line(&s, _("Cited"), ROLE_PLAIN, str_z(&b));
	str_clear(&b);
	if (k->emotion_start >= 0) {
		str_addf(&b, "%d %s %d", k->emotion_start, theme_glyph(&u->theme, GLYPH_RIGHT), k->emotion);
		if (k->emotion_class != EMOTION_ANY)
			str_addf(&b, "  %s", emotion_class_label(k->emotion_class));
		line(&s, _("Emotion"), k->emotion >= 2 ? ROLE_WARN : ROLE_PLAIN, str_z(&b));
	}
	str_release(&b);
}
