// SPDX-License-Identifier: MIT
// Knows the demo site: a station with invented customers, tickets and past contacts, and the calls that come in.
#ifndef WORK_DEMO_H
#define WORK_DEMO_H

#include "src/base/clock.h"
#include "src/base/err.h"
#include "src/base/i18n.h"

#define DEMO_SITE "SHA"
#define DEMO_STATION "0A7"
#define DEMO_AGENT_NO "8001"
#define DEMO_AGENT_NAME "陈晨"

// Makes the station in dir, which must be missing or empty: codes, agent (meta rows "agent" and "agent_name"), a zuoxi.yaml that
// names them, all packs of the program with their articles, the people of config/demo/customers.yaml and what waits at the knowledge
// desk by config/demo/desk.yaml, dated from the clock's now. The agent has the roles to look at all of it. Takes about a second.
must_use bool demo_make(const char *dir, const struct clock *clock, struct err *e);

// Turns config/demo/calls.yaml into the script of the simulated telephone (src/cti/sim.h), the callers speaking lang. NULL
// path: the program's own file. Owned by the caller; NULL on failure.
char *demo_calls(const char *yaml_path, enum lang lang, struct err *e);

#endif
