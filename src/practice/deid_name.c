// SPDX-License-Identifier: MIT
// Knows where a text says that it names somebody: behind certain words, before a title.
#include "src/base/utf8.h"
#include "src/practice/deid_part.h"

const char *const *deid_titles(void)
{
	static const char *const titles[] = {"先生", "女士", "小姐", "太太", "夫人", "老师", "师傅", "经理", "主任", "医生", "大夫", "律师", "教授", "同学", "阿姨",
					     "大妈", "大爷", "大叔", "大哥", "大姐", "叔叔", "奶奶", "爷爷", "总", "姐", "哥", "叔", "某", "家", NULL};

	return titles;
}

// The usual surnames; of two characters first.
static const char pairs[] = "欧阳司马诸葛上官东方皇甫尉迟公孙慕容令狐夏侯司徒长孙宇文南宫西门独孤端木";
static const char most[] =
	"王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦傅方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万";
static const char more[] =
	"钱严覃武戴莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝";

static bool in(const char *list, uint32_t cp)
{
	struct sv rest = sv(list);

	while (rest.n) {
		uint32_t one;
		size_t n = utf8_decode(rest, &one);
		if (one == cp)
			return true;
		rest = sv_n(rest.p + n, rest.n - n);
	}
	return false;
}

static bool in_pairs(uint32_t a, uint32_t b)
{
	struct sv rest = sv(pairs);

	while (rest.n) {
		uint32_t x, y;
		size_t n = utf8_decode(rest, &x);
		size_t m = utf8_decode(sv_n(rest.p + n, rest.n - n), &y);
		if (x == a && y == b)
			return true;
		rest = sv_n(rest.p + n + m, rest.n - n - m);
	}
	return false;
}

size_t deid_surname(const uint32_t *u, size_t n)
{
	if (n > 1 && in_pairs(u[0], u[1]))
		return 2;
	return n && (in(most, u[0]) || in(more, u[0])) ? 1 : 0;
}

static size_t surname_at(const struct deid_text *t, size_t i)
{
	const uint32_t u[2] = {deid_cp(t, i), deid_cp(t, i + 1)};

	return deid_surname(u, 2);
}

// --- 王先生, 王建国女士

static void titled(struct deid_text *t, size_t i)
{
	// The short titles are parts of other words (总共, 哥们): they count for known names only.
	size_t n = surname_at(t, i), end;

	for (size_t given = 0; n && given <= 2; given++) {
		// With a given name behind them the rarer surnames are words more often than names (安抚 ... 女士).
		if (given && n == 1 && !in(most, t->v.v[i].cp))
			return;
		size_t at = i + n + given;
		if (given && !utf8_is_han(deid_cp(t, at - 1)))
			return;
		for (const char *const *title = deid_titles(); *title; title++)
			if (strlen(*title) > 3 && deid_at(t, at, *title, &end)) {
				deid_hide(t, i, at, HIDE_NAME);
				return;
			}
	}
}

// --- 我叫王建国

static bool stops(const struct deid_text *t, size_t i)
{
	static const char *const words[] = {"的", "，", ",", "。", ".", "、", "；", ";", "！", "!", "？", "?", " ", "先", "女", "小姐", "身份", "手机", "电话", "号码", "我", "你", "他", "她", "是"};
	size_t end;

	if (i >= t->v.n || !utf8_is_han(t->v.v[i].cp))
		return true;
	for (size_t k = 0; k < sizeof(words) / sizeof(*words); k++)
		if (deid_at(t, i, words[k], &end))
			return true;
	return false;
}

static void introduced(struct deid_text *t, size_t i)
{
	// After the last of them a name needs an end, since much else may follow.
	static const char *const words[] = {"我叫", "名叫", "本人叫", "姓名", "名字叫", "名字是", "联系人", "收件人", "收货人", "户名", "持卡人", "乘机人", "乘客", "免贵姓", "我是"};
	size_t end = 0, n = sizeof(words) / sizeof(*words), k = 0;

	while (k < n && !deid_at(t, i, words[k], &end))
		k++;
	if (k == n)
		return;
	bool vague = k == n - 1;
	while (!vague && (deid_cp(t, end) == ':' || deid_cp(t, end) == 0x662f || deid_cp(t, end) == ' ' || deid_cp(t, end) == 0x53eb))
		end++;
	size_t family = surname_at(t, end);
	if (!family)
		return;
	size_t to = end + family;
	while (to < end + family + 2 && !stops(t, to))
		to++;
	if (vague && (to == end + family || !stops(t, to)))
		return;
	deid_hide(t, end, to, HIDE_NAME);
}

// --- my name is John Smith; Mr. Smith

static size_t capital_word(const struct deid_text *t, size_t i)
{
	if (i >= t->v.n || !t->v.v[i].upper || !deid_letter(t->v.v[i].cp))
		return i;
	while (deid_letter(deid_cp(t, i)) || (deid_cp(t, i) == '\'' && deid_letter(deid_cp(t, i + 1))) || (deid_cp(t, i) == '-' && deid_letter(deid_cp(t, i + 1))))
		i++;
	return i;
}

static void english(struct deid_text *t, size_t i)
{
	static const char *const words[] = {"my name is ", "my name's ", "this is ", "i am ", "i'm ", "mr ", "mr. ", "mrs ", "mrs. ", "ms ", "ms. ", "miss ", "dr ", "dr. ", "name: ",
					    "passenger ", "cardholder ", "speaking to ", "name is "};
	size_t end = 0;

	if (i && deid_letter(t->v.v[i - 1].cp))
		return;
	for (size_t k = 0; k < sizeof(words) / sizeof(*words); k++) {
		if (!deid_at(t, i, words[k], &end))
			continue;
		size_t to = end;
		for (int w = 0; w < 3; w++) {
			size_t from = w ? to + (deid_cp(t, to) == ' ') : to, next = capital_word(t, from);
			if (next == from)
				break;
			to = next;
		}
		deid_hide(t, end, to, HIDE_NAME);
	}
}

void deid_names(struct deid_text *t)
{
	for (size_t i = 0; i < t->v.n; i++) {
		titled(t, i);
		introduced(t, i);
		english(t, i);
	}
}
