// SPDX-License-Identifier: MIT
// Knows the telephone of a session: commands of the agent become events at once, what the customer does comes in from the engine.
#include "src/practice/phone.h"

#include "src/base/i18n.h"
#include "src/base/utf8.h"
#include "src/base/vec.h"

struct phone {
	struct cti cti; // first
	const struct scenario *scenario;
	enum lang lang; // of names
	const struct clock *clock;
	bool there[SCENARIO_CALLERS];
	VEC(struct cti_event) ready;
	size_t read;
	uint32_t last_cmd;
};

static struct phone *of(const struct cti *c)
{
	return (struct phone *)(uintptr_t)c;
}

int phone_caller(const char *call)
{
	int64_t n;

	return call && call[0] == 'P' && parse_int(sv(call + 1), 0, SCENARIO_CALLERS - 1, &n) ? (int)n : -1;
}

static struct cti_event *add(struct phone *p, int caller, enum cti_event_type type)
{
	struct cti_event *ev = vec_add(&p->ready);

	*ev = (struct cti_event){.type = type, .mono_ms = clock_mono(p->clock), .wall_ms = clock_wall(p->clock)};
	if (caller < 0)
		return ev;
	const struct scenario_caller *c = &p->scenario->callers[caller];
	ev->channel = c->channel == CHANNEL_CHAT ? CTI_CHAT : CTI_PHONE;
	snprintf(ev->call, sizeof(ev->call), "P%d", caller);
	snprintf(ev->number, sizeof(ev->number), "%s", c->persona.phone ? c->persona.phone : "");
	// A stranger is only a number.
	snprintf(ev->name, sizeof(ev->name), "%s", c->known ? label_in(c->persona.name, p->lang) : "");
	snprintf(ev->queue, sizeof(ev->queue), "%s", c->queue ? c->queue : "");
	return ev;
}

static bool is_caller(const struct phone *p, int caller)
{
	return caller >= 0 && caller < SCENARIO_CALLERS && (size_t)caller < p->scenario->n_callers;
}

void phone_ring(struct cti *c, int caller)
{
	struct phone *p = of(c);

	if (!is_caller(p, caller) || p->there[caller])
		return;
	p->there[caller] = true;
	add(p, caller, CTI_OFFERED);
}

void phone_say(struct cti *c, int caller, const char *text)
{
	struct phone *p = of(c);
	struct str cut = STR_MAX(sizeof(p->ready.v->text) - 1);

	if (!is_caller(p, caller) || !p->there[caller])
		return;
	utf8_clean(&cut, sv(text), UTF8_LINE);
	struct cti_event *ev = add(p, caller, CTI_MESSAGE);
	snprintf(ev->text, sizeof(ev->text), "%s", str_z(&cut));
	str_release(&cut);
}

static void over(struct phone *p, int caller, enum cti_why why)
{
	p->there[caller] = false;
	add(p, caller, CTI_ENDED)->why = why;
}

void phone_end(struct cti *c, int caller)
{
	struct phone *p = of(c);

	if (is_caller(p, caller) && p->there[caller])
		over(p, caller, CTI_WHY_CUSTOMER);
}

void phone_link(struct cti *c, bool up)
{
	add(of(c), -1, up ? CTI_UP : CTI_DOWN);
}

void phone_restore(struct cti *c, int caller, bool gone)
{
	if (is_caller(of(c), caller))
		of(c)->there[caller] = !gone;
}

// --- the table

static int phone_fd(const struct cti *c)
{
	(void)c;
	return -1;
}

static int64_t phone_timeout(const struct cti *c)
{
	return of(c)->read < of(c)->ready.n ? 0 : -1;
}

static void phone_step(struct cti *c)
{
	(void)c;
}

static bool phone_next(struct cti *c, struct cti_event *ev)
{
	struct phone *p = of(c);

	if (p->read == p->ready.n) {
		p->read = p->ready.n = 0;
		return false;
	}
	*ev = p->ready.v[p->read++];
	return true;
}

// What is asked of a call that is there happens at once.
static void obey(struct phone *p, int caller, enum cti_cmd_type type)
{
	switch (type) {
	case CTI_ANSWER: add(p, caller, CTI_ANSWERED); break;
	case CTI_REJECT: over(p, caller, CTI_WHY_CANCELLED); break;
	case CTI_HANGUP: over(p, caller, CTI_WHY_AGENT); break;
	case CTI_HOLD: add(p, caller, CTI_HELD); break;
	case CTI_RESUME: case CTI_XFER_ABORT: add(p, caller, CTI_RESUMED); break;
	case CTI_XFER_CONSULT: snprintf(add(p, caller, CTI_ANSWERED)->text, 16, "%s", "consult"); break;
	case CTI_XFER_BLIND: case CTI_XFER_COMPLETE:
		p->there[caller] = false;
		add(p, caller, CTI_XFER_OK);
		break;
	case CTI_MUTE: case CTI_SEND_DTMF: case CTI_DIAL: case CTI_MARK: case CTI_SEND_MESSAGE: break;
	}
}

static uint32_t phone_cmd(struct cti *c, const struct cti_cmd *cmd)
{
	struct phone *p = of(c);
	int caller = phone_caller(cmd->call);

	if (cmd->type != CTI_DIAL && (!is_caller(p, caller) || !p->there[caller]))
		return 0;
	p->last_cmd++;
	size_t before = p->ready.n;
	if (cmd->type != CTI_DIAL)
		obey(p, caller, cmd->type);
	for (size_t i = before; i < p->ready.n; i++)
		p->ready.v[i].cmd = p->last_cmd;
	return p->last_cmd;
}

static void phone_close(struct cti *c)
{
	vec_release(&of(c)->ready);
	free(c);
}

static const struct cti_ops ops = {
	.name = "practice", .caps = (1u << CTI_CMD_TYPES) - 1, .fd = phone_fd, .timeout_ms = phone_timeout, .step = phone_step,
	.next = phone_next, .cmd = phone_cmd, .close = phone_close,
};

struct cti *phone_open(const struct scenario *s, enum lang lang, const struct clock *clock)
{
	struct phone *p = xcalloc(1, sizeof(*p));

	p->cti.ops = &ops;
	p->scenario = s;
	p->lang = lang;
	p->clock = clock;
	add(p, -1, CTI_UP);
	return &p->cti;
}
