// SPDX-License-Identifier: MIT
// Knows what the random agent does: keys of the keymap, text, whole little tasks; and what happens around it meanwhile.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>

#include "src/base/utf8.h"
#include "src/cti/sim.h"
#include "tests/view/monkey.h"
#include "ui/kbdesk.h"

uint64_t monkey_dice(struct monkey *k, uint64_t below)
{
	// splitmix64
	uint64_t z = (k->dice += 0x9E3779B97F4A7C15ULL);

	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
	z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
	return (z ^ (z >> 31)) % below;
}

bool monkey_one_in(struct monkey *k, uint64_t n)
{
	return monkey_dice(k, n) == 0;
}

void monkey_keys_init(struct monkey *k)
{
	struct err e = {0};
	struct key key;

	for (int a = 1; a < ACT_COUNT; a++) {
		struct sv rest = sv(action_info((enum action)a)->keys), name;
		while (sv_split(&rest, ' ', &name))
			if (name.n && key_parse(name, &key, &e))
				vec_push(&k->bound, key);
	}
}

// --- what the program does after each key (src/app.c), with the fake clock

static void obey(struct monkey *k)
{
	struct ui *u = &k->s.ui;

	if (u->lang_asked)
		i18n_init(u->want_lang == LANG_ZH ? "zh_CN" : "en", NULL);
	if (u->theme_asked) {
		bool ascii = u->theme.ascii;
		u->theme = *theme_by_name(theme_next(u->theme.name));
		theme_start(&u->theme, NULL);
		u->theme.ascii = ascii;
	}
	if (u->outside)
		kb_outside_done(u, &k->s.model, monkey_one_in(k, 2) ? "## 外\n\x1b[0m\u202e文" : NULL, &(struct err){.msg = "none"});
	u->lang_asked = u->theme_asked = u->redraw = u->suspend = u->outside = false;
	if (!u->quit)
		return;
	int rows = u->rows, cols = u->cols;
	k->last = "a restart";
	scene_restart(&k->s);
	monkey_practice(k);
	scene_size(&k->s, rows, cols);
	theme_start(&u->theme, NULL);
	k->dirty_since = 0;
	k->restarts++;
	monkey_hub_join(k);
}

static void settle(struct monkey *k)
{
	struct model *m = &k->s.model;
	int64_t now = clock_mono(&k->s.clock);

	obey(k);
	monkey_hub_obey(k);
	model_pump_phone(m);
	model_store_poll(m);
	model_tick(m);
	ui_follow(&k->s.ui, m);
	if (!model_drafts_dirty(m))
		k->dirty_since = 0;
	else if (!k->dirty_since)
		k->dirty_since = now;
	else if (now - k->dirty_since >= 1000) {
		model_flush_drafts(m);
		k->dirty_since = 0;
	}
}

void monkey_key(struct monkey *k, struct key key)
{
	ui_key(&k->s.ui, &k->s.model, key);
	k->keys++;
	settle(k);
	monkey_visit(k);
	monkey_check_state(k);
}

void monkey_press(struct monkey *k, enum key_kind kind)
{
	monkey_key(k, (struct key){.kind = kind});
}

void monkey_type(struct monkey *k, const char *text)
{
	for (struct sv s = sv(text); s.n;) {
		struct key key = {.kind = K_CHAR};
		size_t n = utf8_decode(s, &key.cp);
		s = sv_n(s.p + n, s.n - n);
		monkey_key(k, key);
	}
}

void monkey_alt(struct monkey *k, char c)
{
	monkey_key(k, (struct key){.kind = K_CHAR, .cp = (uint32_t)c, .mods = MOD_ALT});
}

// --- text

static const char *const phrases[] = {
	"冻结", "退款", "银行卡被冻结了怎么办", "refund", "+2h", "明天 10:00", "13812345678", "4111 1111 1111 1111", "6222021234567890123",
	"验证码123456", "密码是abc123", "客户要求解除风控限制并回电", "XA1357", "dj", "tk", "👨‍👩‍👧", "é̂̃̄̅̆", "\u202e倒", "ＡＢＣ１２３", "2026-11-23", "99.50", "supervisor",
	"陈", "KB-FIN-011", "他说明天上午再联系，语气已经缓和", "a b", "%s%n", "'; drop table", "ﷺ", "\u200d\u200d",
};

const char *monkey_phrase(struct monkey *k)
{
	return phrases[monkey_dice(k, sizeof(phrases) / sizeof(*phrases))];
}

static struct key random_char(struct monkey *k)
{
	static const uint32_t odd[] = {0x51BB, 0x7ED3, 0xFF11, 0x1F600, 0x301, 0x200D, 0x202E, 0xFEFF, 0x85, 0x7F, 0x10FFFF, 0xAC00, 0x5D0, 0x3000};
	uint32_t cp = ' ' + (uint32_t)monkey_dice(k, 95);

	if (monkey_one_in(k, 8))
		cp = odd[monkey_dice(k, sizeof(odd) / sizeof(*odd))];
	return (struct key){.kind = K_CHAR, .cp = cp};
}

static void paste(struct monkey *k)
{
	struct str text = {0};

	k->last = "a paste";
	// The choices of the category are at one field of many.
	if (monkey_one_in(k, 2) && ui_place(&k->s.ui, &k->s.model) == &place_kb_write) {
		for (int i = 0; i < WRITE_FIELDS && k->s.ui.kbdesk->write.at != WRITE_CATEGORY; i++)
			monkey_press(k, K_TAB);
		monkey_key(k, (struct key){.kind = K_DOWN, .mods = MOD_ALT});
		monkey_press(k, K_ENTER);
	}
	for (uint64_t n = monkey_dice(k, 6); n-- > 0;) {
		str_add(&text, monkey_phrase(k));
		str_add(&text, monkey_one_in(k, 3) ? "\r\n" : monkey_one_in(k, 4) ? "\t" : "");
		if (monkey_one_in(k, 4))
			str_addc(&text, (char)monkey_dice(k, 256));
	}
	if (monkey_one_in(k, 40))
		for (int i = 0; i < 3000; i++)
			str_add(&text, "长");
	ui_paste(&k->s.ui, &k->s.model, sv_n(str_z(&text), text.n));
	str_release(&text);
}

static struct key navigation(struct monkey *k)
{
	static const enum key_kind kinds[] = {K_ENTER, K_ENTER, K_ENTER, K_TAB, K_TAB, K_ESC, K_UP, K_DOWN, K_DOWN, K_LEFT, K_RIGHT,
					      K_BACKSPACE, K_HOME, K_END, K_PGUP, K_PGDN};
	static const char letters[] = "yynlx123456789cdbtoe ";

	if (monkey_one_in(k, 3))
		return (struct key){.kind = K_CHAR, .cp = (uint32_t)letters[monkey_dice(k, sizeof(letters) - 1)]};
	return (struct key){.kind = kinds[monkey_dice(k, sizeof(kinds) / sizeof(*kinds))], .mods = monkey_one_in(k, 20) ? MOD_SHIFT : 0};
}

// --- the world

static void fresh_call(struct monkey *k)
{
	char number[24];
	bool chat = monkey_one_in(k, 3);

	snprintf(number, sizeof(number), "138%08d", (int)monkey_dice(k, 12) * 1111111);
	const char *id = sim_offer(k->s.cti, chat ? CTI_CHAT : CTI_PHONE, number, monkey_one_in(k, 3) ? NULL : "王\u202e芳", monkey_one_in(k, 2) ? "account" : NULL);
	if (chat)
		sim_say(k->s.cti, id, monkey_phrase(k));
}

static void phone(struct monkey *k)
{
	const struct model *m = &k->s.model;
	const struct work *w = m->works.n ? m->works.v[monkey_dice(k, m->works.n)] : NULL;

	k->last = "the telephone";
	if (m->works.n < 4 && monkey_one_in(k, 2))
		fresh_call(k);
	else if (w && w->contact->call && monkey_one_in(k, 3))
		sim_end(k->s.cti, w->contact->call, monkey_one_in(k, 3) ? CTI_WHY_FAULT : CTI_WHY_CUSTOMER);
	else if (w && w->contact->call)
		sim_say(k->s.cti, w->contact->call, monkey_phrase(k));
	else
		sim_link(k->s.cti, !monkey_one_in(k, 4));
	if (monkey_one_in(k, 6))
		sim_link(k->s.cti, true);
}

static void time_passes(struct monkey *k)
{
	int64_t ms = monkey_one_in(k, 300) ? 3600000 * 7 : monkey_one_in(k, 40) ? 120000 : monkey_one_in(k, 6) ? 12000 : (int64_t)monkey_dice(k, 1500);

	k->last = "a while";
	clock_fake_add(&k->s.clock, ms);
}

static void resize(struct monkey *k)
{
	static const int sizes[][2] = {{24, 80}, {40, 120}, {25, 95}, {60, 220}, {24, 80}, {20, 70}, {50, 110}, {3, 5}, {200, 400}};
	size_t n = monkey_dice(k, sizeof(sizes) / sizeof(*sizes));
	bool ascii = monkey_one_in(k, 4);

	k->last = "a resize";
	golden_close(&k->g);
	golden_open(&k->g, sizes[n][0], sizes[n][1], k->s.ui.theme.name);
	cells_resize(k->screen, sizes[n][0], sizes[n][1]);
	k->s.ui.theme = k->g.theme;
	k->s.ui.theme.ascii = ascii;
	scene_size(&k->s, sizes[n][0], sizes[n][1]);
}

// --- little tasks, by keys

static void command(struct monkey *k)
{
	enum action a = (enum action)(1 + monkey_dice(k, ACT_COUNT - 1));

	// Those without a key are reached only here.
	for (bool rare = monkey_one_in(k, 2); rare && *action_info(a)->keys;)
		a = (enum action)(1 + monkey_dice(k, ACT_COUNT - 1));
	const char *name = action_info(a)->name;
	k->last = name;
	monkey_key(k, (struct key){.kind = K_CHAR, .cp = 'p', .mods = MOD_CTRL});
	monkey_type(k, name);
	monkey_press(k, K_ENTER);
}

static void fill_prompt(struct monkey *k)
{
	size_t fields = k->s.ui.popup.kind == POPUP_PROMPT ? k->s.ui.popup.fields.n : 0;

	k->last = "filling a prompt";
	for (size_t i = 0; i < fields; i++) {
		monkey_type(k, monkey_phrase(k));
		monkey_press(k, K_ENTER);
	}
}

static void read_article(struct monkey *k)
{
	k->last = "reading an article";
	monkey_key(k, (struct key){.kind = K_CHAR, .cp = 'f', .mods = MOD_CTRL});
	monkey_key(k, (struct key){.kind = K_CHAR, .cp = 'u', .mods = MOD_CTRL});
	monkey_type(k, monkey_one_in(k, 2) ? "冻结" : "退款");
	monkey_press(k, K_ENTER);
	monkey_press(k, K_ENTER);
	// Some are read to their end and confirmed, of some the versions are looked at.
	if (monkey_one_in(k, 3)) {
		monkey_press(k, K_PGDN);
		monkey_press(k, K_PGDN);
		clock_fake_add(&k->s.clock, 4000);
		monkey_type(k, monkey_one_in(k, 2) ? "r2" : "r1");
	} else if (monkey_one_in(k, 2)) {
		static const char *const ways[] = {"hd", "hmjd", "hdfn", "hdp", "hjd"};
		monkey_type(k, ways[monkey_dice(k, sizeof(ways) / sizeof(*ways))]);
		monkey_press(k, monkey_one_in(k, 2) ? K_ENTER : K_ESC);
	}
}

// An article being written keeps the keys of other tasks to itself.
static void leave_the_knowledge_desk(struct monkey *k)
{
	if (k->s.ui.screen == SCREEN_KB_DESK && k->s.ui.popup.kind != POPUP_NONE)
		monkey_press(k, K_ESC);
	if (k->s.ui.screen == SCREEN_KB_DESK)
		monkey_alt(k, 'd');
}

static void take_a_call(struct monkey *k)
{
	leave_the_knowledge_desk(k);
	k->last = "taking a call";
	if (!model_ringing(&k->s.model) && k->s.model.works.n < 4)
		fresh_call(k);
	for (int i = 0; i < 3; i++)
		monkey_press(k, K_ESC);
	monkey_key(k, (struct key){.kind = K_F, .cp = 2});
	monkey_alt(k, 'c');
	monkey_type(k, monkey_one_in(k, 2) ? "冻结" : "退");
	monkey_press(k, K_ENTER);
	monkey_alt(k, '1');
}

static void past_calls(struct monkey *k)
{
	k->last = "my calls";
	monkey_press(k, K_ESC);
	monkey_key(k, (struct key){.kind = K_F, .cp = 10});
	for (uint64_t n = monkey_dice(k, 4); n-- > 0;)
		monkey_press(k, K_DOWN);
	if (monkey_one_in(k, 2)) {
		monkey_type(k, "c");
		return;
	}
	monkey_press(k, K_ENTER);
	for (uint64_t n = monkey_dice(k, 8); n-- > 0;)
		monkey_press(k, K_UP);
	monkey_press(k, K_ENTER);
}

static void book_call_back(struct monkey *k)
{
	k->last = "booking a call-back";
	monkey_alt(k, 'k');
	monkey_type(k, "+30m");
	monkey_press(k, K_ENTER);
	monkey_type(k, monkey_phrase(k));
	monkey_press(k, K_ENTER);
}

static void at_the_desk(struct monkey *k)
{
	k->last = "looking at the desk";
	monkey_press(k, K_ESC);
	monkey_key(k, (struct key){.kind = K_CHAR, .cp = 't', .mods = MOD_CTRL});
	monkey_type(k, "0");
	for (uint64_t n = monkey_dice(k, 3); n-- > 0;)
		monkey_press(k, K_TAB);
	for (uint64_t n = monkey_dice(k, 3); n-- > 0;)
		monkey_press(k, K_DOWN);
	monkey_press(k, K_ENTER);
}

static void at_the_knowledge_desk(struct monkey *k)
{
	static const char *const deeds[] = {"eesraxwnb", "admxocmd", "evthvte", "enb"}; // of each list

	k->last = "the knowledge desk";
	if (monkey_one_in(k, 4)) {
		monkey_alt(k, 'g');
		fill_prompt(k);
	}
	for (int i = 0; i < 2; i++)
		monkey_press(k, K_ESC);
	if (k->s.ui.screen != SCREEN_KB_DESK)
		monkey_alt(k, 'd');
	const char *here = deeds[monkey_dice(k, 4)];
	for (uint32_t i = 0; i < 4; i++)
		if (deeds[i] == here)
			monkey_key(k, (struct key){.kind = K_CHAR, .cp = '1' + i});
	for (uint64_t n = monkey_dice(k, 4); n-- > 0;)
		monkey_press(k, K_DOWN);
	if (monkey_one_in(k, 4)) {
		monkey_alt(k, 'w');
		monkey_type(k, monkey_one_in(k, 2) ? "f" : "h");
	} else {
		monkey_key(k, (struct key){.kind = K_CHAR, .cp = (uint32_t)(unsigned char)here[monkey_dice(k, strlen(here))]});
	}
	if (monkey_one_in(k, 2))
		monkey_type(k, "y");
	if (k->s.ui.popup.kind == POPUP_PICK && monkey_one_in(k, 2))
		monkey_press(k, K_ENTER);
	if (k->s.ui.popup.kind == POPUP_PROMPT && monkey_one_in(k, 2))
		fill_prompt(k);
}

// In an article: some fields filled in, then left in one way or another.
static void write_a_bit(struct monkey *k)
{
	if (ui_place(&k->s.ui, &k->s.model) != &place_kb_write)
		at_the_knowledge_desk(k);
	k->last = "writing an article";
	for (uint64_t n = monkey_dice(k, 6); n-- > 0;) {
		for (uint64_t t = monkey_dice(k, 9); t-- > 0;)
			monkey_press(k, K_TAB);
		if (monkey_one_in(k, 3))
			monkey_key(k, (struct key){.kind = K_DOWN, .mods = MOD_ALT});
		else
			monkey_type(k, monkey_phrase(k));
	}
	if (monkey_one_in(k, 2))
		monkey_key(k, (struct key){.kind = K_CHAR, .cp = 's', .mods = MOD_CTRL});
	if (monkey_one_in(k, 2))
		return;
	monkey_press(k, K_ESC);
	monkey_type(k, monkey_one_in(k, 2) ? "k" : "x");
}

static void hand_over(struct monkey *k)
{
	k->last = "handing over";
	monkey_press(k, K_ESC);
	monkey_key(k, (struct key){.kind = K_F, .cp = 7});
	monkey_type(k, monkey_one_in(k, 2) ? "x" : "c");
	monkey_type(k, "supervisor");
	monkey_press(k, K_ENTER);
	if (monkey_one_in(k, 2))
		return;
	monkey_key(k, (struct key){.kind = K_F, .cp = 7});
	monkey_type(k, "t");
}

// Scripts are long; a step in the middle of one is jumped to.
static void deep_in_a_script(struct monkey *k)
{
	const struct packs *packs = k->s.model.packs;
	const struct script *s = &packs->scripts[monkey_dice(k, packs->n_scripts)].s;
	size_t node = monkey_dice(k, s->n_nodes);
	bool offer = monkey_one_in(k, 2);

	// Few scripts make an offer.
	for (size_t i = 0; offer && i < packs->n_scripts; i++)
		for (size_t n = 0; n < packs->scripts[i].s.n_nodes; n++)
			if (packs->scripts[i].s.nodes[n].kind == NODE_OFFER && monkey_one_in(k, 3)) {
				s = &packs->scripts[i].s;
				node = n;
			}
	if (monkey_one_in(k, 2))
		take_a_call(k);
	leave_the_knowledge_desk(k);
	k->last = "a step of a script";
	monkey_press(k, K_ESC);
	monkey_alt(k, 's');
	monkey_type(k, s->code);
	monkey_press(k, K_ENTER);
	monkey_alt(k, '1');
	monkey_type(k, "g");
	monkey_type(k, s->nodes[node].id);
	monkey_press(k, K_ENTER);
	monkey_press(k, K_ENTER);
}

void monkey_finish(struct monkey *k, struct work *w)
{
	struct model *m = &k->s.model;
	struct err e = {0};
	char id[40];

	snprintf(id, sizeof(id), "%s", w->contact->id);
	k->last = "finishing a contact";
	if (w->read_only) {
		model_close_view(m);
		return;
	}
	if (contact_is_ringing(w->contact) && !model_reject(m, w, "busy", &e))
		return;
	settle(k);
	for (size_t i = 0; i < m->works.n; i++)
		if (strcmp(m->works.v[i]->contact->id, id) == 0)
			w = m->works.v[i], i = m->works.n, id[0] = '\0';
	if (id[0])
		return;
	bool ended = w->contact->state == CALL_WRAP_UP ||
		     (w->contact->state == CALL_DROPPED ? model_give_up(m, w, &e) : model_hangup(m, w, &e));
	settle(k);
	if (!ended || w->contact->state != CALL_WRAP_UP)
		return;
	const struct disposition_set *all = m->world.dispositions;
	for (size_t i = 0; i < all->n; i++)
		if (all->v[i].class_ == DISPOSITION_INVALID && model_disposition(m, w, all->v[i].code, &e))
			break;
	static const char *const fill[][2] = {{"base.need", "无声"}, {"base.solution", "已结束"}, {"base.follow_up", "none"},
					      {"base.intent", "inquiry"}, {"base.difficulty", "d1"}};
	for (size_t i = 0; i < sizeof(fill) / sizeof(*fill); i++)
		if (!model_form_set(m, w, fill[i][0], fill[i][1], &e))
			e.code = ERR_NONE;
	if (!model_save(m, w, &e))
		e.code = ERR_NONE;
	settle(k);
}

static void tidy(struct monkey *k)
{
	struct model *m = &k->s.model;

	for (size_t i = 0; i < m->works.n; i++)
		if (m->works.v[i]->contact->events.n > 250 || m->works.n > 5) {
			monkey_finish(k, m->works.v[i]);
			return;
		}
}

// Nobody in hand, ready and then busy: a state that a busy shift never has by itself.
static void clear_the_desk(struct monkey *k)
{
	struct model *m = &k->s.model;

	if (!monkey_one_in(k, 4))
		return;
	for (size_t n = m->works.n; n > 0 && m->works.n; n--)
		monkey_finish(k, m->works.v[m->works.n - 1]);
	k->last = "clearing the desk";
	monkey_press(k, K_ESC);
	monkey_key(k, (struct key){.kind = K_F, .cp = 5});
	if (monkey_one_in(k, 2))
		monkey_key(k, (struct key){.kind = K_F, .cp = 5});
}

static void task(struct monkey *k)
{
	switch (monkey_dice(k, 17)) {
	case 0: case 1: command(k); break;
	case 2: case 3: fill_prompt(k); break;
	case 4: read_article(k); break;
	case 5: take_a_call(k); break;
	case 6: past_calls(k); break;
	case 7: book_call_back(k); break;
	case 8: at_the_desk(k); break;
	case 9: case 12: case 13: deep_in_a_script(k); break;
	case 10: hand_over(k); break;
	case 11: clear_the_desk(k); break;
	case 15: (monkey_one_in(k, 2) ? at_the_knowledge_desk : write_a_bit)(k); break;
	case 16: deep_in_a_script(k); break;
	default: monkey_type(k, monkey_phrase(k)); break;
	}
}

void monkey_step(struct monkey *k)
{
	uint64_t r = monkey_dice(k, 1000);

	if (r < 300) {
		k->last = "a bound key";
		monkey_key(k, k->bound.v[monkey_dice(k, k->bound.n)]);
	} else if (r < 520) {
		k->last = "a character";
		monkey_key(k, random_char(k));
	} else if (r < 780) {
		k->last = "moving";
		monkey_key(k, navigation(k));
	} else if (r < 850) {
		task(k);
	} else if (r < 860) {
		paste(k);
	} else if (r < 867) {
		monkey_at_the_hub(k);
	} else if (r < 880) {
		k->last = "a click";
		ui_click(&k->s.ui, &k->s.model, (int)monkey_dice(k, 60) - 2, (int)monkey_dice(k, 130) - 2, (int)monkey_dice(k, 3) - 1);
	} else if (r < 883) {
		resize(k);
	} else if (r < 965) {
		time_passes(k);
	} else if (r < 972) {
		monkey_hub_news(k);
	} else {
		phone(k);
	}
	settle(k);
	monkey_check_state(k);
	if (monkey_one_in(k, 50))
		tidy(k);
}
