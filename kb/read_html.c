// SPDX-License-Identifier: MIT
// Knows how a page of HTML becomes Markdown: headings, paragraphs, lists, tables and emphasis; scripts and menus are dropped.
#include "kb/draft.h"

#include "src/base/i18n.h"
#include "src/base/utf8.h"

enum { NAME_MAX_LEN = 15, LIST_DEPTH = 8 };

struct page {
	struct str out, title, h1;
	const char *skip;       // inside this element nothing is kept
	bool in_title, in_h1, in_pre, in_cell;
	bool fresh;             // an item has begun and has no text yet
	int main;               // open <main> and <article>: their header and footer are text
	int tables;
	int depth, ordinal[LIST_DEPTH]; // of lists; 0: bullets
	int cells;              // in the current table row
	bool head_row;          // a table's first row is behind us
	int quotes;
};

static bool is(const char *name, const char *const *set)
{
	for (; *set; set++)
		if (str_eq(name, *set))
			return true;
	return false;
}

static bool at_line_start(const struct str *b)
{
	return !b->n || b->s[b->n - 1] == '\n';
}

static void line_end(struct page *p, int blank)
{
	struct str *b = &p->out;

	if (p->in_cell) { // a row of a table is one line
		if (b->s[b->n - 1] != ' ')
			str_addc(b, ' ');
		return;
	}
	if (p->fresh)
		return;
	while (b->n && b->s[b->n - 1] == ' ')
		b->s[--b->n] = '\0';
	if (!b->n)
		return;
	int have = 0;
	while ((size_t)have < b->n && b->s[b->n - 1 - (size_t)have] == '\n')
		have++;
	for (; have < 1 + blank; have++)
		str_addc(b, '\n');
}

// What stands at the left of every line inside lists and quotations.
static void margin(struct page *p, int levels)
{
	for (int i = 0; i < p->quotes; i++)
		str_add(&p->out, "> ");
	for (int i = 0; i < levels; i++)
		str_add(&p->out, "   ");
}

// A character that Markdown would take for a mark where it stands.
static bool looks_like_mark(const struct page *p, uint32_t cp)
{
	if (p->in_cell)
		return cp == '|';
	return at_line_start(&p->out) && (cp == '#' || cp == '>' || cp == '-' || cp == '+' || cp == '*');
}

static void put(struct page *p, uint32_t cp)
{
	struct str *b = p->in_title ? &p->title : p->in_h1 ? &p->h1 : &p->out;
	bool blank = cp == ' ' || cp == '\n' || cp == '\t' || cp == '\r' || cp == 0xa0;

	if (blank && !(p->in_pre && b == &p->out)) {
		if (b->n && b->s[b->n - 1] != ' ' && b->s[b->n - 1] != '\n')
			str_addc(b, ' ');
		return;
	}
	if (b == &p->out && !p->in_pre) {
		bool mark = looks_like_mark(p, cp);
		if (at_line_start(b))
			margin(p, p->depth);
		if (mark)
			str_addc(b, '\\');
		p->fresh = false;
	}
	str_addcp(b, cp);
}

// "&amp;" and kin; returns bytes used, 0 if it is not a reference.
static size_t reference(struct sv s, uint32_t *cp)
{
	static const struct {
		const char *name;
		uint32_t cp;
	} known[] = {{"amp", '&'},	 {"lt", '<'},	     {"gt", '>'},	 {"quot", '"'},	    {"apos", '\''},	{"nbsp", ' '},
		     {"ensp", ' '},	 {"emsp", ' '},	     {"thinsp", ' '},	 {"ldquo", 0x201c},  {"rdquo", 0x201d},	{"lsquo", 0x2018},
		     {"rsquo", 0x2019},	 {"laquo", 0xab},    {"raquo", 0xbb},	 {"hellip", 0x2026}, {"mdash", 0x2014},	{"ndash", 0x2013},
		     {"middot", 0xb7},	 {"bull", 0x2022},   {"times", 0xd7},	 {"divide", 0xf7},   {"plusmn", 0xb1},	{"deg", 0xb0},
		     {"yen", 0xa5},	 {"euro", 0x20ac},   {"pound", 0xa3},	 {"cent", 0xa2},     {"copy", 0xa9},	{"reg", 0xae},
		     {"trade", 0x2122},	 {"sect", 0xa7},     {"para", 0xb6},	 {"frac12", 0xbd},   {"frac14", 0xbc},	{"permil", 0x2030},
		     {"larr", 0x2190},	 {"uarr", 0x2191},   {"rarr", 0x2192},	 {"darr", 0x2193},   {"le", 0x2264},	{"ge", 0x2265},
		     {"ne", 0x2260},	 {"asymp", 0x2248},  {"infin", 0x221e},	 {"check", 0x2713}};
	const char *end = memchr(s.p, ';', s.n < 12 ? s.n : 12);

	if (!end)
		return 0;
	struct sv name = sv_n(s.p + 1, (size_t)(end - s.p) - 1);
	*cp = 0;
	if (name.n > 1 && name.p[0] == '#') {
		bool hex = name.p[1] == 'x' || name.p[1] == 'X';
		for (size_t i = hex ? 2 : 1; i < name.n; i++) {
			const char *digits = "0123456789abcdef", *at = strchr(digits, name.p[i] | 0x20);
			if (!name.p[i] || !at || at - digits >= (hex ? 16 : 10) || *cp > 0x10ffff)
				return 0;
			*cp = *cp * (hex ? 16 : 10) + (uint32_t)(at - digits);
		}
		if (!*cp || *cp > 0x10ffff || (*cp >= 0xd800 && *cp < 0xe000))
			*cp = 0xfffd;
		return name.n + 2;
	}
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (sv_eqz(name, known[i].name)) {
			*cp = known[i].cp;
			return name.n + 2;
		}
	return 0;
}

static void item(struct page *p)
{
	int level = p->depth < 1 ? 0 : p->depth > LIST_DEPTH ? LIST_DEPTH - 1 : p->depth - 1;

	p->fresh = false;
	line_end(p, 0);
	if (at_line_start(&p->out))
		margin(p, level);
	if (p->depth && p->ordinal[level])
		str_addf(&p->out, "%d. ", p->ordinal[level]++);
	else
		str_add(&p->out, "- ");
	p->fresh = !p->in_cell;
}

static void list(struct page *p, bool open, bool ordered)
{
	if (!open) {
		p->fresh = false;
		p->depth -= p->depth > 0;
		line_end(p, p->depth == 0);
		return;
	}
	line_end(p, p->depth == 0);
	if (p->depth < LIST_DEPTH)
		p->ordinal[p->depth] = ordered;
	p->depth++;
}

static void table_row_end(struct page *p)
{
	p->in_cell = false;
	if (!p->cells)
		return;
	str_add(&p->out, p->out.s[p->out.n - 1] == ' ' ? "|" : " |");
	line_end(p, 0);
	if (!p->head_row) {
		for (int i = 0; i < p->cells; i++)
			str_add(&p->out, "| --- ");
		str_add(&p->out, "|\n");
		p->head_row = true;
	}
	p->cells = 0;
}

// The outermost table is one; a table in a cell is its text.
static void table(struct page *p, const char *name, bool open)
{
	if (str_eq(name, "table")) {
		p->tables += open ? 1 : p->tables > 0 ? -1 : 0;
		if (p->tables == (open ? 1 : 0)) {
			p->fresh = false;
			table_row_end(p);
			line_end(p, 1);
			p->head_row = false;
		}
	} else if (p->tables > 1) {
		line_end(p, 0);
	} else if (str_eq(name, "tr")) {
		table_row_end(p);
	} else if (open) { // td, th
		p->in_cell = false;
		p->fresh = false;
		str_add(&p->out, !p->cells ? "| " : p->out.s[p->out.n - 1] == ' ' ? "| " : " | ");
		p->cells++;
		p->in_cell = true;
	}
}

static void heading(struct page *p, bool open, int level)
{
	p->in_h1 = open && level == 1 && !p->h1.n;
	if (p->in_h1)
		return; // it is the title
	line_end(p, 1);
	if (!open || p->in_cell)
		return;
	if (at_line_start(&p->out))
		margin(p, p->depth);
	for (int i = 0; i < (level < 2 ? 2 : level); i++)
		str_addc(&p->out, '#');
	str_addc(&p->out, ' ');
}

static void preformatted(struct page *p, bool open)
{
	if (p->in_cell || open == p->in_pre)
		return;
	p->fresh = false;
	line_end(p, open);
	str_add(&p->out, "```\n");
	p->in_pre = open;
}

static void inside_tag(struct page *p, const char *name, bool open)
{
	static const char *const blocks[] = {"p", "div", "section", "article", "main", "dl", "dt", "dd", "figure", "figcaption", "caption", NULL};
	static const char *const cells[] = {"table", "tr", "td", "th", NULL};

	if (name[0] == 'h' && name[1] >= '1' && name[1] <= '6' && !name[2]) {
		heading(p, open, name[1] - '0');
	} else if (is(name, blocks)) {
		line_end(p, 1);
	} else if (str_eq(name, "br")) {
		if (p->in_pre)
			str_addc(&p->out, '\n');
		else if (p->in_h1)
			put(p, ' ');
		else
			line_end(p, 0);
	} else if (str_eq(name, "ul") || str_eq(name, "ol")) {
		list(p, open, name[0] == 'o');
	} else if (str_eq(name, "li") && open) {
		item(p);
	} else if (str_eq(name, "hr")) {
		line_end(p, 1);
	} else if ((str_eq(name, "strong") || str_eq(name, "b")) && !p->in_h1 && !p->in_pre) {
		if (open && at_line_start(&p->out))
			margin(p, p->depth);
		p->fresh = false;
		str_add(&p->out, "**");
	} else if (str_eq(name, "pre")) {
		preformatted(p, open);
	} else if (str_eq(name, "code") && !p->in_pre && !p->in_h1) {
		put(p, '`');
	} else if (str_eq(name, "blockquote")) {
		p->fresh = false;
		line_end(p, 1);
		p->quotes += open ? 1 : p->quotes > 0 ? -1 : 0;
	} else if (is(name, cells)) {
		table(p, name, open);
	}
}

static bool dropped(const struct page *p, const char *name, const char **which)
{
	static const char *const always[] = {"script", "style", "nav",	  "aside",  "svg",	"iframe",
					     "noscript", "template", "button", "select", "textarea", NULL};
	static const char *const outside[] = {"header", "footer", NULL};

	for (size_t i = 0; always[i]; i++)
		if (str_eq(name, always[i])) {
			*which = always[i];
			return true;
		}
	for (size_t i = 0; !p->main && outside[i]; i++)
		if (str_eq(name, outside[i])) {
			*which = outside[i];
			return true;
		}
	return false;
}

static void tag(struct page *p, const char *name, bool open)
{
	static const char *const ends_h1[] = {"p", "ul", "ol", "table", "section", "article", "main", "pre", "blockquote", NULL};

	if (p->skip) {
		if (!open && str_eq(name, p->skip))
			p->skip = NULL;
		return;
	}
	if (open && dropped(p, name, &p->skip))
		return;
	if (str_eq(name, "title")) {
		p->in_title = open && !p->title.n;
		return;
	}
	if (str_eq(name, "main") || str_eq(name, "article"))
		p->main += open ? 1 : p->main > 0 ? -1 : 0;
	if (p->in_h1 && open && is(name, ends_h1))
		p->in_h1 = false;
	inside_tag(p, name, open);
}

// A tag, comment or declaration at s, which begins with <. Returns bytes used; 0 if < is just a character.
static size_t markup(struct page *p, struct sv s)
{
	char name[NAME_MAX_LEN + 1];
	size_t i = 1, n = 0;
	char quote = 0;

	if (sv_starts(s, "<!--")) {
		const char *end = memmem(s.p + 4, s.n - 4, "-->", 3);
		return end ? (size_t)(end - s.p) + 3 : s.n;
	}
	bool open = !(s.n > 1 && s.p[1] == '/');
	i += !open;
	if (i >= s.n || !(((s.p[i] | 0x20) >= 'a' && (s.p[i] | 0x20) <= 'z') || s.p[i] == '!' || s.p[i] == '?'))
		return 0;
	for (; i < s.n && s.p[i] != '>' && s.p[i] != '/' && s.p[i] != ' ' && s.p[i] != '\t' && s.p[i] != '\n' && s.p[i] != '\r'; i++)
		if (n < NAME_MAX_LEN)
			name[n++] = (char)(s.p[i] >= 'A' && s.p[i] <= 'Z' ? s.p[i] | 0x20 : s.p[i]);
	name[n] = '\0';
	for (; i < s.n && (quote || s.p[i] != '>'); i++) {
		if (quote)
			quote = s.p[i] == quote ? 0 : quote;
		else if (s.p[i] == '"' || s.p[i] == '\'')
			quote = s.p[i];
	}
	bool closed = i > 0 && i < s.n && s.p[i - 1] == '/';
	tag(p, name, open);
	if (open && closed && p->skip && str_eq(name, p->skip)) // <iframe/>
		p->skip = NULL;
	return i < s.n ? i + 1 : s.n;
}

// What lies in <body>, or everything when there is none; the title stands in the head.
bool kb_read_html(struct kb_draft *d, const char *file, struct sv page, struct err *e)
{
	struct page p = {0};
	bool ok;

	for (size_t i = 0; i < page.n;) {
		struct sv s = sv_n(page.p + i, page.n - i);
		uint32_t cp;
		size_t used = *s.p == '<' ? markup(&p, s) : 0;
		if (used) {
			i += used;
			continue;
		}
		used = *s.p == '&' ? reference(s, &cp) : 0;
		if (used && cp == '<' && !p.skip && !p.in_title && !p.in_h1 && !p.in_pre)
			put(&p, '\\'); // a word in brackets is no markup of Markdown
		if (!used)
			used = utf8_decode(s, &cp);
		if (!p.skip)
			put(&p, cp);
		i += used;
	}
	table_row_end(&p);
	p.fresh = false;
	line_end(&p, 0);
	while (p.out.n > 1 && p.out.s[p.out.n - 2] == '\n')
		p.out.s[--p.out.n] = '\0';
	if (!p.out.n && !p.title.n && !p.h1.n)
		ok = err_set(e, ERR_PARSE, _("the page holds no text: there is nothing to import"));
	else
		ok = kb_draft_set(d, "id", sv(kb_name_of(file, d->a)), e) &&
		     kb_draft_set(d, "title", sv(p.h1.n ? str_z(&p.h1) : str_z(&p.title)), e) &&
		     kb_draft_set(d, "body", sv_n(str_z(&p.out), p.out.n), e);
	str_release(&p.out);
	str_release(&p.title);
	str_release(&p.h1);
	return ok;
}
