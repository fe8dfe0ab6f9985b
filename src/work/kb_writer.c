// SPDX-License-Identifier: MIT
// Knows the one connection that writes kb.db: of the store's thread, opened on first use, kept from deed to deed.
#include "src/base/path.h"
#include "src/work/kb_part.h"

enum { QUIET_MS = 2000 };

struct kb_writer {
	char *path, *zone;
	struct clock clock; // what the connection goes by: the time of the deed in hand
	struct kb *kb;
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

struct kb_writer *work_kb_writer(struct model *m)
{
	struct kb_writer *w = store_beside(m->store);

	if (w)
		return w;
	w = xcalloc(1, sizeof(*w));
	w->path = path_join(store_dir(m->store), "kb.db");
	w->zone = xstrdup(m->zone);
	w->clock = *m->clock;
	store_set_beside(m->store, &(struct store_beside){.close = close_writer, .arg = w, .idle_ms = QUIET_MS});
	return w;
}

struct kb *kb_writer_open(struct kb_writer *w, const struct clock *now, struct err *e)
{
	w->clock = *now;
	if (!w->kb && !kb_open(&w->kb, w->path, KB_WRITE, &w->clock, w->zone, e))
		w->kb = NULL;
	return w->kb;
}

void kb_writer_done(struct kb_writer *w, bool ok, const struct err *e)
{
	if (!ok && (e->code == ERR_IO || e->code == ERR_FULL))
		shut(w);
}
