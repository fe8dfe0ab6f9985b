// SPDX-License-Identifier: MIT
// Knows in which forms somebody's name, mail, plate or address may stand in a text, and finds them.
#include "src/base/han.h"
#include "src/base/utf8.h"
#include "src/desk/check.h"
#include "src/practice/deid_part.h"

enum { NEEDLE_MOST = 160, SPELLINGS = 8, NUMBER_MIN = 5 };

// --- finding

static bool stands(const struct deid_text *t, size_t at, const struct needle *x)
{
	for (size_t k = 0; k < x->n; k++)
		if (at + k >= t->squeezed.n || t->v.v[t->squeezed.v[at + k]].cp != x->u[k])
			return false;
	if (!x->bounded)
		return true;
	size_t from = t->squeezed.v[at], to = t->squeezed.v[at + x->n - 1] + 1;
	bool before = deid_letter(x->u[0]) && from && deid_letter(t->v.v[from - 1].cp);
	return !before && !(deid_letter(x->u[x->n - 1]) && deid_letter(deid_cp(t, to)));
}

void deid_needles(const struct deid *d, struct deid_text *t)
{
	for (size_t at = 0; at < t->squeezed.n; at++)
		for (size_t j = 0; j < d->needles.n; j++) {
			const struct needle *x = &d->needles.v[j];
			if (stands(t, at, x) && x->head + x->tail < x->n)
				deid_hide(t, t->squeezed.v[at + x->head], t->squeezed.v[at + x->n - x->tail - 1] + 1, x->hide);
		}
}

// --- what is looked for

static void add(struct deid *d, const uint32_t *u, size_t n, enum hide how, size_t head, size_t tail)
{
	if (!n)
		return;
	uint32_t *own = xreallocarray(NULL, n, sizeof(*own));
	memcpy(own, u, n * sizeof(*own));
	vec_push(&d->needles, ((struct needle){.u = own, .n = n, .hide = how, .head = head, .tail = tail,
					       .bounded = deid_letter(own[0]) || deid_letter(own[n - 1])}));
}

// A value as it is compared; at most cap units.
static size_t squeezed(const char *text, uint32_t *u, size_t cap)
{
	struct deid_text t;
	size_t n = 0;

	deid_unfold(&t, text);
	for (size_t i = 0; i < t.squeezed.n && n < cap; i++)
		u[n++] = t.v.v[t.squeezed.v[i]].cp;
	vec_release(&t.v);
	vec_release(&t.squeezed);
	return n;
}

static void add_word(struct deid *d, const char *word, enum hide how, size_t least)
{
	uint32_t u[NEEDLE_MOST];
	size_t n = squeezed(word, u, NEEDLE_MOST);

	if (n >= least)
		add(d, u, n, how, 0, 0);
}

// --- names

static void add_latin(struct deid *d, const char *name)
{
	struct sv rest = sv(name), word, words[8];
	struct str back = {0};
	size_t n = 0;

	add_word(d, name, HIDE_NAME, 2);
	while (n < 8 && sv_split(&rest, ' ', &word))
		if (sv_trim(word).n)
			words[n++] = sv_trim(word);
	for (size_t i = n; i-- > 0;)
		str_addn(&back, words[i].p, words[i].n);
	if (n > 1)
		add_word(d, str_z(&back), HIDE_NAME, 2);
	// The surname before the rest, and the rest before it: 建国 王 spelled as Wang Jianguo, Jianguo Wang.
	if (n > 2) {
		str_clear(&back);
		for (size_t i = 1; i <= n; i++)
			str_addn(&back, words[i % n].p, words[i % n].n);
		add_word(d, str_z(&back), HIDE_NAME, 2);
		str_clear(&back);
		for (size_t i = 1; i < n; i++)
			str_addn(&back, words[i].p, words[i].n);
		add_word(d, str_z(&back), HIDE_NAME, 4);
	}
	for (size_t i = 0; n > 1 && i < n; i++) {
		str_clear(&back);
		str_addn(&back, words[i].p, words[i].n);
		add_word(d, str_z(&back), HIDE_NAME, 2);
	}
	str_release(&back);
}

// How the name is written in pinyin: with the readings of the surname, and the usual ones of the rest.
static void add_pinyin(struct deid *d, const uint32_t *u, size_t n, size_t surname)
{
	const char *first[SPELLINGS], *other[SPELLINGS];
	size_t readings = han_readings(u[0], first, SPELLINGS);

	for (size_t r = 0; r < readings && r < SPELLINGS; r++) {
		struct str family = {0}, given = {0}, both = {0};
		str_add(&family, first[r]);
		bool whole = true;
		for (size_t i = 1; i < n; i++) {
			size_t k = han_readings(u[i], other, SPELLINGS);
			whole &= k > 0;
			if (k)
				str_add(i < surname ? &family : &given, other[0]);
		}
		str_addf(&both, "%s%s", str_z(&family), str_z(&given));
		if (whole && n > 1)
			add_word(d, str_z(&both), HIDE_NAME, 4);
		str_clear(&both);
		str_addf(&both, "%s%s", str_z(&given), str_z(&family));
		if (whole && n > 1)
			add_word(d, str_z(&both), HIDE_NAME, 4);
		if (whole && n - surname > 1)
			add_word(d, str_z(&given), HIDE_NAME, 4);
		str_release(&family);
		str_release(&given);
		str_release(&both);
	}
}

static void add_titled(struct deid *d, const uint32_t *surname, size_t n)
{
	static const char *const before[] = {"小", "老", "大", "阿", "姓", "mr", "mrs", "ms", "miss", "dr"};
	uint32_t u[NEEDLE_MOST];

	for (const char *const *title = deid_titles(); *title; title++) {
		memcpy(u, surname, n * sizeof(*u));
		size_t k = n + squeezed(*title, u + n, 16);
		add(d, u, k, HIDE_NAME, 0, k - n);
	}
	for (size_t i = 0; i < sizeof(before) / sizeof(*before); i++) {
		size_t k = squeezed(before[i], u, 16);
		memcpy(u + k, surname, n * sizeof(*u));
		add(d, u, k + n, HIDE_NAME, k, 0);
	}
}

static void add_han(struct deid *d, const uint32_t *u, size_t n)
{
	size_t surname = deid_surname(u, n);
	uint32_t turned[NEEDLE_MOST];

	surname = surname && surname < n ? surname : 1;
	if (n > 1)
		add(d, u, n, HIDE_NAME, 0, 0);
	add_titled(d, u, surname);
	if (n < 2)
		return;
	if (n - surname > 1)
		add(d, u + surname, n - surname, HIDE_NAME, 0, 0);
	else
		add_titled(d, u + surname, 1);
	memcpy(turned, u + surname, (n - surname) * sizeof(*u));
	memcpy(turned + n - surname, u, surname * sizeof(*u));
	add(d, turned, n, HIDE_NAME, 0, 0);
	add_pinyin(d, u, n, surname);
}

static void know_name(struct deid *d, const char *name)
{
	uint32_t u[NEEDLE_MOST];
	size_t n = squeezed(name, u, 40);
	bool han = n > 0;

	for (size_t i = 0; i < n; i++)
		han &= utf8_is_han(u[i]);
	// As the telephone names them: with the title.
	for (const char *const *title = deid_titles(); han && *title; title++) {
		uint32_t w[16];
		size_t k = squeezed(*title, w, 16);
		if (n > k && memcmp(u + n - k, w, k * sizeof(*u)) == 0)
			n -= k;
	}
	if (han)
		add_han(d, u, n);
	else
		add_latin(d, name);
}

// --- numbers and codes

static void add_digits(struct deid *d, const char *digits, size_t n)
{
	struct number x = {0};

	if (n < NUMBER_MIN || n >= sizeof(x.digits))
		return;
	memcpy(x.digits, digits, n);
	vec_push(&d->numbers, x);
}

static void know_digits(struct deid *d, const char *value)
{
	char digits[64];
	struct deid_text t;
	size_t n = 0;

	deid_unfold(&t, value);
	for (size_t i = 0; i < t.v.n && n < sizeof(digits) - 1; i++)
		if (t.v.v[i].digit >= 0)
			digits[n++] = (char)('0' + t.v.v[i].digit);
	digits[n] = '\0';
	add_digits(d, digits, n);
	vec_release(&t.v);
	vec_release(&t.squeezed);
}

static void know_phone(struct deid *d, const char *value)
{
	struct phone p;

	know_digits(d, value);
	if (!check_phone(sv(value), &p, NULL))
		return;
	know_digits(d, p.e164);
	if (strncmp(p.e164, "+86", 3) == 0)
		know_digits(d, p.e164 + 3);
}

// Letters and digits in one: found with anything between them.
static void know_code(struct deid *d, const char *value, size_t head, size_t tail)
{
	uint32_t u[NEEDLE_MOST];
	size_t n = squeezed(value, u, NEEDLE_MOST);

	know_digits(d, value);
	if (n <= head + tail)
		head = tail = 0;
	if (n < 4)
		return;
	add(d, u, n, HIDE_SIGN, head, tail);
	d->needles.v[d->needles.n - 1].bounded = false;
}

static void know_email(struct deid *d, const char *value)
{
	const char *at = strchr(value, '@');
	struct str local = {0};

	add_word(d, value, HIDE_WHOLE, 3);
	str_addn(&local, value, at ? (size_t)(at - value) : strlen(value));
	add_word(d, str_z(&local), HIDE_WHOLE, 4);
	know_digits(d, str_z(&local));
	str_release(&local);
}

// --- addresses

static bool of_a_place(uint32_t cp)
{
	return utf8_is_han(cp) || deid_letter(cp);
}

// Names in what comes behind the district: of the street, of the house.
static void add_places(struct deid *d, const uint32_t *u, size_t n)
{
	for (size_t i = 0; i < n;) {
		size_t to = i;
		while (to < n && of_a_place(u[to]))
			to++;
		size_t from = i;
		// A unit of the number before belongs to that: 号, 弄, 栋.
		while (from < to && from == i && i > 0 && (u[from] == 0x53f7 || u[from] == 0x5f04 || u[from] == 0x680b || u[from] == 0x5ba4 || u[from] == 0x697c || u[from] == 0x5c42 || u[from] == 0x5e62))
			from++;
		if (to - from >= 3)
			add(d, u + from, to - from, HIDE_WHOLE, 0, 0);
		i = to > i ? to : i + 1;
	}
}

static void know_address(struct deid *d, const char *value)
{
	uint32_t u[NEEDLE_MOST];
	struct str masked = {0};
	size_t n = squeezed(value, u, NEEDLE_MOST);

	if (n >= 4)
		add(d, u, n, HIDE_WHOLE, 0, 0);
	mask_value(MASK_ADDRESS, sv(value), &masked);
	const char *text = sv_trim(sv(value)).p;
	size_t head = masked.n > 3 ? masked.n - 3 : 0;
	if (head < strlen(text)) {
		n = squeezed(text + head, u, NEEDLE_MOST);
		if (n >= 3)
			add(d, u, n, HIDE_WHOLE, 0, 0);
		add_places(d, u, n);
	}
	str_release(&masked);
}

static void know_birth(struct deid *d, const char *value)
{
	int ymd;

	if (!check_date(sv(value), &ymd, NULL))
		return;
	d->birth_month = ymd / 100 % 100;
	d->birth_day = ymd % 100;
}

void deid_know(struct deid *d, enum mask kind, const char *value)
{
	if (!value || !sv_trim(sv(value)).n)
		return;
	switch (kind) {
	case MASK_NAME: know_name(d, value); break;
	case MASK_PHONE: know_phone(d, value); break;
	case MASK_CARD: know_digits(d, value); break;
	case MASK_IDNO:
		know_code(d, value, 0, 1);
		if (strlen(value) == 18) { // a resident id says when somebody was born
			char born[11];
			snprintf(born, sizeof(born), "%.4s-%.2s-%.2s", value + 6, value + 10, value + 12);
			know_birth(d, born);
		}
		break;
	case MASK_PASSPORT: know_code(d, value, 0, 2); break;
	case MASK_EMAIL: know_email(d, value); break;
	case MASK_ADDRESS: know_address(d, value); break;
	case MASK_PLATE: know_code(d, value, 2, 2); break;
	case MASK_ORDER: know_code(d, value, 0, 4); break;
	case MASK_BIRTH: know_birth(d, value); break;
	case MASK_NONE:
		know_digits(d, value);
		add_word(d, value, HIDE_WHOLE, 4);
		break;
	}
}
