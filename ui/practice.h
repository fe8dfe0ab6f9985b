// SPDX-License-Identifier: MIT
// Knows what the app and the screens of practice tell each other: which session is in hand, and what the keys ask for.
//
// The app owns a live seat and, while there is a session, a practice seat; each has a model and a struct ui of its own. Keys and the
// screen belong to the seat in front. What concerns the session alone the screens call in src/practice/session.h themselves
// (session_start, session_pause, session_finish, session_debrief ...); what seats come and go, the app does when asked.
#ifndef UI_PRACTICE_H
#define UI_PRACTICE_H

#include "src/practice/log.h"

struct book;
struct coach;
struct session;

// In the practice seat only (ui->practice): everything is drawn with the frame and the word of practice. Outlives the ui.
struct practice_view {
	struct session *session; // never NULL
	struct book *book;       // session_book of it
	bool voice;              // the customer is heard
	bool live_waits;         // the live seat has a contact: leaving or suspending leads there
};

// In the live seat (ui->practices; NULL: this program has no practice, as in tests): what the list of scenarios is drawn from. The
// scenarios themselves are the model's (m->packs).
struct practice_desk {
	struct book *book;        // NULL: it cannot be opened, `why` says it
	struct session *session;  // there is one behind the live seat: suspended for a live contact, or running
	struct coach *coach;     // this seat is a trainer, or plays the customer, in somebody's session; NULL: no
	bool joining;            // a room is being looked for
	int64_t resume_until;     // UTC; a suspended one can be gone on with until then, 0: none waits
	char why[320];
};

// What keys asked of the app; it clears `wish` and says what went wrong in the seat in front.
enum practice_wish {
	PRACTICE_WISH_NONE,
	PRACTICE_WISH_START,    // a new session: scenario, mode, seed; the practice seat comes in front, in state briefing
	PRACTICE_WISH_CONTINUE, // live seat: back to the session that waits
	PRACTICE_WISH_LEAVE,    // practice seat: the session is over, or is aborted with `reason`; the live seat comes in front
	PRACTICE_WISH_LIVE,     // practice seat: the session is suspended, the live seat comes in front (not in an exam)
	PRACTICE_WISH_JOIN,     // live seat: into the room of somebody's session, as trainer, (human) as customer, (mode drill) as a seat
	PRACTICE_WISH_PART,     // live seat: out of that room
	PRACTICE_WISH_SWAP,     // either seat: the roles are exchanged
	PRACTICE_WISH_VOICE,    // practice seat: spoken aloud, on or off
};
struct practice_want {
	enum practice_wish wish;
	char scenario[64];
	enum practice_mode mode;
	bool seeded, human;
	uint64_t seed;
	char trainer[40], room[64]; // coached, paired, drill; "" none
	char reason[160];           // LEAVE of a session that is not over
};

#endif
