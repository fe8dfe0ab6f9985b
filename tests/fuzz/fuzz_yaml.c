// SPDX-License-Identifier: MIT
// Knows what must hold for any bytes read as YAML or as settings.
#include "config/config.h"
#include "src/base/err.h"
#include "src/base/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t walk(const struct yaml_node *n, int depth)
{
	size_t nodes = 1;
	if (depth > YAML_MAX_DEPTH || n->line < 1 || n->col < 1)
		BUG("depth %d at %d:%d", depth, n->line, n->col);
	switch (n->kind) {
	case YAML_SCALAR:
		if (strlen(n->text) != n->n || !utf8_valid(sv(n->text)))
			BUG("a text with NUL or bad UTF-8 at %d:%d", n->line, n->col);
		if (yaml_col(n, n->n) < n->col)
			BUG("the end stands before the beginning at %d:%d", n->line, n->col);
		break;
	case YAML_LIST:
		for (size_t i = 0; i < n->n; i++)
			nodes += walk(n->items[i], depth + 1);
		break;
	case YAML_MAP:
		for (size_t i = 0; i < n->n; i++) {
			if (yaml_get(n, n->pairs[i].key) != n->pairs[i].value)
				BUG("the key %s stands twice", n->pairs[i].key);
			nodes += 1 + walk(n->pairs[i].value, depth + 1);
		}
		break;
	}
	return nodes;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct problems p = {0};
	struct arena a = {0};
	struct sv text = sv_n((const char *)data, size);
	struct yaml_node *root = yaml_parse(text, "f", 1, &p, &a);
	if (!root && !p.errors)
		BUG("refused without a word");
	if (root && walk(root, 1) > YAML_MAX_NODES)
		BUG("more nodes than allowed");
	size_t yaml_errors = p.errors;
	problems_release(&p);
	struct config c;
	config_parse(&c, text, "f", &p);
	problems_sort(&p);
	if (p.errors < (yaml_errors ? 1 : 0) || c.journal_ms > 1000 || c.max_chats < 1)
		BUG("settings out of bounds");
	config_release(&c);
	problems_release(&p);
	arena_release(&a);
	return 0;
}
