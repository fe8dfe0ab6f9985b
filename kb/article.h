// SPDX-License-Identifier: MIT
// Knows an article and its versions: reading them, publishing a new one, votes, staleness, gaps.
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
};

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
// Archive, hide, restore...: any legal change of §4.8; an illegal one is ERR_DENIED.
must_use bool kb_set_state(struct kb *kb, const char *id, enum kb_state to, struct err *e);
// Vote of an agent; 3 down-votes more than up-votes since the last confirmation flag it stale.
must_use bool kb_vote(struct kb *kb, const char *id, bool up, struct err *e);
must_use bool kb_flag_stale(struct kb *kb, const char *id, struct err *e);
// An editor found it still right: published again; the next review is at next_review (0: in 180 days if it was due).
must_use bool kb_confirm_valid(struct kb *kb, const char *id, int64_t next_review, struct err *e);
must_use bool kb_count_use(struct kb *kb, const char *id, struct err *e); // opened or cited

struct kb_gap {
	int64_t id;
	const char *query, *description, *category, *interaction_id;
	const char *state; // new accepted in_work published duplicate rejected
	const char *article_id;
	int occurrences;
	struct kb_list reporters;
	int64_t first_at, last_at;
};
// The same folded query, or the same category with no query, within 14 days adds an occurrence instead of a row.
must_use bool kb_gap_record(struct kb *kb, const char *query, const char *description, const char *category,
			    const char *interaction_id, const char *agent_id, struct err *e);
// Most frequent first, then newest. open_only leaves out published, duplicate and rejected.
must_use bool kb_gap_list(struct kb *kb, bool open_only, struct kb_gap **out, size_t *n, struct arena *a, struct err *e);
must_use bool kb_gap_set_state(struct kb *kb, int64_t id, const char *state, const char *article_id, struct err *e);

// The lines to say and not to say, from the section 话术 (or "Talk track") of a body. In the arena.
void kb_talk_track(struct sv body, struct kb_list *say, struct kb_list *dont, struct arena *a);
bool kb_has_talk(struct sv body); // false: there can be no such section

#endif
