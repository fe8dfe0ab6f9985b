// SPDX-License-Identifier: MIT
// Knows the lanes behind MHD's threads: bounded queues, the most urgent class first, and how exchanges are gathered for one commit.
#include <microhttpd.h>

#include "src/hub/server_part.h"

enum { BATCH_MAX = 64 };

static struct job *pop(struct lane *l)
{
	for (int c = 0; c < CLASSES; c++) {
		struct job *j = l->first[c];
		if (!j)
			continue;
		l->first[c] = j->next;
		if (!j->next)
			l->last[c] = NULL;
		j->next = NULL;
		l->waiting[c]--;
		return j;
	}
	return NULL;
}

static void run_one(struct lane *l, struct job *j)
{
	switch (j->deadline && j->ex.reply ? sync_again(j) : job_work(j)) {
	case OUT_DONE:
		job_finish(j);
		break;
	case OUT_WRITE:
		lane_push(&l->sv->lane[LANE_WRITE], j, true);
		break;
	case OUT_PARK:
		if (!feed_park(l->sv->feed, j))
			lane_push(l, j, true);
		break;
	}
}

// Waits up to group_ms for more exchanges after the first. Called and left with the lock held.
static size_t gather(struct lane *l, struct job **v)
{
	const struct server_options *o = &l->sv->o;
	size_t n = 0, max = (size_t)(o->group_max < BATCH_MAX ? o->group_max : BATCH_MAX);
	int64_t until = mono_ms() + o->group_ms;

	while (n < max) {
		struct job *j = pop(l);
		if (j)
			v[n++] = j;
		else if (l->stop || !cond_wait_until(&l->more, &l->lock, until))
			break;
	}
	return n;
}

static void *work(void *arg)
{
	struct lane *l = arg;
	struct job *v[BATCH_MAX];

	pthread_mutex_lock(&l->lock);
	for (;;) {
		struct job *j = pop(l);
		size_t n = 1;
		if (!j && l->stop)
			break;
		if (!j) {
			pthread_cond_wait(&l->more, &l->lock);
			continue;
		}
		l->busy++;
		v[0] = j;
		if (l->kind == LANE_WRITE)
			n += gather(l, v + 1);
		pthread_mutex_unlock(&l->lock);
		if (l->kind == LANE_WRITE)
			sync_batch(l->sv, v, n);
		else
			run_one(l, j);
		pthread_mutex_lock(&l->lock);
		l->busy--;
		pthread_cond_broadcast(&l->idle);
	}
	pthread_mutex_unlock(&l->lock);
	return NULL;
}

void lane_start(struct lane *l, struct server *sv, enum lane_kind kind, int threads, int max)
{
	*l = (struct lane){.sv = sv, .kind = kind, .max = max, .threads = threads < 8 ? threads : 8};
	pthread_mutex_init(&l->lock, NULL);
	cond_init(&l->more);
	cond_init(&l->idle);
	for (int i = 0; i < l->threads; i++)
		if (pthread_create(&l->thread[i], NULL, work, l) != 0)
			BUG("no thread for a lane");
}

bool lane_push(struct lane *l, struct job *j, bool force)
{
	pthread_mutex_lock(&l->lock);
	bool ok = force || (l->waiting[j->cls] < l->max && !l->stop);
	if (ok) {
		// The first time it comes from MHD's thread. Under this lock, so that no worker resumes what is not yet suspended.
		if (!force && j->conn) {
			j->queued = true;
			MHD_suspend_connection(j->conn);
		}
		j->next = NULL;
		if (l->last[j->cls])
			l->last[j->cls]->next = j;
		else
			l->first[j->cls] = j;
		l->last[j->cls] = j;
		l->waiting[j->cls]++;
		pthread_cond_signal(&l->more);
	}
	pthread_mutex_unlock(&l->lock);
	return ok;
}

bool lane_wait_idle(struct lane *l, int64_t until_mono)
{
	bool in_time = true;

	pthread_mutex_lock(&l->lock);
	for (;;) {
		int n = l->busy;
		for (int c = 0; c < CLASSES; c++)
			n += l->waiting[c];
		if (!n || !in_time)
			break;
		in_time = cond_wait_until(&l->idle, &l->lock, until_mono);
	}
	pthread_mutex_unlock(&l->lock);
	return in_time;
}

void lane_stop(struct lane *l)
{
	if (!l->sv)
		return;
	pthread_mutex_lock(&l->lock);
	l->stop = true;
	pthread_cond_broadcast(&l->more);
	pthread_mutex_unlock(&l->lock);
	for (int i = 0; i < l->threads; i++)
		pthread_join(l->thread[i], NULL);
	pthread_mutex_destroy(&l->lock);
	pthread_cond_destroy(&l->more);
	pthread_cond_destroy(&l->idle);
}
