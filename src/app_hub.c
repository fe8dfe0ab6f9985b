// SPDX-License-Identifier: MIT
// Knows how the hub's client is wired to the model: what it says is shown, what people wish is done.
#include "src/app_hub.h"

#include <sodium.h>

#include "src/sync/client.h"
#include "src/sync/knowledge.h"
#include "src/work/kb_writer.h"

struct app_hub {
	struct app_hub_options opt;
	struct model *model;
	struct client *client; // NULL: stopped
	struct knowledge *know;
	char *wiped;  // the sentence, NULL: it was not
	bool changed; // rows came since the last turn
};

static void on_report(void *arg, const struct hub_status *s)
{
	model_hub_report(((struct app_hub *)arg)->model, s);
}

static void on_changed(void *arg, bool red)
{
	(void)red; // a red broadcast is a row like others; the screen finds it due
	((struct app_hub *)arg)->changed = true;
}

static void on_person(void *arg, const struct person *who)
{
	model_hub_person(((struct app_hub *)arg)->model, who->id, who->no, who->name, who->roles);
}

static void on_receipt(void *arg, const struct hub_receipt *r)
{
	model_hub_receipt_came(((struct app_hub *)arg)->model, r);
}

static void on_say(void *arg, bool bad, const char *sentence)
{
	model_say_note(((struct app_hub *)arg)->model, bad ? NOTE_ALARM : NOTE_WARN, "%s", sentence);
}

static void on_wiped(void *arg, const char *sentence)
{
	struct app_hub *h = arg;

	free(h->wiped);
	h->wiped = xstrdup(sentence);
}

struct client *app_hub_client(const struct app_hub *h)
{
	return h ? h->client : NULL;
}

const char *app_hub_wiped(const struct app_hub *h)
{
	return h ? h->wiped : NULL;
}

static void on_base_away(void *arg, bool away)
{
	model_kb_away(((struct app_hub *)arg)->model, away);
}

static struct kb *open_base(void *writer, const struct clock *now, struct err *e)
{
	return kb_writer_open(writer, now, e);
}

static void done_base(void *writer, bool ok, const struct err *e)
{
	kb_writer_done(writer, ok, e);
}

static void close_base(void *writer)
{
	kb_writer_close(writer);
}

static void on_content(void *arg)
{
	struct app_hub *h = arg;

	h->opt.content(h->opt.arg);
}

bool app_hub_start(struct app_hub **out, const struct app_hub_options *opt, struct err *e)
{
	struct app_hub *h = xcalloc(1, sizeof(*h));
	const struct config *conf = opt->config;
	struct model *m = opt->model;
	struct client_options o = {.loop = opt->loop,
				   .store = m->store,
				   .clock = m->clock,
				   .proxy = conf->hub_proxy,
				   .ca_file = conf->hub_ca,
				   .urls = {conf->hub_second, conf->hub_third},
				   .seed = opt->seed,
				   .report = on_report,
				   .changed = on_changed,
				   .person = on_person,
				   .receipt = on_receipt,
				   .say = on_say,
				   .wiped = on_wiped,
				   .base_away = on_base_away,
				   .content = on_content,
				   .arg = h};

	h->opt = *opt;
	h->model = m;
	h->know = knowledge_new(&(struct knowledge_writer){.ctx = work_kb_writer(m), .open = open_base, .done = done_base, .close = close_base}, m->clock);
	o.know = h->know;
	if (!opt->seeded)
		randombytes_buf(&o.seed, sizeof(o.seed));
	if (client_new(&h->client, &o, e)) {
		*out = h;
		return true;
	}
	knowledge_free(h->know);
	free(h);
	return false;
}

// domain.md §15.1
static const char *presence(struct model *m)
{
	if (model_ringing(m))
		return "ringing";
	switch (m->state) {
	case AGENT_READY: return "available";
	case AGENT_BUSY: return "break";
	case AGENT_CALL: return "on_contact";
	case AGENT_WRAP: return "acw";
	}
	return "available";
}

static void obey(struct app_hub *h)
{
	struct hub_wish w = model_hub_take_wish(h->model);

	if (w.logout)
		client_logout(h->client);
	if (w.login && w.password)
		client_login(h->client, w.login, w.password);
	if (w.drill_on || w.drill_off)
		client_drill(h->client, w.drill_on);
	if (w.sync_now)
		client_sync_now(h->client);
	if (w.stations)
		client_stations(h->client);
	if (w.receipt)
		client_receipt(h->client);
	if (w.password)
		sodium_memzero(w.password, strlen(w.password));
	free(w.password);
	free(w.login);
}

void app_hub_turn(struct app_hub *h)
{
	if (!h)
		return;
	obey(h);
	client_in_call(h->client, h->model->state == AGENT_CALL);
	client_presence(h->client, presence(h->model));
	if (!h->changed)
		return;
	h->changed = false;
	model_hub_changed(h->model);
	model_refresh_home(h->model);
	h->model->changed = true;
}

void app_hub_stop(struct app_hub *h)
{
	if (!h)
		return;
	client_free(h->client);
	h->client = NULL;
}

void app_hub_free(struct app_hub *h)
{
	if (!h)
		return;
	free(h->wiped);
	knowledge_free(h->know);
	free(h);
}
