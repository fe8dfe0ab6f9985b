// SPDX-License-Identifier: MIT
// Knows how a fault test gets a station of its own and the real program at work on it, on a pseudo terminal.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include "src/store/interaction.h"
#include "src/store/journal.h"
#include "src/work/internal.h"
#include "src/work/station.h"
#include "tests/fault/station.h"
#include "tests/unit/store/tmpdir.h"

char *station_new(void)
{
	static const char *const packs[] = {"common", "finance"};
	char *dir = tmpdir_new();
	struct err e = {0};

	assert_ok(store_init(dir, "SHA", "0A7", &clock_real, &e), e);
	for (size_t i = 0; i < sizeof(packs) / sizeof(*packs); i++) {
		char *src = xasprintf("%s/config/packs/%s", ZUOXI_SOURCEDIR, packs[i]);
		assert_ok(station_add_pack(dir, src, &clock_real, NULL, &e), e);
		free(src);
	}
	return dir;
}

struct vt *station_run(const char *dir, const char *const env[])
{
	// A settings file that is not there: nobody's own settings count.
	const char *argv[] = {ZUOXI, "--data", dir, "--lang", "en", NULL};

	return vt_spawn(argv, env, 40, 120);
}

void station_sees(struct vt *vt, const char *regex)
{
	if (!vt_wait_text(vt, regex, STATION_WAIT))
		fail_msg("no %s on\n%s", regex, vt_screen(vt));
}

void station_call(struct vt *vt)
{
	station_sees(vt, "nothing to save");
	// The content may still be loading: then the dialog says so and the key comes again.
	for (int i = 0; i < 50 && !vt_wait_text(vt, "General enquiry", 100); i++) {
		vt_send(vt, "Esc");
		vt_pump(vt, 100);
		vt_send(vt, "F4");
		if (!vt_wait_text(vt, "Call by hand", 2000))
			continue;
		vt_send(vt, "text:13800000001");
		vt_send(vt, "Enter");
		vt_send(vt, "Enter");
		vt_wait_text(vt, "General enquiry", 1000);
	}
	station_sees(vt, "General enquiry");
	station_sees(vt, "^ saved");
}

void station_note(struct vt *vt, const char *text)
{
	char line[160];

	vt_send(vt, "M-t");
	station_sees(vt, "Note on the timeline");
	snprintf(line, sizeof(line), "text:%s", text);
	vt_send(vt, line);
	vt_send(vt, "Enter");
	if (!vt_wait_gone(vt, "Note on the timeline", STATION_WAIT))
		fail_msg("the note is not taken\n%s", vt_screen(vt));
}

typedef void look_fn(struct db *db, const struct interaction *row, void *arg);

static void each_contact(const char *dir, look_fn *fn, void *arg)
{
	struct store_options o = {.dir = dir, .readonly = true};
	struct interactions rows = {0};
	struct arena a = {0};
	struct err e = {0};
	struct store *s;

	assert_ok(store_open(&s, &o, &e), e);
	assert_ok(interaction_list(store_reader(s), &(struct interaction_filter){.limit = 1000}, &rows, &a, &e), e);
	for (size_t i = 0; i < rows.n; i++)
		fn(store_reader(s), &rows.v[i], arg);
	vec_release(&rows);
	arena_release(&a);
	store_close(s);
}

struct find {
	const char *text;
	int n;
	char *best;
};

static void find_note(struct db *db, const struct interaction *row, void *arg)
{
	struct find *f = arg;
	struct event *events;
	struct err e = {0};
	size_t n;

	assert_ok(work_read_events(db, row->id, &events, &n, &e), e);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(events[i].seq, i + 1);
		f->n += events[i].type == EV_NOTE && strcmp(event_get(&events[i], "text"), f->text) == 0;
	}
	work_free_events(events, n);
}

int station_notes(const char *dir, const char *text)
{
	struct find f = {.text = text};

	each_contact(dir, find_note, &f);
	return f.n;
}

static void find_draft(struct db *db, const struct interaction *row, void *arg)
{
	struct find *f = arg;
	struct journals rows = {0};
	struct arena a = {0};
	struct err e = {0};

	assert_ok(journal_list(db, row->id, &rows, &a, &e), e);
	for (size_t i = 0; i < rows.n; i++)
		if (str_starts(rows.v[i].text, f->text) && strlen(rows.v[i].text) >= strlen(f->best)) {
			free(f->best);
			f->best = xstrdup(rows.v[i].text);
		}
	vec_release(&rows);
	arena_release(&a);
}

char *station_journal(const char *dir, const char *start)
{
	struct find f = {.text = start, .best = xstrdup("")};

	each_contact(dir, find_draft, &f);
	return f.best;
}
