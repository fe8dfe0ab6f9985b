// SPDX-License-Identifier: MIT
// Knows the station's data directory at work: one thread that writes, jobs in, results out, a connection to read.
#include "src/store/store.h"

#include <errno.h>
#include <pthread.h>
#include <time.h>
#include <uv.h>

#include "src/base/i18n.h"
#include "src/base/log.h"
#include "src/base/path.h"
#include "src/store/destroy.h"
#include "src/store/key.h"
#include "src/store/lock.h"
#include "src/store/meta.h"

enum { QUIET_MS = 2000 };

struct item {
	struct item *next;
	struct store_job job;
	struct err err;
	enum store_result result;
	bool once;      // not to be kept: its arg is the caller's stack
	bool told_kept; // done(KEPT) was called
};

struct list {
	struct item *head, **tail;
	size_t n;
};

struct store {
	char *dir;
	char site[8], station[8];
	struct lock lock;
	struct keyring *keys;
	struct db *writer, *reader;
	bool threaded;
	pthread_t thread;
	uv_async_t *async; // loop thread only, but for uv_async_send under mutex

	pthread_mutex_t mutex; // everything below
	pthread_cond_t work, idle;
	struct list todo, finished, kept;
	size_t kept_count; // kept, or finished and about to be
	bool busy, retry, stop;
	struct err why; // of the last job that was kept
	struct store_beside beside;
	bool restless;           // beside.idle has not yet said that nothing is left to do
	struct timespec quiet_at; // when it may be asked
	int quiet_ms;
};

static void list_add(struct list *l, struct item *it)
{
	if (!l->head)
		l->tail = &l->head;
	it->next = NULL;
	*l->tail = it;
	l->tail = &it->next;
	l->n++;
}

static struct item *list_take(struct list *l)
{
	struct item *it = l->head;

	if (it) {
		l->head = it->next;
		l->n--;
	}
	return it;
}

// Store thread: one job, one transaction.
static void run_item(struct store *s, struct item *it)
{
	struct err e = {0};
	int64_t from = log_traces("jobs") ? (int64_t)uv_hrtime() : 0;
	bool ok = db_begin(s->writer, &e);

	if (ok) {
		ok = it->job.run(s->writer, it->job.arg, &e);
		if (ok)
			ok = db_commit(s->writer, &e);
		else
			db_rollback(s->writer);
	}
	if (!ok && !e.code)
		err_set(&e, ERR_DENIED, _("%s was refused"), it->job.what);
	it->err = e;
	bool disk = e.code == ERR_FULL || e.code == ERR_IO;
	it->result = ok ? STORE_SAVED : disk && !it->once ? STORE_KEPT : STORE_FAILED;
	if (from)
		log_trace("jobs", "%s %lld us", it->job.what, (long long)((int64_t)uv_hrtime() - from) / 1000);
	if (!ok)
		log_line(LOG_ERROR, "store: %s: %s", it->job.what, e.msg);
}

static void finish(struct store *s, struct item *it)
{
	if (it->result == STORE_KEPT && !it->told_kept)
		s->kept_count++;
	if (it->result == STORE_KEPT)
		s->why = it->err;
	if (it->result != STORE_KEPT && it->told_kept)
		s->kept_count--;
	list_add(&s->finished, it);
	if (s->async)
		uv_async_send(s->async);
}

// With the mutex held on entry and exit. Kept jobs in their order; the first that still does not fit ends the try.
static void try_kept(struct store *s)
{
	struct list again = s->kept;

	s->kept = (struct list){0};
	for (struct item *it; (it = list_take(&again));) {
		pthread_mutex_unlock(&s->mutex);
		run_item(s, it);
		pthread_mutex_lock(&s->mutex);
		if (it->result != STORE_KEPT) {
			finish(s, it);
			continue;
		}
		// Back in front of what was kept meanwhile, with all behind it.
		struct list rest = {0};
		list_add(&rest, it);
		while ((it = list_take(&again)))
			list_add(&rest, it);
		while ((it = list_take(&s->kept)))
			list_add(&rest, it);
		s->kept = rest;
		return;
	}
}

// With the mutex held. From now on it must be quiet for a while before beside.idle has its turn.
static void stir(struct store *s)
{
	if (!s->beside.idle)
		return;
	s->restless = true;
	clock_gettime(CLOCK_MONOTONIC, &s->quiet_at);
	int64_t ns = s->quiet_at.tv_nsec + (int64_t)s->quiet_ms % 1000 * 1000000;
	s->quiet_at.tv_sec += s->quiet_ms / 1000 + ns / 1000000000;
	s->quiet_at.tv_nsec = ns % 1000000000;
}

// With the mutex held on entry and exit: until there is a job, a try or the end. Steps of beside.idle are taken meanwhile, one at
// a time, so that a job waits for one step at most; nothing wakes up a thread that has nothing to do.
static void wait_for_work(struct store *s)
{
	while (!s->todo.n && !s->retry && !s->stop) {
		if (!s->restless) {
			pthread_cond_wait(&s->work, &s->mutex);
		} else if (pthread_cond_timedwait(&s->work, &s->mutex, &s->quiet_at) == ETIMEDOUT && !s->todo.n && !s->retry && !s->stop) {
			struct store_beside b = s->beside;
			s->restless = false;
			pthread_mutex_unlock(&s->mutex);
			bool more = b.idle(b.arg);
			pthread_mutex_lock(&s->mutex);
			s->restless = s->restless || more;
		}
	}
}

static void *work(void *arg)
{
	struct store *s = arg;

	pthread_mutex_lock(&s->mutex);
	for (;;) {
		wait_for_work(s);
		if (!s->todo.n && !s->retry)
			break;
		s->busy = true;
		s->retry = false;
		if (s->kept.n)
			try_kept(s);
		struct item *it = list_take(&s->todo);
		if (it && s->kept_count && !it->once) {
			// What was kept comes first, even where this one would fit: events of a contact are a chain.
			it->err = s->why;
			it->result = STORE_KEPT;
			finish(s, it);
		} else if (it) {
			pthread_mutex_unlock(&s->mutex);
			run_item(s, it);
			pthread_mutex_lock(&s->mutex);
			finish(s, it);
		}
		s->busy = false;
		stir(s);
		if (!s->todo.n && !s->retry)
			pthread_cond_broadcast(&s->idle);
	}
	pthread_mutex_unlock(&s->mutex);
	return NULL;
}

static bool load_codes(struct store *s, struct db *db, struct err *e)
{
	struct arena a = {0};
	const char *site, *station;
	bool ok = meta_text(db, "site", &site, &a, e) && meta_text(db, "station", &station, &a, e);

	if (ok && (!site || !station))
		ok = err_set(e, ERR_NOT_FOUND, _("%s is not finished: run zuoxi init again"), s->dir);
	if (ok) {
		snprintf(s->site, sizeof(s->site), "%s", site);
		snprintf(s->station, sizeof(s->station), "%s", station);
	}
	arena_release(&a);
	return ok;
}

static bool open_files(struct store *s, const struct store_options *o, struct err *e)
{
	struct db_options d = {.mode = DB_WRITE, .sync = o->sync, .application_id = STORE_APPLICATION_ID,
			       .steps = store_schema, .step_count = store_schema_n, .vfs = o->vfs};
	char *path = path_join(o->dir, "store.db");
	bool ok = keyring_load(&s->keys, o->dir, e);

	if (ok && !o->readonly)
		ok = lock_take(&s->lock, o->dir, e) && db_open(&s->writer, path, &d, e);
	d.mode = DB_READ;
	ok = ok && db_open(&s->reader, path, &d, e) && load_codes(s, s->reader, e);
	free(path);
	if (ok && s->writer)
		db_set_context(s->writer, s->keys, s->site);
	if (ok)
		db_set_context(s->reader, s->keys, s->site);
	return ok;
}

static void free_store(struct store *s)
{
	// Of store.db the reader first: the last to close is the writer, which leaves a single file.
	if (s->beside.close)
		s->beside.close(s->beside.arg);
	db_close(s->reader);
	db_close(s->writer);
	keyring_free(s->keys);
	lock_release(&s->lock);
	pthread_cond_destroy(&s->work);
	pthread_cond_destroy(&s->idle);
	pthread_mutex_destroy(&s->mutex);
	free(s->dir);
	free(s);
}

bool store_open(struct store **out, const struct store_options *o, struct err *e)
{
	*out = NULL;
	if (!station_destroy_rest(o->dir, e))
		return false;
	if (!store_exists(o->dir))
		return err_set(e, ERR_NOT_FOUND, _("%s is not a station yet; make it one with: zuoxi init"), o->dir);
	struct store *s = xcalloc(1, sizeof(*s));
	s->dir = xstrdup(o->dir);
	s->quiet_ms = o->quiet_ms ? o->quiet_ms : QUIET_MS;
	pthread_mutex_init(&s->mutex, NULL);
	pthread_condattr_t monotonic;
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&s->work, &monotonic);
	pthread_condattr_destroy(&monotonic);
	pthread_cond_init(&s->idle, NULL);
	bool ok = open_files(s, o, e);
	if (ok && !o->readonly) {
		s->threaded = pthread_create(&s->thread, NULL, work, s) == 0;
		if (!s->threaded)
			ok = err_set(e, ERR_IO, _("the system gives no thread for the store"));
	}
	if (!ok) {
		free_store(s);
		return false;
	}
	*out = s;
	return true;
}

static void add_job(struct store *s, const struct store_job *job, bool once)
{
	if (!s->threaded)
		BUG("job %s for a store opened to read", job->what);
	struct item *it = xcalloc(1, sizeof(*it));
	it->job = *job;
	it->once = once;
	pthread_mutex_lock(&s->mutex);
	list_add(&s->todo, it);
	pthread_cond_signal(&s->work);
	pthread_mutex_unlock(&s->mutex);
}

void store_submit(struct store *s, const struct store_job *job)
{
	add_job(s, job, false);
}

static void deliver(struct item *it)
{
	if (it->job.done && !(it->result == STORE_KEPT && it->told_kept))
		it->job.done(it->job.arg, it->result, &it->err);
}

static void drop(struct item *it)
{
	if (it->job.release)
		it->job.release(it->job.arg);
	free(it);
}

size_t store_poll(struct store *s)
{
	size_t n = 0;

	for (;; n++) {
		pthread_mutex_lock(&s->mutex);
		struct item *it = list_take(&s->finished);
		pthread_mutex_unlock(&s->mutex);
		if (!it)
			return n;
		deliver(it);
		if (it->result != STORE_KEPT) {
			drop(it);
			continue;
		}
		// Only now may the store thread have it again: done and run never meet.
		pthread_mutex_lock(&s->mutex);
		it->told_kept = true;
		list_add(&s->kept, it);
		pthread_mutex_unlock(&s->mutex);
	}
}

void store_wait_idle(struct store *s)
{
	do {
		pthread_mutex_lock(&s->mutex);
		while (s->todo.n || s->busy || s->retry)
			pthread_cond_wait(&s->idle, &s->mutex);
		pthread_mutex_unlock(&s->mutex);
	} while (store_poll(s) > 0);
}

size_t store_pending(struct store *s)
{
	pthread_mutex_lock(&s->mutex);
	size_t n = s->todo.n + s->busy;
	pthread_mutex_unlock(&s->mutex);
	return n;
}

size_t store_failed_count(struct store *s)
{
	pthread_mutex_lock(&s->mutex);
	size_t n = s->kept_count;
	pthread_mutex_unlock(&s->mutex);
	return n;
}

void store_retry(struct store *s)
{
	pthread_mutex_lock(&s->mutex);
	if (s->threaded && s->kept_count) {
		s->retry = true;
		pthread_cond_signal(&s->work);
	}
	pthread_mutex_unlock(&s->mutex);
}

void store_close(struct store *s)
{
	struct item *it;

	if (!s)
		return;
	if (s->async)
		BUG("store closed while attached");
	if (s->threaded) {
		store_wait_idle(s);
		store_retry(s);
		store_wait_idle(s);
		pthread_mutex_lock(&s->mutex);
		s->stop = true;
		pthread_cond_signal(&s->work);
		pthread_mutex_unlock(&s->mutex);
		pthread_join(s->thread, NULL);
		while ((it = list_take(&s->kept))) {
			it->result = STORE_FAILED;
			deliver(it);
			drop(it);
		}
	}
	free_store(s);
}

void store_set_beside(struct store *s, const struct store_beside *b)
{
	pthread_mutex_lock(&s->mutex);
	if (s->beside.arg)
		BUG("a store keeps one thing beside it");
	s->beside = *b;
	pthread_mutex_unlock(&s->mutex);
}

void *store_beside(struct store *s)
{
	pthread_mutex_lock(&s->mutex);
	void *arg = s->beside.arg;
	pthread_mutex_unlock(&s->mutex);
	return arg;
}

void store_stir(struct store *s)
{
	pthread_mutex_lock(&s->mutex);
	stir(s);
	pthread_cond_signal(&s->work);
	pthread_mutex_unlock(&s->mutex);
}

static void on_async(uv_async_t *h)
{
	store_poll(h->data);
}

bool store_attach(struct store *s, struct uv_loop_s *loop, struct err *e)
{
	uv_async_t *h = xcalloc(1, sizeof(*h));
	int rc = uv_async_init(loop, h, on_async);

	if (rc != 0) {
		free(h);
		return err_set(e, ERR_IO, _("the loop cannot watch the store: %s"), uv_strerror(rc));
	}
	h->data = s;
	uv_unref((uv_handle_t *)h);
	pthread_mutex_lock(&s->mutex);
	s->async = h;
	if (s->finished.n)
		uv_async_send(h);
	pthread_mutex_unlock(&s->mutex);
	return true;
}

static void on_closed(uv_handle_t *h)
{
	free(h);
}

void store_detach(struct store *s)
{
	pthread_mutex_lock(&s->mutex);
	uv_async_t *h = s->async;
	s->async = NULL;
	pthread_mutex_unlock(&s->mutex);
	if (h)
		uv_close((uv_handle_t *)h, on_closed);
}

struct db *store_reader(struct store *s)
{
	return s->reader;
}

const char *store_dir(const struct store *s)
{
	return s->dir;
}

const char *store_site(const struct store *s)
{
	return s->site;
}

const char *store_station(const struct store *s)
{
	return s->station;
}

struct outcome {
	bool finished, ok;
	struct err err;
	bool (*run)(struct db *db, void *arg, struct err *e);
	void *arg;
};

static bool do_run(struct db *db, void *arg, struct err *e)
{
	struct outcome *o = arg;

	return o->run(db, o->arg, e);
}

static void do_done(void *arg, enum store_result r, const struct err *err)
{
	struct outcome *o = arg;

	o->finished = true;
	o->ok = r == STORE_SAVED;
	o->err = *err;
}

bool store_do(struct store *s, bool (*run)(struct db *db, void *arg, struct err *e), void *arg, struct err *e)
{
	struct outcome o = {.run = run, .arg = arg};
	struct store_job job = {.what = "do", .run = do_run, .done = do_done, .arg = &o};

	add_job(s, &job, true);
	while (!o.finished)
		store_wait_idle(s);
	return o.ok ? true : err_set(e, o.err.code, "%s", o.err.msg);
}
