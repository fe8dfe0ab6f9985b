// SPDX-License-Identifier: MIT
// Knows what a ticket hangs together with: links to other tickets, of which both ends are kept, and the incident it belongs to.
#include "src/base/i18n.h"
#include "src/desk/number.h"
#include "src/store/ent.h"
#include "src/sync/shown.h"
#include "src/work/hub_part.h"
#include "src/work/ticket_part.h"

enum { ANCESTORS = 32, LINKS_MOST = 100 };

static const char *text(const json_t *d, const char *key)
{
	const char *s = json_string_value(json_object_get(d, key));

	return s ? s : "";
}

// The member of a ticket that holds its links of a kind; seen from the other end.
static const char *member_of(enum ticket_link kind)
{
	switch (kind) {
	case TICKET_LINK_RELATED: return "related";
	case TICKET_LINK_PARENT: return "parent_no";
	case TICKET_LINK_CHILD: return "children";
	case TICKET_LINK_DUPLICATE: return "merged_into";
	case TICKET_LINK_DUPLICATES: return "duplicates";
	}
	BUG("link %d", (int)kind);
}

static enum ticket_link back_of(enum ticket_link kind)
{
	switch (kind) {
	case TICKET_LINK_RELATED: return TICKET_LINK_RELATED;
	case TICKET_LINK_PARENT: return TICKET_LINK_CHILD;
	case TICKET_LINK_CHILD: return TICKET_LINK_PARENT;
	case TICKET_LINK_DUPLICATE: return TICKET_LINK_DUPLICATES;
	case TICKET_LINK_DUPLICATES: return TICKET_LINK_DUPLICATE;
	}
	BUG("link %d", (int)kind);
}

// --- what stands

static void tie(struct model *m, enum ticket_link kind, const char *no)
{
	struct ticket_desk *k = &m->ticket;
	struct ticket_tie t = {.kind = kind, .no = arena_strdup(&k->arena, no), .title = "", .state = ""};
	struct ticket other = {0};
	enum ticket_state s;

	if (!*no)
		return;
	if (ticket_by_no(store_reader(m->store), no, &other, &k->arena, NULL)) {
		t.id = other.id;
		t.title = work_shut(m) ? "" : ticket_swept(other.title ? other.title : "", &k->arena);
		t.state = ticket_state_parse(sv(other.state), &s) ? ticket_state_label(s) : other.state;
	}
	vec_push(&k->ties, t);
}

void ticket_ties_read(struct model *m, const json_t *doc)
{
	json_t *v;
	size_t i;

	for (int kind = 0; kind < TICKET_LINKS; kind++) {
		const json_t *member = json_object_get(doc, member_of((enum ticket_link)kind));
		if (json_is_string(member))
			tie(m, (enum ticket_link)kind, json_string_value(member));
		json_array_foreach(member, i, v)
			if (json_is_string(v) && i < LINKS_MOST)
				tie(m, (enum ticket_link)kind, json_string_value(v));
	}
}

static bool stands(const struct model *m, enum ticket_link kind, const char *no)
{
	const struct ticket_desk *k = &m->ticket;

	for (size_t i = 0; i < k->ties.n; i++)
		if (k->ties.v[i].kind == kind && str_eq(k->ties.v[i].no, no))
			return true;
	return false;
}

// --- the other end

struct end_part {
	char no[NUMBER_CAP], own[NUMBER_CAP], by[40];
	const char *member; // static
	bool there;
	int64_t at;
};

static json_t *list_with(const json_t *list, const char *no, bool there)
{
	json_t *out = json_array(), *v;
	size_t i;

	json_array_foreach(list, i, v)
		if (!str_eq(json_string_value(v), no))
			json_array_append(out, v);
	if (there)
		json_array_append_new(out, json_string(no));
	return out;
}

static bool put_end(struct db *db, const struct end_part *p, const struct ticket *t, struct err *e)
{
	json_t *doc = ticket_whole(t), *list = list_with(json_object_get(doc, p->member), p->own, p->there);
	char line[160];

	if (json_array_size(list))
		json_object_set(doc, p->member, list);
	else
		json_object_del(doc, p->member);
	snprintf(line, sizeof(line), "{\"field\":\"%s\",\"from\":\"%s\",\"to\":\"%s\"}", p->member, p->there ? "" : p->own, p->there ? p->own : "");
	bool ok = shown_put(db, &(struct shown){.t = "ticket", .e = t->id, .rev = t->stamp.rev, .at = p->at, .by = p->by, .d = doc, .own = true}, e) &&
		  ticket_event_add(db, &(struct ticket_log_line){.ticket_id = t->id, .at = p->at, .by = p->by, .type = "attach", .data = line}, NULL, e);
	json_decref(list);
	json_decref(doc);
	return ok;
}

// Of a ticket that is here it shows at once; the hub makes it by itself of the operation at this end.
static bool run_end(struct db *db, void *arg, struct err *e)
{
	struct end_part *p = arg;
	struct arena a = {0};
	struct ticket t = {0};
	struct err none = {0};
	bool found = ticket_by_no(db, p->no, &t, &a, &none);
	bool ok = found ? put_end(db, p, &t, e) : none.code == ERR_NOT_FOUND || err_set(e, none.code, "%s", none.msg);

	arena_release(&a);
	return ok;
}

static void join_end(struct model *m, struct commit *k, const char *no, const char *own, enum ticket_link kind, bool there)
{
	struct end_part *p = xcalloc(1, sizeof(*p));

	snprintf(p->no, sizeof(p->no), "%s", no);
	snprintf(p->own, sizeof(p->own), "%s", own);
	snprintf(p->by, sizeof(p->by), "%s", m->agent_id);
	p->member = member_of(back_of(kind));
	p->there = there;
	p->at = clock_wall(m->clock);
	commit_part(k, run_end, p, free);
}

static void put_line(struct ticket_change *c, enum ticket_link kind, const char *no, bool there)
{
	ticket_change_line(c, "attach", json_pack("{s:s, s:s, s:s}", "field", member_of(kind), "from", there ? "" : no, "to", there ? no : ""));
}

static void submit(struct model *m, struct commit *k, const char *no)
{
	commit_after(k, ticket_saved);
	commit_submit(m, k);
	ticket_told(m, "link", "target", no);
}

// --- related: elements, which never collide

static void relate(struct model *m, const char *no, bool there)
{
	struct ticket_change *c = ticket_change_new(m);
	struct commit *k = commit_new(m, "ticket.link");

	json_decref(c->body);
	c->kind = "ticket.element";
	c->body = json_pack("{s:{s:[s]}}", there ? "add" : "del", "related", no);
	put_line(c, TICKET_LINK_RELATED, no, there);
	ticket_change_join(k, c);
	join_end(m, k, no, m->ticket.no, TICKET_LINK_RELATED, there);
	submit(m, k, no);
}

// --- part of another: a member of the part

// child: the part, which c changes; parent NULL: it is part of nothing any more.
static void set_parent(struct model *m, struct ticket_change *c, const json_t *child, const char *parent)
{
	struct commit *k = commit_new(m, "ticket.link");
	struct ticket other = {0};
	struct arena a = {0};
	const char *own = text(child, "no"), *old = text(child, "parent_no");
	bool here = parent && ticket_by_no(store_reader(m->store), parent, &other, &a, NULL);

	ticket_change_set(c, child, "parent_no", parent ? json_string(parent) : json_null());
	json_object_set_new(c->here, "parent_id", here ? json_string(other.id) : json_null());
	ticket_change_line(c, "attach", json_pack("{s:s, s:s, s:s}", "field", "parent_no", "from", old, "to", parent ? parent : ""));
	ticket_change_join(k, c);
	if (*old)
		join_end(m, k, old, own, TICKET_LINK_PARENT, false);
	if (parent)
		join_end(m, k, parent, own, TICKET_LINK_PARENT, true);
	submit(m, k, parent ? parent : old);
	arena_release(&a);
}

// Is `own` among what `no` is part of? Then it cannot be part of it.
static bool goes_round(struct model *m, const char *no, const char *own)
{
	struct arena a = {0};
	struct ticket t = {0};
	char up[NUMBER_CAP];
	bool round = false;
	json_error_t bad;

	snprintf(up, sizeof(up), "%s", no);
	for (int i = 0; i < ANCESTORS && !round && *up && ticket_by_no(store_reader(m->store), up, &t, &a, NULL); i++) {
		json_t *doc = t.doc ? json_loads(t.doc, 0, &bad) : NULL;
		snprintf(up, sizeof(up), "%s", text(doc, "parent_no"));
		round = str_eq(up, own);
		json_decref(doc);
	}
	arena_release(&a);
	return round;
}

static bool check_round(struct model *m, const char *parent, const char *child, struct err *e)
{
	return !goes_round(m, parent, child) || err_set(e, ERR_USAGE, _("%s is part of %s already: it cannot be the other way round as well."), parent, child);
}

static bool join_parent(struct model *m, const char *no, struct err *e)
{
	json_t *doc;

	if (!check_round(m, no, m->ticket.no, e) || !(doc = ticket_open_doc(m, e)))
		return false;
	set_parent(m, ticket_change_new(m), doc, no);
	json_decref(doc);
	return true;
}

// The other ticket is what changes: it must be here, and one of those this person may change.
static bool of_child(struct model *m, const char *no, bool there, struct err *e)
{
	struct arena a = {0};
	struct ticket t = {0};
	enum ticket_state state;
	bool ok;

	if (!ticket_by_no(store_reader(m->store), no, &t, &a, NULL)) {
		arena_release(&a);
		return err_set(e, ERR_NOT_FOUND, _("This ticket is not on this station."));
	}
	const char *owner = t.owner_id ? t.owner_id : "";
	ok = ticket_may_update(m, owner, *owner ? hub_person(m, owner, &a) : "", e) && (!there || check_round(m, m->ticket.no, no, e));
	if (ok && ticket_state_parse(sv(t.state), &state) && ticket_is_terminal(state))
		ok = err_set(e, ERR_DENIED, _("This ticket is over for good; make a new one."));
	if (ok) {
		json_t *doc = ticket_whole(&t);
		set_parent(m, ticket_change_of(m, &t), doc, there ? m->ticket.no : NULL);
		json_decref(doc);
	}
	arena_release(&a);
	return ok;
}

// --- all kinds

static bool read_no(const struct model *m, const char *typed, char out[NUMBER_CAP], struct err *e)
{
	struct number no;

	if (!number_parse(sv(typed), &no, e) || !number_format(&no, out, e))
		return false;
	return !str_eq(out, m->ticket.no) || err_set(e, ERR_USAGE, _("This is the ticket itself; give the number of the other one."));
}

bool model_ticket_link(struct model *m, enum ticket_link kind, const char *typed, struct err *e)
{
	char no[NUMBER_CAP];

	if (!model_ticket_may(m, TICKET_LINK, e) || !read_no(m, typed, no, e))
		return false;
	if (stands(m, kind, no))
		return err_set(e, ERR_USAGE, _("This link stands already."));
	switch (kind) {
	case TICKET_LINK_RELATED: relate(m, no, true); return true;
	case TICKET_LINK_PARENT: return join_parent(m, no, e);
	case TICKET_LINK_CHILD: return of_child(m, no, true, e);
	case TICKET_LINK_DUPLICATE: return model_ticket_step(m, TICKET_EV_DUPLICATE, &(struct ticket_answer){.reason = no}, e);
	case TICKET_LINK_DUPLICATES: break;
	}
	return err_set(e, ERR_USAGE, _("The other ticket is the one that is merged: open that one."));
}

bool model_ticket_unlink(struct model *m, enum ticket_link kind, const char *typed, struct err *e)
{
	char no[NUMBER_CAP];
	json_t *doc;

	if (!model_ticket_may(m, TICKET_LINK, e) || !read_no(m, typed, no, e))
		return false;
	if (!stands(m, kind, no))
		return err_set(e, ERR_NOT_FOUND, _("There is no such link."));
	switch (kind) {
	case TICKET_LINK_RELATED: relate(m, no, false); return true;
	case TICKET_LINK_CHILD: return of_child(m, no, false, e);
	case TICKET_LINK_PARENT:
		if (!(doc = ticket_open_doc(m, e)))
			return false;
		set_parent(m, ticket_change_new(m), doc, NULL);
		json_decref(doc);
		return true;
	case TICKET_LINK_DUPLICATE:
	case TICKET_LINK_DUPLICATES: break;
	}
	return err_set(e, ERR_DENIED, _("A ticket that was merged stays merged."));
}

void ticket_merged_join(struct model *m, struct commit *k, const char *no)
{
	join_end(m, k, no, m->ticket.no, TICKET_LINK_DUPLICATE, true);
}
