// SPDX-License-Identifier: MIT
// Knows how long a station may work without its hub: 72 h since the last contact, by a clock that cannot be set back.
#include "src/sync/lease.h"

#include <pthread.h>

#include "src/base/path.h"

static char boot_id[40];
static pthread_once_t boot_once = PTHREAD_ONCE_INIT;

static void read_boot_id(void)
{
	struct str id = {0};
	struct err e = {0};

	if (path_read("/proc/sys/kernel/random/boot_id", 256, &id, &e))
		snprintf(boot_id, sizeof(boot_id), "%.*s", (int)strcspn(str_z(&id), "\n"), str_z(&id));
	str_release(&id);
}

void lease_moment(struct lease_now *out, int64_t wall, int64_t boot)
{
	*out = (struct lease_now){.wall = wall, .boot = boot};
	pthread_once(&boot_once, read_boot_id);
	memcpy(out->boot_id, boot_id, sizeof(out->boot_id));
}

void lease_see(struct lease *l, const struct lease_now *now)
{
	if (now->wall > l->seen)
		l->seen = now->wall;
}

void lease_renew(struct lease *l, int64_t hub_now, const struct lease_now *now)
{
	l->until = hub_now + LEASE_MS;
	l->hub_at = hub_now;
	l->wall_at = now->wall;
	l->boot_at = now->boot;
	memcpy(l->boot_id, now->boot_id, sizeof(l->boot_id));
	// The hub answered: what the clock showed before no longer matters, it may have been wrong.
	l->seen = now->wall;
}

enum lease_state lease_check(const struct lease *l, const struct lease_now *now, int64_t *left_ms)
{
	int64_t gone, left = 0;

	if (left_ms)
		*left_ms = 0;
	if (!l->until)
		return LEASE_NONE;
	if (*l->boot_id && strcmp(l->boot_id, now->boot_id) == 0 && now->boot >= l->boot_at) {
		gone = now->boot - l->boot_at; // counts while the machine sleeps, and nobody can set it
	} else {
		if (now->wall + LEASE_TOLERANCE_MS < l->seen)
			return LEASE_CLOCK;
		gone = now->wall > l->wall_at ? now->wall - l->wall_at : 0;
	}
	left = l->until - (l->hub_at + gone);
	if (left_ms)
		*left_ms = left > 0 ? left : 0;
	return left > 0 ? LEASE_RUNS : LEASE_OVER;
}
