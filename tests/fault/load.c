// SPDX-License-Identifier: MIT
// Knows the work that the fault tests give the store: one action of an agent, and how to see whether it is whole.
#include "tests/fault/load.h"

#include "src/base/vec.h"
#include "src/store/interaction.h"
#include "src/store/outbox.h"

static char *doc_of(int64_t no)
{
	size_t n = 20 + (size_t)(no * 7919 % 24000) * (no % 3 == 0);
	char *doc = xmalloc(n + 64);
	int head = snprintf(doc, 64, "{\"no\":%lld,\"text\":\"", (long long)no);

	for (size_t i = 0; i < n; i++)
		doc[head + (int)i] = (char)('a' + (int)((i + (size_t)no) % 26));
	memcpy(doc + head + n, "\"}", 3);
	return doc;
}

bool load_run(struct db *db, void *arg, struct err *e)
{
	struct load *l = arg;
	char id[32], op[32];
	char *doc = doc_of(l->no);

	snprintf(id, sizeof(id), "i%lld", (long long)l->no);
	snprintf(op, sizeof(op), "o%lld", (long long)l->no);
	struct interaction i = {.id = id, .no = id, .stamp = {.created_at = 1, .updated_at = 1}, .state = "closed",
				.channel = "phone", .direction = "in", .mode = "live", .started_at = l->no,
				.version = 1, .doc = doc};
	struct interaction_event ev = {.interaction_id = id, .type = "end", .data = "{}"};
	struct outbox_op o = {.id = op, .k = "interaction.put", .t = "interaction", .e = id, .s = "me/a1", .body = doc,
			      .made = 1};
	bool ok = interaction_put(db, &i, e) && interaction_event_add(db, &ev, NULL, e) && outbox_add(db, &o, NULL, e);
	free(doc);
	return ok;
}

static void done(void *arg, enum store_result r, const struct err *err)
{
	struct load *l = arg;

	l->told++;
	l->result = r;
	l->err = *err;
}

void load_submit(struct store *s, struct load *l, int64_t no)
{
	*l = (struct load){.no = no};
	store_submit(s, &(struct store_job){.what = "load", .run = load_run, .done = done, .arg = l});
}

enum load_found load_find(struct db *db, int64_t no)
{
	struct interaction_events evs = {0};
	struct outbox_ops ops = {0};
	struct interaction i;
	struct arena a = {0};
	struct err e = {0};
	char id[32];
	char *doc = doc_of(no);

	snprintf(id, sizeof(id), "i%lld", (long long)no);
	bool there = interaction_get(db, id, &i, &a, &e);
	bool readable = there || e.code == ERR_NOT_FOUND;
	readable = readable && interaction_event_list(db, id, 0, &evs, &a, &e) && outbox_overlay(db, id, &ops, &a, &e);
	bool whole = readable && there && evs.n == 1 && ops.n == 1 && str_eq(i.doc, doc) && str_eq(ops.v[0].body, doc);
	bool none = readable && !there && evs.n == 0 && ops.n == 0;
	vec_release(&evs);
	vec_release(&ops);
	arena_release(&a);
	free(doc);
	return whole ? LOAD_WHOLE : none ? LOAD_NONE : LOAD_TORN;
}
