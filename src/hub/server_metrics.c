// SPDX-License-Identifier: MIT
// Knows what is counted and how Prometheus reads it.
#include "src/hub/server_part.h"

static const int statuses[STATUSES] = {200, 201, 204, 206, 400, 401, 403, 404, 405, 409,
				       412, 413, 416, 423, 426, 429, 500, 503, 507};
static const int64_t latency_us[LATENCIES] = {500, 1000, 2500, 5000, 10000, 25000, 50000, 100000, 250000, 500000, 1000000, 5000000};
static const size_t groups[GROUPS] = {1, 2, 4, 8, 16, 32, 48, 64};

void count_request(struct job *j)
{
	// The last place is for what no route takes.
	size_t r = j->route ? (size_t)(j->route - routes) : ROUTES_MAX - 1, s = 0;

	while (s < STATUSES - 1 && statuses[s] != j->an.status)
		s++;
	atomic_fetch_add(&j->sv->metrics.requests[r][s], 1);
}

void count_exchange(struct metrics *m, const json_t *reply, int64_t us)
{
	const json_t *a;
	size_t i, b = 0;

	json_array_foreach(json_object_get(reply, "ops"), i, a)
	{
		enum wire_result r;
		const char *name = json_string_value(json_object_get(a, "r"));
		if (name && wire_result_parse(name, &r))
			atomic_fetch_add(&m->ops[r], 1);
	}
	while (b < LATENCIES && us > latency_us[b])
		b++;
	atomic_fetch_add(&m->latency[b], 1);
	atomic_fetch_add(&m->latency_us, us);
}

void count_group(struct metrics *m, size_t n)
{
	size_t b = 0;

	while (b < GROUPS && n > groups[b])
		b++;
	atomic_fetch_add(&m->group[b], 1);
	atomic_fetch_add(&m->group_sum, (long long)n);
}

static void head(struct str *o, const char *name, const char *type, const char *help)
{
	str_addf(o, "# HELP zuoxi_hub_%s %s\n# TYPE zuoxi_hub_%s %s\n", name, help, name, type);
}

static void one(struct str *o, const char *name, const char *type, const char *help, long long v)
{
	head(o, name, type, help);
	str_addf(o, "zuoxi_hub_%s %lld\n", name, v);
}

static void requests(struct str *o, struct metrics *m)
{
	head(o, "requests_total", "counter", "Requests by route and status.");
	for (size_t r = 0; r < ROUTES_MAX; r++)
		for (size_t s = 0; s < STATUSES; s++) {
			long long n = atomic_load(&m->requests[r][s]);
			if (!n)
				continue;
			str_addf(o, "zuoxi_hub_requests_total{route=\"%s\",status=\"", r < n_routes ? routes[r].name : "none");
			if (statuses[s])
				str_addf(o, "%d\"} %lld\n", statuses[s], n);
			else
				str_addf(o, "other\"} %lld\n", n);
		}
}

static void exchanges(struct str *o, struct metrics *m)
{
	long long sum = 0;

	head(o, "ops_total", "counter", "Operations by how they ended.");
	for (int r = WIRE_APPLIED; r <= WIRE_REJECTED; r++)
		str_addf(o, "zuoxi_hub_ops_total{result=\"%s\"} %lld\n", wire_result_name((enum wire_result)r),
			 (long long)atomic_load(&m->ops[r]));
	head(o, "exchange_seconds", "histogram", "From the request read to the answer made.");
	for (size_t b = 0; b <= LATENCIES; b++) {
		sum += atomic_load(&m->latency[b]);
		if (b < LATENCIES)
			str_addf(o, "zuoxi_hub_exchange_seconds_bucket{le=\"%g\"} %lld\n", (double)latency_us[b] / 1e6, sum);
	}
	str_addf(o,
		 "zuoxi_hub_exchange_seconds_bucket{le=\"+Inf\"} %lld\nzuoxi_hub_exchange_seconds_sum "
		 "%.6f\nzuoxi_hub_exchange_seconds_count %lld\n",
		 sum, (double)atomic_load(&m->latency_us) / 1e6, sum);
	head(o, "commit_exchanges", "histogram", "Exchanges in one commit.");
	sum = 0;
	for (size_t b = 0; b <= GROUPS; b++) {
		sum += atomic_load(&m->group[b]);
		if (b < GROUPS)
			str_addf(o, "zuoxi_hub_commit_exchanges_bucket{le=\"%zu\"} %lld\n", groups[b], sum);
	}
	str_addf(o,
		 "zuoxi_hub_commit_exchanges_bucket{le=\"+Inf\"} %lld\nzuoxi_hub_commit_exchanges_sum "
		 "%lld\nzuoxi_hub_commit_exchanges_count %lld\n",
		 sum, (long long)atomic_load(&m->group_sum), sum);
}

static void queues(struct server *s, struct str *o)
{
	static const char *const lanes[LANES] = {"inline", "read", "write", "login", "misc"};

	head(o, "lane_waiting", "gauge", "Jobs that wait in a lane.");
	for (int k = LANE_READ; k < LANES; k++) {
		struct lane *l = &s->lane[k];
		int n = 0;
		pthread_mutex_lock(&l->lock);
		for (int c = 0; c < CLASSES; c++)
			n += l->waiting[c];
		pthread_mutex_unlock(&l->lock);
		str_addf(o, "zuoxi_hub_lane_waiting{lane=\"%s\"} %d\n", lanes[k], n);
	}
}

void server_metrics(struct server *s, struct str *o)
{
	struct metrics *m = &s->metrics;
	int now, most;

	auth_load(&now, &most);
	head(o, "build_info", "gauge", "The program that runs.");
	str_addf(o, "zuoxi_hub_build_info{version=\"%s\",engine=\"%s\",schema=\"%d\"} 1\n", ZUOXI_VERSION,
		 hub_store_engine(s->o.store) == SQL_SQLITE ? "sqlite" : "postgresql", WIRE_SCHEMA);
	requests(o, m);
	exchanges(o, m);
	queues(s, o);
	one(o, "seats_connected", "gauge", "Open event streams.", feed_seats(s->feed));
	one(o, "draining", "gauge", "1 while the hub goes down.", atomic_load(&s->draining));
	one(o, "parked", "gauge", "Long polls that wait.", atomic_load(&m->parked));
	one(o, "sse_events_total", "counter", "Events put into streams.", atomic_load(&m->sse_events));
	one(o, "sse_drops_total", "counter", "Events that gave way to a head because a stream was not read.",
	    atomic_load(&m->sse_drops));
	one(o, "sse_replaced_total", "counter", "Streams ended because the station opened another.", atomic_load(&m->sse_replaced));
	one(o, "shed_total", "counter", "Requests refused with 429 or 503.", atomic_load(&m->shed));
	one(o, "db_errors_total", "counter", "Requests the store failed.", atomic_load(&m->db_errors));
	head(o, "logins_total", "counter", "Log-ins by how they ended.");
	str_addf(o, "zuoxi_hub_logins_total{result=\"ok\"} %lld\nzuoxi_hub_logins_total{result=\"refused\"} %lld\n",
		 (long long)atomic_load(&m->logins), (long long)atomic_load(&m->logins_refused));
	one(o, "password_hashes", "gauge", "Passwords hashed right now.", now);
	one(o, "password_hashes_most", "gauge", "The most hashed at once.", most);
}
