// SPDX-License-Identifier: MIT
// Knows how the tables of the manual follow from the program: keys from actions.def, settings from settings.def.
//
// gen_tables LANG LOCALEDIR PAGE.in writes the page to standard output; a line @KEYS@ or @SETTINGS@ becomes the table.
#include <stdio.h>

#include "config/config.h"
#include "src/actions.h"
#include "src/base/i18n.h"

// mdoc text: a backslash, a hyphen that is a key and a control character at the start of a line mean themselves.
static void put(const char *s)
{
	for (const char *p = s; *p; p++) {
		if (p == s && (*p == '.' || *p == '\''))
			fputs("\\&", stdout);
		if (*p == '\\')
			fputs("\\e", stdout);
		else if (*p == '-')
			fputs("\\-", stdout);
		else
			putchar(*p);
	}
}

// The sentence that says where the keys of a context count.
static const char *context_help(unsigned bit)
{
	static const struct {
		unsigned bit;
		const char *en, *zh;
	} where[CTX_COUNT] = {
		{CTX_ANY, "everywhere", "处处"},
		{CTX_HOME, "between calls", "空闲时的桌面"},
		{CTX_SCRIPT, "the script", "话术栏"},
		{CTX_KB_QUERY, "the query line of the knowledge base", "知识栏的查询行"},
		{CTX_KB_LIST, "the results of a search", "搜索结果"},
		{CTX_KB_ARTICLE, "an open article", "打开的文章"},
		{CTX_FORM, "the form", "登记栏"},
		{CTX_EDIT, "wherever text is typed", "输入文字之处"},
		{CTX_LIST, "lists and menus", "列表和菜单"},
		{CTX_POPUP, "dialogs", "对话框"},
		{CTX_PICK, "a list under a line that is typed into", "输入行下的选项"},
		{CTX_HISTORY, "my contacts", "我的联络"},
		{CTX_WRAP, "the wrap-up", "小结"},
		{CTX_KB_DESK, "the lists of the knowledge desk", "知识台的列表"},
		{CTX_KB_WRITE, "an article being written", "撰写文章"},
	};

	for (int i = 0; i < CTX_COUNT; i++)
		if (where[i].bit == bit)
			return i18n_pick(where[i].zh, where[i].en);
	return "";
}

static void put_keys(void)
{
	for (int i = 0; i < CTX_COUNT; i++) {
		unsigned bit = 1u << i;
		printf(".Ss %s: ", context_name(bit));
		put(context_help(bit));
		printf("\n.Bl -tag -width 20n -compact\n");
		for (int a = 1; a < ACT_COUNT; a++) {
			const struct action_info *info = action_info((enum action)a);
			if (!(info->contexts & bit))
				continue;
			printf(".It Cm ");
			put(info->name);
			if (*info->keys) {
				printf("\n.Ic \"");
				put(info->keys);
				printf("\" :");
			}
			putchar('\n');
			put(_(info->help));
			printf("%s\n", i18n_pick("。", "."));
		}
		printf(".El\n");
	}
}

static void put_bounds(const struct setting *s)
{
	switch (s->type) {
	case SETTING_IS_BOOL:
		printf("true, false");
		break;
	case SETTING_IS_INT:
		printf("%ld\\(en%ld", s->min, s->max);
		break;
	case SETTING_IS_TEXT:
		printf("%s %ld %s", i18n_pick("最多", "at most"), s->max, i18n_pick("个字符", "characters"));
		break;
	case SETTING_IS_WORD:
		put(s->words);
		break;
	}
}

static void put_default(const struct setting *s)
{
	if (s->type == SETTING_IS_WORD) { // min counts into the words
		const char *w = s->words;
		for (long i = 0; i < s->min; i++)
			w += strcspn(w, " ") + 1;
		printf("%.*s", (int)strcspn(w, " "), w);
	} else {
		put(*s->dflt ? s->dflt : "\"\"");
	}
}

static void put_settings(void)
{
	size_t n;
	const struct setting *s = config_settings(&n);
	const char *stop = i18n_pick("。", ".");

	printf(".Bl -tag -width 4n\n");
	for (size_t i = 0; i < n; i++) {
		printf(".It Cm ");
		put(s[i].key);
		printf(" Pq \\&");
		put_bounds(&s[i]);
		putchar('\n');
		put(_(s[i].help));
		printf("%s\n%s ", stop, i18n_pick("默认", "Default:"));
		put_default(&s[i]);
		printf("%s\n", stop);
	}
	printf(".El\n");
}

int main(int argc, char **argv)
{
	char line[4096];

	if (argc != 4) {
		fprintf(stderr, "usage: gen_tables LANG LOCALEDIR PAGE.in\n");
		return 2;
	}
	FILE *in = fopen(argv[3], "r");
	if (!i18n_init(argv[1], argv[2]) || !in) {
		perror(argv[3]);
		return 3;
	}
	while (fgets(line, sizeof(line), in)) {
		if (strcmp(line, "@KEYS@\n") == 0)
			put_keys();
		else if (strcmp(line, "@SETTINGS@\n") == 0)
			put_settings();
		else
			fputs(line, stdout);
	}
	bool ok = !ferror(in) && fflush(stdout) == 0;
	fclose(in);
	return ok ? 0 : 3;
}
