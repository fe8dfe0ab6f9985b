// SPDX-License-Identifier: MIT
// Knows how an answer is written: JSON, text, or a problem document that says when to try again.
#include <sodium.h>
#include <unistd.h>

#include "src/base/i18n.h"
#include "src/hub/server_part.h"

void answer_header(struct answer *a, const char *name, const char *fmt, ...)
{
	va_list ap;

	if (a->headers == ANSWER_HEADERS)
		BUG("too many headers: %s", name);
	va_start(ap, fmt);
	vsnprintf(a->header[a->headers].value, sizeof(a->header[0].value), fmt, ap);
	va_end(ap);
	a->header[a->headers++].name = name;
}

static void begin(struct job *j, int status, const char *type)
{
	answer_release(&j->an);
	j->an = (struct answer){.status = status, .type = type};
}

enum outcome answer_json(struct job *j, int status, json_t *doc)
{
	char *text = wire_print(doc);

	begin(j, status, "application/json");
	str_add(&j->an.body, text ? text : "null");
	free(text);
	json_decref(doc);
	return OUT_DONE;
}

enum outcome answer_text(struct job *j, int status, const char *type, const char *text)
{
	begin(j, status, type);
	str_add(&j->an.body, text);
	return OUT_DONE;
}

enum outcome answer_empty(struct job *j, int status)
{
	begin(j, status, NULL);
	return OUT_DONE;
}

static void sign_order(struct job *j, const char *dev, const char *at, const char *more, char hex[129])
{
	unsigned char sig[64];
	struct str text = {0};

	str_addf(&text, "wipe\n%s\n%s\n%s", dev, at, more);
	hub_keys_sign(j->sv->o.keys, sv_n(text.s, text.n), sig);
	sodium_bin2hex(hex, 129, sig, sizeof(sig));
	str_release(&text);
}

// The order a station obeys only from its hub: signed over "wipe\nDEV\nTIME\n", and over that and "drain\n" where its outbox is to come
// first. A station that knows only the first signature obeys at once.
static void add_directive(struct job *j, json_t *doc, const char *dev, bool drain)
{
	char at[32], hex[129];

	clock_rfc3339(clock_wall(hub_store_clock(j->sv->o.store)), at, sizeof(at));
	sign_order(j, dev, at, "", hex);
	json_t *d = json_pack("{s:s, s:s, s:s, s:s}", "do", "wipe", "dev", dev, "at", at, "sig", hex);
	sign_order(j, dev, at, "drain\n", hex);
	if (drain)
		json_object_set_new(d, "drain", json_string(hex));
	json_object_set_new(doc, "directive", d);
}

enum outcome answer_problem(struct job *j, const struct wire_problem *p)
{
	struct wire_problem q = *p;
	char instance[40];
	int status = wire_problem_status(q.kind);

	if (wire_problem_retry(q.kind) == WIRE_RETRY_AFTER && q.after_ms < 1000)
		q.after_ms = 1000 + randombytes_uniform(4000);
	snprintf(instance, sizeof(instance), "rq_%s_%llx", j->sv->seed, (unsigned long long)atomic_fetch_add(&j->sv->number, 1));
	json_t *doc = wire_problem_print(&q, instance);
	if (q.kind == WIRE_P_WIPE)
		add_directive(j, doc, q.detail, q.drain);
	answer_json(j, status, doc);
	j->an.type = "application/problem+json";
	if (q.after_ms)
		answer_header(&j->an, "Retry-After", "%lld", (long long)((q.after_ms + 999) / 1000));
	if (status == 401)
		answer_header(&j->an, "WWW-Authenticate", "Bearer realm=\"zuoxi-hub\"");
	return OUT_DONE;
}

enum outcome refuse(struct job *j, enum wire_problem_kind k, const char *fmt, ...)
{
	struct wire_problem p = {.kind = k};
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(p.detail, sizeof(p.detail), fmt, ap);
	va_end(ap);
	return answer_problem(j, &p);
}

enum outcome refuse_busy(struct job *j, enum wire_problem_kind k, int64_t after_ms, const char *why)
{
	struct wire_problem p = {.kind = k, .after_ms = after_ms};

	atomic_fetch_add(&j->sv->metrics.shed, 1);
	snprintf(p.detail, sizeof(p.detail), "%s", why);
	return answer_problem(j, &p);
}

enum outcome answer_failure(struct job *j, const struct err *e)
{
	atomic_fetch_add(&j->sv->metrics.db_errors, 1);
	log_line(LOG_ERROR, "%s %s: %s", j->rq.method, j->path, e->msg);
	// The words of the database are for the log; they may quote data.
	return refuse(j, e->code == ERR_FULL ? WIRE_P_STORE_FULL : WIRE_P_INTERNAL, "the log has more");
}

void answer_release(struct answer *a)
{
	str_release(&a->body);
	if (a->has_file)
		close(a->file);
	*a = (struct answer){0};
}
