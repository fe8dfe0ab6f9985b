// SPDX-License-Identifier: MIT
// Knows what people are told about the hub: the line, what is unsent, the lease.
#include "src/base/log.h"
#include "src/sync/client_part.h"

enum { SEE_MS = 15 * 60000 }; // so often the clock's highest reading is written down while there is no contact

// --- the outbox

void client_count(struct client *c)
{
	struct db *db = store_reader(c->store);
	struct db_stmt *st = db_stmt(db, "pragma data_version");
	struct err e = {0};
	int64_t version = db_row(st) ? db_int(st, 0) : -1, age;

	while (db_row(st))
		;
	if (!db_end(st, &e) || version == c->data_version || !c->link)
		return;
	c->data_version = version;
	if (!outbox_count(db, &c->outbox, &e)) {
		log_line(LOG_ERROR, "hub: %s", e.msg);
		return;
	}
	age = c->outbox.oldest_made ? clock_wall(c->clock) - c->outbox.oldest_made : 0;
	link_outbox(c->link, c->outbox.unsent, age > 0 ? age : 0, client_mono(c));
	if (c->outbox.unsent)
		c->settled = false;
	client_soon(c);
}

// --- the lease

struct lease_job {
	struct job job;
	struct lease lease;
};

static bool lease_run(struct db *db, struct job *job, struct err *e)
{
	return account_lease(db, &((struct lease_job *)job)->lease, e);
}

static void plain_release(struct job *job)
{
	free(job);
}

static void lock(struct client *c)
{
	c->locked = true;
	// Until somebody logs in with a password; what is typed and what is unsent stays.
	memset(c->access, 0, sizeof(c->access));
	memset(c->account.key.refresh, 0, sizeof(c->account.key.refresh));
	link_logged_in(c->link, false, client_mono(c));
}

void client_lease_look(struct client *c)
{
	struct lease_now now;
	enum lease_state s;

	if (c->locked)
		return;
	lease_moment(&now, clock_wall(c->clock), client_mono(c));
	s = lease_check(&c->account.lease, &now, NULL);
	if (s == LEASE_OVER || s == LEASE_CLOCK) {
		lock(c);
		return;
	}
	if (!c->account.lease.until || (c->seen_at && client_mono(c) - c->seen_at < SEE_MS))
		return;
	c->seen_at = client_mono(c);
	lease_see(&c->account.lease, &now);
	struct lease_job *j = xcalloc(1, sizeof(*j));
	*j = (struct lease_job){.job = {.run = lease_run, .release = plain_release}, .lease = c->account.lease};
	job_start(c, &j->job, "hub.lease");
}

int64_t client_lease_wait(const struct client *c)
{
	struct lease_now now;
	int64_t left;

	if (c->locked || !c->account.lease.until)
		return -1;
	lease_moment(&now, clock_wall(c->clock), client_mono(c));
	lease_check(&c->account.lease, &now, &left);
	return left < SEE_MS ? left + 1 : SEE_MS;
}

// --- telling

static enum hub_line line_of(enum link_state s)
{
	switch (s) {
	case LINK_OFF: return HUB_NONE;
	case LINK_ONLINE: return HUB_ONLINE;
	case LINK_DEGRADED: return HUB_DEGRADED;
	case LINK_OFFLINE: return HUB_OFFLINE;
	case LINK_RECOVERING: return HUB_RECOVERING;
	}
	return HUB_NONE;
}

void client_status(const struct client *c, struct hub_status *out)
{
	struct link_view v = {.state = LINK_OFF};

	*out = (struct hub_status){.line = HUB_NONE};
	if (!c->link)
		return;
	link_look(c->link, &v);
	*out = (struct hub_status){.line = line_of(v.state),
				   .drill = v.drill,
				   .need_login = v.need_login || c->locked || !*c->account.key.refresh,
				   .upgrade = v.upgrade,
				   .stuck = v.stuck,
				   .locked = c->locked,
				   .since = clock_wall(c->clock) - (client_mono(c) - v.since),
				   .synced_at = c->synced_at ? c->synced_at : c->account.settled_at,
				   .skew_ms = c->skew_ms,
				   .unsent = c->outbox.unsent,
				   .oldest_made = c->outbox.oldest_made,
				   .conflicts = c->outbox.conflicts,
				   .rejected = c->outbox.rejected,
				   .lease_until = c->account.lease.until};
	snprintf(out->agent_id, sizeof(out->agent_id), "%s", c->account.who.id ? c->account.who.id : "");
	snprintf(out->hub, sizeof(out->hub), "%s", client_url(c, v.url));
}

struct line_job {
	struct job job;
	const char *line;
	int64_t since;
	char hub[256];
};

static bool line_run(struct db *db, struct job *job, struct err *e)
{
	struct line_job *j = (struct line_job *)job;

	return account_line(db, j->line, j->since, j->hub, e);
}

void client_report(struct client *c)
{
	struct hub_status s;
	struct link_view v;

	client_status(c, &s);
	link_look(c->link, &v);
	if (v.state != c->line_kept) {
		struct line_job *j = xcalloc(1, sizeof(*j));
		c->line_kept = v.state;
		*j = (struct line_job){
			.job = {.run = line_run, .release = plain_release}, .line = link_state_code(v.state), .since = s.since};
		snprintf(j->hub, sizeof(j->hub), "%s", s.hub);
		job_start(c, &j->job, "hub.line");
	}
	if (c->opt.report)
		c->opt.report(c->opt.arg, &s);
}
