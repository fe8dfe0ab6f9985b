// SPDX-License-Identifier: MIT
// Knows what an agent can do in a session in lines: each command becomes the event it would be on the screen, checked by the contact.
#include "src/base/i18n.h"
#include "src/base/path.h"
#include "src/base/utf8.h"
#include "src/cli/practice_line.h"
#include "src/desk/number.h"

#define TICKET_STATION "000" // of numbers that no station gives

void line_ring(struct line_session *l, int contact)
{
	const struct scenario_caller *k = &l->s->callers[contact];
	struct event ev = {.type = EV_START, .t_ms = l->now, .at = l->began + l->now};
	char id[40];

	if (l->contact[contact])
		return;
	snprintf(id, sizeof(id), "practice-%d", contact);
	l->contact[contact] = contact_new(id, l->began, &l->p->world);
	event_put(&ev, "channel", channel_code(k->channel));
	event_put(&ev, "direction", direction_code(DIRECTION_IN));
	event_put(&ev, "source", source_code(SOURCE_PRACTICE));
	event_put(&ev, "mode", contact_mode_code(MODE_PRACTICE));
	event_put(&ev, "number", k->persona.phone);
	event_put(&ev, "name", label_text(k->persona.name));
	event_put(&ev, "queue", k->queue);
	if (!contact_apply(l->contact[contact], &ev, true, NULL, NULL))
		BUG("a contact could not begin");
	event_release(&ev);
}

// What a line of the script puts in by itself; the rest the agent fills in.
static const char *script_var(void *ctx, struct sv name)
{
	const struct line_session *l = ctx;
	const struct contact *c = l->contact[l->front];
	const struct pack_script *s = c && c->script ? packs_script(l->p->packs, c->script->code) : NULL;

	if (sv_eqz(name, "org"))
		return label_text(packs_org(l->p->packs, s ? s->pack : NULL));
	if (sv_eqz(name, "customer.name"))
		return c ? c->customer_name : NULL;
	return NULL;
}

static void say_script(struct line_session *l, const struct contact_effects *fx)
{
	const struct script_node *n = fx->script.node;
	struct arena a = {0};

	if (!fx->script_moved || !n)
		return;
	fprintf(l->p->c->out, "    [%s] %s\n", n->id, script_render(label_text(n->text), script_var, l, &a));
	for (size_t i = 0; i < n->n_options; i++)
		fprintf(l->p->c->out, "      %c  %s\n", n->options[i].key, label_text(n->options[i].label));
	arena_release(&a);
}

bool line_emit(struct line_session *l, struct event *ev)
{
	struct contact *c = l->contact[l->front];
	struct contact_effects fx = {0};
	struct err e = {0};

	ev->t_ms = l->now;
	ev->at = l->began + l->now;
	if (!c || (ev->type != EV_UNDO && !contact_apply(c, ev, false, &fx, &e))) {
		fprintf(l->p->c->out, "  × %s\n", c ? e.msg : _("Nobody has called yet."));
		event_release(ev);
		return false;
	}
	if (ev->type != EV_UNDO)
		event_put_int(ev, "seq", (int64_t)c->events.n);
	engine_put(l->g, &(struct log_entry){.t_ms = l->now, .contact = l->front, .who = LOG_AGENT, .ev = *ev});
	say_script(l, &fx);
	event_release(ev);
	return true;
}

static struct event event(enum event_type type)
{
	return (struct event){.type = type};
}

// An event with one text.
static bool put1(struct line_session *l, enum event_type type, const char *key, const char *value)
{
	struct event ev = event(type);

	event_put(&ev, key, value);
	return line_emit(l, &ev);
}

static bool put2(struct line_session *l, enum event_type type, const char *k1, const char *v1, const char *k2, const char *v2)
{
	struct event ev = event(type);

	event_put(&ev, k1, v1);
	event_put(&ev, k2, v2);
	return line_emit(l, &ev);
}

// --- Commands: `a` is what stands behind the word

static enum line_effect done(bool ok)
{
	return ok ? LINE_DONE : LINE_NOTHING;
}

static void customer_card(struct line_session *l)
{
	const struct scenario_caller *k = &l->s->callers[l->front];
	struct event ev = event(EV_CUSTOMER);
	char id[40];

	if (!k->known)
		return;
	snprintf(id, sizeof(id), "practice-customer-%d", l->front);
	event_put(&ev, "id", id);
	event_put(&ev, "name", label_text(k->persona.name));
	event_put(&ev, "tier", k->tier ? k->tier : "normal");
	event_put(&ev, "language", k->language);
	event_put(&ev, "number", k->persona.phone);
	event_put(&ev, "flags", k->flags);
	event_put(&ev, "source", "system");
	line_emit(l, &ev);
}

static void start_script(struct line_session *l, const char *code)
{
	struct event ev = event(EV_SCRIPT_START);

	event_put(&ev, "script", code);
	event_put(&ev, "joined", "1");
	line_emit(l, &ev);
}

static enum line_effect do_answer(struct line_session *l, const char *a)
{
	struct event ev = event(EV_ANSWER);

	(void)a;
	// The one that rings, if the one in front does not.
	for (int i = 0; i < SCENARIO_CALLERS && !(l->contact[l->front] && contact_is_ringing(l->contact[l->front])); i++)
		if (l->contact[i] && contact_is_ringing(l->contact[i]))
			l->front = i;
	if (!line_emit(l, &ev))
		return LINE_NOTHING;
	customer_card(l);
	if (packs_script(l->p->packs, "com.general"))
		start_script(l, "com.general");
	return LINE_SAID;
}

static enum line_effect do_classify(struct line_session *l, const char *a)
{
	if (!put1(l, EV_CLASSIFY, "code", a))
		return LINE_NOTHING;
	const struct contact *c = l->contact[l->front];
	const char *script = l->p->world.category_script(l->p->world.ctx, a);
	// As at the desk: the category's script takes over where the general one stands.
	if (script && contact_is_live(c) && !script_run_depth(&c->run) && (!c->script || str_eq(c->script->code, "com.general")) &&
	    !str_eq(c->script ? c->script->code : NULL, script))
		start_script(l, script);
	return LINE_DONE;
}

// The title of an article's front matter; *body is the whole file folded.
static bool read_article(const struct pack_article *art, struct str *title, struct str *body)
{
	struct str text = {0};
	struct sv rest, line;
	bool ok = path_read(art->file, 1 << 20, &text, NULL);

	str_clear(title);
	str_clear(body);
	rest = sv_n(str_z(&text), text.n);
	while (ok && !title->n && sv_split(&rest, '\n', &line))
		if (sv_starts(line, "title:"))
			utf8_clean(title, sv_trim(sv_n(line.p + 6, line.n - 6)), UTF8_LINE);
	utf8_fold(body, sv_n(str_z(&text), text.n));
	str_release(&text);
	return ok;
}

// Without the station's base: the articles of the packs that hold every word.
static int find_articles(struct line_session *l, const char *words, bool print)
{
	struct str title = {0}, body = {0}, folded = {0};
	int n = 0;

	utf8_fold(&folded, sv(words));
	for (size_t i = 0; i < l->p->packs->n_articles && n < 8; i++) {
		struct sv rest = sv(str_z(&folded)), word;
		bool all = read_article(&l->p->packs->articles[i], &title, &body);
		while (all && sv_split(&rest, ' ', &word))
			all = !word.n || memmem(str_z(&body), body.n, word.p, word.n);
		n += all;
		if (all && print)
			fprintf(l->p->c->out, "    %s  %s\n", l->p->packs->articles[i].id, str_z(&title));
	}
	str_release(&title);
	str_release(&body);
	str_release(&folded);
	return n;
}

static enum line_effect do_search(struct line_session *l, const char *a)
{
	struct event ev = event(EV_KB_SEARCH);

	event_put(&ev, "q", a);
	event_put_int(&ev, "n", find_articles(l, a, false));
	if (!line_emit(l, &ev))
		return LINE_NOTHING;
	if (!find_articles(l, a, true))
		fprintf(l->p->c->out, "    %s\n", _("No article holds all of these words."));
	return LINE_DONE;
}

static enum line_effect do_open(struct line_session *l, const char *a)
{
	if (!packs_article(l->p->packs, a)) {
		fprintf(l->p->c->out, _("  × There is no article %s.\n"), a);
		return LINE_NOTHING;
	}
	return done(put1(l, EV_KB_OPEN, "id", a));
}

static enum line_effect do_cite(struct line_session *l, const char *a)
{
	if (!packs_article(l->p->packs, a)) {
		fprintf(l->p->c->out, _("  × There is no article %s.\n"), a);
		return LINE_NOTHING;
	}
	return done(put1(l, EV_KB_CITE, "id", a));
}

static enum line_effect do_verify(struct line_session *l, const char *a)
{
	struct event ev = event(EV_VERIFY);

	event_put(&ev, "method", "questions");
	event_put(&ev, "passed", "1");
	event_put(&ev, "level", *a ? a : "1");
	return done(line_emit(l, &ev));
}

static enum line_effect do_ticket(struct line_session *l, const char *a)
{
	struct number n = {.kind = NUMBER_TICKET, .site = NUMBER_PRACTICE_SITE, .station = TICKET_STATION, .counter = (uint32_t)(l->tickets + 1)};
	char no[NUMBER_CAP];
	struct date d;
	struct err e;

	clock_local(l->p->zone, l->began, &d);
	n.year = d.year;
	n.month = d.month;
	n.day = d.day;
	if (!number_format(&n, no, &e) || !put2(l, EV_TICKET_CREATE, "no", no, "text", *a ? a : NULL))
		return LINE_NOTHING;
	l->tickets++;
	fprintf(l->p->c->out, "    %s\n", no);
	return LINE_DONE;
}

static enum line_effect do_callback(struct line_session *l, const char *a)
{
	struct event ev = event(EV_CALLBACK_BOOK);

	event_put_int(&ev, "at", l->began + l->now + INT64_C(3600000));
	event_put(&ev, "text", a);
	return done(line_emit(l, &ev));
}

// "plan we stop the card now": the word and what stands behind it.
static const char *split(char *word, size_t cap, const char *a)
{
	size_t n = strcspn(a, " ");

	snprintf(word, cap, "%.*s", (int)n, a);
	return a + n + (a[n] == ' ');
}

static enum line_effect do_mark(struct line_session *l, const char *a)
{
	char mark[16];
	const char *text = split(mark, sizeof(mark), a);

	if (!str_eq(mark, "ack") && !str_eq(mark, "plan") && !str_eq(mark, "confirm") && !str_eq(mark, "close")) {
		fprintf(l->p->c->out, "  × %s\n", _("A mark is ack, plan, confirm or close."));
		return LINE_NOTHING;
	}
	return done(put2(l, EV_MARK, "mark", mark, "text", *text ? text : NULL));
}

static enum line_effect do_emotion(struct line_session *l, const char *a)
{
	char class[16];
	const char *level = split(class, sizeof(class), a);

	return done(put2(l, EV_EMOTION, "class", class, "level", *level ? level : "1"));
}

static enum line_effect do_form(struct line_session *l, const char *a)
{
	struct event ev = event(EV_FORM_SET);
	char name[96], *dot;
	const char *equals = strchr(a, '=');

	snprintf(name, sizeof(name), "%.*s", equals ? (int)(equals - a) : 0, a);
	dot = strchr(name, '.');
	if (!dot) {
		fprintf(l->p->c->out, "  × %s\n", _("Write it as /form FORM.FIELD=VALUE."));
		return LINE_NOTHING;
	}
	*dot = '\0';
	event_put(&ev, "form", name);
	event_put(&ev, "field", dot + 1);
	event_put(&ev, "value", equals + 1);
	return done(line_emit(l, &ev));
}

static enum line_effect visit(struct line_session *l, const char *op, const char *key, const char *value)
{
	return done(put2(l, EV_SCRIPT_VISIT, "op", op, key, *value ? value : NULL));
}

static enum line_effect do_next(struct line_session *l, const char *a)
{
	return visit(l, "next", "key", a);
}

static enum line_effect do_choose(struct line_session *l, const char *a)
{
	return visit(l, "choose", "key", a);
}

static enum line_effect do_jump(struct line_session *l, const char *a)
{
	return visit(l, "jump", "node", a);
}

static enum line_effect do_back(struct line_session *l, const char *a)
{
	return visit(l, "back", "key", a);
}

static enum line_effect do_undo(struct line_session *l, const char *a)
{
	struct contact *c = l->contact[l->front];
	struct event ev = {0};
	enum event_type type;
	struct err e = {0};

	(void)a;
	if (!c || !contact_undo(c, l->now, l->began + l->now, &ev, &type, &e)) {
		fprintf(l->p->c->out, "  × %s\n", c ? e.msg : _("Nobody has called yet."));
		return LINE_NOTHING;
	}
	return done(line_emit(l, &ev));
}

static enum line_effect do_broadcast(struct line_session *l, const char *a)
{
	struct event ev = event(EV_BROADCAST_ACK);

	event_put(&ev, "id", a);
	engine_put(l->g, &(struct log_entry){.t_ms = l->now, .contact = -1, .who = LOG_AGENT, .ev = ev});
	event_release(&ev);
	return LINE_DONE;
}

static enum line_effect do_line(struct line_session *l, const char *a)
{
	int64_t n;

	if (!parse_int(sv(a), 1, SCENARIO_CALLERS, &n) || !l->contact[n - 1])
		fprintf(l->p->c->out, "  × %s\n", _("Nobody is on that line."));
	else
		l->front = (int)n - 1;
	return LINE_NOTHING;
}

static enum line_effect do_wait(struct line_session *l, const char *a)
{
	int64_t s;

	if (!parse_int(sv(a), 1, 3600, &s)) {
		fprintf(l->p->c->out, "  × %s\n", _("Write it as /wait SECONDS."));
		return LINE_NOTHING;
	}
	l->now += s * 1000;
	return LINE_DONE;
}

static enum line_effect do_hint(struct line_session *l, const char *a)
{
	const struct expectation *x = engine_hint(l->g, l->front);

	(void)a;
	fprintf(l->p->c->out, "  %s\n", !x ? _("Nothing is expected just now.") : *label_text(x->label) ? label_text(x->label) : x->id);
	return LINE_NOTHING;
}

static enum line_effect do_quit(struct line_session *l, const char *a)
{
	(void)a;
	l->quit = true;
	return LINE_NOTHING;
}

static enum line_effect do_help(struct line_session *l, const char *a);

// Those that are one event with one text stand here whole.
static const struct command {
	const char *name, *args;
	enum line_effect (*fn)(struct line_session *l, const char *a);
	enum event_type type;
	const char *key;
	bool needs; // the argument must be there
} commands[] = {
	{"answer", "", do_answer, 0, NULL, false},
	{"classify", "CODE", do_classify, 0, NULL, true},
	{"intent", "CODE", NULL, EV_INTENT, "intent", true},
	{"difficulty", "CODE", NULL, EV_DIFFICULTY, "difficulty", true},
	{"search", "WORDS", do_search, 0, NULL, true},
	{"open", "ID", do_open, 0, NULL, true},
	{"cite", "ID", do_cite, 0, NULL, true},
	{"verify", "LEVEL", do_verify, 0, NULL, false},
	{"need", "TEXT", NULL, EV_NEED, "text", true},
	{"restate", "TEXT", NULL, EV_RESTATE, "text", true},
	{"emotion", "CLASS LEVEL", do_emotion, 0, NULL, true},
	{"mark", "ack|plan|confirm|close [TEXT]", do_mark, 0, NULL, true},
	{"script", "CODE", NULL, EV_SCRIPT_START, "script", true},
	{"next", "", do_next, 0, NULL, false},
	{"choose", "KEY", do_choose, 0, NULL, true},
	{"tick", "", NULL, EV_SCRIPT_TICK, NULL, false},
	{"skip", "REASON", NULL, EV_SCRIPT_SKIP, "reason", false},
	{"jump", "NODE", do_jump, 0, NULL, true},
	{"back", "", do_back, 0, NULL, false},
	{"offer", "accepted|later|declined", NULL, EV_OFFER, "result", true},
	{"form", "FORM.FIELD=VALUE", do_form, 0, NULL, true},
	{"ticket", "[TEXT]", do_ticket, 0, NULL, false},
	{"escalate", "KIND", NULL, EV_ESCALATE, "kind", true},
	{"callback", "[TEXT]", do_callback, 0, NULL, false},
	{"fault", "TYPE", NULL, EV_FAULT_KEY, "type", true},
	{"broadcast", "ID", do_broadcast, 0, NULL, false},
	{"hold", "", NULL, EV_HOLD, NULL, false},
	{"resume", "", NULL, EV_RESUME, NULL, false},
	{"transfer", "TARGET", NULL, EV_TRANSFER, "target", true},
	{"hangup", "", NULL, EV_HANGUP, NULL, false},
	{"note", "TEXT", NULL, EV_NOTE, "text", true},
	{"disposition", "CODE", NULL, EV_DISPOSITION, "code", true},
	{"save", "", NULL, EV_CLOSE, NULL, false},
	{"undo", "", do_undo, 0, NULL, false},
	{"line", "N", do_line, 0, NULL, true},
	{"wait", "SECONDS", do_wait, 0, NULL, true},
	{"hint", "", do_hint, 0, NULL, false},
	{"quit", "", do_quit, 0, NULL, false},
	{"help", "", do_help, 0, NULL, false},
};
enum { COMMANDS = sizeof(commands) / sizeof(*commands) };

static enum line_effect do_help(struct line_session *l, const char *a)
{
	(void)a;
	for (size_t i = 0; i < COMMANDS; i++)
		fprintf(l->p->c->out, "  /%s %s\n", commands[i].name, commands[i].args);
	return LINE_NOTHING;
}

static enum line_effect plain_event(struct line_session *l, const struct command *c, const char *a)
{
	struct event ev = event(c->type);

	if (c->key)
		event_put(&ev, c->key, *a ? a : NULL);
	if (c->type == EV_RESTATE)
		event_put(&ev, "confirmed", "1");
	if (c->type == EV_HANGUP)
		event_put(&ev, "side", "agent");
	if (c->type == EV_TRANSFER) {
		event_put(&ev, "kind", "blind");
		event_put(&ev, "packet", "{}");
	}
	return done(line_emit(l, &ev));
}

static enum line_effect command(struct line_session *l, const char *line)
{
	char word[24];
	const char *a = split(word, sizeof(word), line + 1);

	for (size_t i = 0; i < COMMANDS; i++) {
		const struct command *c = &commands[i];
		if (strcmp(c->name, word) != 0)
			continue;
		if (c->needs && !*a) {
			fprintf(l->p->c->out, "  × /%s %s\n", c->name, c->args);
			return LINE_NOTHING;
		}
		return c->fn ? c->fn(l, a) : plain_event(l, c, a);
	}
	fprintf(l->p->c->out, _("  × There is no command /%s; /help lists them.\n"), word);
	return LINE_NOTHING;
}

enum line_effect line_do(struct line_session *l, const char *line)
{
	struct event ev = event(EV_SAY);

	if (*line == '/')
		return command(l, line);
	if (!*line)
		return LINE_NOTHING;
	if (!l->contact[l->front] || !contact_is_live(l->contact[l->front])) {
		fprintf(l->p->c->out, "  × %s\n", _("Nobody is on the line."));
		return LINE_NOTHING;
	}
	event_put(&ev, "side", "agent");
	event_put(&ev, "text", line);
	return line_emit(l, &ev) ? LINE_SAID : LINE_NOTHING;
}
