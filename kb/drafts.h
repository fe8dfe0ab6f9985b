// SPDX-License-Identifier: MIT
// Knows the texts on their way to being published: kept apart from versions, which never change (domain.md §4.8).
//
// An article has at most one draft beside its current version. Its states are wip (being written), draft (complete, not
// validated) and in_review. Whoever changed it is one of its writers; none of them may approve it. How drafts change is
// kb/deed.h.
#ifndef KB_DRAFTS_H
#define KB_DRAFTS_H

#include "kb/article.h"

// Who looks. Authors see their own, knowledge editors all, approvers what is in review, agents all when drafts are shared.
struct kb_viewer {
	const char *id;
	unsigned roles; // bits of src/desk/role.h
	bool shared;    // setting kb.share_drafts
};

struct kb_next {
	struct kb_text text; // author, approver and note are not in it
	const char *id, *title;
	enum kb_state state;
	int base_ver; // version it was begun from, 0: a new article
	int current;  // version the article has now, 0: none; newer than base_ver: somebody else was faster
	int64_t gap;  // uncovered case it answers, 0: none
	int rev;      // grows with each save
	const char *author, *note, *reply; // reply: why it was returned, "" not
	struct kb_list writers;
	int64_t created_at, updated_at;
};
// ERR_NOT_FOUND: there is none; ERR_DENIED: not for this viewer. viewer NULL: everything. Everything is in the arena.
must_use bool kb_drafts_get(struct kb *kb, const char *id, const struct kb_viewer *viewer, struct kb_next *out, struct arena *a,
			    struct err *e);
// What the viewer may see, without the texts (text is empty): in review first, then the latest.
must_use bool kb_drafts_list(struct kb *kb, const struct kb_viewer *viewer, struct kb_next **out, size_t *n, struct arena *a,
			     struct err *e);
bool kb_drafts_visible(const struct kb_next *d, const struct kb_viewer *viewer);
bool kb_drafts_writer(const struct kb_next *d, const char *who); // one of those who changed it

// A text as kb_to_json writes it, read back. ERR_PARSE. In the arena.
must_use bool kb_text_from_json(const char *doc, const char *zone, struct kb_text *out, struct arena *a, struct err *e);

// An empty article to begin with: the headings of domain.md §9.1 in its language. In the arena.
const char *kb_draft_skeleton(const char *lang, struct arena *a);
// A free number for a new article: as most of the articles of the category have it, one further ("KB-FIN-032"). In the arena.
must_use bool kb_next_id(struct kb *kb, const char *category, const char **out, struct arena *a, struct err *e);

#endif
