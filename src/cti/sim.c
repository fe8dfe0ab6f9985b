// SPDX-License-Identifier: MIT
// Knows a telephone that follows a script, for the demo site, practice and tests.
#include "src/cti/sim.h"

#include "src/base/i18n.h"
#include "src/base/str.h"
#include "src/base/utf8.h"
#include "src/base/vec.h"

enum { NO_CALL = -1 };

struct rule {
	int call; // index of the scripted call, NO_CALL for the link
	bool on_cmd; // after this command
	enum cti_cmd_type cmd;
	int64_t delay_ms;
	enum cti_event_type event;
	enum cti_why why;
	char *text;
};

enum sim_state {
	SIM_PLANNED,
	SIM_RINGING,
	SIM_TALKING,
	SIM_HELD,
	SIM_CONSULT,
	SIM_OVER,
};

struct sim_call {
	char id[64];
	enum cti_channel channel;
	char *number, *name, *queue;
	bool after_former; // offered when the call before is over
	int64_t delay_ms;
	enum sim_state state;
	int64_t over_ms; // monotonic, when it ended
};

struct due {
	int64_t at_ms;
	uint64_t order; // keeps what is due together in the order it was planned
	struct cti_event event;
	int call;
	bool if_unanswered;
};

struct sim {
	struct cti cti; // first: a struct cti * is a struct sim *
	const struct clock *clock;
	int64_t start_ms;
	VEC(struct sim_call) calls;
	VEC(struct rule) rules;
	VEC(struct due) due;
	VEC(struct cti_event) ready;
	size_t read; // of ready
	uint64_t order;
	uint32_t last_cmd;
	bool up;
};

static struct sim *of(const struct cti *c)
{
	return (struct sim *)(uintptr_t)c;
}

static const char *const event_names[CTI_EVENT_TYPES] = {
	[CTI_UP] = "link_up",	      [CTI_DOWN] = "link_down",	      [CTI_OFFERED] = "offered",
	[CTI_DIALING] = "dialing",    [CTI_RINGING] = "ringing",      [CTI_ANSWERED] = "answered",
	[CTI_HELD] = "held",	      [CTI_RESUMED] = "resumed",      [CTI_XFER_OK] = "xfer_ok",
	[CTI_XFER_FAILED] = "xfer_failed", [CTI_DTMF] = "dtmf",	      [CTI_ENDED] = "ended",
	[CTI_CMD_FAILED] = "cmd_failed", [CTI_REC_FILE] = "rec_file", [CTI_MESSAGE] = "message",
};
static const char *const cmd_names[CTI_CMD_TYPES] = {
	[CTI_ANSWER] = "answer",	 [CTI_REJECT] = "reject",	    [CTI_HANGUP] = "hangup",
	[CTI_HOLD] = "hold",		 [CTI_RESUME] = "resume",	    [CTI_MUTE] = "mute",
	[CTI_SEND_DTMF] = "send_dtmf",	 [CTI_DIAL] = "dial",		    [CTI_XFER_BLIND] = "xfer_blind",
	[CTI_XFER_CONSULT] = "xfer_consult", [CTI_XFER_COMPLETE] = "xfer_complete", [CTI_XFER_ABORT] = "xfer_abort",
	[CTI_MARK] = "mark",		 [CTI_SEND_MESSAGE] = "send_message",
};

const char *cti_event_name(enum cti_event_type t)
{
	return event_names[t];
}

const char *cti_cmd_name(enum cti_cmd_type t)
{
	return cmd_names[t];
}

static int64_t now(const struct sim *s)
{
	return clock_mono(s->clock);
}

static struct cti_event event_of(const struct sim *s, int call, enum cti_event_type type)
{
	struct cti_event ev = {.type = type};

	if (call != NO_CALL) {
		const struct sim_call *c = &s->calls.v[call];
		ev.channel = c->channel;
		memcpy(ev.call, c->id, sizeof(ev.call));
		snprintf(ev.number, sizeof(ev.number), "%s", c->number);
		snprintf(ev.name, sizeof(ev.name), "%s", c->name);
		snprintf(ev.queue, sizeof(ev.queue), "%s", c->queue);
	}
	return ev;
}

static void plan(struct sim *s, int64_t at_ms, int call, const struct cti_event *ev, bool if_unanswered)
{
	vec_push(&s->due, ((struct due){.at_ms = at_ms, .order = s->order++, .event = *ev, .call = call,
					.if_unanswered = if_unanswered}));
}

static int call_by_id(const struct sim *s, const char *id)
{
	for (size_t i = 0; id && i < s->calls.n; i++)
		if (strcmp(s->calls.v[i].id, id) == 0)
			return (int)i;
	return NO_CALL;
}

static void plan_offer(struct sim *s, int call, int64_t at_ms)
{
	struct cti_event ev = event_of(s, call, CTI_OFFERED);

	plan(s, at_ms, call, &ev, false);
	for (size_t i = 0; i < s->rules.n; i++) {
		const struct rule *r = &s->rules.v[i];
		if (r->call != call || r->on_cmd)
			continue;
		ev = event_of(s, call, r->event);
		ev.why = r->event == CTI_ENDED && r->why == CTI_WHY_CUSTOMER ? CTI_WHY_CANCELLED : r->why;
		snprintf(ev.text, sizeof(ev.text), "%s", r->text);
		plan(s, at_ms + r->delay_ms, call, &ev, r->event == CTI_ENDED);
	}
}

// A call is over: the scripted one that waited for it gets its time.
static void over(struct sim *s, int call, int64_t at_ms)
{
	size_t next = (size_t)call + 1;

	s->calls.v[call].state = SIM_OVER;
	s->calls.v[call].over_ms = at_ms;
	if (next < s->calls.n && s->calls.v[next].after_former && s->calls.v[next].state == SIM_PLANNED)
		plan_offer(s, (int)next, at_ms + s->calls.v[next].delay_ms);
}

// Brings the call's state up to date with an event that now happens; false if the event makes no sense any more.
static bool apply(struct sim *s, const struct due *d)
{
	if (d->call == NO_CALL) {
		s->up = d->event.type != CTI_DOWN;
		return true;
	}
	struct sim_call *c = &s->calls.v[d->call];
	if (c->state == SIM_OVER || (d->if_unanswered && c->state != SIM_RINGING))
		return false;
	switch (d->event.type) {
	case CTI_OFFERED: c->state = SIM_RINGING; break;
	case CTI_ANSWERED: c->state = d->event.text[0] ? SIM_CONSULT : SIM_TALKING; break;
	case CTI_HELD: c->state = SIM_HELD; break;
	case CTI_RESUMED: c->state = SIM_TALKING; break;
	case CTI_XFER_FAILED: c->state = SIM_TALKING; break;
	case CTI_ENDED: over(s, d->call, d->at_ms); break;
	case CTI_UP: case CTI_DOWN: case CTI_DIALING: case CTI_RINGING: case CTI_XFER_OK: case CTI_DTMF:
	case CTI_CMD_FAILED: case CTI_REC_FILE: case CTI_MESSAGE:
		break;
	}
	return true;
}

static size_t earliest(const struct sim *s)
{
	size_t best = 0;

	for (size_t i = 1; i < s->due.n; i++)
		if (s->due.v[i].at_ms < s->due.v[best].at_ms ||
		    (s->due.v[i].at_ms == s->due.v[best].at_ms && s->due.v[i].order < s->due.v[best].order))
			best = i;
	return best;
}

static void sim_step(struct cti *cti)
{
	struct sim *s = of(cti);
	int64_t t = now(s), wall = clock_wall(s->clock);

	while (s->due.n) {
		size_t i = earliest(s);
		struct due d = s->due.v[i];
		if (d.at_ms > t)
			return;
		vec_remove(&s->due, i);
		if (!apply(s, &d))
			continue;
		d.event.mono_ms = d.at_ms;
		d.event.wall_ms = wall - (t - d.at_ms);
		vec_push(&s->ready, d.event);
	}
}

static bool sim_next(struct cti *cti, struct cti_event *ev)
{
	struct sim *s = of(cti);

	if (s->read == s->ready.n) {
		s->read = s->ready.n = 0;
		return false;
	}
	*ev = s->ready.v[s->read++];
	return true;
}

static int sim_fd(const struct cti *c)
{
	(void)c;
	return -1;
}

static int64_t sim_timeout(const struct cti *c)
{
	const struct sim *s = of(c);

	if (s->read < s->ready.n)
		return 0;
	if (!s->due.n)
		return -1;
	int64_t left = s->due.v[earliest(s)].at_ms - now(s);
	return left < 0 ? 0 : left;
}

// What a command leads to where the script says nothing.
static void plan_default(struct sim *s, int call, enum cti_cmd_type cmd, uint32_t id)
{
	struct cti_event ev = event_of(s, call, CTI_CMD_FAILED);
	int64_t t = now(s);

	ev.cmd = id;
	switch (cmd) {
	case CTI_ANSWER: ev.type = CTI_ANSWERED; break;
	case CTI_HOLD: ev.type = CTI_HELD; break;
	case CTI_RESUME: ev.type = CTI_RESUMED; break;
	case CTI_XFER_ABORT: ev.type = CTI_RESUMED; break;
	case CTI_REJECT: ev.type = CTI_ENDED; ev.why = CTI_WHY_AGENT; break;
	case CTI_HANGUP: ev.type = CTI_ENDED; ev.why = CTI_WHY_AGENT; break;
	case CTI_XFER_BLIND: case CTI_XFER_COMPLETE:
		ev.type = CTI_XFER_OK;
		plan(s, t, call, &ev, false);
		ev.type = CTI_ENDED;
		ev.why = CTI_WHY_AGENT;
		break;
	case CTI_XFER_CONSULT:
		ev.type = CTI_RINGING;
		snprintf(ev.text, sizeof(ev.text), "consult");
		plan(s, t, call, &ev, false);
		ev.type = CTI_ANSWERED;
		break;
	case CTI_MUTE: case CTI_SEND_DTMF: case CTI_DIAL: case CTI_MARK: case CTI_SEND_MESSAGE:
		return;
	}
	plan(s, t, call, &ev, false);
}

static uint32_t sim_dial(struct sim *s, const char *number, uint32_t id)
{
	struct sim_call *c = vec_add(&s->calls);
	int call = (int)s->calls.n - 1;
	static const enum cti_event_type steps[] = {CTI_DIALING, CTI_RINGING, CTI_ANSWERED};

	snprintf(c->id, sizeof(c->id), "sim-%d", call + 1);
	c->number = xstrdup(number ? number : "");
	c->name = xstrdup("");
	c->queue = xstrdup("");
	c->state = SIM_RINGING;
	for (size_t i = 0; i < 3; i++) {
		struct cti_event ev = event_of(s, call, steps[i]);
		ev.cmd = id;
		plan(s, now(s), call, &ev, false);
	}
	return id;
}

static uint32_t sim_cmd(struct cti *cti, const struct cti_cmd *cmd)
{
	struct sim *s = of(cti);
	uint32_t id = ++s->last_cmd;
	int call = call_by_id(s, cmd->call);
	bool scripted = false;

	if (cmd->type == CTI_DIAL)
		return sim_dial(s, cmd->text, id);
	if (call == NO_CALL || s->calls.v[call].state == SIM_OVER || !s->up) {
		struct cti_event ev = event_of(s, NO_CALL, CTI_CMD_FAILED);
		ev.cmd = id;
		ev.mono_ms = now(s);
		ev.wall_ms = clock_wall(s->clock);
		snprintf(ev.call, sizeof(ev.call), "%s", cmd->call ? cmd->call : "");
		snprintf(ev.text, sizeof(ev.text), "%s",
			 s->up ? _("the telephone knows no such call") : _("the telephone is not connected"));
		vec_push(&s->ready, ev);
		return id;
	}
	for (size_t i = 0; i < s->rules.n; i++) {
		const struct rule *r = &s->rules.v[i];
		if (r->call != call || !r->on_cmd || r->cmd != cmd->type)
			continue;
		struct cti_event ev = event_of(s, call, r->event);
		ev.cmd = id;
		ev.why = r->why;
		snprintf(ev.text, sizeof(ev.text), "%s", r->text);
		plan(s, now(s) + r->delay_ms, call, &ev, false);
		// Lines the customer says and the later hang-up are not the command's own outcome.
		if (r->event != CTI_MESSAGE && r->event != CTI_ENDED && r->event != CTI_DTMF)
			scripted = true;
		if (r->event == CTI_ENDED && (cmd->type == CTI_HANGUP || cmd->type == CTI_REJECT))
			scripted = true;
	}
	if (!scripted)
		plan_default(s, call, cmd->type, id);
	return id;
}

static void sim_close(struct cti *cti)
{
	struct sim *s = of(cti);

	for (size_t i = 0; i < s->calls.n; i++) {
		free(s->calls.v[i].number);
		free(s->calls.v[i].name);
		free(s->calls.v[i].queue);
	}
	for (size_t i = 0; i < s->rules.n; i++)
		free(s->rules.v[i].text);
	vec_release(&s->calls);
	vec_release(&s->rules);
	vec_release(&s->due);
	vec_release(&s->ready);
	free(s);
}

static const struct cti_ops sim_ops = {
	.name = "sim",
	.caps = (1u << CTI_CMD_TYPES) - 1,
	.fd = sim_fd,
	.timeout_ms = sim_timeout,
	.step = sim_step,
	.next = sim_next,
	.cmd = sim_cmd,
	.close = sim_close,
};

static struct sv word(struct sv *rest)
{
	struct sv part = {0};

	*rest = sv_trim(*rest);
	if (rest->n)
		sv_split(rest, ' ', &part);
	return part;
}

static bool parse_delay(struct sv s, int64_t *ms)
{
	struct sv whole;
	int64_t sec, frac = 0;

	if (!s.n || *s.p != '+')
		return false;
	s = sv_n(s.p + 1, s.n - 1);
	sv_split(&s, '.', &whole);
	if (!parse_int(whole, 0, 86400, &sec))
		return false;
	if (s.p) {
		if (!s.n || s.n > 3 || !parse_int(s, 0, 999, &frac))
			return false;
		for (size_t i = s.n; i < 3; i++)
			frac *= 10;
	}
	*ms = sec * 1000 + frac;
	return true;
}

static char *cleaned(struct sv s)
{
	struct str b = {0};

	utf8_clean(&b, sv_trim(s), UTF8_LINE);
	return str_take(&b);
}

static int add_call(struct sim *s, enum cti_channel channel, char *number, char *name, char *queue)
{
	struct sim_call *c = vec_add(&s->calls);

	snprintf(c->id, sizeof(c->id), "sim-%zu", s->calls.n);
	c->channel = channel;
	c->number = number;
	c->name = name;
	c->queue = queue;
	return (int)s->calls.n - 1;
}

static void parse_offer(struct sim *s, struct sv rest, bool after, int64_t delay_ms)
{
	struct str name = {0};
	struct sv queue = {0}, w;
	enum cti_channel channel = CTI_PHONE;
	char *number = cleaned(word(&rest));

	while ((w = word(&rest)).n) {
		if (sv_starts(w, "queue="))
			queue = sv_n(w.p + 6, w.n - 6);
		else if (sv_eqz(w, "channel=chat"))
			channel = CTI_CHAT;
		else if (!sv_eqz(w, "channel=phone"))
			str_addf(&name, "%s%.*s", name.n ? " " : "", (int)w.n, w.p);
	}
	int call = add_call(s, channel, number, cleaned(sv(str_z(&name))), cleaned(queue));
	s->calls.v[call].after_former = after && call > 0;
	s->calls.v[call].delay_ms = delay_ms;
	str_release(&name);
}

static bool by_name(struct sv w, const char *const *names, int n, int *out)
{
	for (int i = 0; i < n; i++)
		if (sv_eqz(w, names[i])) {
			*out = i;
			return true;
		}
	return false;
}

static bool parse_line(struct sim *s, struct sv line, int no, struct err *e)
{
	struct rule r = {.call = s->calls.n ? (int)s->calls.n - 1 : NO_CALL};
	struct sv rest = line, w = word(&rest);
	bool after = sv_eqz(w, "after");
	int found;

	if (after)
		w = word(&rest);
	if (sv_eqz(w, "on")) {
		w = word(&rest);
		if (!by_name(w, cmd_names, CTI_CMD_TYPES, &found))
			return err_set(e, ERR_PARSE, _("line %d: unknown command %.*s"), no, (int)w.n, w.p);
		r.on_cmd = true;
		r.cmd = (enum cti_cmd_type)found;
		w = word(&rest);
	}
	if (!parse_delay(w, &r.delay_ms))
		return err_set(e, ERR_PARSE, _("line %d: a time such as +4 or +0.5 is needed, not %.*s"), no, (int)w.n, w.p);
	w = word(&rest);
	if (sv_eqz(w, "offered") && !r.on_cmd) {
		parse_offer(s, rest, after, r.delay_ms);
		return true;
	}
	if (sv_eqz(w, "dropped")) {
		r.event = CTI_ENDED;
		r.why = CTI_WHY_FAULT;
	} else if (by_name(w, event_names, CTI_EVENT_TYPES, &found)) {
		r.event = (enum cti_event_type)found;
		r.why = r.event == CTI_ENDED ? CTI_WHY_CUSTOMER : CTI_WHY_NONE;
	} else {
		return err_set(e, ERR_PARSE, _("line %d: unknown event %.*s"), no, (int)w.n, w.p);
	}
	if (r.event == CTI_UP || r.event == CTI_DOWN)
		r.call = NO_CALL;
	else if (r.call == NO_CALL)
		return err_set(e, ERR_PARSE, _("line %d: there is no offered call above this line"), no);
	r.text = cleaned(rest);
	vec_push(&s->rules, r);
	return true;
}

struct cti *sim_open(const char *script, const struct clock *clock, struct err *e)
{
	struct sim *s = xcalloc(1, sizeof(*s));
	struct sv rest = sv(script), line;

	s->cti.ops = &sim_ops;
	s->clock = clock;
	s->up = true;
	for (int no = 1; sv_split(&rest, '\n', &line); no++) {
		line = sv_trim(line);
		if (!line.n || *line.p == '#')
			continue;
		if (!parse_line(s, line, no, e)) {
			sim_close(&s->cti);
			return NULL;
		}
	}
	s->start_ms = now(s);
	struct cti_event up = event_of(s, NO_CALL, CTI_UP);
	plan(s, s->start_ms, NO_CALL, &up, false);
	for (size_t i = 0; i < s->calls.n; i++)
		if (!s->calls.v[i].after_former)
			plan_offer(s, (int)i, s->start_ms + s->calls.v[i].delay_ms);
	for (size_t i = 0; i < s->rules.n; i++) {
		const struct rule *r = &s->rules.v[i];
		if (r->call != NO_CALL)
			continue;
		struct cti_event ev = event_of(s, NO_CALL, r->event);
		plan(s, s->start_ms + r->delay_ms, NO_CALL, &ev, false);
	}
	return &s->cti;
}

const char *sim_offer(struct cti *cti, enum cti_channel channel, const char *number, const char *name, const char *queue)
{
	struct sim *s = of(cti);
	int call = add_call(s, channel, cleaned(sv(number)), cleaned(sv(name)), cleaned(sv(queue)));

	plan_offer(s, call, now(s));
	return s->calls.v[call].id;
}

bool sim_say(struct cti *cti, const char *id, const char *text)
{
	struct sim *s = of(cti);
	int call = call_by_id(s, id);

	if (call == NO_CALL || s->calls.v[call].state == SIM_OVER)
		return false;
	struct cti_event ev = event_of(s, call, CTI_MESSAGE);
	char *clean = cleaned(sv(text));
	snprintf(ev.text, sizeof(ev.text), "%s", clean);
	free(clean);
	plan(s, now(s), call, &ev, false);
	return true;
}

bool sim_end(struct cti *cti, const char *id, enum cti_why why)
{
	struct sim *s = of(cti);
	int call = call_by_id(s, id);

	if (call == NO_CALL || s->calls.v[call].state == SIM_OVER)
		return false;
	struct cti_event ev = event_of(s, call, CTI_ENDED);
	ev.why = why == CTI_WHY_CUSTOMER && s->calls.v[call].state == SIM_RINGING ? CTI_WHY_CANCELLED : why;
	plan(s, now(s), call, &ev, false);
	return true;
}

void sim_link(struct cti *cti, bool up)
{
	struct sim *s = of(cti);
	struct cti_event ev = event_of(s, NO_CALL, up ? CTI_UP : CTI_DOWN);

	plan(s, now(s), NO_CALL, &ev, false);
}

size_t sim_waiting(const struct cti *cti)
{
	const struct sim *s = of(cti);
	size_t n = 0;

	for (size_t i = 0; i < s->calls.n; i++)
		n += s->calls.v[i].state == SIM_PLANNED;
	return n;
}
