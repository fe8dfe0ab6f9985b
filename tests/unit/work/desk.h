// SPDX-License-Identifier: MIT
// Knows how a test gets a desk of its own: a station in a throw-away directory, the shipped packs, a clock that stands still.
#ifndef TESTS_WORK_DESK_H
#define TESTS_WORK_DESK_H

#include "src/base/path.h"
#include "src/store/customer.h"
#include "src/work/internal.h"
#include "tests/unit/store/tmpdir.h"

// 2026-11-22 11:00 in Shanghai, the day of domain.md §22 vector 16.
#define DESK_NOW 1795316400000LL

struct desk {
	char *dir;
	struct clock clock;
	struct config config;
	struct store *store;
	struct model model;
	int quiet_ms; // of the store, 0: as always
};

static inline void desk_open(struct desk *d)
{
	struct err e = {0};
	struct arena a = {0};
	struct problems p = {0};
	const char **dirs;
	size_t n;
	int recovered;
	char *root = path_share("packs");

	config_defaults(&d->config);
	assert_ok(store_open(&d->store, &(struct store_options){.dir = d->dir, .sync = DB_SYNC_OFF, .quiet_ms = d->quiet_ms}, &e), e);
	assert_ok(model_init(&d->model, &(struct model_options){.clock = &d->clock, .config = &d->config, .store = d->store,
								.seeded = true, .seed = 7}, &e), e);
	assert_ok(packs_find(root, &dirs, &n, &a, &e), e);
	struct packs *packs = packs_load(dirs, n, &p);
	assert_int_equal(p.errors, 0);
	assert_ok(model_set_packs(&d->model, packs, &recovered, &e), e);
	problems_release(&p);
	arena_release(&a);
	free(root);
}

static inline void desk_close(struct desk *d)
{
	store_wait_idle(d->store);
	model_release(&d->model);
	store_close(d->store);
	config_release(&d->config);
}

static inline void desk_start(struct desk *d)
{
	struct err e = {0};

	*d = (struct desk){.dir = tmpdir_new()};
	clock_fake(&d->clock, DESK_NOW, 1000000);
	assert_ok(store_init(d->dir, "SHA", "0A7", &d->clock, &e), e);
	desk_open(d);
}

static inline void desk_end(struct desk *d)
{
	desk_close(d);
	tmpdir_free(d->dir);
}

// A call by hand: rung and answered at once.
static inline struct work *desk_call(struct desk *d, const char *number, const char *name)
{
	struct err e = {0};

	assert_ok(model_manual_call(&d->model, number, name, &e), e);
	store_wait_idle(d->store);
	return d->model.works.v[d->model.works.n - 1];
}

struct desk_customer {
	const char *id, *doc;
};

static inline bool desk_put(struct db *db, void *arg, struct err *e)
{
	const struct desk_customer *c = arg;

	return customer_put(db, &(struct customer){.id = c->id, .doc = c->doc, .stamp = {.created_at = 1, .updated_at = 1}}, e);
}

static inline void desk_customer(struct desk *d, const char *id, const char *doc)
{
	struct err e = {0};
	struct desk_customer c = {id, doc};

	assert_ok(store_do(d->store, desk_put, &c, &e), e);
}

#endif
