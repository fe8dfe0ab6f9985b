// SPDX-License-Identifier: MIT
// Knows what must hold for any request to the hub: one answer, of a known status, refusals as problem documents that say what to do,
// and a store that is whole afterwards.
//
// Form of an input: "METHOD TARGET" on the first line, "Name: value" lines, an empty line, the body; "=====" on a line of its own
// begins another request. In values and bodies @TOKEN@ is a good access token, @SIGN@ a good signature of the request, @DEV@ and
// @INC@ name the station, @REFRESH@ its refresh token.
#include <sodium.h>

#include "src/base/path.h"
#include "src/hub/server.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { REQUESTS = 8 };

static struct {
	struct clock clock;
	struct hub_store *store;
	struct hub_keys *keys;
	struct server *server;
	struct arena arena;
	char dev[48], access[80], refresh[80];
	unsigned char pk[32], sk[64];
} hub;

static void must(bool ok, const struct err *e)
{
	if (!ok)
		BUG("%s", e->msg);
}

static void make_keys(struct err *e)
{
	char path[] = "/tmp/zuoxi-fuzz-XXXXXX";
	int fd = mkstemp(path);

	if (fd < 0 || remove(path) != 0)
		BUG("no file for the keys");
	must(hub_keys_make(path, e) && hub_keys_load(&hub.keys, path, e), e);
	remove(path);
	fclose(fdopen(fd, "r"));
}

static void sign(const char *method, const char *target, struct sv body, struct str *out)
{
	unsigned char sig[64];
	char at[32], nonce[40], hex[129], path[400];
	struct str text = {0};

	snprintf(nonce, sizeof(nonce), "%016llx%08x", (unsigned long long)randombytes_random(), randombytes_random());
	snprintf(path, sizeof(path), "%.*s", (int)strcspn(target, "?"), target);
	clock_rfc3339(clock_wall(&hub.clock), at, sizeof(at));
	auth_signed_text(method, path, at, nonce, body, &text);
	crypto_sign_detached(sig, NULL, (const unsigned char *)text.s, text.n, hub.sk);
	str_addf(out, "site=SHA;dev=%s;at=%s;nonce=%s;sig=%s", hub.dev, at, nonce, sodium_bin2hex(hex, sizeof(hex), sig, sizeof(sig)));
	str_release(&text);
}

static json_t *ask(const char *target, json_t *doc, bool signed_)
{
	char *text = json_dumps(doc, 0);
	struct str header = {0};
	struct answer a;

	if (signed_)
		sign("POST", target, sv(text), &header);
	server_answer(
		hub.server,
		&(struct request){.method = "POST", .target = target, .station = signed_ ? str_z(&header) : NULL, .body = sv(text)},
		&a);
	json_t *j = json_loadb(str_z(&a.body), a.body.n, 0, NULL);
	if (a.status != 200)
		BUG("%s: %d %s", target, a.status, str_z(&a.body));
	answer_release(&a);
	str_release(&header);
	free(text);
	json_decref(doc);
	return j;
}

static void copy(char *to, size_t cap, const json_t *j, const char *name)
{
	snprintf(to, cap, "%s", json_string_value(json_object_get(j, name)));
}

static void log_in(void)
{
	json_t *j = ask("/v1/login", json_pack("{s:s, s:s, s:s}", "login", "anna", "password", "correct horse", "inc", "0badcafe"),
			true);

	copy(hub.access, sizeof(hub.access), j, "access");
	copy(hub.refresh, sizeof(hub.refresh), j, "refresh");
	json_decref(j);
}

static void join_hub(void)
{
	struct join_code read;
	char code[21], key[65];
	struct str text = {0};
	struct err e = {0};

	must(auth_code_make(hub.store, hub.keys, "", "SHA", NULL, "", &text, &e), &e);
	if (!auth_code_split(str_z(&text), &read))
		BUG("the hub's own code is none");
	str_release(&text);
	sodium_bin2hex(code, sizeof(code), read.secret, sizeof(read.secret));
	crypto_sign_keypair(hub.pk, hub.sk);
	json_t *j = ask(
		"/v1/enrol",
		json_pack("{s:s, s:s, s:s, s:s}", "site", "SHA", "code", code, "key", sodium_bin2hex(key, sizeof(key), hub.pk, 32), "inc", "0badcafe"),
		false);
	copy(hub.dev, sizeof(hub.dev), j, "dev");
	json_decref(j);
}

static void begin(void)
{
	struct server_options o = {.hb_ms = 60000,
				   .find = {1e9, 1e9},
				   .pull = {1e9, 1e9},
				   .snap = {1e9, 1e9},
				   .login = {1e9, 1e9},
				   .seat = {1e9, 1e9}};
	struct err e = {0};
	const char *id;

	if (hub.server)
		return;
	clock_fake(&hub.clock, 1767225600000LL, 1000);
	make_keys(&e);
	must(hub_store_open(
		     &hub.store,
		     &(struct hub_store_options){.url = "sqlite::memory:", .clock = &hub.clock, .keys = hub_keys_ring(hub.keys)},
		     &e),
	     &e);
	json_t *d = json_pack("{s:s, s:[s,s], s:s, s:[s]}", "name_zh", "anna", "roles", "agent", "supervisor", "status", "active",
			      "queues", "q1");
	must(auth_user_add(hub.store, "SHA", "anna", "correct horse", d, &id, &hub.arena, &e), &e);
	json_decref(d);
	o.store = hub.store;
	o.keys = hub.keys;
	must(server_start(&hub.server, &o, &e), &e);
	join_hub();
	log_in();
}

// --- one request

struct piece {
	char *method, *target;
	struct str headers[5], body;
};
static const char *const names[5] = {"Authorization", "Zuoxi-Station", "Range", "Upload-Offset", "Upload-Length"};

static void fill(struct str *out, struct sv text)
{
	const struct {
		const char *mark, *value;
	} marks[] = {{"@TOKEN@", hub.access}, {"@DEV@", hub.dev}, {"@INC@", "0badcafe"}, {"@REFRESH@", hub.refresh}};

	while (text.n) {
		size_t k = 0, n = sizeof(marks) / sizeof(*marks);
		while (k < n && !sv_starts(text, marks[k].mark))
			k++;
		size_t skip = k < n ? strlen(marks[k].mark) : 1;
		if (k < n)
			str_add(out, marks[k].value);
		else
			str_addn(out, text.p, 1);
		text = sv_n(text.p + skip, text.n - skip);
	}
}

static void check(const struct piece *p, const struct answer *a)
{
	static const int known[] = {200, 201, 204, 206, 400, 401, 403, 404, 405, 409, 412, 413, 416, 423, 426, 429, 503};
	size_t i = 0, n = sizeof(known) / sizeof(*known);
	bool later = false;

	while (i < n && known[i] != a->status)
		i++;
	if (i == n)
		BUG("%s %s: %d %s", p->method, p->target, a->status, str_z(&a->body));
	for (int k = 0; k < a->headers; k++) {
		later |= str_eq(a->header[k].name, "Retry-After");
		if (strpbrk(a->header[k].value, "\r\n"))
			BUG("a header with a line end: %s", a->header[k].name);
	}
	if (a->status < 400)
		return;
	struct wire_problem q;
	wire_problem_parse(sv_n(str_z(&a->body), a->body.n), 200, &q);
	if (!str_eq(a->type, "application/problem+json") || wire_problem_status(q.kind) != a->status)
		BUG("%s %s: %d is no problem document: %s", p->method, p->target, a->status, str_z(&a->body));
	if ((a->status == 503 || a->status == 429) && !later)
		BUG("%d without Retry-After", a->status);
}

static void run(struct piece *p)
{
	struct answer a;
	struct str sig = {0};
	struct sv body = sv_n(str_z(&p->body), p->body.n);

	if (p->headers[1].n && strstr(str_z(&p->headers[1]), "@SIGN@")) {
		sign(p->method, p->target, body, &sig);
		str_clear(&p->headers[1]);
		str_add(&p->headers[1], str_z(&sig));
	}
#define H(i) (p->headers[i].s ? str_z(&p->headers[i]) : NULL)
	struct request rq = {.method = p->method,
			     .target = p->target,
			     .authorization = H(0),
			     .station = H(1),
			     .range = H(2),
			     .offset = H(3),
			     .length = H(4),
			     .body = body};
#undef H
	server_answer(hub.server, &rq, &a);
	check(p, &a);
	answer_release(&a);
	str_release(&sig);
	clock_fake_add(&hub.clock, 10);
}

static struct sv next_line(struct sv *rest)
{
	const char *nl = memchr(rest->p, '\n', rest->n);
	struct sv line = sv_n(rest->p, nl ? (size_t)(nl - rest->p) : rest->n);

	*rest = sv_n(rest->p + line.n + (nl != NULL), rest->n - line.n - (nl != NULL));
	return line;
}

static void one(struct sv text)
{
	struct piece p = {0};
	struct sv line = next_line(&text);
	size_t blank = 0;

	while (blank < line.n && line.p[blank] != ' ')
		blank++;
	p.method = xstrndup(line.p, blank);
	p.target = xstrndup(line.p + blank + (blank < line.n), line.n - blank - (blank < line.n));
	while (text.n && (line = next_line(&text)).n)
		for (int i = 0; i < 5; i++) {
			size_t n = strlen(names[i]);
			if (sv_starts(line, names[i]) && line.n > n && line.p[n] == ':')
				fill(&p.headers[i], sv_trim(sv_n(line.p + n + 1, line.n - n - 1)));
		}
	fill(&p.body, text);
	run(&p);
	free(p.method);
	free(p.target);
	for (int i = 0; i < 5; i++)
		str_release(&p.headers[i]);
	str_release(&p.body);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char between[] = "\n=====\n";
	struct sv rest = sv_n((const char *)data, size);
	struct err e = {0};

	begin();
	for (int i = 0; i < REQUESTS && rest.n; i++) {
		const char *end = memmem(rest.p, rest.n, between, sizeof(between) - 1);
		size_t n = end ? (size_t)(end - rest.p) : rest.n, skip = end ? n + sizeof(between) - 1 : n;
		one(sv_n(rest.p, n));
		rest = sv_n(rest.p + skip, rest.n - skip);
	}
	must(hub_check(hub.store, &e), &e);
	return 0;
}
