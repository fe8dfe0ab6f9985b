// SPDX-License-Identifier: MIT
// Knows how the hub is served without its limits on how often stations may ask: a bench asks for all it can give.
//
// hub_serve STORE KEYS ADDRESS: the server of zuoxi-hub, until SIGTERM. Only the buckets of sync.md §3.5 are lifted.
#include <signal.h>

#include "src/hub/server.h"

int main(int argc, char **argv)
{
	struct server_rate all = {1e9, 1e9};
	struct server_options o = {.pull = all, .find = all, .snap = all, .login = all, .seat = all};
	struct hub_keys *keys = NULL;
	struct hub_store *store = NULL;
	struct server *server = NULL;
	struct err e = {0};
	sigset_t ends;
	int sig;

	if (argc != 4) {
		fprintf(stderr, "usage: hub_serve STORE KEYS ADDRESS\n");
		return 2;
	}
	sigemptyset(&ends);
	sigaddset(&ends, SIGTERM);
	pthread_sigmask(SIG_BLOCK, &ends, NULL);
	signal(SIGPIPE, SIG_IGN);
	o.listen = argv[3];
	bool ok = hub_keys_load(&keys, argv[2], &e) &&
		  hub_store_open(&store, &(struct hub_store_options){.url = argv[1], .clock = &clock_real, .keys = hub_keys_ring(keys)}, &e);
	o.store = store;
	o.keys = keys;
	if (ok && server_start(&server, &o, &e))
		sigwait(&ends, &sig);
	else
		fprintf(stderr, "hub_serve: %s\n", e.msg);
	server_stop(server);
	hub_store_close(store);
	hub_keys_free(keys);
	return server ? 0 : 3;
}
