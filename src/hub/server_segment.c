// SPDX-License-Identifier: MIT
// Knows when the file of a first sync is built anew: in a thread of its own, because it may take minutes.
#include "src/hub/segment.h"

#include "src/base/path.h"
#include "src/hub/server_part.h"

enum { FIRST_MS = 1000 };

struct segments {
	struct server *sv;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	pthread_t thread;
	bool stop;
};

static void build(struct server *sv)
{
	struct err e = {0};
	bool made = false;

	if (!path_mkdirs(sv->o.folder, &e) || !segment_build(sv->o.store, sv->o.keys, sv->o.folder, false, &made, &e))
		log_line(LOG_WARN, "the file of a first sync: %s", e.msg);
	else if (made)
		log_line(LOG_INFO, "a new file of a first sync was built");
}

static void *run(void *arg)
{
	struct segments *g = arg;
	int64_t next = mono_ms() + (g->sv->o.segment_ms < FIRST_MS ? g->sv->o.segment_ms : FIRST_MS);

	pthread_mutex_lock(&g->lock);
	while (!g->stop) {
		if (cond_wait_until(&g->wake, &g->lock, next) || mono_ms() < next)
			continue;
		pthread_mutex_unlock(&g->lock);
		build(g->sv);
		next = mono_ms() + g->sv->o.segment_ms;
		pthread_mutex_lock(&g->lock);
	}
	pthread_mutex_unlock(&g->lock);
	return NULL;
}

void segments_start(struct server *sv)
{
	struct segments *g;

	if (!sv->o.folder)
		return;
	g = xcalloc(1, sizeof(*g));
	g->sv = sv;
	pthread_mutex_init(&g->lock, NULL);
	cond_init(&g->wake);
	sv->segments = g;
	if (pthread_create(&g->thread, NULL, run, g) != 0)
		BUG("no thread for the builder");
}

void segments_stop(struct segments *g)
{
	if (!g)
		return;
	pthread_mutex_lock(&g->lock);
	g->stop = true;
	pthread_cond_signal(&g->wake);
	pthread_mutex_unlock(&g->lock);
	pthread_join(g->thread, NULL);
	pthread_mutex_destroy(&g->lock);
	pthread_cond_destroy(&g->wake);
	free(g);
}
