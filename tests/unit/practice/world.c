// SPDX-License-Identifier: MIT
// Knows a small world for the contacts of a practice session.
#include "tests/unit/practice/world.h"

static const struct form_field fields[] = {
	{.code = "need", .label = {"诉求", "Need"}, .type = FIELD_MEMO},
	{.code = "category", .label = {"分类", "Category"}, .type = FIELD_CATEGORY},
	{.code = "solution", .label = {"方案", "Solution"}, .type = FIELD_MEMO},
	{.code = "disposition", .label = {"结果", "Disposition"}, .type = FIELD_DISPOSITION},
};
static const struct form base = {.code = "base", .version = 1, .title = {"基本", "Base"}, .fields = fields, .n_fields = 4};

#define TO(i) {.kind = TARGET_NODE, .node = (i)}
static const struct script_node nodes[] = {
	{.id = "HELLO", .kind = NODE_SAY, .text = {"您好", "Hello"}, .marks = MARK_BIT(MARK_ACK), .required = true, .next = TO(1)},
	{.id = "NOTICE", .kind = NODE_SAY, .text = {"通话会被录音", "This call is recorded"}, .marks = MARK_BIT(MARK_DISCLOSURE), .required = true,
	 .disclosure = "recording", .next = TO(2)},
	{.id = "PLAN", .kind = NODE_SAY, .text = {"我们这样办", "This is the plan"}, .marks = MARK_BIT(MARK_PLAN), .required = true, .next = TO(3)},
	{.id = "BYE", .kind = NODE_END, .text = {"再见", "Goodbye"}},
};
static const struct script talk = {.code = "t.talk", .version = 1, .title = {"通话", "Talk"}, .kind = SCRIPT_MAIN, .nodes = nodes, .n_nodes = 4,
				   .entry = 0, .close_node = SCRIPT_NO_NODE};

static const struct script *find_script(void *ctx, const char *code)
{
	(void)ctx;
	return str_eq(code, "t.talk") ? &talk : NULL;
}

static const struct form *find_form(void *ctx, const char *code)
{
	(void)ctx;
	return str_eq(code, "base") ? &base : NULL;
}

static const char *script_of(void *ctx, const char *category)
{
	(void)ctx;
	(void)category;
	return NULL;
}

static void add(struct world *w, const char *code, enum difficulty d, int impact, int urgency, bool red)
{
	struct err e = {0};

	if (!category_tree_add(&w->categories, &(struct category){.code = code, .zh = code, .en = code, .intent = INTENT_ENQUIRY, .difficulty = d,
								  .impact = impact, .urgency = urgency, .red = red, .pack = "t"}, &e))
		BUG("%s", e.msg);
}

void world_init(struct world *w)
{
	struct err e = {0};

	*w = (struct world){0};
	add(w, "payment", DIFFICULTY_NONE, 0, 0, false);
	add(w, "payment.funds_anomaly", DIFFICULTY_COMPLEX, 1, 1, true);
	add(w, "payment.transfer", DIFFICULTY_SIMPLE, 3, 3, false);
	add(w, "account", DIFFICULTY_NONE, 0, 0, false);
	add(w, "account.freeze", DIFFICULTY_COMPLEX, 2, 2, false);
	if (!category_tree_link(&w->categories, NULL, &e) ||
	    !disposition_add(&w->dispositions, &(struct disposition){.code = "DONE", .zh = "已解决", .en = "Solved", .class_ = DISPOSITION_RESOLVED}, &e) ||
	    !disposition_add(&w->dispositions, &(struct disposition){.code = "WAIT", .zh = "待跟进", .en = "Waits", .class_ = DISPOSITION_PENDING}, &e))
		BUG("%s", e.msg);
	w->w = (struct contact_world){.categories = &w->categories, .dispositions = &w->dispositions, .script = find_script, .form = find_form,
				      .category_script = script_of, .zone = "Asia/Shanghai"};
}

void world_release(struct world *w)
{
	category_tree_release(&w->categories);
	disposition_set_release(&w->dispositions);
}
