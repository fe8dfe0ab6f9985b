// SPDX-License-Identifier: MIT
// Knows the one connection that writes kb.db: of the store's thread, opened on first use, kept from deed to deed; and what that
// thread does for the base while nobody wants anything.
#include <stdatomic.h>

#include "kb/merge.h"
#include "src/base/log.h"
#include "src/base/path.h"
#include "src/work/kb_part.h"

struct kb_writer {
	char *path, *zone;
	struct clock clock; // what the connection goes by: the time of the deed in hand
	struct kb *kb;
	atomic_bool behind; // somebody saw that there is idle work: worth opening the base for
	bool merging;       // begun and not at its end
};

static void shut(struct kb_writer *w)
{
	kb_close(w->kb);
	w->kb = NULL;
}

static void close_writer(void *arg)
{
	struct kb_writer *w = arg;

	shut(w);
	free(w->path);
	free(w->zone);
	free(w);
}

// One step of the base's idle work. What fails waits for the next quiet moment after a job; nobody asked for it.
static bool idle(void *arg)
{
	struct kb_writer *w = arg;
	struct err e = {0};
	bool more = false;

	if (atomic_exchange(&w->behind, false) && !w->kb && !kb_writer_open(w, &w->clock, &e)) {
		log_line(LOG_WARN, "idle work: %s", e.msg);
		return false;
	}
	if (!w->kb || (!w->merging && !kb_merge_due(w->kb)))
		return false;
	bool ok = kb_merge(w->kb, &more, &e);
	if (!ok)
		log_line(LOG_WARN, "idle work: %s", e.msg);
	w->merging = ok && more;
	kb_writer_done(w, ok, &e);
	return w->merging;
}

void work_kb_look_after(struct model *m, struct kb *kb)
{
	struct kb_writer *w;

	if (!kb_merge_due(kb))
		return;
	w = work_kb_writer(m);
	atomic_store(&w->behind, true);
	store_stir(m->store);
}

struct kb_writer *work_kb_writer(struct model *m)
{
	struct kb_writer *w = store_beside(m->store);

	if (w)
		return w;
	w = xcalloc(1, sizeof(*w));
	w->path = path_join(store_dir(m->store), "kb.db");
	w->zone = xstrdup(m->zone);
	w->clock = *m->clock;
	store_set_beside(m->store, &(struct store_beside){.idle = idle, .close = close_writer, .arg = w});
	return w;
}

struct kb *kb_writer_open(struct kb_writer *w, const struct clock *now, struct err *e)
{
	w->clock = *now;
	if (!w->kb && !kb_open(&w->kb, w->path, KB_WRITE, &w->clock, w->zone, e))
		w->kb = NULL;
	return w->kb;
}

void kb_writer_close(struct kb_writer *w)
{
	shut(w);
	w->merging = false;
}

void kb_writer_done(struct kb_writer *w, bool ok, const struct err *e)
{
	if (!ok && (e->code == ERR_IO || e->code == ERR_FULL))
		shut(w);
}
