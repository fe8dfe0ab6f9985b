// SPDX-License-Identifier: MIT
// Knows what the hub looks like from a desk: status line, banners, dialogs; and what keys do to broadcasts, calls coming first.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include "src/desk/role.h"
#include "src/store/journal.h"
#include "src/store/outbox.h"
#include "tests/view/hand.h"
#include "ui/rows.h"

enum { MIN = 60000 };

// --- what the hub sends

static void red(struct scene *s, const char *id, const char *title)
{
	char *json = xasprintf("{'kind':'red','severity':'red','title':'%s','body':'银行侧支付通道自 09:50 起大面积超时，扣款结果可能延迟 30 分钟。',"
			       "'say':'支付通道正在抢修，您的扣款不会重复，结果以短信为准，最迟今天 12 点前到账。','not_say':'不承诺具体恢复时间，不评论银行原因。',"
			       "'lines':'主管台 6100\\n值班经理 6101','require_ack':1,'incident_id':'inc-%s','at':%lld}", title, id,
			       (long long)clock_wall(&s->clock));

	scene_hub_row(s, "bc/SHA", "broadcast", id, json);
	free(json);
	scene_hub_changed(s);
}

static void notice(struct scene *s, const char *id, const char *kind, const char *severity, const char *title, bool ack)
{
	char *json = xasprintf("{'kind':'%s','severity':'%s','title':'%s','body':'详见知识库置顶。','require_ack':%d,'at':%lld}", kind, severity, title,
			       ack, (long long)clock_wall(&s->clock));

	scene_hub_row(s, "bc/SHA", "broadcast", id, json);
	free(json);
	scene_hub_changed(s);
}

static void open_joined(struct scene *s, enum lang lang)
{
	scene_open(s, lang);
	struct hub_status st = scene_hub_online(s);
	scene_hub_report(s, &st);
}

// --- the status line

// Many states of the station, one a row.
static void status_rows(struct scene *s, const char *name, int cols)
{
	int64_t now = clock_wall(&s->clock);
	const struct hub_status online = scene_hub_online(s);
	struct hub_status st[12];
	struct golden g;
	int n = 0;

	for (int i = 0; i < 12; i++)
		st[i] = online;
	st[n++] = (struct hub_status){0};
	n++; // online, nothing to say
	st[n].unsent = 3, st[n++].oldest_made = now - 20000;
	st[n].unsent = 12, st[n++].oldest_made = now - 12 * MIN;
	st[n].unsent = 1234, st[n].oldest_made = now - 40 * MIN, st[n].conflicts = 2, st[n++].rejected = 1;
	st[n].skew_ms = -2500, st[n++].conflicts = 1;
	st[n].skew_ms = 3 * 3600000, st[n].stuck = true, st[n].unsent = 7, st[n++].oldest_made = now - 26 * 60 * MIN;
	st[n].line = HUB_DEGRADED, st[n].unsent = 1, st[n++].oldest_made = now - 90000;
	st[n].line = HUB_OFFLINE, st[n].synced_at = now - 75 * MIN, st[n].unsent = 45, st[n].oldest_made = now - 75 * MIN, st[n++].conflicts = 3;
	st[n].line = HUB_OFFLINE, st[n].drill = true, st[n++].synced_at = now - 3 * MIN;
	st[n].line = HUB_RECOVERING, st[n].synced_at = now - 50 * 60 * MIN, st[n].unsent = 230, st[n++].oldest_made = now - 50 * 60 * MIN;
	st[n].line = HUB_ONLINE, st[n++].need_login = true;
	assert_int_equal(n, 12);
	golden_open(&g, n, cols, s->theme);
	g.theme.ascii = s->ascii;
	struct canvas c = golden_begin(&g);
	for (int i = 0; i < n; i++) {
		struct canvas row = canvas_sub(&c, (struct rect){i, 0, 1, cols});
		scene_hub_report(s, &st[i]);
		status_draw(&s->ui, &s->model, &row);
	}
	golden_check(&g, name);
	golden_close(&g);
}

static void test_status_line(void **state)
{
	struct scene s;

	(void)state;
	scene_open(&s, LANG_ZH);
	status_rows(&s, "hub_status_home_80", 80);
	scene_call(&s, "13812345678", "王小芳");
	scene_wait(&s, 133000);
	status_rows(&s, "hub_status_80", 80);
	status_rows(&s, "hub_status_120", 120);
	status_rows(&s, "hub_status_200", 200);
	scene_close(&s);
	scene_open(&s, LANG_EN);
	scene_call(&s, "13812345678", "Wilhelmina Featherstonehaugh");
	scene_wait(&s, 133000);
	scene_theme(&s, "mono", true);
	status_rows(&s, "hub_status_en_80", 80);
	status_rows(&s, "hub_status_en_120", 120);
	scene_close(&s);
}

// No number is ever cut: at every width each row ends in the whole time, and the count stands in full.
static void test_no_number_is_cut(void **state)
{
	struct scene s;

	(void)state;
	scene_open(&s, LANG_EN);
	scene_call(&s, "13812345678", "Wilhelmina Featherstonehaugh");
	struct hub_status st = scene_hub_online(&s);
	st.line = HUB_RECOVERING;
	st.unsent = 98765;
	st.oldest_made = clock_wall(&s.clock) - 35 * MIN;
	st.conflicts = 4321;
	st.skew_ms = 77000;
	scene_hub_report(&s, &st);
	for (int cols = 80; cols <= 220; cols++) {
		struct str out = {0};
		scene_size(&s, 24, cols);
		scene_draw(&s, NULL, 24, cols, &out);
		*strchr(str_z(&out), '\n') = '\0';
		if (!strstr(str_z(&out), "unsent 98765") || !strstr(str_z(&out), "10:00") || !strstr(str_z(&out), "recovering"))
			fail_msg("%d columns: %s", cols, str_z(&out));
		for (const char *p = str_z(&out); (p = strstr(p, "conflicts")); p++)
			if (strncmp(p, "conflicts 4321 ", 15) != 0)
				fail_msg("%d columns: %s", cols, str_z(&out));
		str_release(&out);
	}
	scene_close(&s);
}

// --- banners

static void test_a_red_event_looks(void **state)
{
	struct scene s;

	(void)state;
	open_joined(&s, LANG_ZH);
	scene_call(&s, "13812345678", "王小芳");
	scene_wait(&s, 5000);
	keys(&s, "F2");
	red(&s, "bc-1", "支付通道大面积超时");
	show(&s, "hub_red_24", 24, 80);
	show(&s, "hub_red_40", 40, 120);
	show(&s, "hub_red_50", 50, 200);
	scene_wait(&s, 2000);
	keys(&s, "F2");
	assert_string_equal(said(&s), _("Acknowledged. It can be read again with the command Broadcasts."));
	show(&s, "hub_red_read_24", 24, 80);
	scene_close(&s);
	open_joined(&s, LANG_EN);
	red(&s, "bc-1", "Payments time out");
	scene_theme(&s, "mono", true);
	show(&s, "hub_red_en_24", 24, 80);
	scene_close(&s);
}

// A call on the line has F2: the banner names the way that is left.
static void test_a_red_event_while_it_rings(void **state)
{
	struct scene s;

	(void)state;
	open_joined(&s, LANG_ZH);
	struct cti_event ev = {.type = CTI_OFFERED, .channel = CTI_PHONE, .call = "c1", .number = "13812345678", .name = "王小芳",
			       .mono_ms = clock_mono(&s.clock), .wall_ms = clock_wall(&s.clock)};
	model_cti_event(&s.model, &ev);
	red(&s, "bc-1", "支付通道大面积超时");
	scene_saved(&s);
	show(&s, "hub_red_ringing_24", 24, 80);
	keys(&s, "M-p Enter");
	assert_null(model_broadcast_due(&s.model));
	assert_non_null(model_ringing(&s.model));
	scene_close(&s);
}

static void test_notices_look(void **state)
{
	struct scene s;

	(void)state;
	open_joined(&s, LANG_ZH);
	notice(&s, "bc-1", "notice", "orange", "支付通道延迟", true);
	scene_wait(&s, MIN);
	notice(&s, "bc-2", "policy", "yellow", "贷款利率口径改为 v7，今天 14 点起执行", true);
	scene_wait(&s, MIN);
	notice(&s, "bc-3", "notice", "yellow", "食堂 12 点起供应", false);
	scene_wait(&s, MIN);
	notice(&s, "bc-4", "clear", "orange", "支付通道恢复", true);
	show(&s, "hub_notices_24", 24, 80);
	show(&s, "hub_notices_40", 40, 120);
	keys(&s, "M-p");
	show(&s, "hub_broadcasts_24", 24, 80);
	scene_close(&s);
}

static void test_a_drill_is_unmistakable(void **state)
{
	struct scene s;

	(void)state;
	open_joined(&s, LANG_ZH);
	scene_hub_row(&s, "bc/SHA", "broadcast", "bc-1",
		      "{'kind':'drill','severity':'red','title':'支付通道中断演练','say':'演练用语：正在核实。','not_say':'','lines':'','require_ack':1,"
		      "'at':1795312800000}");
	scene_hub_changed(&s);
	struct hub_status st = scene_hub_online(&s);
	st.line = HUB_OFFLINE;
	st.drill = true;
	scene_hub_report(&s, &st);
	show(&s, "hub_drill_24", 24, 80);
	show(&s, "hub_drill_40", 40, 120);
	scene_close(&s);
}

// What each state of the line says that must be done, at the least size.
static void test_the_line_looks(void **state)
{
	struct scene s;

	(void)state;
	open_joined(&s, LANG_ZH);
	s.config.backup_line = "6100（夜间 6199）";
	struct work *w = scene_call(&s, "13812345678", "王小芳");
	scene_wait(&s, 5000);
	keys(&s, "F2");
	scene_must(model_ticket_create(&s.model, w, "账户不能转账", &e));
	struct hub_status st = scene_hub_online(&s), off = st;
	off.line = HUB_OFFLINE;
	off.unsent = 12;
	off.oldest_made = clock_wall(&s.clock) - 20 * MIN;
	scene_hub_report(&s, &off);
	show(&s, "hub_offline_24", 24, 80);
	show(&s, "hub_offline_40", 40, 120);
	off.locked = true;
	off.need_login = true;
	scene_hub_report(&s, &off);
	show(&s, "hub_locked_24", 24, 80);
	store_wait_idle(s.store); // the card comes back from the disk
	st.stuck = st.upgrade = st.need_login = true;
	st.unsent = 3;
	st.skew_ms = -185000;
	st.oldest_made = clock_wall(&s.clock) - 20 * MIN;
	scene_hub_report(&s, &st);
	show(&s, "hub_wants_24", 24, 80);
	scene_close(&s);
	open_joined(&s, LANG_EN);
	s.config.backup_line = "6100 (at night 6199)";
	scene_hub_report(&s, &off);
	show(&s, "hub_locked_en_24", 24, 80);
	scene_hub_report(&s, &st);
	show(&s, "hub_wants_en_24", 24, 80);
	s.config.backup_line = "";
	scene_close(&s);
}

// The lease is over, between calls: numbers and states stand, nobody's name and no title. It all comes back with the log-in.
static void test_locked_home(void **state)
{
	struct scene s;

	(void)state;
	open_joined(&s, LANG_ZH);
	struct work *w = scene_call(&s, "13812345678", "王小芳");
	scene_must(model_ticket_create(&s.model, w, "账户不能转账", &e));
	scene_saved(&s);
	model_select(&s.model, -1);
	model_refresh_home(&s.model);
	assert_true(shows(&s, "账户不能转账"));
	struct hub_status st = scene_hub_online(&s), off = st;
	off.line = HUB_OFFLINE;
	off.locked = off.need_login = true;
	scene_hub_report(&s, &off);
	assert_int_equal(s.model.home.tickets.n, 1);
	assert_false(shows(&s, "账户不能转账"));
	assert_false(shows(&s, "王"));
	show(&s, "hub_locked_home_24", 24, 80);
	// Whom the search had found is not listed any more.
	scene_hub_report(&s, &st);
	model_select(&s.model, 0);
	keys(&s, "M-u");
	type(&s, "13812345678");
	keys(&s, "Enter");
	assert_true(shows(&s, "****5678"));
	assert_int_not_equal(s.ui.popup.kind, POPUP_NONE);
	scene_hub_report(&s, &off);
	assert_int_equal(s.ui.popup.kind, POPUP_NONE);
	// In the contact itself the record says why there is no card.
	scene_size(&s, 40, 120);
	assert_false(shows(&s, "王小芳"));
	scene_hub_report(&s, &st);
	model_select(&s.model, -1);
	assert_true(shows(&s, "账户不能转账"));
	scene_close(&s);
}

// Banners never take the last rows of the place with the keys, whatever comes together.
static void test_work_stays_possible(void **state)
{
	static const int sizes[][2] = {{24, 80}, {24, 110}, {40, 120}, {50, 200}};
	struct scene s;

	(void)state;
	open_joined(&s, LANG_ZH);
	scene_call(&s, "13812345678", "王小芳");
	for (int i = 0; i < 9; i++) {
		char id[16];
		snprintf(id, sizeof(id), "bc-%d", i);
		if (i < 4)
			red(&s, id, "支付通道大面积超时");
		else
			notice(&s, id, "notice", "orange", "支付通道延迟", true);
	}
	struct hub_status st = scene_hub_online(&s);
	st.line = HUB_OFFLINE;
	st.locked = st.stuck = st.upgrade = true;
	st.skew_ms = 900000;
	scene_hub_report(&s, &st);
	for (size_t i = 0; i < 4; i++) {
		scene_size(&s, sizes[i][0], sizes[i][1]);
		assert_true(s.ui.layout.banner.h <= layout_banner_rows(sizes[i][0]));
		assert_true(s.ui.layout.pane[PANE_SCRIPT].h >= 8);
		assert_true(shows(&s, "红色事件"));
	}
	scene_close(&s);
}

// --- F2

static void test_a_call_comes_first(void **state)
{
	struct scene s;

	(void)state;
	open_joined(&s, LANG_EN);
	red(&s, "bc-1", "Payments time out");
	scene_wait(&s, 5000);
	// A call rings: F2 answers, then stamps; only then it is the broadcast's.
	struct cti_event ev = {.type = CTI_OFFERED, .channel = CTI_PHONE, .call = "c1", .number = "13812345678",
			       .mono_ms = clock_mono(&s.clock), .wall_ms = clock_wall(&s.clock)};
	model_cti_event(&s.model, &ev);
	assert_int_equal(ui_f2(&s.ui, &s.model), F2_ANSWER);
	keys(&s, "F2");
	assert_non_null(model_work(&s.model));
	assert_non_null(model_broadcast_due(&s.model));
	assert_int_equal(ui_f2(&s.ui, &s.model), F2_STAMP);
	scene_wait(&s, 2000);
	keys(&s, "F2");
	assert_true(model_work(&s.model)->contact->clocks.c[CALL_T5].stopped);
	assert_non_null(model_broadcast_due(&s.model));
	keys(&s, "F2");
	assert_null(model_broadcast_due(&s.model));
	scene_close(&s);
}

// A key on its way to something else does not acknowledge what nobody can have read.
static void test_it_is_read_first(void **state)
{
	struct scene s;

	(void)state;
	open_joined(&s, LANG_EN);
	red(&s, "bc-1", "Payments time out");
	scene_wait(&s, 900);
	keys(&s, "F2");
	assert_non_null(model_broadcast_due(&s.model));
	assert_string_equal(said(&s), "A broadcast has just come up: read it, then acknowledge it.");
	scene_wait(&s, 200);
	keys(&s, "F2");
	assert_null(model_broadcast_due(&s.model));
	scene_close(&s);
}

static size_t acks(struct scene *s)
{
	struct outbox_ops ops = {0};
	struct arena a = {0};
	size_t n = 0;

	scene_saved(s);
	scene_must(outbox_list(store_reader(s->store), 0, 10000, &ops, &a, &e));
	for (size_t i = 0; i < ops.n; i++)
		n += strcmp(ops.v[i].k, "broadcast.ack") == 0;
	vec_release(&ops);
	arena_release(&a);
	return n;
}

static void test_each_is_acknowledged_once(void **state)
{
	struct scene s;

	(void)state;
	open_joined(&s, LANG_EN);
	notice(&s, "bc-1", "notice", "orange", "Payments are slow", true);
	scene_wait(&s, MIN);
	red(&s, "bc-2", "Payments time out");
	scene_wait(&s, 2000);
	assert_string_equal(s.ui.due, "bc-2"); // red first
	keys(&s, "F2");
	assert_int_equal(acks(&s), 1);
	keys(&s, "F2"); // the notice has only now moved up
	assert_int_equal(acks(&s), 1);
	scene_wait(&s, 2000);
	assert_string_equal(s.ui.due, "bc-1");
	keys(&s, "F2 F2");
	assert_int_equal(acks(&s), 2);
	assert_string_equal(said(&s), "Nobody is waiting. F4 starts a call by hand.");
	// What was read stays read after a restart.
	scene_restart(&s);
	struct hub_status st = scene_hub_online(&s);
	scene_hub_report(&s, &st);
	scene_hub_changed(&s);
	assert_null(model_broadcast_due(&s.model));
	scene_close(&s);
}

static void test_the_bell_rings_once(void **state)
{
	struct scene s;

	(void)state;
	open_joined(&s, LANG_EN);
	notice(&s, "bc-0", "notice", "orange", "Payments are slow", true);
	assert_false(s.ui.bell);
	red(&s, "bc-1", "Payments time out");
	assert_true(s.ui.bell);
	s.ui.bell = false;
	scene_hub_changed(&s);
	scene_wait(&s, MIN);
	assert_false(s.ui.bell);
	// A second one rings too, although the first still waits.
	red(&s, "bc-2", "Cards are refused");
	assert_true(s.ui.bell);
	s.ui.bell = false;
	keys(&s, "F2");
	scene_wait(&s, 2000);
	assert_false(s.ui.bell);
	scene_close(&s);
}

// F2 works under a dialog, which stays with what was typed in it, and the dialog stands clear of the banner.
static void test_under_a_dialog(void **state)
{
	struct scene s;

	(void)state;
	open_joined(&s, LANG_ZH);
	scene_call(&s, "13812345678", "王小芳");
	scene_wait(&s, 2000);
	keys(&s, "F2 M-t");
	type(&s, "客户问扣款");
	red(&s, "bc-1", "支付通道大面积超时");
	show(&s, "hub_red_dialog_24", 24, 80);
	scene_wait(&s, 2000);
	keys(&s, "F2");
	assert_null(model_broadcast_due(&s.model));
	assert_int_equal(s.ui.popup.kind, POPUP_PROMPT);
	assert_string_equal(lineedit_text(&s.ui.popup.fields.v[0].line), "客户问扣款");
	scene_close(&s);
}

// The list shows one in full; Enter there acknowledges, Esc does not.
static void test_reading_in_full(void **state)
{
	struct scene s;

	(void)state;
	open_joined(&s, LANG_ZH);
	keys(&s, "M-p");
	assert_string_equal(said(&s), _("No broadcast is in force."));
	red(&s, "bc-1", "支付通道大面积超时");
	keys(&s, "M-p");
	show(&s, "hub_broadcast_24", 24, 80);
	keys(&s, "Esc");
	assert_non_null(model_broadcast_due(&s.model));
	notice(&s, "bc-2", "notice", "orange", "支付通道延迟", true);
	keys(&s, "M-p");
	assert_int_equal(s.ui.popup.kind, POPUP_MENU);
	keys(&s, "2");
	assert_true(shows(&s, "不承诺具体恢复时间"));
	keys(&s, "Enter");
	assert_string_equal(model_broadcast_due(&s.model)->id, "bc-2");
	// It ends while it is read: nothing is left to do.
	keys(&s, "M-p 1");
	scene_hub_gone(&s, "broadcast", "bc-2");
	scene_hub_changed(&s);
	keys(&s, "Enter");
	assert_int_equal(s.ui.popup.kind, POPUP_NONE);
	assert_int_equal(acks(&s), 1);
	scene_close(&s);
}

// What nobody has to acknowledge goes by itself; a red event that was read stays in one line until it is over.
static void test_how_long_banners_stand(void **state)
{
	struct scene s;

	(void)state;
	open_joined(&s, LANG_EN);
	notice(&s, "bc-1", "notice", "yellow", "Lunch is at noon", false);
	scene_wait(&s, 9 * MIN);
	assert_true(shows(&s, "Lunch is at noon"));
	scene_wait(&s, 2 * MIN);
	assert_false(shows(&s, "Lunch is at noon"));
	red(&s, "bc-2", "Payments time out");
	scene_wait(&s, 2000);
	keys(&s, "F2");
	scene_wait(&s, 60 * MIN);
	assert_true(shows(&s, "Payments time out"));
	assert_int_equal(s.ui.layout.banner.h, 1);
	scene_hub_row(&s, "bc/SHA", "broadcast", "bc-3", "{'kind':'clear','title':'Payments work','incident_id':'inc-bc-2','at':1795317000000}");
	scene_hub_changed(&s);
	assert_false(shows(&s, "Payments time out"));
	scene_close(&s);
}

static void assert_clock(struct scene *s, int64_t skew_ms, const char *status, bool banner)
{
	struct hub_status st = scene_hub_online(s);

	st.skew_ms = skew_ms;
	scene_hub_report(s, &st);
	assert_int_equal(shows(s, "clock "), status != NULL);
	if (status)
		assert_true(shows(s, status));
	assert_int_equal(shows(s, "The clock of this station"), banner);
}

// sync.md §3.3 rule 10: above 2 s in the status line, above 120 s as a banner.
static void test_a_clock_that_is_off(void **state)
{
	struct scene s;

	(void)state;
	open_joined(&s, LANG_EN);
	assert_clock(&s, 2000, NULL, false);
	assert_clock(&s, -2000, NULL, false);
	assert_clock(&s, 2001, "clock +2 s", false);
	assert_clock(&s, -120000, "clock -120 s", false);
	assert_clock(&s, 120001, "clock +120 s", true);
	assert_clock(&s, -7200000, "clock -120 min", true);
	scene_close(&s);
}

// --- dialogs

static void test_not_joined(void **state)
{
	static const char *const all[] = {"hub", "hub-login", "hub-logout", "hub-sync", "hub-drill", "hub-receipt"};
	struct scene s;

	(void)state;
	scene_open(&s, LANG_EN);
	for (size_t i = 0; i < 6; i++) {
		ui_act(&s.ui, &s.model, action_by_name(all[i]));
		assert_int_equal(s.ui.popup.kind, POPUP_NONE);
		assert_non_null(strstr(said(&s), "zuoxi enrol"));
	}
	scene_close(&s);
}

static void test_the_menu_looks(void **state)
{
	struct scene s;

	(void)state;
	open_joined(&s, LANG_ZH);
	struct hub_status st = scene_hub_online(&s);
	st.unsent = 3;
	st.oldest_made = clock_wall(&s.clock) - 12 * MIN;
	st.conflicts = 1;
	scene_hub_report(&s, &st);
	s.model.roles |= USER_BIT(USER_SUPERVISOR);
	keys(&s, "M-h");
	show(&s, "hub_menu_24", 24, 80);
	keys(&s, "x r");
	type(&s, "支付通道中断");
	// What was typed is there again after Esc, and after a crash.
	keys(&s, "Esc M-h x r");
	assert_true(shows(&s, "支付通道中断"));
	scene_restart(&s);
	scene_hub_report(&s, &st);
	s.model.roles |= USER_BIT(USER_SUPERVISOR);
	keys(&s, "M-h x r");
	assert_true(shows(&s, "支付通道中断"));
	scene_close(&s);
	open_joined(&s, LANG_EN);
	keys(&s, "M-h");
	show(&s, "hub_menu_en_24", 24, 80);
	keys(&s, "c");
	assert_ptr_equal(ui_place(&s.ui, &s.model), &place_conflicts);
	scene_close(&s);
}

// Everything is asked, and a refusal can be read to its end in either language.
static void test_sending_looks(void **state)
{
	struct scene s;

	(void)state;
	open_joined(&s, LANG_ZH);
	scene_hub_online(&s);
	s.model.roles |= USER_BIT(USER_SUPERVISOR);
	keys(&s, "M-h x");
	show(&s, "hub_send_24", 24, 80);
	keys(&s, "r");
	type(&s, "银行侧支付通道中断");
	keys(&s, "Tab Tab");
	type(&s, "正在抢修，结果以短信为准。");
	show(&s, "hub_send_red_24", 24, 80);
	scene_close(&s);
	open_joined(&s, LANG_EN);
	struct hub_status st = scene_hub_online(&s);
	s.model.roles |= USER_BIT(USER_SUPERVISOR);
	keys(&s, "M-h x r");
	type(&s, "Payments fail");
	keys(&s, "Tab Tab");
	type(&s, "We are working on it.");
	st.line = HUB_OFFLINE;
	scene_hub_report(&s, &st);
	keys(&s, "Tab Tab Tab Enter");
	show(&s, "hub_send_refused_en_24", 24, 80);
	scene_close(&s);
}

static void test_a_large_outbox(void **state)
{
	struct scene s;

	(void)state;
	open_joined(&s, LANG_EN);
	struct hub_status st = scene_hub_online(&s);
	st.unsent = 9999;
	scene_hub_report(&s, &st);
	assert_false(shows(&s, "zuoxi outbox export"));
	st.unsent = 10000;
	scene_hub_report(&s, &st);
	assert_true(shows(&s, "10000 operations wait for the hub"));
	scene_close(&s);
}

static void asked_for(struct scene *s, const char *id, const char *by, const char *more)
{
	long long now = clock_wall(&s->clock);
	char *json = xasprintf("{'title':'支付通道大面积超时','body':'三个坐席在十分钟内报障。','say':'正在核实，结果以短信为准。','not_say':'不承诺恢复时间。',"
			       "'lines':'6100','requested_by':'%s','requested_at':%lld,'lapses_at':%lld,'at':%lld,'expires_at':%lld,%s}",
			       by, now, now + 60 * MIN, now, now + 240 * MIN, more);

	scene_hub_row(s, "bc/SHA", "broadcast_request", id, json);
	free(json);
	scene_hub_changed(s);
}

// A team lead asks; a supervisor reads it and sends it with one key, or says why not; who asked reads that.
static void test_asking_for_red(void **state)
{
	struct scene s;

	(void)state;
	open_joined(&s, LANG_ZH);
	s.model.roles = USER_BIT(USER_AGENT) | USER_BIT(USER_TEAM_LEAD);
	keys(&s, "M-h x");
	assert_true(shows(&s, "红色：请主管向全员播报"));
	keys(&s, "r");
	type(&s, "支付通道大面积超时");
	keys(&s, "Tab Tab");
	type(&s, "正在核实。");
	keys(&s, "Tab Tab Tab Enter");
	assert_int_equal(s.ui.popup.kind, POPUP_NONE);
	assert_string_equal(said(&s), _("The supervisors are asked: once one of them approves, it shows everywhere."));
	asked_for(&s, "rq-1", "8001", "'state':'declined','decided_by':'8009','decision_text':'只有一通来电，先观察'");
	scene_saved(&s);
	show(&s, "hub_red_declined_24", 24, 80);
	asked_for(&s, "rq-2", "8005", "'state':'open'");
	s.model.roles = USER_BIT(USER_SUPERVISOR);
	scene_hub_changed(&s);
	show(&s, "hub_red_asked_24", 24, 80);
	keys(&s, "M-p");
	show(&s, "hub_red_asked_list_24", 24, 80);
	keys(&s, "Esc");
	scene_hub_gone(&s, "broadcast_request", "rq-1");
	scene_hub_changed(&s);
	keys(&s, "M-p");
	show(&s, "hub_red_decide_24", 24, 80);
	keys(&s, "d");
	show(&s, "hub_red_decline_24", 24, 80);
	keys(&s, "Enter"); // not without a reason
	assert_int_equal(s.ui.popup.kind, POPUP_PROMPT);
	keys(&s, "Esc M-p r");
	assert_int_equal(s.ui.popup.kind, POPUP_TEXT);
	keys(&s, "Esc M-p a");
	assert_string_equal(said(&s), _("Approved: it shows everywhere once the hub has it."));
	assert_false(shows(&s, "支付通道大面积超时"));
	scene_close(&s);
}

static size_t journaled(struct scene *s, const char *text)
{
	struct journals j = {0};
	struct arena a = {0};
	size_t n = 0;

	model_flush_drafts(&s->model);
	scene_saved(s);
	scene_must(journal_list(store_reader(s->store), "desk", &j, &a, &e));
	for (size_t i = 0; i < j.n; i++)
		n += strstr(j.v[i].text, text) != NULL;
	vec_release(&j);
	arena_release(&a);
	return n;
}

static void test_logging_in(void **state)
{
	struct scene s;

	(void)state;
	open_joined(&s, LANG_ZH);
	keys(&s, "M-h l");
	assert_int_equal(s.ui.popup.field, 0); // nobody has logged in here yet
	keys(&s, "Esc");
	scene_meta(&s, "agent_login", "chen.chen");
	keys(&s, "M-h l");
	assert_int_equal(s.ui.popup.field, 1);
	type(&s, "秘 hunter2");
	show(&s, "hub_login_24", 24, 80);
	assert_false(shows(&s, "hunter2"));
	assert_int_equal(journaled(&s, "hunter2"), 0);
	// Undo has nothing to bring back from it.
	keys(&s, "C-u C-_");
	assert_string_equal(lineedit_text(&s.ui.popup.fields.v[1].line), "");
	type(&s, "hunter2");
	keys(&s, "Enter");
	assert_int_equal(s.ui.popup.kind, POPUP_NONE);
	struct hub_wish w = model_hub_take_wish(&s.model);
	assert_string_equal(w.login, "chen.chen");
	assert_string_equal(w.password, "hunter2");
	free(w.login);
	free(w.password);
	// The next one begins empty.
	keys(&s, "M-h l");
	assert_string_equal(lineedit_text(&s.ui.popup.fields.v[1].line), "");
	scene_close(&s);
}

static void test_drill_logout_and_exchange(void **state)
{
	struct scene s;

	(void)state;
	open_joined(&s, LANG_ZH);
	keys(&s, "M-h d");
	show(&s, "hub_ask_drill_24", 24, 80);
	keys(&s, "Enter"); // no is the default
	assert_false(model_hub_take_wish(&s.model).drill_on);
	keys(&s, "M-h d y");
	assert_true(model_hub_take_wish(&s.model).drill_on);
	struct hub_status st = scene_hub_online(&s);
	st.drill = true;
	st.line = HUB_OFFLINE;
	st.unsent = 4;
	scene_hub_report(&s, &st);
	keys(&s, "M-h s");
	assert_false(model_hub_take_wish(&s.model).sync_now);
	assert_string_equal(said(&s), _("This is an offline drill: end it first."));
	keys(&s, "M-h d y");
	assert_true(model_hub_take_wish(&s.model).drill_off);
	keys(&s, "M-h o");
	assert_true(shows(&s, "还有 4 条待发"));
	keys(&s, "y");
	assert_true(model_hub_take_wish(&s.model).logout);
	st = scene_hub_online(&s);
	scene_hub_report(&s, &st);
	keys(&s, "M-h s");
	assert_true(model_hub_take_wish(&s.model).sync_now);
	scene_close(&s);
}

static struct hub_receipt receipt(const struct scene *s)
{
	struct hub_receipt r = {.given = true, .from = 100, .to = 220, .at = clock_wall(&s->clock), .rejected = 1, .n_counts = 3};

	snprintf(r.counts[0].kind, sizeof(r.counts[0].kind), "call.put");
	r.counts[0].n = 60;
	snprintf(r.counts[1].kind, sizeof(r.counts[1].kind), "ticket.set");
	r.counts[1].n = 48;
	snprintf(r.counts[2].kind, sizeof(r.counts[2].kind), "note.add");
	r.counts[2].n = 12;
	snprintf(r.hash, sizeof(r.hash), "%s", "3f9a0c5d6e7b8091a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6f70819");
	return r;
}

static void test_the_receipt(void **state)
{
	struct scene s;

	(void)state;
	open_joined(&s, LANG_ZH);
	struct hub_status st = scene_hub_online(&s), clean = st;
	st.unsent = 1;
	st.oldest_made = clock_wall(&s.clock) - 12 * MIN;
	scene_hub_report(&s, &st);
	keys(&s, "M-h r");
	show(&s, "hub_receipt_refused_24", 24, 80);
	assert_false(model_hub_take_wish(&s.model).receipt);
	keys(&s, "Esc");
	scene_hub_report(&s, &clean);
	keys(&s, "M-h r");
	assert_true(model_hub_take_wish(&s.model).receipt);
	assert_true(shows(&s, "已向中心申请"));
	struct hub_receipt r = receipt(&s);
	model_hub_receipt_came(&s.model, &r);
	show(&s, "hub_receipt_24", 24, 80);
	// One that comes late takes the screen from nobody.
	keys(&s, "Esc M-h r Esc C-p");
	model_hub_receipt_came(&s.model, &r);
	ui_follow(&s.ui, &s.model);
	assert_int_equal(s.ui.popup.kind, POPUP_PICK);
	assert_non_null(strstr(said(&s), "220"));
	keys(&s, "Esc M-h r");
	r = (struct hub_receipt){0};
	snprintf(r.why, sizeof(r.why), "%s", "The hub does not have everything yet");
	model_hub_receipt_came(&s.model, &r);
	assert_true(shows(&s, "The hub does not have everything yet"));
	scene_close(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_status_line),
		cmocka_unit_test(test_no_number_is_cut),
		cmocka_unit_test(test_a_red_event_looks),
		cmocka_unit_test(test_a_red_event_while_it_rings),
		cmocka_unit_test(test_notices_look),
		cmocka_unit_test(test_a_drill_is_unmistakable),
		cmocka_unit_test(test_the_line_looks), cmocka_unit_test(test_locked_home),
		cmocka_unit_test(test_work_stays_possible),
		cmocka_unit_test(test_a_call_comes_first),
		cmocka_unit_test(test_it_is_read_first),
		cmocka_unit_test(test_each_is_acknowledged_once),
		cmocka_unit_test(test_the_bell_rings_once),
		cmocka_unit_test(test_under_a_dialog),
		cmocka_unit_test(test_reading_in_full),
		cmocka_unit_test(test_how_long_banners_stand),
		cmocka_unit_test(test_a_clock_that_is_off),
		cmocka_unit_test(test_not_joined),
		cmocka_unit_test(test_the_menu_looks), cmocka_unit_test(test_sending_looks), cmocka_unit_test(test_asking_for_red), cmocka_unit_test(test_a_large_outbox),
		cmocka_unit_test(test_logging_in),
		cmocka_unit_test(test_drill_logout_and_exchange),
		cmocka_unit_test(test_the_receipt),
	};

	return cmocka_run_group_tests_name("hub", tests, NULL, NULL);
}
