// SPDX-License-Identifier: MIT
// Knows what the loop of a session in lines and its commands share.
#ifndef CLI_PRACTICE_LINE_H
#define CLI_PRACTICE_LINE_H

#include "src/cli/practice_cli.h"

struct line_session {
	struct practice_cli *p;
	const struct scenario *s;
	struct engine *g;
	struct contact *contact[SCENARIO_CALLERS]; // NULL: has not rung yet
	int front;      // the one that lines and commands mean
	int64_t now;    // on the session's clock
	int64_t began;  // UTC at its start
	size_t shown;   // entries of the log that were looked at
	int tickets;
	bool quit;      // left before the end: no score
	bool heard;     // the customer has said something since this was cleared
};

// What a command did to the time: nothing was done, something was done, something was said or answered that the customer reacts to.
enum line_effect { LINE_NOTHING, LINE_DONE, LINE_SAID };
// One line of the agent: a command, or words to the customer in front.
enum line_effect line_do(struct line_session *l, const char *line);
// An event of the agent at l->now; what the contact refuses is printed and not done.
bool line_emit(struct line_session *l, struct event *ev);
// The contact of a caller that rings now.
void line_ring(struct line_session *l, int contact);

#endif
