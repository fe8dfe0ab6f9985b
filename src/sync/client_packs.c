// SPDX-License-Identifier: MIT
// Knows how content packs come to the station: what the rows of cfg/<site> name and is not here yet is fetched, checked and unpacked.
#include <jansson.h>
#include <sodium.h>

#include "config/bundle.h"
#include "src/base/i18n.h"
#include "src/base/log.h"
#include "src/base/path.h"
#include "src/base/vec.h"
#include "src/store/ent.h"
#include "src/store/meta.h"
#include "src/sync/client_part.h"

enum { FETCH_MS = 120000, AGAIN_MS = 60000 };

static void later(struct client *c)
{
	c->packs.busy = false;
	c->packs.at = client_mono(c) + AGAIN_MS;
	c->packs.wanted = true;
	client_soon(c);
}

// --- what is wanted

struct look_job {
	struct job job;
	char name[64], hash[2 * WIRE_HASH + 1];
	int64_t version;
};

static bool is_here(struct db *db, const char *name, const char *hash, bool *here, struct err *e)
{
	struct arena a = {0};
	const char *have = NULL;
	bool ok = meta_text(db, arena_printf(&a, "pack/%s", name), &have, &a, e);

	*here = have && strcmp(have, hash) == 0;
	arena_release(&a);
	return ok;
}

// The first pack that is not here as the hub has it; hash "": all are.
static bool look_run(struct db *db, struct job *job, struct err *e)
{
	struct look_job *j = (struct look_job *)job;
	struct ents rows = {0};
	struct arena a = {0};
	bool ok = ent_list(db, "pack", &rows, &a, e), here;

	j->hash[0] = '\0';
	for (size_t i = 0; ok && !j->hash[0] && i < rows.n; i++) {
		json_t *d = json_loads(rows.v[i].d, 0, NULL);
		const char *hash = json_string_value(json_object_get(d, "hash"));
		if (hash && strlen(hash) == 2 * WIRE_HASH && strlen(rows.v[i].e) < sizeof(j->name) && (ok = is_here(db, rows.v[i].e, hash, &here, e)) &&
		    !here) {
			snprintf(j->name, sizeof(j->name), "%s", rows.v[i].e);
			snprintf(j->hash, sizeof(j->hash), "%s", hash);
			j->version = json_integer_value(json_object_get(d, "version"));
		}
		json_decref(d);
	}
	vec_release(&rows);
	arena_release(&a);
	return ok;
}

static void plain_release(struct job *job)
{
	free(job);
}

// --- what came

struct unpack_job {
	struct job job;
	char name[64], hash[2 * WIRE_HASH + 1];
	int64_t version;
	const char *dir; // the store's
	struct str text;
	struct err why;
	bool ok;
};

static bool fits(const struct unpack_job *j)
{
	unsigned char h[WIRE_HASH];
	char hex[2 * WIRE_HASH + 1];

	crypto_generichash(h, sizeof(h), (const unsigned char *)str_z(&j->text), j->text.n, NULL, 0);
	sodium_bin2hex(hex, sizeof(hex), h, sizeof(h));
	return strcmp(hex, j->hash) == 0;
}

// A pack that cannot be unpacked is noted as here all the same: the next one of the hub's is another.
static bool unpack_run(struct db *db, struct job *job, struct err *e)
{
	struct unpack_job *j = (struct unpack_job *)job;
	char *packs = path_join(j->dir, "packs"), *key = xasprintf("pack/%s", j->name);

	j->ok = bundle_unpack(sv_n(str_z(&j->text), j->text.n), j->name, packs, &j->why);
	bool full = !j->ok && (j->why.code == ERR_FULL || j->why.code == ERR_IO);
	bool ok = full ? err_set(e, j->why.code, "%s", j->why.msg) : meta_set_text(db, key, j->hash, e);
	free(packs);
	free(key);
	return ok;
}

static void unpack_end(struct client *c, struct job *job, bool ok, const struct err *e)
{
	struct unpack_job *j = (struct unpack_job *)job;
	char line[300];

	if (!ok || !j->ok) {
		log_line(LOG_WARN, "hub: pack %s: %s", j->name, ok ? j->why.msg : e->msg);
		later(c);
		return;
	}
	log_line(LOG_INFO, "hub: pack %s version %lld is here", j->name, (long long)j->version);
	snprintf(line, sizeof(line), _("New content from the hub: %s, version %lld."), j->name, (long long)j->version);
	if (c->opt.say)
		c->opt.say(c->opt.arg, false, line);
	c->packs.busy = false;
	c->packs.came = true;
	client_packs_look(c);
}

static void unpack_release(struct job *job)
{
	str_release(&((struct unpack_job *)job)->text);
	free(job);
}

static void on_pack(void *arg, const struct http_reply *r)
{
	struct client *c = arg;

	c->packs.request = NULL;
	if (r->end != HTTP_ANSWERED || r->status != 200) {
		later(c);
		return;
	}
	struct unpack_job *j = xcalloc(1, sizeof(*j));
	*j = (struct unpack_job){.job = {.run = unpack_run, .end = unpack_end, .release = unpack_release}, .version = c->packs.version,
				 .dir = store_dir(c->store)};
	snprintf(j->name, sizeof(j->name), "%s", c->packs.name);
	snprintf(j->hash, sizeof(j->hash), "%s", c->packs.hash);
	str_addn(&j->text, r->body.p, r->body.n);
	if (fits(j)) {
		job_start(c, &j->job, "hub.pack");
		return;
	}
	log_line(LOG_WARN, "hub: pack %s is not the one that was announced", j->name);
	unpack_release(&j->job);
	later(c);
}

static void fetch(struct client *c)
{
	char bearer[SESSION_TOKEN_MAX + 32], path[32 + 2 * WIRE_HASH];
	struct link_view v;

	link_look(c->link, &v);
	client_bearer(c, bearer, sizeof(bearer));
	snprintf(path, sizeof(path), "/v1/blob/%s", c->packs.hash);
	c->packs.request = http_start(c->http, &(struct http_request){.method = "GET",
								      .base = client_url(c, v.url),
								      .path = path,
								      .headers = (const char *[]){bearer, NULL},
								      .max = 2 * BUNDLE_BYTES,
								      .timeout_ms = client_timeout(c, FETCH_MS),
								      .done = on_pack,
								      .arg = c});
}

static void look_end(struct client *c, struct job *job, bool ok, const struct err *e)
{
	struct look_job *j = (struct look_job *)job;

	if (!ok)
		log_line(LOG_WARN, "hub: packs: %s", e->msg);
	if (!ok || !j->hash[0]) {
		c->packs.busy = false;
		if (ok && c->packs.came && c->opt.content)
			c->opt.content(c->opt.arg);
		c->packs.came = c->packs.came && !ok;
		return;
	}
	snprintf(c->packs.name, sizeof(c->packs.name), "%s", j->name);
	snprintf(c->packs.hash, sizeof(c->packs.hash), "%s", j->hash);
	c->packs.version = j->version;
	c->packs.wanted = true;
	c->packs.busy = false;
	client_soon(c);
}

void client_packs_look(struct client *c)
{
	if (c->packs.busy || c->packs.wanted)
		return;
	c->packs.busy = true;
	struct look_job *j = xcalloc(1, sizeof(*j));
	*j = (struct look_job){.job = {.run = look_run, .end = look_end, .release = plain_release}};
	job_start(c, &j->job, "hub.pack.look");
}

void client_packs_step(struct client *c)
{
	struct link_view v;

	if (!c->packs.wanted || c->packs.busy || !*c->access || client_mono(c) < c->packs.at)
		return;
	link_look(c->link, &v);
	if (v.state != LINK_ONLINE)
		return;
	c->packs.wanted = false;
	c->packs.busy = true;
	fetch(c);
}

int64_t client_packs_wait(const struct client *c)
{
	int64_t left = c->packs.at - client_mono(c);

	return c->packs.wanted && *c->access && left > 0 ? left : -1;
}

void client_packs_end(struct client *c)
{
	if (!c->packs.request)
		return;
	http_cancel(c->packs.request);
	c->packs.request = NULL;
	c->packs.busy = false;
	c->packs.wanted = true;
}
