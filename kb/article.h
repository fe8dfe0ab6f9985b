// SPDX-License-Identifier: MIT
// Knows an article and its versions: reading them, publishing a new one, votes, staleness.
#ifndef KB_ARTICLE_H
#define KB_ARTICLE_H

#include "kb/kbdb.h"
#include "src/base/arena.h"

// domain.md §4.8. Agents see published and stale; archived and hidden are never results but stay readable by id.
enum kb_state {
	KB_WIP,
	KB_DRAFT,
	KB_IN_REVIEW,
	KB_PUBLISHED,
	KB_STALE,
	KB_ARCHIVED,
	KB_HIDDEN,
};
const char *kb_state_name(enum kb_state s); // "published": as stored and in JSON
bool kb_state_parse(struct sv s, enum kb_state *out);
const char *kb_state_label(enum kb_state s); // in the user's language

// A list of short texts.
struct kb_list {
	const char **v;
	size_t n;
};

// What an author writes: one version, before it has a number. All text is UTF-8 that went through utf8_clean.
// Times are UTC ms, 0 is none; effective_to is the first instant at which the article no longer holds.
struct kb_text {
	const char *id;   // "KB-FIN-001", 1..64 of [A-Za-z0-9._:-]
	const char *type; // product manual faq policy howto case handbook bulletin script_note plan
	const char *title, *title_en, *summary_en, *question;
	const char *body;       // Markdown
	struct kb_list tags, synonyms, phrasings, category;
	const char *lang;       // zh or en
	const char *audience;   // internal agent customer_shareable
	const char *author, *approver, *note;
	int64_t effective_from, effective_to, review_due;
	bool must_read;
	struct kb_list policies; // ids of articles it rests on: a new version of one makes it stale
	struct kb_list quiz;     // checks on reading: "question | wrong answer | *right answer", see kb_quiz_parse
};

struct kb_version {
	struct kb_text text;
	int ver;                  // 1..
	int64_t published_at;     // UTC ms
	char sha256[65];          // over the text in its canonical form, lower-case hex
	struct kb_list say, dont; // the lines of 话术: "说" and "不说", without the mark and the quotes
};

struct kb_article {
	struct kb_version cur;
	enum kb_state state;  // as agents see it: a passed review date makes it KB_STALE
	int votes_up, votes_down;
	int64_t use_count;
	bool expired, not_yet; // by effective_to / effective_from and the clock
	int latest;            // number of the current version; cur may be an older one
	const char *replaced_by; // archived: the article that took its place, "" none
	const char *stale_why;   // code: see kb_stale_words
	bool has_next;           // a draft is on its way, in next_state
	enum kb_state next_state;
};
// Why an article is stale, in the user's language; "" when it is not. In the arena.
const char *kb_stale_words(const struct kb_article *art, struct arena *a);

// One question of a reading check; at most KB_QUIZ_OPTIONS answers, exactly one right.
enum { KB_QUIZ_MAX = 3, KB_QUIZ_OPTIONS = 5 };
struct kb_quiz {
	const char *question, *option[KB_QUIZ_OPTIONS];
	size_t n, right;
};
// ERR_PARSE when a line is no question with one right answer. In the arena.
must_use bool kb_quiz_parse(const char *line, struct kb_quiz *out, struct arena *a, struct err *e);

// The current version of an article in any state, or (ver > 0) the given one in cur. ERR_NOT_FOUND names the id.
// Everything is in the arena.
must_use bool kb_article_get(struct kb *kb, const char *id, int ver, struct kb_article *out, struct arena *a, struct err *e);

struct kb_history_row {
	int ver;
	const char *author, *approver, *note, *title;
	int64_t published_at;
	char sha256[65];
};
// Newest first.
must_use bool kb_history(struct kb *kb, const char *id, struct kb_history_row **rows, size_t *n, struct arena *a,
			 struct err *e);

// Line difference of two texts (longest common subsequence; beyond 4,000 lines everything differs).
enum kb_diff_kind { KB_SAME, KB_REMOVED, KB_ADDED };
struct kb_diff_line {
	enum kb_diff_kind kind;
	struct sv text; // borrowed from the two texts
};
struct kb_diff_line *kb_diff(struct sv old, struct sv new, size_t *n, struct arena *a);
// Two versions of one line as pieces in their order: what both have, what only the old, what only the new has. Cut between
// characters as people see them, Latin words and numbers whole. Lines that have little in common are one piece each.
struct kb_diff_line *kb_diff_within(struct sv old, struct sv new, size_t *n, struct arena *a);
// One row of a difference made for reading: a line that was changed stands old over new, its pieces as of kb_diff_within; what
// is the same is folded away but for some lines around each change.
struct kb_diff_row {
	enum kb_diff_kind kind;
	struct kb_diff_line *part; // KB_SAME or kind; a line without a partner is one part; an empty one has none
	size_t n;
	bool paired;   // one of the two rows of a changed line
	size_t folded; // > 0: stands for so many lines that are the same
};
struct kb_diff_row *kb_diff_rows(struct sv old, struct sv new, size_t context, size_t *n, struct arena *a);
// A version as text for people and for the diff: title, question, lists, dates, then the body.
const char *kb_version_text(const struct kb_text *t, const char *zone, struct arena *a);

// ---- writing (a KB_WRITE connection) ----

enum kb_put {
	KB_PUT_NEW,       // first version
	KB_PUT_CHANGED,   // next version
	KB_PUT_UNCHANGED, // same text as the current version: nothing written
};
// Publishes the text: state published, a new immutable version if it differs from the current one, index and pinyin
// brought up to date in the same transaction. Joins a transaction that is open. ERR_PARSE names what is wrong with it.
must_use bool kb_put(struct kb *kb, const struct kb_text *t, enum kb_put *what, struct err *e);
enum { KB_ARTICLE_MAX = 1024 * 1024 }; // bytes of all its texts; more is ERR_LIMIT

// What an exported row tells beside the text, so that a base can move with its history.
struct kb_put_as {
	bool stated;
	enum kb_state state;  // if stated: the article's state once the text is in
	int ver;              // with published_at: this version of a history; versions come in their order, and one that is
	int64_t published_at; // there already must be the same text. 0, 0: the next version, published now
};
must_use bool kb_put_as(struct kb *kb, const struct kb_text *t, const struct kb_put_as *as, enum kb_put *what, struct err *e);
// Archive, hide, restore...: any legal change of §4.8; an illegal one is ERR_DENIED.
must_use bool kb_set_state(struct kb *kb, const char *id, enum kb_state to, struct err *e);
// A vote of nobody in particular; 3 down-votes more than up-votes since the last confirmation flag it stale.
must_use bool kb_vote(struct kb *kb, const char *id, bool up, struct err *e);
// The vote of one agent: once a version, a later one takes the place of the first.
must_use bool kb_vote_of(struct kb *kb, const char *id, const char *agent, bool up, struct err *e);
// why: "votes", "policy ID", or what a person wrote.
must_use bool kb_flag_stale(struct kb *kb, const char *id, const char *why, struct err *e);
// An editor found it still right: published again; the next review is at next_review (0: in 180 days if it was due).
must_use bool kb_confirm_valid(struct kb *kb, const char *id, int64_t next_review, struct err *e);
must_use bool kb_count_use(struct kb *kb, const char *id, struct err *e); // opened or cited

// The lines to say and not to say, from the section 话术 (or "Talk track") of a body. In the arena.
void kb_talk_track(struct sv body, struct kb_list *say, struct kb_list *dont, struct arena *a);
bool kb_has_talk(struct sv body); // false: there can be no such section

#endif
