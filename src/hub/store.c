// SPDX-License-Identifier: MIT
// Knows the hub's store as a whole: its connections, who may have one, and the one process that serves a SQLite file.
#include "src/hub/store.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <sys/file.h>
#include <unistd.h>

#include "src/base/i18n.h"
#include "src/base/path.h"
#include "src/hub/schema.h"
#include "src/hub/store_internal.h"

#define SQLITE_PREFIX "sqlite:"

// One process serves a SQLite file; the lease ends with the process, however that ends (sync.md §5.4).
static bool take_lock(struct hub_store *s, struct err *e)
{
	if (s->engine != SQL_SQLITE || s->alone || s->o.readonly)
		return true;
	char *path = xasprintf("%s.lock", s->url + strlen(SQLITE_PREFIX));
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	bool ok = fd >= 0 || err_set(e, err_from_errno(errno), _("cannot open %s: %s"), path, strerror(errno));

	if (ok && flock(fd, LOCK_EX | LOCK_NB) != 0) {
		ok = errno == EWOULDBLOCK ? err_set(e, ERR_CONFLICT, _("another hub serves %s"), s->url + strlen(SQLITE_PREFIX))
					  : err_set(e, ERR_IO, _("cannot lock %s: %s"), path, strerror(errno));
		close(fd);
	} else if (ok) {
		s->lock = fd;
	}
	free(path);
	return ok;
}

static bool add_conn(struct hub_store *s, bool writes, struct err *e)
{
	struct sql_options o = {.mode = writes ? SQL_WRITE : SQL_READ, .durability = s->o.durability, .vfs = s->vfs};
	struct sql *c;

	if (!sql_open(&c, s->url, &o, e))
		return false;
	struct hub_conn *k = vec_add(&s->conns);
	*k = (struct hub_conn){.c = c, .writes = writes};
	id_gen_init(&k->ids, s->o.clock, 0);
	return true;
}

static bool open_all(struct hub_store *s, struct err *e)
{
	int readers = s->alone ? 0 : s->o.readers ? s->o.readers : 2;
	int writers = s->o.readonly ? 0 : s->engine == SQL_SQLITE ? 1 : readers;

	for (int i = 0; i < writers; i++)
		if (!add_conn(s, true, e) || (i == 0 && !schema_open(s->conns.v[0].c, false, e)))
			return false;
	for (int i = 0; i < readers; i++)
		if (!add_conn(s, false, e) || (s->o.readonly && i == 0 && !schema_open(s->conns.v[0].c, true, e)))
			return false;
	return true;
}

bool hub_store_open(struct hub_store **out, const struct hub_store_options *o, struct err *e)
{
	struct hub_store *s = xcalloc(1, sizeof(*s));

	*out = NULL;
	if (sodium_init() < 0)
		BUG("libsodium does not start");
	if (!o->keys || !o->clock)
		BUG("a store without keys or clock");
	s->o = *o;
	s->url = xstrdup(o->url);
	s->vfs = o->vfs ? xstrdup(o->vfs) : NULL;
	pthread_mutex_init(&s->mutex, NULL);
	for (int i = 0; i < 2; i++)
		pthread_cond_init(&s->freed[i], NULL);
	s->alone = str_eq(o->url, SQLITE_PREFIX ":memory:");
	if (!sql_url(o->url, &s->engine, e) || !take_lock(s, e) || !open_all(s, e)) {
		hub_store_close(s);
		return false;
	}
	*out = s;
	return true;
}

void hub_store_close(struct hub_store *s)
{
	if (!s)
		return;
	// Readers first: the writer, closing last, checkpoints and leaves a single file.
	for (size_t i = s->conns.n; i-- > 0;)
		sql_close(s->conns.v[i].c);
	vec_release(&s->conns);
	if (s->lock > 0)
		close(s->lock);
	pthread_mutex_destroy(&s->mutex);
	for (int i = 0; i < 2; i++)
		pthread_cond_destroy(&s->freed[i]);
	free(s->url);
	free(s->vfs);
	free(s);
}

const struct clock *hub_store_clock(const struct hub_store *s)
{
	return s->o.clock;
}

enum sql_engine hub_store_engine(const struct hub_store *s)
{
	return s->engine;
}

static struct hub_conn *find_free(struct hub_store *s, bool writes)
{
	for (size_t i = 0; i < s->conns.n; i++)
		if (!s->conns.v[i].busy && (s->conns.v[i].writes == writes || s->alone))
			return &s->conns.v[i];
	return NULL;
}

struct hub_conn *hub_acquire(struct hub_store *s, enum hub_mode mode)
{
	struct hub_conn *k;

	pthread_mutex_lock(&s->mutex);
	while (!(k = find_free(s, mode == HUB_WRITE)))
		pthread_cond_wait(&s->freed[!s->alone && mode == HUB_WRITE], &s->mutex);
	k->busy = true;
	pthread_mutex_unlock(&s->mutex);
	return k;
}

void hub_release_conn(struct hub_store *s, struct hub_conn *k)
{
	pthread_mutex_lock(&s->mutex);
	k->busy = false;
	pthread_cond_signal(&s->freed[!s->alone && k->writes]);
	pthread_mutex_unlock(&s->mutex);
}
