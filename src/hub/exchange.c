// SPDX-License-Identifier: MIT
// Knows how several stations' requests become one transaction, and each its reply.
#include "src/base/i18n.h"
#include "src/hub/exchange_part.h"

struct batch {
	struct exchange **v;
	size_t n;
};

static void reset(struct exchange *v)
{
	exchange_part_release(v);
	json_decref(v->reply);
	v->reply = NULL;
	v->problem = (struct wire_problem){0};
	v->red = v->pushed = false;
}

static bool writes(const struct exchange *v)
{
	return json_array_size(json_object_get(v->request, "ops")) || json_object_get(v->request, "hole") ||
	       json_object_get(v->request, "report");
}

static bool body(struct hub_tx *tx, void *arg, struct err *e)
{
	struct batch *b = arg;
	bool any = false;

	for (size_t i = 0; i < b->n; i++)
		reset(b->v[i]); // it may be a second try
	for (size_t i = 0; i < b->n; i++) {
		if (!exchange_push(tx, b->v[i], e))
			return false;
		any = any || writes(b->v[i]);
	}
	if (any && !hub_flush(tx, e))
		return false;
	for (size_t i = 0; i < b->n; i++)
		if (!exchange_answer(tx, b->v[i], e))
			return false;
	return true;
}

// A request that comes twice (a lost reply, sent again) must find the first one done: it waits for the next round.
static bool same_station(const struct exchange *a, const struct exchange *b)
{
	return str_eq(doc_text(a->request, "dev"), doc_text(b->request, "dev")) &&
	       str_eq(doc_text(a->request, "inc"), doc_text(b->request, "inc"));
}

static bool taken_before(const struct batch *b, const struct exchange *v)
{
	for (size_t i = 0; i < b->n; i++)
		if (same_station(b->v[i], v))
			return true;
	return false;
}

static bool run(struct hub_store *s, struct batch *b, struct err *e)
{
	enum hub_mode mode = HUB_READ;

	for (size_t i = 0; i < b->n; i++)
		mode = writes(b->v[i]) ? HUB_WRITE : mode;
	bool ok = hub_run(s, mode, body, b, e);
	for (size_t i = 0; i < b->n; i++) {
		if (!ok)
			reset(b->v[i]);
		exchange_part_release(b->v[i]);
	}
	return ok;
}

bool hub_exchange(struct hub_store *s, struct exchange *v, size_t n, struct err *e)
{
	struct batch b = {.v = xcalloc(n + 1, sizeof(*b.v))};
	bool *done = xcalloc(n + 1, sizeof(*done)), ok = true;

	for (size_t left = n; left && ok;) {
		b.n = 0;
		for (size_t i = 0; i < n; i++)
			if (!done[i] && !taken_before(&b, &v[i])) {
				b.v[b.n++] = &v[i];
				done[i] = true;
			}
		left -= b.n;
		ok = run(s, &b, e);
	}
	free(b.v);
	free(done);
	return ok;
}
