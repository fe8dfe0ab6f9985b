// SPDX-License-Identifier: MIT
// Knows how the score of a result is said in words.
#include "src/base/i18n.h"
#include "ui/kb_pane.h"

// 1, or 0 where the engine knows no such factor: nothing to say.
static bool applies(double factor)
{
	return factor > 0 && (factor < 0.999 || factor > 1.001);
}

static void factor(struct str *out, double f, const char *words)
{
	if (applies(f))
		str_addf(out, "×%.1f  %s\n", f, words);
}

void kb_why_words(const struct model *m, const struct kb_result *r, size_t row, struct str *out)
{
	const struct kb_score *s = &r->score;
	const struct work *w = model_work(m);
	const struct category *cat = w && w->contact->category && m->packs ? category_find(&m->packs->categories, w->contact->category) : NULL;

	str_addf(out, _("Row %zu of %zu, score %.2f\n"), row + 1, kb_pane_view(m)->results.n, s->total);
	if (s->terms)
		str_addf(out, ngettext("%u of %u word of the query found in it, for %.2f\n", "%u of %u words of the query found in it, for %.2f\n", s->terms),
			 s->terms_hit, s->terms, s->text);
	else if (r->must_read)
		str_addf(out, "%s\n", _("nothing asked: what must be read stands first"));
	else
		str_addf(out, "%s\n", _("nothing asked: what is used most stands first"));
	if (s->by_pinyin)
		str_addf(out, "%s\n", _("found by its sound (pinyin)"));
	if (s->by_correction)
		str_addf(out, "%s\n", _("found with a corrected word"));
	if (applies(s->category)) {
		struct str words = {0};
		str_addf(&words, _("of the category of this contact (%s)"), cat ? category_label(cat) : w && w->contact->category ? w->contact->category : "-");
		factor(out, s->category, str_z(&words));
		str_release(&words);
	}
	factor(out, s->step, _("named by this step of the script"));
	factor(out, s->helpful, _("marked as helpful by most"));
	factor(out, s->stale, _("under review"));
	if (s->trust > 0 && s->learned > 0) {
		str_addf(out, _("learned from resolved contacts: %.0f%% of what callers who put it so were given; this weighs %.0f%%"), s->learned * 100,
			 s->trust * 100);
		if (s->agents)
			str_addf(out, ngettext(", taught by at least %u agent", ", taught by at least %u agents", s->agents), s->agents);
		str_addc(out, '\n');
	}
	// without the last line feed
	if (out->n && out->s[out->n - 1] == '\n')
		out->s[--out->n] = '\0';
}
