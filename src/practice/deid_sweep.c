// SPDX-License-Identifier: MIT
// Knows what in a text is somebody's number or house without knowing whose: codes with digits in them, plates, mail spelled out, streets.
#include "src/base/utf8.h"
#include "src/practice/deid_part.h"

enum { TOKEN_MIN = 6, TOKEN_DIGITS = 3, ACCOUNT_MIN = 5, STREET_BACK = 8, STREET_NAME = 10 };

static bool digit(uint32_t cp)
{
	return cp >= '0' && cp <= '9';
}

// --- letters and digits in one word: orders, parcels, passports, bookings

struct token {
	size_t from, to; // units
	size_t n, letters, digits;
	size_t lead; // letters before the first digit
};

static bool joined(const struct deid_text *t, size_t i)
{
	uint32_t cp = deid_cp(t, i);

	return (cp == '-' || cp == '_') && deid_alnum(deid_cp(t, i + 1));
}

static struct token token_at(const struct deid_text *t, size_t i)
{
	struct token k = {.from = i, .to = i};

	while (deid_alnum(deid_cp(t, k.to)) || (k.to > i && joined(t, k.to))) {
		uint32_t cp = deid_cp(t, k.to++);
		k.n += deid_alnum(cp);
		k.digits += digit(cp);
		k.letters += deid_letter(cp);
		k.lead += deid_letter(cp) && !k.digits;
	}
	return k;
}

static bool of_an_article(const struct deid_text *t, const struct token *k)
{
	size_t end;

	return deid_at(t, k->from, "kb-", &end) && k->digits <= 4;
}

// CA1234, MU5101: everybody's.
static bool a_flight(const struct token *k)
{
	return k->lead == 2 && (k->digits == 3 || k->digits == 4) && k->n == k->lead + k->digits && k->to - k->from == k->n;
}

static void hide_token(struct deid_text *t, const struct token *k)
{
	bool passport = k->lead >= 1 && k->lead <= 2 && (k->digits == 7 || k->digits == 8) && k->n == k->lead + k->digits;
	size_t tail = passport ? 2 : k->n >= 7 ? 4 : 3, left = k->n;

	for (size_t i = k->from; i < k->to; i++)
		if (deid_alnum(t->v.v[i].cp) && left-- > tail)
			deid_hide(t, i, i + 1, HIDE_SIGN);
}

// --- plates: the province, a letter, five or six signs

static bool province(uint32_t cp)
{
	static const char all[] = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使领";
	struct sv rest = sv(all);

	while (rest.n) {
		uint32_t one;
		size_t n = utf8_decode(rest, &one);
		if (one == cp)
			return true;
		rest = sv_n(rest.p + n, rest.n - n);
	}
	return false;
}

static void plate_at(struct deid_text *t, size_t i)
{
	size_t sign[8], n = 0, digits = 0, at = i + 1;

	if (!province(t->v.v[i].cp))
		return;
	at = deid_blanks(t, at, 1);
	if (!deid_letter(deid_cp(t, at)))
		return;
	for (at = deid_blanks(t, at + 1, 1); n < 6 && deid_alnum(deid_cp(t, at)); at = deid_blanks(t, at + 1, 1)) {
		digits += digit(deid_cp(t, at));
		sign[n++] = at;
	}
	for (size_t k = 0; n >= 5 && digits >= 2 && k + 2 < n; k++)
		deid_hide(t, sign[k], sign[k] + 1, HIDE_SIGN);
}

// --- mail addresses and accounts that are spelled out

static bool mail_sign(uint32_t cp)
{
	return deid_alnum(cp) || cp == '.' || cp == '_' || cp == '-' || cp == '+';
}

static bool dot_at(const struct deid_text *t, size_t i, size_t *end)
{
	static const char *const dots[] = {".", "dot", "点", "(dot)", "[dot]"};

	for (size_t k = 0; k < sizeof(dots) / sizeof(*dots); k++)
		if (deid_at(t, i, dots[k], end))
			return true;
	return false;
}

// A host behind the sign at unit i: a word, a dot, a word.
static bool host_at(const struct deid_text *t, size_t i)
{
	size_t end;

	while (deid_cp(t, i) == ' ')
		i++;
	size_t from = i;
	while (deid_alnum(deid_cp(t, i)) || deid_cp(t, i) == '-')
		i++;
	if (i == from)
		return false;
	while (deid_cp(t, i) == ' ')
		i++;
	return dot_at(t, i, &end) && deid_letter(deid_cp(t, end + (deid_cp(t, end) == ' ')));
}

static void mail_at(struct deid_text *t, size_t i)
{
	static const char *const ats[] = {"(at)", "[at]", "艾特", "圈a", " at ", "@"};
	size_t end = 0, from = i, k = 0;

	while (k < sizeof(ats) / sizeof(*ats) && !deid_at(t, i, ats[k], &end))
		k++;
	if (k == sizeof(ats) / sizeof(*ats) || !host_at(t, end))
		return;
	while (from > 0 && t->v.v[from - 1].cp == ' ')
		from--;
	size_t to = from;
	while (from > 0 && mail_sign(t->v.v[from - 1].cp))
		from--;
	deid_hide(t, from, to, HIDE_WHOLE);
}

static void account_at(struct deid_text *t, size_t i)
{
	static const char *const words[] = {"微信号", "微信", "wechat", "weixin", "qq号", "qq", "支付宝账号", "支付宝", "账号", "用户名", "username", "skype", "telegram"};
	size_t end = 0;

	for (size_t k = 0; k < sizeof(words) / sizeof(*words); k++) {
		if (!deid_at(t, i, words[k], &end))
			continue;
		for (int n = 0; n < 4; n++)
			if (deid_cp(t, end) == 0x662f || deid_cp(t, end) == ':' || deid_cp(t, end) == 0x53f7 || deid_cp(t, end) == ' ')
				end++;
		size_t from = end;
		while (deid_alnum(deid_cp(t, end)) || deid_cp(t, end) == '_' || deid_cp(t, end) == '-')
			end++;
		if (end - from >= ACCOUNT_MIN)
			deid_hide(t, from, end, HIDE_WHOLE);
		return;
	}
}

void deid_tokens(struct deid_text *t)
{
	for (size_t i = 0; i < t->v.n; i++) {
		plate_at(t, i);
		mail_at(t, i);
		account_at(t, i);
	}
	for (size_t i = 0; i < t->v.n;) {
		struct token k = token_at(t, i);
		if (k.n >= TOKEN_MIN && k.letters && k.digits >= TOKEN_DIGITS && !of_an_article(t, &k) && !a_flight(&k))
			hide_token(t, &k);
		i = k.to > i ? k.to : i + 1;
	}
}

// --- houses

// 知道, 渠道, 通道, 报道 are no streets.
static bool no_street(const struct deid_text *t, size_t i)
{
	uint32_t cp = i ? t->v.v[i - 1].cp : 0;

	return !utf8_is_han(cp) || cp == 0x77e5 || cp == 0x6e20 || cp == 0x901a || cp == 0x62a5;
}

static size_t street_word(const struct deid_text *t, size_t i)
{
	static const char *const words[] = {"大道", "大街", "胡同", "小区", "花园", "公寓", "大厦", "新村", "家园", "广场", "路", "街", "巷", "村", "镇", "苑", "道"};
	size_t end;

	for (size_t k = 0; k < sizeof(words) / sizeof(*words); k++)
		if (deid_at(t, i, words[k], &end))
			return k + 1 == sizeof(words) / sizeof(*words) && no_street(t, i) ? 0 : end;
	return 0;
}

static bool number_sign(uint32_t cp)
{
	static const uint32_t han[] = {0x3007, 0x96f6, 0x4e00, 0x4e8c, 0x4e09, 0x56db, 0x4e94, 0x516d, 0x4e03, 0x516b, 0x4e5d, 0x5341, 0x767e, 0x5343, 0x4e24, 0x5e7a};

	for (size_t i = 0; i < sizeof(han) / sizeof(*han); i++)
		if (han[i] == cp)
			return true;
	return deid_alnum(cp) || cp == '-';
}

static size_t house_unit(const struct deid_text *t, size_t i)
{
	static const char *const words[] = {"号楼", "单元", "号", "弄", "栋", "幢", "室", "座", "楼", "层", "户", "房", "#"};
	size_t end;

	for (size_t k = 0; k < sizeof(words) / sizeof(*words); k++)
		if (deid_at(t, i, words[k], &end))
			return end;
	return 0;
}

// Numbers with their units from i on: where they end, i if there are none.
static size_t house_end(const struct deid_text *t, size_t i)
{
	for (size_t end = i;;) {
		size_t at = deid_blanks(t, end, 2), from = at;
		while (number_sign(deid_cp(t, at)))
			at++;
		size_t unit = at > from ? house_unit(t, deid_blanks(t, at, 1)) : 0;
		if (!unit)
			return end > i && at > from && at - from <= 5 ? at : end; // the room, without a word
		end = unit;
	}
}

static bool ends_region(uint32_t cp)
{
	return cp == 0x533a || cp == 0x53bf || cp == 0x5e02 || cp == 0x7701 || cp == 0x5728 || cp == 0x662f || cp == 0x4f4f || cp == 0x5230; // 区县市省在是住到
}

// The street's name goes back from its word to the region, or to where the sentence begins.
static size_t street_from(const struct deid_text *t, size_t i)
{
	size_t from = i;

	while (from > 0 && i - from < STREET_BACK && utf8_is_han(t->v.v[from - 1].cp) && !ends_region(t->v.v[from - 1].cp))
		from--;
	return from;
}

static void english_street(struct deid_text *t, size_t i)
{
	static const char *const words[] = {"road", "rd", "street", "st", "avenue", "ave", "lane", "ln", "drive", "boulevard", "blvd", "court"};
	size_t at = i, end;

	if (!digit(deid_cp(t, i)) || (i && deid_alnum(t->v.v[i - 1].cp)))
		return;
	while (digit(deid_cp(t, at)))
		at++;
	for (int word = 0; word < 4; word++) {
		while (deid_cp(t, at) == ' ')
			at++;
		for (size_t k = 0; word && k < sizeof(words) / sizeof(*words); k++)
			if (deid_at(t, at, words[k], &end) && !deid_alnum(deid_cp(t, end))) {
				deid_hide(t, i, end, HIDE_WHOLE);
				return;
			}
		size_t from = at;
		while (deid_letter(deid_cp(t, at)))
			at++;
		if (at == from)
			return;
	}
}

void deid_addresses(struct deid_text *t)
{
	for (size_t i = 0; i < t->v.n; i++) {
		size_t word = street_word(t, i), end = word;
		english_street(t, i);
		if (!word)
			continue;
		// Between the street and its number there may be a name: 世纪大道环球中心18楼.
		for (size_t at = word; at < word + STREET_NAME && end == word; at++) {
			end = house_end(t, at) > at ? house_end(t, at) : word;
			if (!utf8_is_han(deid_cp(t, at)))
				break;
		}
		if (end > word)
			deid_hide(t, street_from(t, i), end, HIDE_WHOLE);
	}
}
