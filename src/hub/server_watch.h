// SPDX-License-Identifier: MIT
// Knows what the watch keeps: states not yet written, the wallboard's last answer, which stations were here.
#ifndef HUB_SERVER_WATCH_H
#define HUB_SERVER_WATCH_H

#include "src/hub/server_part.h"

struct pending { // owned texts
	char *site, *agent, state[24];
	int64_t since;
};
// A station that was connected to this hub.
struct here {
	char *dev, *site;
	int64_t last; // mono ms it was connected last
	int64_t left_at; // it said that it goes; 0: it did not, or has come back since
};
struct watch {
	struct server *sv;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	pthread_t thread;
	bool stop;
	VEC(struct pending) pending;
	VEC(struct here) here;
	int64_t next_keep, next_housekeep, next_outage;
	json_t *wall;
	char *wall_site;
	int64_t wall_at;
};

// server_outage.c
// It goes on purpose (not to be missed), or says that it is here.
void outage_said(struct watch *w, const struct actor *who, bool goes);
void outage_check(struct watch *w, int64_t now);
void outage_free(struct watch *w);

#endif
