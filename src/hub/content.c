// SPDX-License-Identifier: MIT
// Knows how central content gets into the hub: articles from files, content packs from folders.
#include "src/hub/content.h"

#include <sodium.h>

#include "config/bundle.h"
#include "config/pack.h"
#include "kb/export.h"
#include "kb/remote.h"
#include "src/base/copy.h"
#include "src/base/i18n.h"
#include "src/base/path.h"
#include "src/base/vec.h"
#include "src/hub/follow.h"

#define STREAM "kb/all"
enum { ARTICLES_A_TRANSACTION = 100, BLOB_PIECE = 1 << 20 };

// --- articles: what the scratch base has otherwise than the hub

struct ids {
	const char **v;
	size_t n, cap;
};

static bool note_id(void *arg, const char *name, struct sv row, struct err *e)
{
	struct { struct ids *ids; struct arena *a; } *c = arg;
	json_t *o = json_loadb(row.p, row.n, 0, NULL);
	const char *id = json_string_value(json_object_get(o, "id"));

	(void)name;
	(void)e;
	if (id)
		vec_push(c->ids, arena_strdup(c->a, id));
	json_decref(o);
	return true;
}

struct put {
	struct kb *kb;
	const struct ids *ids;
	size_t from, to; // of ids, in this transaction
	const char *by;
	int64_t articles, versions;
};

// The text as it travels: without what stands beside it in the row.
static json_t *text_of(const struct kb_version *v, struct arena *a)
{
	static const char *const beside[] = {"id", "author", "approver", "note"};
	json_t *doc = json_loads(kb_to_json(&v->text, a), 0, NULL);

	for (size_t i = 0; i < sizeof(beside) / sizeof(*beside); i++)
		json_object_del(doc, beside[i]);
	return doc;
}

static json_t *version_row(const char *id, const struct kb_version *v, struct arena *a)
{
	return json_pack("{s:s, s:i, s:o, s:s, s:s, s:s, s:I}", "article", id, "ver", v->ver, "doc", text_of(v, a), "author", v->text.author,
			 "approver", v->text.approver, "note", v->text.note, "published_at", (json_int_t)v->published_at);
}

static bool put_row(struct hub_tx *tx, const struct put *p, const char *t, const char *id, json_t *d, const struct hub_ent *old, struct err *e)
{
	bool ok = hub_put(tx, WIRE_GLOBAL_SITE, &(struct hub_ent){.t = t, .e = id, .s = STREAM, .rev = old ? old->rev + 1 : 1, .d = d, .by = p->by},
			  hub_new_id(tx), e);

	json_decref(d);
	return ok;
}

static bool put_versions(struct hub_tx *tx, struct put *p, const char *id, int have, int ver, struct err *e)
{
	struct arena *a = hub_arena(tx);
	const struct hub_ent *old;
	struct kb_article art;

	for (int v = have + 1; v <= ver; v++) {
		const char *key = arena_printf(a, "%s@%d", id, v);
		if (!kb_article_get(p->kb, id, v, &art, a, e) || !hub_get(tx, WIRE_GLOBAL_SITE, "article_version", key, &old, e))
			return false;
		if (!old && !put_row(tx, p, "article_version", key, version_row(id, &art.cur, a), NULL, e))
			return false;
		p->versions += !old;
	}
	return true;
}

static bool put_article(struct hub_tx *tx, struct put *p, const char *id, struct err *e)
{
	static const char *const members[] = {"ver", "doc", "author", "approver", "note", "published_at"};
	struct arena *a = hub_arena(tx);
	const struct hub_ent *old;
	struct kb_article art;

	if (!kb_article_get(p->kb, id, 0, &art, a, e) || !hub_get(tx, WIRE_GLOBAL_SITE, "article", id, &old, e))
		return false;
	const char *state = kb_state_name(art.state == KB_STALE && !*art.stale_why ? KB_PUBLISHED : art.state);
	int have = (int)json_integer_value(json_object_get(old ? old->d : NULL, "ver"));
	if (have >= art.cur.ver && str_eq(json_string_value(json_object_get(old->d, "state")), state))
		return true;
	json_t *row = version_row(id, &art.cur, a), *d = old ? json_copy(old->d) : json_object();
	for (size_t i = 0; i < sizeof(members) / sizeof(*members); i++)
		json_object_set(d, members[i], json_object_get(row, members[i]));
	json_object_set_new(d, "id", json_string(id));
	json_object_set_new(d, "state", json_string(state));
	json_decref(row);
	p->articles++;
	return put_versions(tx, p, id, have, art.cur.ver, e) && put_row(tx, p, "article", id, d, old, e);
}

static bool put_some(struct hub_tx *tx, void *arg, struct err *e)
{
	struct put *p = arg;
	struct put tried = *p; // a body may run again

	tried.articles = tried.versions = 0;
	for (size_t i = p->from; i < p->to; i++)
		if (!put_article(tx, &tried, p->ids->v[i], e))
			return false;
	p->articles = tried.articles;
	p->versions = tried.versions;
	return true;
}

static bool put_all(struct hub_store *s, struct kb *kb, const char *by, struct content_report *out, struct err *e)
{
	struct arena a = {0};
	struct ids ids = {0};
	struct { struct ids *ids; struct arena *a; } c = {&ids, &a};
	int64_t rows;
	bool ok = kb_export(kb, &(struct kb_export_opts){.form = KB_EXPORT_JSONL, .all = true, .put = note_id, .arg = &c}, &rows, e);

	for (size_t i = 0; ok && i < ids.n; i += ARTICLES_A_TRANSACTION) {
		struct put p = {.kb = kb, .ids = &ids, .from = i, .to = i + ARTICLES_A_TRANSACTION < ids.n ? i + ARTICLES_A_TRANSACTION : ids.n, .by = by};
		ok = hub_run(s, HUB_WRITE, put_some, &p, e);
		out->articles += p.articles;
		out->versions += p.versions;
	}
	vec_release(&ids);
	arena_release(&a);
	return ok;
}

bool content_import(struct hub_store *s, const char *scratch, const char *const *paths, size_t n, const struct kb_import_opts *opts, const char *by,
		    struct content_report *out, struct err *e)
{
	char *path = path_join(scratch, "import.db");
	struct kb *kb = NULL;
	struct err ignored = {0};

	*out = (struct content_report){0};
	bool ok = remove_folder(scratch, e) && path_mkdirs(scratch, e) && kb_open(&kb, path, KB_WRITE, hub_store_clock(s), NULL, e) &&
		  follow_kb(s, kb, NULL, e) && kb_import_all(kb, paths, n, opts, &out->read, e) && put_all(s, kb, by, out, e);
	kb_close(kb);
	if (!remove_folder(scratch, ok ? e : &ignored))
		ok = false;
	free(path);
	return ok;
}

// --- packs

struct pack_put {
	const struct pack *pack;
	const struct str *bundle;
	const char *site, *by, *hash;
	bool changed;
};

static bool put_blob(struct hub_tx *tx, void *arg, struct err *e)
{
	struct pack_put *p = arg;
	bool complete = false;

	for (size_t off = 0; off < p->bundle->n; off += BLOB_PIECE) {
		size_t n = p->bundle->n - off < BLOB_PIECE ? p->bundle->n - off : BLOB_PIECE;
		if (!hub_blob_append(tx, p->site, p->hash, (int64_t)p->bundle->n, (int64_t)off, sv_n(p->bundle->s + off, n), &complete, e))
			return false;
	}
	return complete || err_set(e, ERR_IO, _("the pack was not stored completely; load it again"));
}

static bool put_pack(struct hub_tx *tx, void *arg, struct err *e)
{
	struct pack_put *p = arg;
	const char *stream = arena_printf(hub_arena(tx), "cfg/%s", p->site);
	const struct hub_ent *old;
	int64_t size, have;
	bool complete, found;

	if (!hub_blob_state(tx, p->site, p->hash, &size, &have, &complete, &found, e) || (!(found && complete) && !put_blob(tx, p, e)) ||
	    !hub_get(tx, p->site, "pack", p->pack->name, &old, e))
		return false;
	p->changed = !old || old->gone || !str_eq(json_string_value(json_object_get(old->d, "hash")), p->hash);
	if (!p->changed)
		return true;
	json_t *d = json_pack("{s:s, s:s, s:i, s:s, s:I, s:s, s:s}", "name", p->pack->name, "code", p->pack->code, "version", p->pack->version, "hash",
			      p->hash, "bytes", (json_int_t)p->bundle->n, "title_zh", p->pack->title.zh, "title_en", p->pack->title.en);
	bool ok = hub_put(tx, p->site, &(struct hub_ent){.t = "pack", .e = p->pack->name, .s = stream, .rev = old ? old->rev + 1 : 1, .d = d, .by = p->by},
			  hub_new_id(tx), e);
	json_decref(d);
	return ok;
}

static bool no_errors(const struct problems *p, struct err *e)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->v[i].severity == LINT_ERROR)
			return err_set(e, ERR_PARSE, _("%s:%d: %s (%zu errors in all; see zuoxi pack check)"), p->v[i].file, p->v[i].line, p->v[i].message,
				       p->errors);
	return true;
}

// The one that was read from this folder.
static const struct pack *pack_of(const struct packs *k, const char *dir)
{
	for (size_t i = 0; i < k->n; i++)
		if (str_eq(k->v[i].dir, dir))
			return &k->v[i];
	return NULL;
}

static bool keep_pack(struct hub_store *s, const struct packs *k, const char *site, const char *dir, const char *by, bool *changed, struct err *e)
{
	unsigned char h[WIRE_HASH];
	char hash[2 * WIRE_HASH + 1];
	struct str bundle = {0};
	struct pack_put p = {.pack = pack_of(k, dir), .bundle = &bundle, .site = site, .by = by, .hash = hash};
	bool ok = (p.pack || err_set(e, ERR_NOT_FOUND, _("%s is not a content pack: it has no pack.yaml"), dir)) && bundle_make(dir, &bundle, e);

	if (ok) {
		crypto_generichash(h, sizeof(h), (const unsigned char *)bundle.s, bundle.n, NULL, 0);
		sodium_bin2hex(hash, sizeof(hash), h, sizeof(h));
		ok = hub_run(s, HUB_WRITE, put_pack, &p, e);
	}
	*changed = p.changed;
	str_release(&bundle);
	return ok;
}

// --- the packs the site has already: what refers to them is linted beside them

struct kept {
	const char *site, *but, *into; // all but this one, unpacked below into
	const char **dirs;
	size_t n;
	struct arena *a;
};
enum { PACKS_MAX = 64 };

static bool unpack_one(struct hub_tx *tx, struct kept *k, const char *name, const char *hash, struct err *e)
{
	struct str text = {0};
	bool ok = hub_blob_read(tx, k->site, hash, 0, 2 * BUNDLE_BYTES, &text, e) && bundle_unpack(sv_n(str_z(&text), text.n), name, k->into, e);

	str_release(&text);
	return ok;
}

struct names {
	const char *v[PACKS_MAX], *hash[PACKS_MAX];
	size_t n;
	struct arena *a;
};

static bool note_pack(void *arg, const struct hub_ent *ent)
{
	struct names *names = arg;
	const char *hash = json_string_value(json_object_get(ent->d, "hash"));

	if (!ent->gone && hash) {
		names->v[names->n] = arena_strdup(names->a, ent->e);
		names->hash[names->n++] = arena_strdup(names->a, hash);
	}
	return names->n < PACKS_MAX;
}

static bool unpack_all(struct hub_tx *tx, void *arg, struct err *e)
{
	struct kept *k = arg;
	struct names names = {.a = k->a};

	k->n = 0;
	if (!hub_list(tx, k->site, "pack", NULL, PACKS_MAX, note_pack, &names, e))
		return false;
	for (size_t i = 0; i < names.n; i++) {
		if (str_eq(names.v[i], k->but))
			continue;
		if (!unpack_one(tx, k, names.v[i], names.hash[i], e))
			return false;
		k->dirs[k->n++] = arena_printf(k->a, "%s/%s", k->into, names.v[i]);
	}
	return true;
}

static struct packs *load_beside(struct hub_store *s, const char *scratch, const char *site, const char *dir, struct problems *problems,
				 struct arena *a, struct err *e)
{
	const char **dirs = arena_array(a, const char *, PACKS_MAX + 1);
	char *name = bundle_name(dir);
	struct kept k = {.site = site, .but = name, .into = arena_printf(a, "%s/packs", scratch), .dirs = dirs + 1, .a = a};
	struct packs *out = NULL;

	dirs[0] = dir;
	if (remove_folder(scratch, e) && hub_run(s, HUB_READ, unpack_all, &k, e)) {
		out = packs_load(dirs, k.n + 1, problems);
		problems_sort(problems);
	}
	free(name);
	return out;
}

bool content_load_pack(struct hub_store *s, const char *scratch, const char *site, const char *dir, const char *by, bool *changed,
		       struct content_report *out, struct err *e)
{
	struct problems problems = {0};
	struct arena a = {0};
	struct err ignored = {0};
	struct packs *k = load_beside(s, scratch, site, dir, &problems, &a, e);
	char *articles = path_join(dir, "kb");
	struct kb_import_opts opts = {.author = "", .note = ""};

	*out = (struct content_report){0};
	*changed = false;
	bool ok = k && no_errors(&problems, e) && (k->n > 0 || err_set(e, ERR_NOT_FOUND, _("%s is not a content pack: it has no pack.yaml"), dir)) &&
		  keep_pack(s, k, site, dir, by, changed, e);
	if (ok && path_is_dir(articles))
		ok = content_import(s, scratch, (const char *const[]){articles}, 1, &opts, by, out, e);
	if (!remove_folder(scratch, ok ? e : &ignored))
		ok = false;
	packs_free(k);
	problems_release(&problems);
	arena_release(&a);
	free(articles);
	return ok;
}
