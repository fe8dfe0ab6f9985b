// SPDX-License-Identifier: MIT
// Knows how content packs are read beside the loop: at the start, and again when the hub has sent newer ones.
#include "src/app_packs.h"

#include <uv.h>

#include "src/base/i18n.h"
#include "src/base/log.h"
#include "src/work/model.h"
#include "src/work/station.h"

struct app_packs {
	struct app_packs_options o;
	uv_work_t work;
	bool running, started; // started: what was read first is in force
	bool again;            // newer ones came meanwhile
	bool waits;            // that it waits was said
	char **dirs;           // of the reading under way
	struct packs *read;    // not in force yet; NULL: none
	struct problems problems;
};

static void read_job(uv_work_t *req)
{
	struct app_packs *p = req->data;
	size_t n = 0;

	while (p->dirs[n])
		n++;
	p->read = packs_load((const char *const *)p->dirs, n, &p->problems);
}

static void begin(struct app_packs *p);

static void first_done(struct app_packs *p)
{
	struct model *m = p->o.model;
	struct packs *packs = p->read;
	struct err e = {0};
	int recovered = 0;

	p->read = NULL;
	p->started = true;
	if (!model_set_packs(m, packs, &recovered, &e))
		model_say_note(m, NOTE_ALARM, "%s", e.msg);
	else if (recovered)
		model_say_note(m, NOTE_WARN, ngettext("%d contact came back as you left it.", "%d contacts came back as you left them.",
						      (unsigned long)recovered), recovered);
	if (p->problems.errors)
		model_say_note(m, NOTE_WARN, _("The content packs have %d errors: see zuoxi pack check."), (int)p->problems.errors);
	p->o.ready(p->o.arg);
}

// Content with a mistake in it does not take the place of content that works.
static void newer_done(struct app_packs *p)
{
	p->waits = false;
	if (!p->problems.errors)
		return;
	log_line(LOG_WARN, "content from the hub: %s:%d: %s", p->problems.v[0].file, p->problems.v[0].line, p->problems.v[0].message);
	model_say_note(p->o.model, NOTE_WARN, _("The new content has %d errors; the old one stays in force. See zuoxi pack check."),
		       (int)p->problems.errors);
	packs_free(p->read);
	p->read = NULL;
}

static void read_done(uv_work_t *req, int status)
{
	struct app_packs *p = req->data;

	(void)status;
	p->running = false;
	if (!p->started)
		first_done(p);
	else
		newer_done(p);
	problems_release(&p->problems);
	p->problems = (struct problems){0};
	if (p->again)
		begin(p);
}

static void begin(struct app_packs *p)
{
	p->again = false;
	packs_free(p->read);
	p->read = NULL;
	station_free_dirs(p->dirs);
	p->dirs = station_pack_dirs(p->o.dir, NULL);
	p->work.data = p;
	p->running = true;
	uv_queue_work(p->o.loop, &p->work, read_job, read_done);
}

struct app_packs *app_packs_new(const struct app_packs_options *o)
{
	struct app_packs *p = xcalloc(1, sizeof(*p));

	p->o = *o;
	begin(p);
	return p;
}

void app_packs_free(struct app_packs *p)
{
	if (!p)
		return;
	p->again = false;
	while (p->running)
		uv_run(p->o.loop, UV_RUN_ONCE);
	packs_free(p->read);
	problems_release(&p->problems);
	station_free_dirs(p->dirs);
	free(p);
}

bool app_packs_starting(const struct app_packs *p)
{
	return p && !p->started;
}

void app_packs_came(struct app_packs *p)
{
	if (p->running)
		p->again = true;
	else
		begin(p);
}

void app_packs_turn(struct app_packs *p, bool quiet)
{
	if (!p || !p->started || p->running || !p->read)
		return;
	if (quiet && model_packs_idle(p->o.model)) {
		struct packs *old = model_swap_packs(p->o.model, p->read);
		p->read = NULL;
		p->o.fresh(p->o.arg);
		packs_free(old);
	} else if (!p->waits) {
		p->waits = true;
		model_say_note(p->o.model, NOTE_INFO, _("New content is here. It comes into force once no contact, exercise or dialog is open."));
	}
}
