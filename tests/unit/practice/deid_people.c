// SPDX-License-Identifier: MIT
// Knows made-up customers, how they write their data, and a reader that finds it again.
#include "tests/unit/practice/deid_people.h"

#include "src/base/utf8.h"

static uint64_t next(struct person *p)
{
	p->rng += 0x9e3779b97f4a7c15u;
	uint64_t z = p->rng;
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

static size_t below(struct person *p, size_t n)
{
	return (size_t)(next(p) % n);
}

#define PICK(p, list) ((list)[below(p, sizeof(list) / sizeof(*(list)))])

static void digits(struct person *p, char *out, size_t n)
{
	for (size_t i = 0; i < n; i++)
		out[i] = (char)('0' + below(p, 10));
	out[n] = '\0';
}

static void make_name(struct person *p)
{
	static const struct {
		const char *han, *latin;
	} families[] = {{"王", "wang"}, {"李", "li"}, {"欧阳", "ouyang"}, {"陈", "chen"}, {"赵", "zhao"}, {"司马", "sima"}, {"钱", "qian"}, {"许", "xu"}, {"邓", "deng"}},
	  givens[] = {{"建国", "jianguo"}, {"晓明", "xiaoming"}, {"志强", "zhiqiang"}, {"丽娟", "lijuan"}, {"雨桐", "yutong"}, {"浩然", "haoran"}, {"秀英", "xiuying"}};
	size_t f = below(p, sizeof(families) / sizeof(*families)), g = below(p, sizeof(givens) / sizeof(*givens));

	snprintf(p->family, sizeof(p->family), "%s", families[f].han);
	snprintf(p->given, sizeof(p->given), "%s", givens[g].han);
	snprintf(p->name, sizeof(p->name), "%s%s", p->family, p->given);
	snprintf(p->pinyin, sizeof(p->pinyin), "%s%s", families[f].latin, givens[g].latin);
}

static void make_id(struct person *p)
{
	static const int weights[] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
	char serial[4];
	int sum = 0;

	digits(p, serial, 3);
	snprintf(p->id, sizeof(p->id), "310115%04d%02d%02d%s", p->year, p->month, p->day, serial);
	for (int i = 0; i < 17; i++)
		sum += (p->id[i] - '0') * weights[i];
	p->id[17] = "10X98765432"[sum % 11];
	p->id[18] = '\0';
}

void person_make(struct person *p, uint64_t seed)
{
	static const char *const streets[] = {"世纪大道", "长乐路", "解放西街", "人民大道", "桂花巷", "龙井路"};
	static const char *const regions[] = {"上海市浦东新区", "浙江省杭州市西湖区", "北京市朝阳区"};
	static const char *const mails[] = {"qq.com", "163.com", "example.com"};

	*p = (struct person){.rng = seed};
	make_name(p);
	p->year = 1950 + (int)below(p, 55);
	p->month = 1 + (int)below(p, 12);
	p->day = 1 + (int)below(p, 28);
	digits(p, p->phone + 3, 8);
	memcpy(p->phone, "138", 3);
	make_id(p);
	digits(p, p->card, 19);
	memcpy(p->card, "622", 3);
	snprintf(p->email, sizeof(p->email), "%s%d@%s", p->pinyin, p->year % 100, PICK(p, mails));
	snprintf(p->street, sizeof(p->street), "%s", PICK(p, streets));
	snprintf(p->address, sizeof(p->address), "%s%s%d号%d室", PICK(p, regions), p->street, 10 + (int)below(p, 900), 101 + (int)below(p, 2000));
	snprintf(p->plate, sizeof(p->plate), "沪A%c%04d", "BCDEFGH"[below(p, 7)], 1000 + (int)below(p, 9000));
	snprintf(p->order, sizeof(p->order), "SO%08dX%03d", 10000000 + (int)below(p, 90000000), 100 + (int)below(p, 900));
}

void person_know(const struct person *p, struct deid *d)
{
	char born[16];

	snprintf(born, sizeof(born), "%04d-%02d-%02d", p->year, p->month, p->day);
	deid_know(d, MASK_NAME, p->name);
	deid_know(d, MASK_PHONE, p->phone);
	deid_know(d, MASK_IDNO, p->id);
	deid_know(d, MASK_CARD, p->card);
	deid_know(d, MASK_EMAIL, p->email);
	deid_know(d, MASK_ADDRESS, p->address);
	deid_know(d, MASK_PLATE, p->plate);
	deid_know(d, MASK_ORDER, p->order);
	deid_know(d, MASK_BIRTH, born);
}

// --- how they write it

static void digit_as(struct person *p, int way, char c, struct str *out)
{
	static const char *const han[] = {"零", "一", "二", "三", "四", "五", "六", "七", "八", "九"}, *const spoken[] = {"〇", "幺", "二", "三", "四", "五", "六", "七", "八", "九"},
				 *const words[] = {"zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"};
	int v = c - '0';

	(void)p;
	if (c < '0' || c > '9')
		str_addc(out, c);
	else if (way == 1)
		str_addcp(out, 0xff10u + (uint32_t)v);
	else if (way == 2)
		str_add(out, han[v]);
	else if (way == 3)
		str_add(out, spoken[v]);
	else if (way == 4)
		str_addf(out, "%s ", words[v]);
	else if (way == 5)
		str_addcp(out, 0x660u + (uint32_t)v);
	else
		str_addc(out, c);
}

// In groups, divided in one way; or with talk between the groups.
static void number_as(struct person *p, const char *number, struct str *out)
{
	static const char *const seps[] = {"", " ", "-", ".", "·", "，", "、", " - ", "/", "，然后是", "……接下来"};
	size_t group = 2 + below(p, 4), n = strlen(number);
	const char *sep = PICK(p, seps);
	int way = (int)below(p, 6);

	for (size_t i = 0; i < n; i++) {
		if (i && i % group == 0)
			str_add(out, sep);
		digit_as(p, way, number[i], out);
	}
}

static void name_as(struct person *p, struct str *out)
{
	static const char *const titles[] = {"先生", "女士", "小姐", "总", "老师", "阿姨"};
	char latin[64];

	switch (below(p, 9)) {
	case 0: str_addf(out, "%s %s", p->family, p->given); break;
	case 1: str_addf(out, "%s·%s", p->family, p->given); break;
	case 2: str_addf(out, "%s%s", p->family, PICK(p, titles)); break;
	case 3: str_addf(out, "小%s", p->family); break;
	case 4: str_add(out, p->given); break;
	case 5: str_add(out, p->pinyin); break;
	case 6:
		snprintf(latin, sizeof(latin), "%s", p->pinyin);
		latin[0] = (char)(latin[0] - 32);
		str_add(out, latin);
		break;
	case 7: str_addf(out, "%s%s%s", p->family, p->given, PICK(p, titles)); break;
	default: str_add(out, p->name); break;
	}
}

static void mail_as(struct person *p, struct str *out)
{
	char *at = strchr(p->email, '@');

	switch (below(p, 5)) {
	case 0: str_addf(out, "%.*s @ %s", (int)(at - p->email), p->email, at + 1); break;
	case 1: str_addf(out, "%.*s(at)%s", (int)(at - p->email), p->email, at + 1); break;
	case 2:
		for (const char *c = p->email; *c; c++)
			str_addc(out, *c >= 'a' && *c <= 'z' ? (char)(*c - 32) : *c);
		break;
	case 3: str_addf(out, "%.*s＠%s", (int)(at - p->email), p->email, at + 1); break;
	default: str_add(out, p->email); break;
	}
}

static void born_as(struct person *p, struct str *out)
{
	static const char *const months[] = {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"};

	switch (below(p, 7)) {
	case 0: str_addf(out, "%04d-%02d-%02d", p->year, p->month, p->day); break;
	case 1: str_addf(out, "%d年%d月%d日", p->year, p->month, p->day); break;
	case 2: str_addf(out, "%04d%02d%02d", p->year, p->month, p->day); break;
	case 3: str_addf(out, "%d月%d号", p->month, p->day); break;
	case 4: str_addf(out, "%s %d, %d", months[p->month - 1], p->day, p->year); break;
	case 5: str_addf(out, "%d/%d/%d", p->day, p->month, p->year); break;
	default: str_addf(out, "%d.%d.%d", p->year, p->month, p->day); break;
	}
}

static void address_as(struct person *p, struct str *out)
{
	const char *detail = strstr(p->address, p->street);

	switch (below(p, 4)) {
	case 0: str_add(out, detail); break;
	case 1: str_add(out, p->street); break;
	case 2: str_addf(out, "%s %s", p->street, detail + strlen(p->street)); break;
	default: str_add(out, p->address); break;
	}
}

static void code_as(struct person *p, const char *code, struct str *out)
{
	static const char *const seps[] = {"", " ", "-", "·"};
	const char *sep = PICK(p, seps);
	bool small = below(p, 2);
	size_t at = 0;

	for (const char *c = code; *c; c++, at++) {
		if (at && at % 4 == 0 && (*c & 0x80) == 0)
			str_add(out, sep);
		str_addc(out, small && *c >= 'A' && *c <= 'Z' ? (char)(*c + 32) : *c);
	}
}

static char *around(struct person *p, const char *what)
{
	static const char *const before[] = {"您好，", "麻烦帮我查查，", "我跟你说过了，", "Please note: ", "就是这个 ", "又打来了，", "嗯…", "客户说"};
	static const char *const behind[] = {"，对吧", "，谢谢", "。总共扣了49800元", " thanks", "，你们好几天都没回", "", "，请核实", "。KB-FIN-031写着的"};
	struct str out = {0};

	str_addf(&out, "%s%s%s", PICK(p, before), what, PICK(p, behind));
	return str_take(&out);
}

size_t person_texts(struct person *p, char *texts[PERSON_TEXTS])
{
	size_t n = 0, cut = 2 + below(p, 7);
	struct str s = {0};
	char part[16];

#define PUT(...) do { str_clear(&s); __VA_ARGS__; texts[n++] = around(p, str_z(&s)); } while (0)
	PUT(name_as(p, &s));
	PUT(number_as(p, p->phone, &s));
	PUT(str_add(&s, "+86 "), number_as(p, p->phone, &s));
	PUT(str_addf(&s, "尾号%s", p->phone + 7));
	PUT(number_as(p, p->id, &s));
	PUT(number_as(p, p->card, &s));
	PUT(mail_as(p, &s));
	PUT(address_as(p, &s));
	PUT(code_as(p, p->plate, &s));
	PUT(code_as(p, p->order, &s));
	PUT(born_as(p, &s));
	PUT(name_as(p, &s), str_add(&s, "的电话"), number_as(p, p->phone, &s));
	// A number that is said in two lines.
	snprintf(part, sizeof(part), "%.*s", (int)cut, p->phone);
	texts[n++] = xstrdup(part);
	texts[n++] = xstrdup(p->phone + cut);
#undef PUT
	str_release(&s);
	return n;
}

// --- what can be read

enum { READ_MAX = 4096 };

static int value_of(uint32_t cp)
{
	static const char all[] = "零一二三四五六七八九";
	struct sv rest = sv(all);

	if (cp >= '0' && cp <= '9')
		return (int)cp - '0';
	if (cp >= 0x660 && cp <= 0x669)
		return (int)cp - 0x660;
	if (cp == 0x3007)
		return 0;
	if (cp == 0x5e7a)
		return 1;
	for (int v = 0; v < 10; v++) {
		uint32_t one;
		size_t n = utf8_decode(rest, &one);
		if (one == cp)
			return v;
		rest = sv_n(rest.p + n, rest.n - n);
	}
	return -1;
}

// Everything but letters, digits and Han is passed over; a star divides numbers.
static void read_text(const char *text, char *signs, char *numbers)
{
	static const char *const words[] = {"zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"};
	struct str folded = {0};
	size_t s = strlen(signs), d = strlen(numbers);

	utf8_fold(&folded, sv(text));
	for (struct sv rest = sv_n(str_z(&folded), folded.n); rest.n && s < READ_MAX - 8 && d < READ_MAX - 8;) {
		uint32_t cp;
		size_t n = utf8_decode(rest, &cp);
		int v = value_of(cp);
		for (int w = 0; v < 0 && w < 10; w++)
			if (rest.n >= strlen(words[w]) && memcmp(rest.p, words[w], strlen(words[w])) == 0)
				v = w;
		if (v >= 0)
			numbers[d++] = (char)('0' + v);
		if (cp == '*')
			numbers[d++] = '*';
		if ((cp >= 'a' && cp <= 'z') || (cp >= '0' && cp <= '9') || utf8_is_han(cp)) {
			memcpy(signs + s, rest.p, n);
			s += n;
		}
		rest = sv_n(rest.p + n, rest.n - n);
	}
	signs[s] = numbers[d] = '\0';
	str_release(&folded);
}

// Six digits: four may stay, and one before them may stand there by chance.
static bool piece_of(const char *number, const char *in)
{
	for (size_t i = 0; i + 6 <= strlen(number); i++) {
		char part[7];
		snprintf(part, sizeof(part), "%.6s", number + i);
		if (strspn(part, "0123456789") == 6 && strstr(in, part))
			return true;
	}
	return false;
}

static bool name_read(const struct person *p, const char *signs)
{
	static const char *const titles[] = {"先生", "女士", "小姐", "总", "老师", "阿姨"};
	char buf[64];

	if (strstr(signs, p->name) || strstr(signs, p->given) || strstr(signs, p->pinyin))
		return true;
	snprintf(buf, sizeof(buf), "小%s", p->family);
	if (strstr(signs, buf))
		return true;
	for (size_t i = 0; i < sizeof(titles) / sizeof(*titles); i++) {
		snprintf(buf, sizeof(buf), "%s%s", p->family, titles[i]);
		if (strstr(signs, buf))
			return true;
	}
	return false;
}

static bool born_read(const struct person *p, const char *text)
{
	static const char *const months[] = {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"};
	static const char *const forms[] = {"%04d-%02d-%02d", "%04d%02d%02d", "%d年%d月%d日", "%d.%d.%d"};
	char buf[64];

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
		snprintf(buf, sizeof(buf), forms[i], p->year, p->month, p->day);
		if (strstr(text, buf))
			return true;
	}
#pragma GCC diagnostic pop
	snprintf(buf, sizeof(buf), "%d/%d/%d", p->day, p->month, p->year);
	if (strstr(text, buf))
		return true;
	snprintf(buf, sizeof(buf), "%s %d", months[p->month - 1], p->day);
	if (strstr(text, buf))
		return true;
	snprintf(buf, sizeof(buf), "%d月%d号", p->month, p->day);
	return strstr(text, buf) != NULL;
}

static void lower(const char *from, char *to, size_t cap)
{
	struct str f = {0};

	utf8_fold(&f, sv(from));
	snprintf(to, cap, "%s", str_z(&f));
	str_release(&f);
}

const char *person_survives(const struct person *p, char *const *texts, size_t n)
{
	static char signs[READ_MAX], numbers[READ_MAX], plate[32], order[40];

	lower(p->plate, plate, sizeof(plate));
	lower(p->order, order, sizeof(order));
	numbers[0] = '\0';
	for (size_t i = 0; i < n; i++) {
		signs[0] = '\0';
		read_text(texts[i], signs, numbers);
		if (name_read(p, signs))
			return "name";
		if (strstr(signs, p->street))
			return "street";
		if (strstr(signs, plate) || strstr(signs, order))
			return "plate or order";
		char local[64];
		snprintf(local, sizeof(local), "%.*s", (int)(strchr(p->email, '@') - p->email), p->email);
		if (strstr(signs, local))
			return "mail";
		if (born_read(p, texts[i]))
			return "birth date";
	}
	if (piece_of(p->phone, numbers))
		return "telephone";
	if (piece_of(p->id, numbers))
		return "id";
	return piece_of(p->card, numbers) ? "card" : NULL;
}
