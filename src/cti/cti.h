// SPDX-License-Identifier: MIT
// Knows the one narrow interface to any telephone: events in, commands out, nothing else.
//
// Source: terminal-and-telephony A7. An adapter has one file descriptor and one timer, no threads; commands are
// asynchronous and their result is an event. What the desk does with an event is not the adapter's affair.
#ifndef CTI_CTI_H
#define CTI_CTI_H

#include <stdbool.h>
#include <stdint.h>

#include "src/base/clock.h"
#include "src/base/err.h"

enum cti_event_type {
	CTI_UP, // the link to the telephone stands
	CTI_DOWN, // it is lost: work goes on by hand
	CTI_OFFERED, // a call came in and rings (number, name, queue)
	CTI_DIALING,
	CTI_RINGING,
	CTI_ANSWERED,
	CTI_HELD,
	CTI_RESUMED,
	CTI_XFER_OK,
	CTI_XFER_FAILED, // text says why
	CTI_DTMF, // text is the digit
	CTI_ENDED, // why says who
	CTI_CMD_FAILED, // the command with this id was refused; text says why
	CTI_REC_FILE, // text is the path of a recording
	CTI_MESSAGE, // one typed line of a chat; text is the line
};
enum { CTI_EVENT_TYPES = CTI_MESSAGE + 1 };

enum cti_why {
	CTI_WHY_NONE,
	CTI_WHY_CUSTOMER, // the customer hung up
	CTI_WHY_AGENT, // this side hung up
	CTI_WHY_CANCELLED, // gave up before the answer
	CTI_WHY_FAULT, // the line broke
};

enum cti_channel {
	CTI_PHONE,
	CTI_CHAT,
};

// All strings are UTF-8, cleaned, borrowed until the next call of next().
struct cti_event {
	enum cti_event_type type;
	enum cti_channel channel;
	char call[64]; // the adapter's id of the call; "" for link events
	char number[40];
	char name[160];
	char queue[32];
	char text[400];
	enum cti_why why;
	int64_t mono_ms, wall_ms; // when it happened, not when it was read
	uint32_t cmd; // the command this answers, 0 if none
};

enum cti_cmd_type {
	CTI_ANSWER,
	CTI_REJECT,
	CTI_HANGUP,
	CTI_HOLD,
	CTI_RESUME,
	CTI_MUTE,
	CTI_SEND_DTMF,
	CTI_DIAL,
	CTI_XFER_BLIND,
	CTI_XFER_CONSULT,
	CTI_XFER_COMPLETE,
	CTI_XFER_ABORT,
	CTI_MARK,
	CTI_SEND_MESSAGE, // chat only: text is the line
};
enum { CTI_CMD_TYPES = CTI_SEND_MESSAGE + 1 };

struct cti_cmd {
	enum cti_cmd_type type;
	const char *call; // id of the call it is for (DIAL: NULL)
	const char *text; // number, digits or line
};

struct cti;
// The table of an adapter. Bit (1u << type) of caps says which commands it can do, so that keys can be greyed.
struct cti_ops {
	const char *name;
	uint32_t caps;
	// The descriptor to watch for reading, -1 if none, and milliseconds to the next step, -1 for never.
	int (*fd)(const struct cti *);
	int64_t (*timeout_ms)(const struct cti *);
	// Does what is due (reads the descriptor, runs timers). Events are then fetched with next().
	void (*step)(struct cti *);
	bool (*next)(struct cti *, struct cti_event *);
	// Queues a command; its id is given back, the outcome is an event. 0 when the adapter cannot do it.
	uint32_t (*cmd)(struct cti *, const struct cti_cmd *);
	void (*close)(struct cti *);
};
struct cti {
	const struct cti_ops *ops;
};

static inline bool cti_can(const struct cti *c, enum cti_cmd_type t)
{
	return c && (c->ops->caps & (1u << t));
}
const char *cti_event_name(enum cti_event_type t);
const char *cti_cmd_name(enum cti_cmd_type t);

#endif
