// SPDX-License-Identifier: MIT
// Knows what the loader makes of sound packs: spliced scripts, resolved targets, what is found by code, hashes.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka needs the four above first
#include <cmocka.h>
#include <pthread.h>

#include "config/pack.h"
#include "src/base/copy.h"
#include "src/base/i18n.h"
#include "src/base/path.h"

#define COMMON ZUOXI_TEST_DIR "/good/common"
#define TRADE ZUOXI_TEST_DIR "/good/trade"
static struct packs *k;

static int setup(void **state)
{
	static const char *const dirs[] = {COMMON, TRADE "/"};
	struct problems p = {0};
	(void)state;
	k = packs_load(dirs, 2, &p);
	size_t n = p.n;
	problems_release(&p);
	return n != 0;
}

static int teardown(void **state)
{
	(void)state;
	packs_free(k);
	return 0;
}

static const struct script_node *node(const struct script *s, const char *id)
{
	size_t at = script_find_node(s, sv(id));
	assert_int_not_equal(at, SCRIPT_NO_NODE);
	return &s->nodes[at];
}

static void assert_leads(const struct script *s, struct script_target t, const char *id)
{
	assert_int_equal(t.kind, TARGET_NODE);
	assert_string_equal(s->nodes[t.node].id, id);
}

static void test_head(void **state)
{
	(void)state;
	const struct pack *tr = packs_pack(k, "tr");
	assert_non_null(tr);
	assert_string_equal(tr->name, "trade");
	assert_string_equal(tr->dir, TRADE); // without the slash at its end
	assert_string_equal(tr->org.en, "Demo Bank");
	assert_string_equal(tr->industry, "finance");
	assert_null(tr->backup_phone);
	assert_int_equal(packs_pack(k, "com")->version, 3);
	assert_null(packs_pack(k, "xx"));
	assert_null(packs_pack(k, NULL));
	assert_string_equal(packs_org(k, tr).en, "Demo Bank");
	assert_string_equal(packs_org(k, packs_pack(k, "com")).en, "Demo Bank"); // a common script speaks for the trade
}

static void test_splicing(void **state)
{
	(void)state;
	const struct script *s = &packs_script(k, "tr.lost")->s;
	assert_int_equal(s->n_nodes, 4 + 6 + 1 + 5);
	assert_string_equal(s->nodes[0].id, "OPEN"); // in the order of a call
	assert_string_equal(s->nodes[4].id, "L1");
	assert_string_equal(s->nodes[s->n_nodes - 1].id, "END");
	assert_string_equal(s->nodes[s->entry].id, "OPEN");
	assert_string_equal(s->nodes[s->close_node].id, "SUMMARY");
	// "@main" of the opening leads to L1, an id of a fragment from outside works too
	assert_leads(s, node(s, "RESTATE")->options[0].next, "L1");
	assert_leads(s, node(s, "RESTATE")->options[1].next, "NEED");
	assert_leads(s, node(s, "L5")->next, "P1");
	assert_int_equal(node(s, "P1")->next.kind, TARGET_CLOSE);
	assert_int_equal(node(s, "O1")->next.kind, TARGET_RETURN);
	assert_leads(s, node(s, "L2")->on_fail, "L3");
	// the fragment by itself
	const struct script *open = &packs_script(k, "com.open")->s;
	assert_int_equal(open->n_nodes, 4);
	assert_int_equal(node(open, "RESTATE")->options[0].next.kind, TARGET_MAIN);
	assert_int_equal(open->close_node, SCRIPT_NO_NODE);
}

static void test_nodes(void **state)
{
	(void)state;
	const struct script *s = &packs_script(k, "tr.lost")->s;
	const struct script_node *l1 = node(s, "L1");
	assert_string_equal(l1->disclosure, "fee");
	assert_int_equal(l1->marks, MARK_BIT(MARK_PLAN) | MARK_BIT(MARK_DISCLOSURE));
	assert_true(l1->required);
	assert_int_equal(l1->line, 14);
	assert_int_equal(l1->col, 5);
	assert_int_equal(node(s, "SUMMARY")->line, 9); // where "shared" brings it in
	assert_int_equal(node(s, "NEED")->stage, STAGE_LISTEN);
	assert_string_equal(node(s, "NEED")->into, "base.need");
	assert_non_null(node(s, "L2")->check);
	const struct script_option *o = node(s, "L3")->options;
	assert_int_equal(o->key, '1');
	assert_string_equal(o->set.v[0].name, "form.told");
	assert_string_equal(o->set.v[0].value, "true");
	assert_int_equal(node(s, "L4")->articles.n, 1);
	assert_int_equal(node(s, "L5")->fields.n, 3);
	assert_string_equal(s->needs.v[0], "fee");
	assert_int_equal(s->n_objections, 1);
	assert_string_equal(s->nodes[s->objections[0].entry].id, "O1");
	const struct script *side = packs_side(k, 's');
	assert_string_equal(side->code, "com.soothe");
	assert_true(side->nodes[0].has_empathy);
	assert_int_equal(side->nodes[0].empathy, EMOTION_ANGER);
	assert_null(packs_side(k, 'x'));
}

static void test_the_rest(void **state)
{
	const struct script *mains[4];
	(void)state;
	const struct category *c = category_find(&k->categories, "card.lost");
	assert_true(c->red && c->leaf);
	assert_int_equal(c->impact, 2);
	assert_string_equal(c->pack, "tr");
	assert_string_equal(c->initials, "kpgs");
	assert_false(category_find(&k->categories, "card")->leaf);
	assert_null(category_find(&k->categories, "empty")); // a branch without leaves is not offered
	assert_int_equal(k->n_category_codes, 4);
	const struct disposition *d = disposition_find(&k->dispositions, "TR_BLOCKED");
	assert_int_equal(d->class_, DISPOSITION_RESOLVED);
	assert_true(disposition_find(&k->dispositions, "CB_BOOKED")->needs_follow_up);
	assert_int_equal(k->n_causes, 4);
	assert_string_equal(k->causes[0].code, "system"); // in the order written
	assert_true(packs_cause(k, "paper")->retired);
	assert_string_equal(packs_cause(k, "card_worn")->text.en, "the card was worn");
	assert_null(packs_cause(k, "none"));
	const struct form *f = &packs_form(k, "tr_lost")->f;
	assert_int_equal(f->n_fields, 3);
	assert_int_equal(f->fields[0].n_options, 2);
	assert_non_null(f->fields[1].show_expr);
	assert_string_equal(f->fields[1].mask, "card");
	assert_int_equal(f->fields[1].pii, PII_LOW);
	assert_int_equal(lexicon_size(k->lexicon), 2);
	assert_string_equal(packs_article(k, "KB-TR-001")->file, TRADE "/kb/KB-TR-001.md");
	assert_null(packs_article(k, "KB-TR-002"));
	// a trade's own settings first, then the common ones, never another trade's
	assert_string_equal(packs_value(k, packs_pack(k, "tr"), "fee")->en, "ten yuan");
	assert_string_equal(packs_value(k, packs_pack(k, "tr"), "hold_limit")->en, "two minutes");
	assert_null(packs_value(k, packs_pack(k, "com"), "fee"));
	assert_int_equal(packs_main_scripts(k, mains, 4), 1);
	assert_string_equal(mains[0]->code, "tr.lost");
}

static void test_scenario(void **state)
{
	(void)state;
	assert_null(packs_scenario(k, "tr.lost.02"));
	const struct pack_scenario *ps = packs_scenario(k, "tr.lost.01");
	const struct scenario *s = &ps->s;
	assert_string_equal(ps->file, TRADE "/scenarios/tr_lost_01.yaml");
	assert_ptr_equal(ps->pack, packs_pack(k, "tr"));
	assert_string_equal(s->pack, "tr");
	assert_true(s->certifies && !s->broken);
	assert_int_equal(s->wrap_limit_s, 180);
	assert_int_equal(s->start_class, EMOTION_ANXIETY);
	assert_int_equal(s->n_callers, 2);
	const struct persona *p = &s->callers[0].persona, *q = &s->callers[1].persona;
	assert_string_equal(p->name.en, "Mr Zhou");
	assert_string_equal(p->facts[0].label.zh, "卡尾号");
	assert_string_equal(p->facts[0].value.en, "7719");
	assert_string_equal(p->facts[1].value.zh, "49800");
	assert_string_equal(p->facts[2].value.en, "Wuxi");
	assert_null(p->facts[2].label.en);
	// A name, and a fact, may be the same in both languages.
	assert_string_equal(q->name.zh, "王女士");
	assert_string_equal(q->name.en, "王女士");
	assert_string_equal(q->facts[0].value.en, "1234");
	assert_string_equal(s->callers[0].tier, "gold");
	assert_int_equal(s->callers[0].first_beat, 0);
	assert_int_equal(s->callers[1].first_beat, 4);
	assert_int_equal(s->callers[1].channel, CHANNEL_CHAT);
	assert_int_equal(s->callers[1].at_s, 40);
	assert_int_equal(s->words[0].n_any, 3);
	assert_int_equal(s->words[0].n_none, 1);
	assert_string_equal(s->words[2].any[0], "法院"); // a single word stands for a list of one
	const struct scenario_beat *b = &s->beats[0];
	assert_true(b->start && b->has_emotion);
	assert_int_equal(b->n_says, 2);
	assert_int_equal(b->n_expect, 8);
	assert_int_equal(b->expect[1].from, EXPECT_FROM_ANSWER);
	assert_int_equal(b->expect[1].weight, 3);
	assert_ptr_equal(b->expect[2].words, &s->words[2]);
	assert_int_equal(b->next[0].beat, 1);
	assert_non_null(b->next[0].cond);
	assert_null(b->next[1].cond);
	assert_int_equal(s->beats[1].end, BEAT_WAITS);
	assert_non_null(s->beats[3].when);
	const struct curveball *c = &s->curveballs[0];
	assert_int_equal(c->at_beat, 2);
	assert_int_equal(c->at_s, 150);
	assert_int_equal(c->chance, 50);
	assert_int_equal(c->beat, SCENARIO_NONE);
	assert_int_equal(c->caller, -1);
	assert_int_equal(s->curveballs[2].beat, 2);
	assert_int_equal(s->objections[0].beat, 2);
	assert_int_equal(s->objections[0].moves, 15);
	assert_ptr_equal(s->objections[0].words[MOVE_ANSWER], &s->words[1]);
	assert_null(s->objections[0].words[MOVE_CLARIFY]);
	assert_int_equal(s->cards[0].beat, 0);
	assert_int_equal(s->cards[1].beat, 0);
	assert_non_null(s->criticals[1].cond);
	assert_non_null(s->fail);
	assert_int_equal(s->end_line, 64);
}

static void *load_again(void *arg)
{
	const char *dir = arg;
	struct problems p = {0};
	struct packs *again = packs_load(&dir, 1, &p);
	problems_release(&p);
	return again;
}

// The hash hangs on paths and bytes inside the pack only, and loading works on any thread.
static void test_hash_and_threads(void **state)
{
	static char common[] = COMMON, trade[] = TRADE;
	pthread_t t[2];
	void *other[2];
	(void)state;
	pthread_create(&t[0], NULL, load_again, common);
	pthread_create(&t[1], NULL, load_again, trade);
	for (size_t i = 0; i < 2; i++) {
		pthread_join(t[i], &other[i]);
		struct packs *again = other[i];
		assert_int_equal(strlen(again->v[0].hash), 64);
		assert_string_equal(again->v[0].hash, k->v[i].hash);
		packs_free(again);
	}
	assert_string_not_equal(k->v[0].hash, k->v[1].hash);
}

static void hash_of(const char *dir, char out[65])
{
	struct problems p = {0};
	struct packs *again = packs_load(&dir, 1, &p);
	memcpy(out, again->v[0].hash, 65);
	packs_free(again);
	problems_release(&p);
}

// A copy has the same hash; one byte, one name or a byte moved between two files makes it another.
static void test_hash_sees_every_byte(void **state)
{
	char root[] = "zuoxi-pack-XXXXXX", dir[64], one[96], two[96], was[65], now[65];
	struct err e = {0};
	(void)state;
	assert_non_null(mkdtemp(root));
	snprintf(dir, sizeof(dir), "%s/common", root);
	snprintf(one, sizeof(one), "%s/kb/KB-COM-001.md", dir);
	snprintf(two, sizeof(two), "%s/kb/KB-COM-002.md", dir);
	assert_true(copy_folder(COMMON, dir, &e));
	hash_of(dir, was);
	assert_string_equal(was, k->v[0].hash);
	assert_true(path_write_atomic(one, sv("ab"), 0600, &e));
	assert_true(path_write_atomic(two, sv("c"), 0600, &e));
	hash_of(dir, was);
	assert_true(path_write_atomic(one, sv("aB"), 0600, &e));
	hash_of(dir, now);
	assert_string_not_equal(was, now);
	assert_true(path_write_atomic(one, sv("a"), 0600, &e));
	assert_true(path_write_atomic(two, sv("bc"), 0600, &e));
	hash_of(dir, now);
	assert_string_not_equal(was, now);
	hash_of(dir, was);
	snprintf(one, sizeof(one), "%s/kb/KB-COM-003.md", dir);
	assert_int_equal(rename(two, one), 0);
	hash_of(dir, now);
	assert_string_not_equal(was, now);
	assert_true(remove_folder(root, &e));
}

static void test_hash_sees_scenarios(void **state)
{
	char root[] = "zuoxi-pack-XXXXXX", dir[64], file[128], was[65], now[65];
	struct err e = {0};
	(void)state;
	assert_non_null(mkdtemp(root));
	snprintf(dir, sizeof(dir), "%s/trade", root);
	snprintf(file, sizeof(file), "%s/scenarios/tr_lost_01.yaml", dir);
	assert_true(copy_folder(TRADE, dir, &e));
	hash_of(dir, was);
	assert_true(path_write_atomic(file, sv("scenario: tr.lost.01"), 0600, &e));
	hash_of(dir, now);
	assert_string_not_equal(was, now);
	assert_true(remove_folder(root, &e));
}

static void test_no_pack(void **state)
{
	static const char *const dirs[] = {ZUOXI_TEST_DIR "/good"};
	struct problems p = {0};
	(void)state;
	struct packs *none = packs_load(dirs, 1, &p);
	assert_int_equal(p.errors, 1);
	assert_string_equal(p.v[0].file, ZUOXI_TEST_DIR "/good");
	assert_null(packs_script(none, "tr.lost"));
	packs_free(none);
	problems_release(&p);
	packs_free(NULL);
}

static void test_find_order(void **state)
{
	struct arena a = {0};
	struct err e = {0};
	const char **dirs;
	size_t n;
	(void)state;
	assert_true(packs_find(ZUOXI_PACKS_DIR, &dirs, &n, &a, &e));
	assert_int_equal(n, 4);
	assert_string_equal(dirs[0], ZUOXI_PACKS_DIR "/common"); // before airline
	assert_string_equal(dirs[1], ZUOXI_PACKS_DIR "/airline");
	assert_false(packs_find(ZUOXI_PACKS_DIR "/nowhere", &dirs, &n, &a, &e));
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_head),
		cmocka_unit_test(test_splicing),
		cmocka_unit_test(test_nodes),
		cmocka_unit_test(test_the_rest),
		cmocka_unit_test(test_scenario),
		cmocka_unit_test(test_hash_and_threads),
		cmocka_unit_test(test_hash_sees_scenarios),
		cmocka_unit_test(test_hash_sees_every_byte),
		cmocka_unit_test(test_no_pack),
		cmocka_unit_test(test_find_order),
	};
	i18n_init("en", NULL);
	return cmocka_run_group_tests(tests, setup, teardown);
}
