// SPDX-License-Identifier: MIT
// Knows how the tables of han.c are made at build time: reads Unihan_Readings, Unihan_Variants and Unihan_OtherMappings one
// after the other from standard input and writes C arrays to standard output.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CP_MAX = 0x32000, SETS_MAX = 16, SYLL_MAX = 600, NEAR_FIRST = 0x3400, NEAR_LAST = 0x9fff, POOL_MAX = 65535, VARIANTS_MAX = 6 };

// One source of readings in rising order of how unusual it is.
enum source { MANDARIN, PINLU, TGHZ, XHC, PINYIN, SOURCES };

struct han {
	uint16_t sets[SOURCES][SETS_MAX];
	uint8_t count[SOURCES];
	uint32_t simple;  // first simplified form that is not the character itself
	uint32_t variants[VARIANTS_MAX]; // semantic and z-variants
	uint8_t standard; // is in the table of general standard characters (has a kTGHZ2013 reading)
	uint8_t level;    // its part of that table (kTGH): 1, 2, 3; 0 none
	uint32_t times[SETS_MAX]; // beside sets[PINLU]: how often it was counted
	struct {
		uint16_t syllable;
		uint32_t n;
	} use[SETS_MAX];  // of the character that variants fold to: the most of any of them in a reading
};

static struct han *han;
static char syll[SYLL_MAX][8];
static size_t nsyll;

static void fail(const char *what)
{
	fprintf(stderr, "gen_han: %s\n", what);
	exit(1);
}

static unsigned syllable(const char *s)
{
	for (size_t i = 0; i < nsyll; i++)
		if (strcmp(syll[i], s) == 0)
			return (unsigned)i;
	if (nsyll == SYLL_MAX)
		fail("too many syllables");
	snprintf(syll[nsyll], sizeof(syll[0]), "%s", s);
	return (unsigned)nsyll++;
}

// The plain letter of a letter with a tone mark; 0 for a combining mark, which is dropped.
static char plain(uint32_t c)
{
	static const struct {
		char letter;
		const uint16_t with[11];
	} marks[] = {
		{'a', {0xe1, 0xe0, 0x101, 0x1ce, 0xe2}},
		{'e', {0xe9, 0xe8, 0x113, 0x11b, 0xea, 0x1ebf, 0x1ec1}},
		{'i', {0xed, 0xec, 0x12b, 0x1d0}},
		{'o', {0xf3, 0xf2, 0x14d, 0x1d2}},
		{'u', {0xfa, 0xf9, 0x16b, 0x1d4}},
		{'v', {0xfc, 0x1d6, 0x1d8, 0x1da, 0x1dc}},
		{'n', {0x144, 0x148, 0x1f9}},
		{'m', {0x1e3f}},
	};

	if (c >= 'a' && c <= 'z')
		return (char)c;
	for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++)
		for (size_t k = 0; marks[i].with[k]; k++)
			if (marks[i].with[k] == c)
				return marks[i].letter;
	return 0;
}

static uint32_t decode(const char **p)
{
	const unsigned char *s = (const unsigned char *)*p;

	if (s[0] < 0x80) {
		*p += 1;
		return s[0];
	}
	if (s[0] < 0xe0 && s[1]) {
		*p += 2;
		return (s[0] & 0x1fu) << 6 | (s[1] & 0x3fu);
	}
	if (s[0] < 0xf0 && s[1] && s[2]) {
		*p += 3;
		return (s[0] & 0xfu) << 12 | (s[1] & 0x3fu) << 6 | (s[2] & 0x3fu);
	}
	fail("unexpected character in a reading");
	return 0;
}

static void add_reading(struct han *h, enum source src, const char *from, const char *to)
{
	char out[8];
	size_t n = 0;

	while (from < to && n < 7) {
		char c = plain(decode(&from));
		if (c)
			out[n++] = c;
	}
	out[n] = '\0';
	if (!n || h->count[src] == SETS_MAX)
		return;
	h->sets[src][h->count[src]++] = (uint16_t)syllable(out);
}

// Readings are separated by blanks and commas; "0442.080:" before and "(218)" behind a reading are dropped.
static void readings(struct han *h, enum source src, const char *v)
{
	while (*v) {
		size_t n = strcspn(v, " ,");
		const char *end = v + n, *from = v, *p;

		for (p = v; p < end; p++)
			if (*p == ':')
				from = p + 1;
		for (p = from; p < end && *p != '('; p++)
			;
		size_t was = h->count[src];
		add_reading(h, src, from, p);
		if (src == PINLU && h->count[src] > was && *p == '(')
			h->times[was] = (uint32_t)strtoul(p + 1, NULL, 10);
		v = end + (*end != '\0');
	}
}

static int parse_cp(const char *s, uint32_t *cp)
{
	if (strncmp(s, "U+", 2) != 0)
		return 0;
	*cp = (uint32_t)strtoul(s + 2, NULL, 16);
	return *cp > 0 && *cp < CP_MAX;
}

// "2013:1155": the table has 3,500 characters of every day, 3,000 common ones, and those of names and trades.
static void level(uint32_t cp, const char *key, const char *v)
{
	const char *no = strchr(v, ':');

	if (strcmp(key, "kTGH") != 0 || !no)
		return;
	unsigned long at = strtoul(no + 1, NULL, 10);
	han[cp].level = at <= 3500 ? 1 : at <= 6500 ? 2 : 3;
}

static void variant(uint32_t cp, const char *key, const char *v)
{
	int simple = strcmp(key, "kSimplifiedVariant") == 0;

	if (!simple && strcmp(key, "kSemanticVariant") != 0 && strcmp(key, "kZVariant") != 0)
		return;
	for (; *v; v += strcspn(v, " "), v += *v == ' ') {
		uint32_t to;
		if (!parse_cp(v, &to) || to == cp)
			continue;
		if (simple && !han[cp].simple)
			han[cp].simple = to;
		for (int i = 0; !simple && i < VARIANTS_MAX; i++)
			if (!han[cp].variants[i]) {
				han[cp].variants[i] = to;
				break;
			}
	}
}

static void line(char *s)
{
	static const char *const keys[SOURCES] = {"kMandarin", "kHanyuPinlu", "kTGHZ2013", "kXHC1983", "kHanyuPinyin"};
	char *key = strchr(s, '\t'), *v = key ? strchr(key + 1, '\t') : NULL;
	uint32_t cp;

	if (s[0] == '#' || !v || !parse_cp(s, &cp))
		return;
	*key++ = '\0';
	*v++ = '\0';
	v[strcspn(v, "\n")] = '\0';
	for (int i = 0; i < SOURCES; i++)
		if (strcmp(key, keys[i]) == 0) {
			readings(&han[cp], (enum source)i, v);
			if (i == TGHZ)
				han[cp].standard = 1;
		}
	variant(cp, key, v);
	level(cp, key, v);
}

// Pairs that Unihan keeps apart or does not know and that writers use for each other.
static uint32_t own_pair(uint32_t cp)
{
	static const uint32_t pairs[][2] = {
		{0x5e10, 0x8d26}, // 帐 账
		{0x9980, 0x4f59}, // 馀 余
		{0x59b3, 0x4f60}, // 妳 你
		{0x4f54, 0x5360}, // 佔 占
		{0x4f48, 0x5e03}, // 佈 布
		{0x4f75, 0x5e76}, // 併 并
		{0x4fb7, 0x5c40}, // 侷 局
		{0x59ea, 0x4f84}, // 姪 侄
		{0x63f9, 0x80cc}, // 揹 背
		{0x904a, 0x6e38}, // 遊 游
		{0x7652, 0x6108}, // 癒 愈
		{0x9935, 0x5582}, // 餵 喂
		{0x934a, 0x94fe}, // 鍊 链
		{0x7c64, 0x7b7e}, // 籤 签
		{0x7fb6, 0x81bb}, // 羶 膻
		{0x8b9a, 0x8d5e}, // 讚 赞
		{0x8c54, 0x8273}, // 豔 艳
		{0x8a17, 0x6258}, // 託 托
		{0x6371, 0x6328}, // 捱 挨
		{0x5d11, 0x6606}, // 崑 昆
		{0x5d19, 0x4ed1}, // 崙 仑
		{0x56cc, 0x82cf}, // 囌 苏
		{0x617c, 0x621a}, // 慼 戚
		{0x5690, 0x5c1d}, // 嚐 尝
		{0x56ae, 0x5411}, // 嚮 向
		{0x71ec, 0x6bc1}, // 燬 毁
		{0x7cf0, 0x56e2}, // 糰 团
		{0x84c6, 0x5e2d}, // 蓆 席
		{0x5538, 0x5ff5}, // 唸 念
		{0x5563, 0x8854}, // 啣 衔
		{0x7ce2, 0x6a21}, // 糢 模
		{0x7db5, 0x5f69}, // 綵 彩
		{0x8879, 0x53ea}, // 衹 只
		{0x75f2, 0x9ebb}, // 痲 麻
		{0x924b, 0x5228}, // 鉋 刨
		{0x8e2b, 0x78b0}, // 踫 碰
		{0x92b2, 0x710a}, // 銲 焊
		{0x85f7, 0x85af}, // 藷 薯
		{0x9183, 0x814c}, // 醃 腌
		{0x509a, 0x6548}, // 傚 效
		{0x60bd, 0x51c4}, // 悽 凄
		{0x6ef7, 0x5364}, // 滷 卤
		{0x585a, 0x51a2}, // 塚 冢
		{0x643e, 0x69a8}, // 搾 榨
		{0x5dd6, 0x5ca9}, // 巖 岩
		{0x6147, 0x6bb7}, // 慇 殷
		{0x8814, 0x869d}, // 蠔 蚝
		{0x939a, 0x9524}, // 鎚 锤
		{0x9397, 0x67aa}, // 鎗 枪
		{0x7d43, 0x5f26}, // 絃 弦
		{0x5b1d, 0x8885}, // 嬝 袅
		{0x8c6c, 0x732a}, // 豬 猪
		{0x71c9, 0x7096}, // 燉 炖
		{0x7c11, 0x84d1}, // 簑 蓑
		{0x66b1, 0x6635}, // 暱 昵
		{0x5f46, 0x522b}, // 彆 别
		{0x64fe, 0x6270}, // 擾 扰
	};

	for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++)
		if (pairs[i][0] == cp)
			return pairs[i][1];
	return 0;
}

// The first variant that is a standard character or leads to one; 0 if there is none.
static uint32_t usual_variant(uint32_t cp)
{
	for (int i = 0; i < VARIANTS_MAX && han[cp].variants[i]; i++) {
		uint32_t to = han[cp].variants[i];
		if (han[to].standard || han[to].simple)
			return to;
	}
	return 0;
}

static uint32_t target(uint32_t cp)
{
	for (int hops = 0; hops < 4; hops++) {
		uint32_t to = own_pair(cp);
		if (!to)
			to = han[cp].simple;
		if (!to && !han[cp].standard)
			to = usual_variant(cp);
		// never from one standard character to another through a rare one, and no circles
		if (!to || han[to].simple == cp || (han[cp].standard && !han[to].standard))
			break;
		cp = to;
	}
	return cp;
}

static void write_folds(void)
{
	puts("static const struct { uint32_t from, to; } han_folds[] = {");
	for (uint32_t cp = 0x2e80; cp < CP_MAX; cp++) {
		uint32_t to = target(cp);
		if (to != cp && target(to) == to)
			printf("\t{0x%x, 0x%x},\n", cp, to);
	}
	printf("};\nenum { HAN_NEAR_FIRST = 0x%x, HAN_NEAR_LAST = 0x%x };\n", NEAR_FIRST, NEAR_LAST);
	// the same for most characters in one look: itself, what it folds to, or 0, which is: look above
	puts("static const uint16_t han_near_folds[] = {");
	for (uint32_t cp = NEAR_FIRST; cp <= NEAR_LAST; cp++) {
		uint32_t to = target(cp);
		if (target(to) != to)
			to = cp;
		printf("%u,%s", to > 0xffff ? 0 : to, cp % 16 == 15 ? "\n" : "");
	}
	puts("};");
}

static size_t merged(const struct han *h, uint16_t out[SETS_MAX])
{
	size_t n = 0;

	for (int src = 0; src < SOURCES; src++) {
		if (src == PINYIN && (h->count[TGHZ] || h->count[XHC]))
			continue;
		for (size_t i = 0; i < h->count[src]; i++) {
			size_t k = 0;
			while (k < n && out[k] != h->sets[src][i])
				k++;
			if (k == n && n < SETS_MAX)
				out[n++] = h->sets[src][i];
		}
	}
	return n;
}

// A set is its size, the first letters of its readings as bits (low half, high half), and the readings.
enum { SET_HEAD = 3 };

// Equal sets share one place in the pool; 0 is the empty set.
static unsigned pooled(uint16_t *pool, size_t *used, const uint16_t *set, size_t n)
{
	for (size_t at = 0; at < *used; at += SET_HEAD + pool[at])
		if (pool[at] == n && memcmp(pool + at + SET_HEAD, set, n * sizeof(*set)) == 0)
			return (unsigned)at;
	if (*used + n + SET_HEAD > POOL_MAX)
		fail("too many sets of readings");
	size_t at = *used;
	uint32_t letters = 0;
	for (size_t i = 0; i < n; i++)
		letters |= 1u << (syll[set[i]][0] - 'a');
	pool[at] = (uint16_t)n;
	pool[at + 1] = (uint16_t)letters;
	pool[at + 2] = (uint16_t)(letters >> 16);
	memcpy(pool + at + SET_HEAD, set, n * sizeof(*set));
	*used += n + SET_HEAD;
	return (unsigned)at;
}

static void write_readings(void)
{
	uint16_t *pool = calloc(POOL_MAX, sizeof(*pool)), set[SETS_MAX];
	uint16_t *at = calloc(CP_MAX, sizeof(*at));
	size_t used = SET_HEAD;

	if (!pool || !at)
		fail("out of memory");
	for (uint32_t cp = 0; cp < CP_MAX; cp++) {
		size_t n = merged(&han[cp], set);
		at[cp] = (uint16_t)(n ? pooled(pool, &used, set, n) : 0);
	}
	puts("static const uint16_t han_sets[] = {");
	for (size_t i = 0; i < used; i++)
		printf("%u,%s", pool[i], i % 24 == 23 ? "\n" : "");
	printf("};\nenum { HAN_SET_HEAD = %d };\n", SET_HEAD);
	puts("static const uint16_t han_near[] = {");
	for (uint32_t cp = NEAR_FIRST; cp <= NEAR_LAST; cp++)
		printf("%u,%s", at[cp], cp % 24 == 23 ? "\n" : "");
	puts("};\nstatic const struct { uint32_t cp; uint16_t set; } han_far[] = {");
	for (uint32_t cp = 0; cp < CP_MAX; cp++)
		if ((cp < NEAR_FIRST || cp > NEAR_LAST) && at[cp])
			printf("\t{0x%x, %u},\n", cp, at[cp]);
	puts("};");
	free(pool);
	free(at);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(a, b);
}

// Numbers syllables in the order of their letters.
static void sort_syllables(void)
{
	static char was[SYLL_MAX][8];
	uint16_t to[SYLL_MAX];

	memcpy(was, syll, sizeof(was));
	qsort(syll, nsyll, sizeof(syll[0]), by_text);
	for (size_t i = 0; i < nsyll; i++)
		to[i] = (uint16_t)(((char *)bsearch(was[i], syll, nsyll, sizeof(syll[0]), by_text) - syll[0]) / sizeof(syll[0]));
	for (uint32_t cp = 0; cp < CP_MAX; cp++)
		for (int src = 0; src < SOURCES; src++)
			for (size_t i = 0; i < han[cp].count[src]; i++)
				han[cp].sets[src][i] = to[han[cp].sets[src][i]];
}

static int has_reading(uint32_t cp, size_t no)
{
	uint16_t set[SETS_MAX];
	size_t n = merged(&han[cp], set);

	for (size_t i = 0; i < n; i++)
		if (set[i] == no)
			return 1;
	return 0;
}

// Counts of kHanyuPinlu, by reading without tone. Variants of one character carry the same count, so the most counts, not
// the sum.
static void gather_use(uint32_t cp)
{
	const struct han *h = &han[cp];
	uint32_t to = target(cp);

	for (size_t i = 0; i < h->count[PINLU]; i++) {
		uint16_t s = h->sets[PINLU][i];
		uint32_t n = 0;
		size_t k = 0;
		for (size_t j = 0; j < h->count[PINLU]; j++)
			n += h->sets[PINLU][j] == s ? h->times[j] : 0;
		while (k < SETS_MAX && han[to].use[k].n && han[to].use[k].syllable != s)
			k++;
		if (k == SETS_MAX || n <= han[to].use[k].n)
			continue;
		han[to].use[k].syllable = s;
		han[to].use[k].n = n;
	}
}

// How usual a standard character is in a reading, below 256: counted ones from 64 on, in eighths of a doubling; the others by
// the part of the table they stand in, and lower in a reading that is not their first.
static unsigned weight(uint32_t cp, size_t no)
{
	static const uint8_t by_level[] = {8, 48, 32, 16};
	uint16_t set[SETS_MAX];
	unsigned w = 64;

	for (size_t i = 0; i < SETS_MAX; i++) {
		uint32_t n = han[cp].use[i].n;
		if (!n || han[cp].use[i].syllable != no)
			continue;
		n *= 8;
		for (; n >= 16; n /= 2)
			w += 8;
		return w + n - 8;
	}
	return merged(&han[cp], set) && set[0] == no ? by_level[han[cp].level] : by_level[han[cp].level] - 8u;
}

struct usual {
	uint32_t cp;
	uint8_t place, weight;
};

static int by_use(const void *a, const void *b)
{
	const struct usual *x = a, *y = b;

	if (x->weight != y->weight)
		return x->weight > y->weight ? -1 : 1;
	return x->cp > y->cp ? 1 : -1;
}

// The standard characters of every syllable behind each other; han_chars_at has where each begins. han_usual has the places
// within a syllable, the most usual character first; han_weights says how usual that is.
static void write_syllables(void)
{
	size_t *at = calloc(nsyll + 1, sizeof(*at)), n = 0;
	struct usual *v = calloc(CP_MAX, sizeof(*v));

	if (!at || !v)
		fail("out of memory");
	for (uint32_t cp = 0; cp < CP_MAX; cp++)
		gather_use(cp);
	puts("static const char han_syllables[][8] = {");
	for (size_t i = 0; i < nsyll; i++)
		printf("\t\"%s\",\n", syll[i]);
	puts("};\nstatic const uint32_t han_chars[] = {");
	for (size_t i = 0; i < nsyll; i++) {
		at[i] = n;
		for (uint32_t cp = 0; cp < CP_MAX; cp++) {
			if (!han[cp].standard || target(cp) != cp || !has_reading(cp, i))
				continue;
			v[n] = (struct usual){cp, (uint8_t)(n - at[i]), (uint8_t)weight(cp, i)};
			printf("0x%x,%s", cp, n++ % 16 == 15 ? "\n" : "");
		}
		if (n - at[i] > 256)
			fail("a syllable has too many characters");
		qsort(v + at[i], n - at[i], sizeof(*v), by_use);
	}
	at[nsyll] = n;
	puts("};\nstatic const uint16_t han_chars_at[] = {");
	for (size_t i = 0; i <= nsyll; i++)
		printf("%zu,%s", at[i], i % 16 == 15 ? "\n" : "");
	puts("};\nstatic const uint8_t han_usual[] = {");
	for (size_t i = 0; i < n; i++)
		printf("%u,%s", v[i].place, i % 32 == 31 ? "\n" : "");
	puts("};\nstatic const uint8_t han_weights[] = {");
	for (size_t i = 0; i < n; i++)
		printf("%u,%s", v[i].weight, i % 32 == 31 ? "\n" : "");
	puts("};");
	free(at);
	free(v);
}

int main(void)
{
	static char buf[1 << 16];

	han = calloc(CP_MAX, sizeof(*han));
	if (!han)
		fail("out of memory");
	while (fgets(buf, sizeof(buf), stdin))
		line(buf);
	if (!han[0x4e00].count[MANDARIN] || !han[0x5e33].simple || han[0x4e00].level != 1 || !han[0x7684].times[0])
		fail("the Unihan files are not what was expected");
	puts("// Made by gen_han from the Unihan database; Unicode License.");
	sort_syllables();
	write_folds();
	write_syllables();
	write_readings();
	free(han);
	return 0;
}
