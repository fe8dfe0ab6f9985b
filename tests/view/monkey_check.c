// SPDX-License-Identifier: MIT
// Knows what must hold after every key of the random agent, and at the end of its shift.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include <dirent.h>

#include "src/base/path.h"
#include "src/base/utf8.h"
#include "src/desk/secret.h"
#include "src/store/interaction.h"
#include "src/store/journal.h"
#include "src/work/internal.h"
#include "tests/view/monkey.h"
#include "ui/kbdesk.h"

_Noreturn void monkey_fail(const struct monkey *k, const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "monkey: seed %llu, key %ld, after %s: ", (unsigned long long)k->seed, k->keys, k->last ? k->last : "the start");
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	for (size_t i = 0; i < k->s.model.works.n; i++) {
		const struct contact *c = k->s.model.works.v[i]->contact;
		fprintf(stderr, "\n  %s, %s:", c->id, call_state_code(c->state));
		for (size_t n = c->events.n < 8 ? 0 : c->events.n - 8; n < c->events.n; n++)
			fprintf(stderr, " %lld:%s", (long long)c->events.v[n].seq, event_type_name(c->events.v[n].type));
	}
	fprintf(stderr, "\n(ZUOXI_MONKEY_SEED=%llu repeats it)\n", (unsigned long long)k->seed);
	abort();
}

// --- what was visited

static void add_visit(struct monkey *k, bool dialog, const char *name, size_t n)
{
	struct visit v = {.name = xstrndup(name, n)};

	if (dialog)
		vec_push(&k->dialogs, v);
	else
		vec_push(&k->places, v);
}

// Dialogs that need more than random keys bring about: a ticket of a queue that is practised, a case in the library. The key scripts of
// tests/term/keys (queue, case) come by them in the program itself.
static bool elsewhere(const char *title, size_t n)
{
	static const char *const titles[] = {"Queue", "Draft of a scenario"};

	for (size_t i = 0; i < sizeof(titles) / sizeof(*titles); i++)
		if (strlen(titles[i]) == n && strncmp(titles[i], title, n) == 0)
			return true;
	return false;
}

// The titles of dialogs stand in the sources, in the second argument of popup_KIND(&u->popup, id, TITLE, ...).
static void read_titles(struct monkey *k, const char *text)
{
	for (const char *p = text; (p = strstr(p, "(&u->popup, 0, ")); p++) {
		const char *end = strchr(p, '\n'), *q = p + strlen("(&u->popup, 0, "), *comma = strchr(q, ',');
		if (memcmp(p - 5, "field", 5) == 0 || memcmp(p - 7, "add_row", 7) == 0)
			continue;
		// A title that is made elsewhere is not in the line; what follows the comma is the text below it.
		if (!strstr(q, "_(\"") || strstr(q, "_(\"") > comma)
			continue;
		while (q < end && (q = strstr(q, "_(\"")) && q < end) {
			const char *close = strchr(q + 3, '"');
			if (!elsewhere(q + 3, (size_t)(close - q - 3)))
				add_visit(k, true, q + 3, (size_t)(close - q - 3));
			if (strncmp(close, "\") : _(", 7) != 0)
				break;
			q = close;
		}
	}
}

void monkey_visits_init(struct monkey *k)
{
	static const char *const places[] = {"script", "kb", "form", "record", "home", "history", "wrap", "desk", "write", "conflicts", "practice", "too small", "tabs",
					     "stack", "columns"};
	struct dirent **names;
	int n = scandir(ZUOXI_SOURCEDIR "/ui", &names, NULL, alphasort);

	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++)
		add_visit(k, false, places[i], strlen(places[i]));
	for (int i = 0; i < n; i++) {
		size_t len = strlen(names[i]->d_name);
		struct str text = {0};
		char *path = path_join(ZUOXI_SOURCEDIR "/ui", names[i]->d_name);
		// Dialogs of a session: view_practice_keys.c presses keys there.
		bool session = strcmp(names[i]->d_name, "ask_practice.c") == 0 || strcmp(names[i]->d_name, "ask_coach.c") == 0;
		if (!session && len > 2 && strcmp(names[i]->d_name + len - 2, ".c") == 0 && path_read(path, 1 << 20, &text, NULL))
			read_titles(k, str_z(&text));
		str_release(&text);
		free(path);
		free(names[i]);
	}
	free(names);
}

void monkey_visit(struct monkey *k)
{
	const struct place *const all[] = {&place_script, &place_kb, &place_form, &place_record, &place_home, &place_history, &place_wrap,
					     &place_kb_desk, &place_kb_write, &place_conflicts, &place_practice};
	static const int shapes[] = {SHAPE_TOO_SMALL, SHAPE_TABS, SHAPE_STACK, SHAPE_COLUMNS};
	const struct place *now = ui_place(&k->s.ui, &k->s.model);
	const struct popup *p = &k->s.ui.popup;

	for (size_t i = 0; i < 11; i++)
		k->places.v[i].n += all[i] == now;
	for (size_t i = 0; i < 4; i++)
		k->places.v[11 + i].n += shapes[i] == (int)k->s.ui.layout.shape;
	for (size_t i = 0; p->kind != POPUP_NONE && i < k->dialogs.n; i++)
		k->dialogs.v[i].n += str_eq(p->title, _(k->dialogs.v[i].name));
}

static size_t report(const char *what, const struct visit *v, size_t n)
{
	size_t missing = 0;

	for (size_t i = 0; i < n; i++)
		if (!v[i].n) {
			fprintf(stderr, "monkey: %s never seen: %s\n", what, v[i].name);
			missing++;
		}
	return missing;
}

size_t monkey_unseen(const struct monkey *k)
{
	size_t n = 0;

	for (size_t i = 0; i < k->places.n; i++)
		n += !k->places.v[i].n;
	for (size_t i = 0; i < k->dialogs.n; i++)
		n += !k->dialogs.v[i].n;
	return n;
}

void monkey_check_visits(const struct monkey *k)
{
	size_t missing = report("place", k->places.v, k->places.n) + report("dialog", k->dialogs.v, k->dialogs.n);

	if (k->places.n != 15 || k->dialogs.n < 30)
		monkey_fail(k, "only %zu titles of dialogs were found in the sources", k->dialogs.n);
	if (missing)
		monkey_fail(k, "%zu places or dialogs were never reached", missing);
}

// --- after every key

// What a terminal may get. A fifth combining mark can come about by typing beside others; the canvas and the record leave it out.
static bool sound(struct sv s, bool multi)
{
	uint32_t cp;

	for (size_t i = 0; i < s.n;) {
		i += utf8_decode(sv_n(s.p + i, s.n - i), &cp);
		if (utf8_forbidden(cp) && !(multi && cp == '\n'))
			return false;
	}
	return utf8_valid(s);
}

static void check_text(const struct monkey *k, const struct lineedit *le, const char *what)
{
	struct sv s = sv(lineedit_text(le));

	if (s.n != le->text.n)
		monkey_fail(k, "%s holds a NUL", what);
	if (!sound(s, le->multi))
		monkey_fail(k, "%s is not clean: %s", what, s.p);
	if (le->caret > s.n || (le->caret < s.n && (s.p[le->caret] & 0xC0) == 0x80))
		monkey_fail(k, "the caret of %s is at %zu of %zu", what, le->caret, s.n);
}

static void check_popup(const struct monkey *k)
{
	const struct popup *p = &k->s.ui.popup;

	if (p->kind == POPUP_NONE)
		return;
	if (k->s.ui.ask_contact[0] && !ui_ask_work(&k->s.ui, &k->s.model))
		monkey_fail(k, "the dialog %s is about a contact that is gone", p->title);
	if (p->kind == POPUP_PICK)
		check_text(k, &p->filter, p->title);
	if (p->fields.n && p->field >= p->fields.n)
		monkey_fail(k, "field %zu of %zu in %s", p->field, p->fields.n, p->title);
	for (size_t i = 0; i < p->fields.n; i++)
		check_text(k, &p->fields.v[i].line, p->fields.v[i].label);
	size_t rows = p->kind == POPUP_PICK ? p->shown.n : p->rows.n;
	if (rows && p->list.selected >= rows)
		monkey_fail(k, "row %zu of %zu in %s", p->list.selected, rows, p->title);
	for (size_t i = 0; p->kind == POPUP_PICK && i < p->shown.n; i++)
		if (p->shown.v[i] >= p->rows.n)
			monkey_fail(k, "%s shows a row that it has not", p->title);
}

static bool alive(const struct model *m, const char *id)
{
	for (size_t i = 0; i < m->works.n; i++)
		if (strcmp(m->works.v[i]->contact->id, id) == 0)
			return true;
	return !*id;
}

// Nothing may be refused by the store on a sound disk.
static void check_notes(struct monkey *k)
{
	const struct model *m = &k->s.model;
	const char *unsaved = _("Not saved: %s"), *undone = _("Noted on the contact, but not done: %s");

	for (size_t i = k->notes_seen < m->n_notes ? k->notes_seen : m->n_notes; i < m->n_notes; i++) {
		const char *text = m->notes[i % NOTES].text;
		if (!utf8_valid(sv(text)))
			monkey_fail(k, "a message that is not UTF-8: %s", text);
		if (strncmp(text, unsaved, strcspn(unsaved, "%")) == 0 || strncmp(text, undone, strcspn(undone, "%")) == 0)
			monkey_fail(k, "%s", text);
	}
	k->notes_seen = m->n_notes;
}

void monkey_check_state(struct monkey *k)
{
	const struct model *m = &k->s.model;
	const struct ui *u = &k->s.ui;

	if (m->current >= (int)m->works.n || m->current < -1)
		monkey_fail(k, "contact %d of %zu is in front", m->current, m->works.n);
	for (size_t i = 0; i < m->works.n; i++)
		for (size_t j = 0; j < i; j++)
			if (strcmp(m->works.v[i]->contact->id, m->works.v[j]->contact->id) == 0)
				monkey_fail(k, "contact %s is there twice", m->works.v[i]->contact->id);
	for (size_t i = 0; i < m->works.n; i++)
		for (size_t d = 0; d < m->works.v[i]->drafts.n; d++)
			if (!utf8_valid(sv(m->works.v[i]->drafts.v[d].text)))
				monkey_fail(k, "the draft %s is not UTF-8", m->works.v[i]->drafts.v[d].field);
	for (size_t i = 0; i < u->views.n; i++) {
		const struct view *v = u->views.v[i];
		if (!alive(m, v->id))
			monkey_fail(k, "a view of contact %s, which is gone", v->id);
		if ((unsigned)v->focus >= PANE_COUNT || (unsigned)v->kb_at > KB_AT_DIFF)
			monkey_fail(k, "focus %d, knowledge %d", (int)v->focus, (int)v->kb_at);
		check_text(k, &v->answer, "the answer");
		check_text(k, &v->query, "the query");
		check_text(k, &v->edit, v->edit_of);
		check_text(k, &v->reply, "the reply");
	}
	for (int f = 0; u->kbdesk && f < WRITE_FIELDS; f++)
		check_text(k, &u->kbdesk->write.f[f].line, write_info((enum write_field)f)->name);
	for (size_t d = 0; d < m->desk_drafts.n; d++)
		if (m->desk_drafts.v[d].text && !utf8_valid(sv(m->desk_drafts.v[d].text)))
			monkey_fail(k, "the draft %s is not UTF-8", m->desk_drafts.v[d].field);
	check_popup(k);
	if (m->save.failed)
		monkey_fail(k, "not saved: %s", m->save.why.msg);
	check_notes(k);
}

// --- the screen

// The frame as the program draws it, over what is on the screen already.
static void refresh(struct monkey *k, struct frame *f)
{
	*f = (struct frame){.theme = &k->s.ui.theme};
	struct canvas c = canvas_root(k->screen, f);
	k->part += !k->s.model.changed;
	ui_refresh(&k->s.ui, &k->s.model, &c);
}

bool monkey_stale(struct monkey *k, int *y, int *x)
{
	const struct frame *whole = &k->g.frame;
	struct frame seen;

	ui_follow(&k->s.ui, &k->s.model);
	ui_layout(&k->s.ui, &k->s.model);
	refresh(k, &seen);
	k->g.theme = k->s.ui.theme;
	struct canvas c = golden_begin(&k->g);
	ui_draw(&k->s.ui, &k->s.model, &c);
	if (cells_differ(k->screen, k->g.cells, y, x))
		return true;
	*y = seen.caret_on ? seen.caret_y : -1;
	*x = seen.caret_on ? seen.caret_x : -1;
	return seen.caret_on != whole->caret_on || (seen.caret_on && (*y != whole->caret_y || *x != whole->caret_x));
}

void monkey_draw(struct monkey *k)
{
	const struct frame *f = &k->g.frame;
	int y, x;

	if (monkey_stale(k, &y, &x))
		monkey_fail(k, "the screen is not what a whole drawing of it would be, at %d,%d", y, x);
	if (k->g.leaks)
		monkey_fail(k, "%d cells were written outside their canvas", k->g.leaks);
	if (f->caret_on && (f->caret_y < 0 || f->caret_y >= k->s.ui.rows || f->caret_x < 0 || f->caret_x >= k->s.ui.cols))
		monkey_fail(k, "the caret is at %d,%d of %dx%d", f->caret_y, f->caret_x, k->s.ui.rows, k->s.ui.cols);
}

bool monkey_draws_inside(struct monkey *k, const struct place *p, struct rect r, int *y, int *x)
{
	k->g.theme = k->s.ui.theme;
	struct canvas root = golden_begin(&k->g);

	golden_hash(&k->g);
	struct canvas c = canvas_sub(&root, r);
	p->draw(&k->s.ui, &k->s.model, &c, true);
	for (*y = 0; *y < k->s.ui.rows; (*y)++)
		for (*x = 0; *x < k->s.ui.cols; (*x)++)
			if (!rect_has(r, *y, *x) && golden_char(&k->g, *y, *x) != L'#')
				return false;
	return true;
}

void monkey_check_panes(struct monkey *k)
{
	const struct place *const panes[PANE_COUNT] = {&place_script, &place_kb, &place_form, &place_record};
	const struct place *now = ui_place(&k->s.ui, &k->s.model);
	const struct layout l = k->s.ui.layout;
	int y, x;

	if (l.shape == SHAPE_TOO_SMALL)
		return;
	if (now == &place_home || now == &place_history || now == &place_wrap || now == &place_kb_desk || now == &place_kb_write || now == &place_conflicts || now == &place_ticket || !model_work(&k->s.model)) {
		if (!monkey_draws_inside(k, now, l.body, &y, &x))
			monkey_fail(k, "the place draws outside its body, at %d,%d", y, x);
		return;
	}
	for (size_t i = 0; i < PANE_COUNT; i++)
		if (!rect_empty(l.pane[i]) && !monkey_draws_inside(k, panes[i], l.pane[i], &y, &x))
			monkey_fail(k, "pane %zu draws outside its rectangle, at %d,%d", i, y, x);
}

// --- what is on disk

void monkey_check_journal(struct monkey *k)
{
	struct arena a = {0};
	struct interactions rows = {0};
	struct db *db = store_reader(k->s.store);
	struct err e = {0};

	scene_saved(&k->s);
	if (!interaction_open(db, &rows, &a, &e))
		monkey_fail(k, "%s", e.msg);
	for (size_t i = 0; i <= rows.n; i++) {
		struct journals j = {0};
		// The last one is what is typed in no contact.
		if (!journal_list(db, i < rows.n ? rows.v[i].id : "desk", &j, &a, &e))
			monkey_fail(k, "%s", e.msg);
		for (size_t n = 0; n < j.n; n++) {
			if (secret_any(sv(j.v[n].text)))
				monkey_fail(k, "a secret is in the journal of %s: %s", j.v[n].field, j.v[n].text);
			if (!sound(sv(j.v[n].text), true))
				monkey_fail(k, "the journal of %s is not clean: %s", j.v[n].field, j.v[n].text);
		}
		vec_release(&j);
	}
	vec_release(&rows);
	arena_release(&a);
}

static void check_secrets(const struct monkey *k, const struct event *ev)
{
	static const char *const numbers[] = {"at", "mono", "call", "id", "boot"}; // a time may look like a card

	for (int i = 0; i < ev->pairs; i++) {
		bool number = false;
		for (size_t n = 0; n < sizeof(numbers) / sizeof(*numbers); n++)
			number |= strcmp(ev->pair[i].key, numbers[n]) == 0;
		if (!number && secret_any(sv(ev->pair[i].value)))
			monkey_fail(k, "a secret is in the event %s: %s", event_type_name(ev->type), ev->pair[i].value);
	}
}

static void check_record(struct monkey *k, const struct interaction *row)
{
	struct model *m = &k->s.model;
	struct err e = {0};
	struct event *events;
	size_t n, skipped;
	char digest[24];

	if (!work_read_events(store_reader(k->s.store), row->id, &events, &n, &e))
		monkey_fail(k, "%s", e.msg);
	for (size_t i = 0; i < n; i++)
		check_secrets(k, &events[i]);
	struct contact *c = contact_replay(row->id, row->started_at, &m->world, events, n, &skipped);
	if (skipped)
		monkey_fail(k, "%zu of %zu events of %s do not fit", skipped, n, row->id);
	json_t *doc = json_loads(row->doc, 0, NULL);
	snprintf(digest, sizeof(digest), "%016llx", (unsigned long long)contact_digest(c));
	if (!str_eq(json_string_value(json_object_get(doc, "digest")), digest))
		monkey_fail(k, "the record of %s has digest %s, its %zu events give %s", row->id,
			    json_string_value(json_object_get(doc, "digest")), n, digest);
	json_decref(doc);
	for (size_t i = 0; i < m->works.n; i++)
		if (strcmp(m->works.v[i]->contact->id, row->id) == 0 &&
		    contact_digest(m->works.v[i]->contact) != contact_digest(c))
			monkey_fail(k, "contact %s is not what its events give", row->id);
	contact_free(c);
	work_free_events(events, n);
	k->closed += strcmp(row->state, "closed") == 0;
}

void monkey_check_records(struct monkey *k)
{
	struct arena a = {0};
	struct interactions rows = {0};
	struct err e = {0};

	scene_saved(&k->s);
	if (!interaction_list(store_reader(k->s.store), &(struct interaction_filter){.limit = 1000000, .with_doc = true}, &rows, &a, &e))
		monkey_fail(k, "%s", e.msg);
	k->closed = 0;
	for (size_t i = 0; i < rows.n; i++)
		check_record(k, &rows.v[i]);
	if (!rows.n || !k->closed)
		monkey_fail(k, "no contact was worked to its end");
	vec_release(&rows);
	arena_release(&a);
}

void monkey_release(struct monkey *k)
{
	for (size_t i = 0; i < k->places.n; i++)
		free(k->places.v[i].name);
	for (size_t i = 0; i < k->dialogs.n; i++)
		free(k->dialogs.v[i].name);
	vec_release(&k->places);
	vec_release(&k->dialogs);
	vec_release(&k->bound);
}
