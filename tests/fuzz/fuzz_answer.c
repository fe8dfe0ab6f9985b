// SPDX-License-Identifier: MIT
// Knows what must hold for any bytes a station may get as an answer: understood or refused, and its store whole either way.
//
// The first byte chooses the status and whether it is an event; the rest is the body.
#include "src/sync/exchange.h"
#include "tests/sync/memstore.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const int statuses[] = {200, 200, 200, 200, 400, 401, 409, 413, 426, 503};

static void prepare(struct memstore *m, struct exchange_sent *sent)
{
	struct sync_stream streams[] = {{"q/a", 3, 10, 10, 0}, {"q/b", 1, 0, 0, 0}, {"bc/s1", 1, 2, 2, 0}};
	struct str body = {0};
	struct err e = {0};

	memstore_init(m, "dev-1", "inc1");
	for (size_t i = 0; i < sizeof(streams) / sizeof(*streams); i++)
		if (!m->calls.stream_put(m, &streams[i], &e))
			BUG("%s", e.msg);
	m->now.next_n = 4;
	for (int i = 0; i < 4; i++) {
		char id[8];
		snprintf(id, sizeof(id), "op%d", i);
		memstore_add(m, id, "ticket.set", "ticket", "t1", i % 2 ? "q/a" : "q/b", "3:1", "{\"set\":{\"title\":\"x\"}}", 1);
	}
	if (!exchange_ask(&m->calls, &(struct exchange_ask){.now = 1000}, &body, sent, &e))
		BUG("%s", e.msg);
	str_release(&body);
}

// What no answer may bring about.
static void check(const struct memstore *m)
{
	if (m->now.outbox.n != 4)
		BUG("an operation is gone or new");
	for (size_t i = 0; i < m->now.outbox.n; i++)
		if (m->now.outbox.v[i].op->n != (int64_t)i + 4)
			BUG("an operation has another number");
	for (size_t i = 0; i < m->now.rows.n; i++) {
		const struct mem_row *r = m->now.rows.v[i];
		if (!memstore_stream(m, r->s) || !json_is_object(r->d) || r->rev < 1)
			BUG("a row of no stream");
		for (size_t k = 0; k < i; k++)
			if (str_eq(m->now.rows.v[k]->e, r->e) && str_eq(m->now.rows.v[k]->t, r->t))
				BUG("a row twice");
	}
	for (size_t i = 0; i < m->now.streams.n; i++)
		if (m->now.streams.v[i].seq < 0 || m->now.streams.v[i].head < m->now.streams.v[i].seq)
			BUG("a cursor behind its head");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct exchange_sent sent;
	struct exchange_done done;
	struct memstore m;
	struct err e = {0};
	bool pull;

	if (!size)
		return 0;
	prepare(&m, &sent);
	struct sv body = sv_n((const char *)data + 1, size - 1);
	for (int twice = 0; twice < 2; twice++) { // an answer that comes again finds everything done
		memstore_begin(&m);
		bool ok = data[0] == 'e' ? exchange_event(&m.calls, body, 2000, &done, &pull, &e)
					 : exchange_take(&m.calls, &sent, statuses[data[0] % 10], body, 1000, 2000, &done, &e);
		if (!ok && !e.msg[0])
			BUG("refused without a word");
		if (ok) {
			check(&m);
			memstore_commit(&m);
		} else {
			memstore_rollback(&m);
		}
	}
	struct str again = {0};
	if (!exchange_ask(&m.calls, &(struct exchange_ask){.now = 3000, .hole = {done.hole[0], done.hole[1]}}, &again, &sent, &e))
		BUG("%s", e.msg);
	json_t *doc = wire_parse(sv_n(again.s, again.n), WIRE_REQUEST_BYTES, &e);
	if (!doc)
		BUG("asked what no hub can read: %s", e.msg);
	json_decref(doc);
	str_release(&again);
	check(&m);
	memstore_release(&m);
	return 0;
}
