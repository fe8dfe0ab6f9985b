// SPDX-License-Identifier: MIT
// Knows a telephone that follows a script, for the demo site, practice and tests.
//
// The script is text, one rule a line, # starts a comment:
//   +4 offered 13800138000 张三 queue=account      a call comes in 4 s after the start (channel=chat for a chat)
//   after +6 offered 13900139000                  ... 6 s after the call before it is over
//   +8 ended                                      gives up 8 s after it was offered, if nobody answered
//   on answer +0.1 answered                       what a command leads to (without such a line: at once, success)
//   on answer +12 message 我的卡被冻结了            a line the customer says (phone: spoken, chat: typed)
//   on answer +90 ended                           the customer hangs up 90 s after the answer; `dropped`: the line breaks
//   on xfer_blind +1 xfer_failed 486              commands: answer hold resume hangup xfer_blind xfer_consult xfer_complete
//   +20 link_down  /  +25 link_up                 the link itself, from the start of the script
// Rules without `offered` or `link_` belong to the offered line above them. Times are seconds with a fraction.
#ifndef CTI_SIM_H
#define CTI_SIM_H

#include "src/cti/cti.h"

// clock is borrowed and must outlive the telephone. A bad line is ERR_PARSE with its number.
must_use struct cti *sim_open(const char *script, const struct clock *clock, struct err *e);
// A call comes in now. name and queue may be NULL. Returns its id, borrowed until the telephone is closed.
const char *sim_offer(struct cti *, enum cti_channel, const char *number, const char *name, const char *queue);
// The customer of a call says a line, hangs up, or the line breaks, now; false if there is no such call.
bool sim_say(struct cti *, const char *call, const char *text);
bool sim_end(struct cti *, const char *call, enum cti_why);
void sim_link(struct cti *, bool up);
// Calls of the script that have not been offered yet.
size_t sim_waiting(const struct cti *);

#endif
