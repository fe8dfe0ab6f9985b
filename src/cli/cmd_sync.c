// SPDX-License-Identifier: MIT
// Knows `zuoxi sync`: a station without its screen exchanges with the hub, once or until it is told to stop.
#include <jansson.h>
#include <signal.h>
#include <uv.h>

#include "config/config.h"
#include "src/base/i18n.h"
#include "src/cli/reading.h"
#include "src/store/destroy.h"
#include "src/store/outbox.h"
#include "src/sync/client.h"
#include "src/sync/knowledge.h"

#define USAGE "sync [--once]"
enum { TRIES = 3, PATIENCE_MS = 60000 };

struct sync_run {
	struct cli *cli;
	struct config conf;
	struct store *store;
	uv_loop_t loop;
	uv_prepare_t look;    // after whatever happened
	uv_timer_t patience;
	uv_signal_t ends[2];
	struct client *client;
	struct knowledge *know;
	bool once, done, failed, wiped;
	int64_t moved;   // mono: of the last thing that went on
	size_t exchanges;
	int64_t fetched;
	struct hub_status said;
	int64_t unsent_at_first;
	char why[400];
};

static void finish(struct sync_run *r, bool failed, const char *why)
{
	r->done = true;
	r->failed = failed;
	snprintf(r->why, sizeof(r->why), "%s", why);
	uv_stop(&r->loop);
}

// One line whenever it changes, for whoever watches.
static void say_line(struct sync_run *r, const struct hub_status *s)
{
	char at[32];

	if (r->once || (s->line == r->said.line && s->unsent == r->said.unsent && s->need_login == r->said.need_login))
		return;
	r->said = *s;
	clock_rfc3339(clock_wall(&r->cli->clock), at, sizeof(at));
	fprintf(r->cli->out, "%s %s, %lld %s%s\n", at, hub_line_label(s->line), (long long)s->unsent, _("unsent"),
		s->need_login ? _(" (log in first: zuoxi login NAME)") : "");
	fflush(r->cli->out);
}

static void on_report(void *arg, const struct hub_status *s)
{
	say_line(arg, s);
}

static void on_say(void *arg, bool bad, const char *sentence)
{
	struct sync_run *r = arg;

	(void)bad;
	fprintf(r->cli->err, "zuoxi: %s\n", sentence);
}

static void on_wiped(void *arg, const char *sentence)
{
	struct sync_run *r = arg;

	r->wiped = true;
	finish(r, true, sentence);
}

static void look(struct sync_run *r)
{
	int64_t now = clock_mono(&r->cli->clock);
	struct client_view v;

	if (r->done)
		return;
	client_look(r->client, &v);
	if (!v.ready)
		return;
	if (!v.joined)
		finish(r, true, *v.why ? v.why : _("this station has joined no hub yet: zuoxi enrol URL CODE"));
	if (r->done || !r->once)
		return;
	if (v.leaving) { // ends with on_wiped
		r->moved = now;
		return;
	}
	if (v.exchanges != r->exchanges || v.fetched != r->fetched || v.carrying) {
		r->exchanges = v.exchanges;
		r->fetched = v.fetched;
		r->moved = now;
	}
	if (v.status.need_login)
		finish(r, true,
		       v.status.locked ? _("more than 72 hours without the hub: log in first, zuoxi login NAME")
				       : _("log in first: zuoxi login NAME"));
	else if (v.settled && (v.base || v.base_later) && !v.status.unsent && !v.carrying && !store_pending(r->store))
		finish(r, false, "");
	else if (v.failures >= TRIES || now - r->moved >= PATIENCE_MS)
		finish(r, true, *v.why ? v.why : _("the exchange makes no progress; zuoxi doctor may say why"));
}

static void on_look(uv_prepare_t *p)
{
	look(p->data);
}

// Nothing may have happened for so long that no turn of the loop has looked.
static void on_patience(uv_timer_t *t)
{
	struct sync_run *r = t->data;

	look(r);
	if (!r->done)
		uv_timer_start(t, on_patience, (uint64_t)(PATIENCE_MS - (clock_mono(&r->cli->clock) - r->moved)), 0);
}

static void on_end(uv_signal_t *s, int signum)
{
	(void)signum;
	finish(s->data, false, "");
}

static void close_handle(uv_handle_t *h, void *arg)
{
	(void)arg;
	if (!uv_is_closing(h))
		uv_close(h, NULL);
}

static bool start(struct sync_run *r, struct err *e)
{
	struct cli *c = r->cli;
	static const int signums[] = {SIGINT, SIGTERM};

	if (!store_attach(r->store, &r->loop, e))
		return false;
	uv_prepare_init(&r->loop, &r->look);
	uv_timer_init(&r->loop, &r->patience);
	r->look.data = r->patience.data = r;
	for (int i = 0; i < 2; i++) {
		uv_signal_init(&r->loop, &r->ends[i]);
		r->ends[i].data = r;
		uv_signal_start(&r->ends[i], on_end, signums[i]);
	}
	r->moved = clock_mono(&c->clock);
	r->know = knowledge_of_dir(store_dir(r->store), &c->clock);
	if (r->once)
		uv_timer_start(&r->patience, on_patience, PATIENCE_MS, 0);
	uv_prepare_start(&r->look, on_look);
	return client_new(&r->client,
			  &(struct client_options){.loop = &r->loop,
						   .store = r->store,
						   .clock = &c->clock,
						   .know = r->know,
						   .proxy = r->conf.hub_proxy,
						   .ca_file = r->conf.hub_ca,
						   .urls = {r->conf.hub_second, r->conf.hub_third},
						   .seed = c->seeded ? c->seed : (uint64_t)uv_hrtime(),
						   .report = on_report,
						   .say = on_say,
						   .wiped = on_wiped,
						   .arg = r},
			  e);
}

static int tell(struct sync_run *r)
{
	struct outbox_counts box = {0};
	struct cli *c = r->cli;
	struct err e = {0};

	if (r->wiped) {
		fprintf(c->err, "zuoxi: %s\n", r->why);
		return CLI_FAILED;
	}
	if (!outbox_count(store_reader(r->store), &box, &e))
		return cli_fail(c, &e);
	if (r->failed) {
		fprintf(c->err, "zuoxi: %s\n", r->why);
		if (box.unsent)
			fprintf(c->err,
				ngettext("%lld operation is unsent; it is kept.\n", "%lld operations are unsent; they are kept.\n",
					 (unsigned long)box.unsent),
				(long long)box.unsent);
		return CLI_FAILED;
	}
	if (!r->once)
		return CLI_DONE;
	int64_t sent = r->unsent_at_first - box.unsent;
	if (c->json) {
		json_t *o = json_pack("{s:I, s:I, s:I, s:I}", "sent", (json_int_t)sent, "unsent", (json_int_t)box.unsent,
				      "conflicts", (json_int_t)box.conflicts, "rejected", (json_int_t)box.rejected);
		cli_print_json(c, o);
		json_decref(o);
	} else {
		fprintf(c->out, _("Sent %lld, unsent %lld, conflicts %lld, refused %lld\n"), (long long)sent,
			(long long)box.unsent, (long long)box.conflicts, (long long)box.rejected);
	}
	return box.conflicts || box.rejected ? CLI_NO : CLI_DONE;
}

static int run(struct cli *c, bool once)
{
	struct sync_run r = {.cli = c, .once = once, .said = {.unsent = -1}};
	struct outbox_counts box = {0};
	struct problems p = {0};
	struct err e = {0};
	int rc;

	config_load(&r.conf, c->config, &p);
	problems_release(&p);
	if (!store_open(&r.store, &(struct store_options){.dir = c->data}, &e)) {
		config_release(&r.conf);
		return cli_fail(c, &e);
	}
	uv_loop_init(&r.loop);
	bool ok = outbox_count(store_reader(r.store), &box, &e) && start(&r, &e);
	r.unsent_at_first = box.unsent;
	if (ok)
		uv_run(&r.loop, UV_RUN_DEFAULT);
	client_free(r.client);
	store_wait_idle(r.store);
	rc = ok ? tell(&r) : cli_fail(c, &e);
	store_detach(r.store);
	uv_walk(&r.loop, close_handle, NULL);
	uv_run(&r.loop, UV_RUN_DEFAULT);
	uv_loop_close(&r.loop);
	store_close(r.store);
	knowledge_free(r.know);
	// What was under way when the order came may have left something.
	if (r.wiped && !station_destroy(c->data, &e))
		rc = cli_fail(c, &e);
	config_release(&r.conf);
	return rc;
}

int cmd_sync(struct cli *c, int argc, char **argv)
{
	char **words = xcalloc((size_t)argc + 1, sizeof(*words));
	const char *once = NULL;
	struct cli_opt opts[] = {{"once", false, &once}};
	struct err e = {0};
	size_t n;
	int rc;

	if (!cli_parse(argc, argv, opts, 1, words, &n, &e) || n)
		rc = cli_usage(c, USAGE, "%s", e.code ? e.msg : _("no words are needed"));
	else
		rc = run(c, once != NULL);
	free(words);
	return rc;
}
