// SPDX-License-Identifier: MIT
// Knows the Xapian that the search is compared with: our tokens as terms, OR, its own BM25 with its own defaults.
#include <cstring>
#include <string>
#include <vector>

#include <xapian.h>

#include "tests/bench/peer.h"

namespace
{

// A word of the title counts like five of the body, as at the FTS5 peer (kb-search.md, Evidence I, 3: 5 was much better
// than 1, 10 hardly better than 5). No positions: an OR query does not look at them.
const Xapian::termcount TITLE = 5;

void add_text(Xapian::Document &doc, const char *text, Xapian::termcount weight)
{
	size_t n;
	const peer_token *v = peer_analyse(text, std::strlen(text), false, &n);

	for (size_t i = 0; i < n; i++)
		doc.add_term(std::string(v[i].text, v[i].n), weight);
}

void add(void *arg, const peer_doc *d)
{
	Xapian::WritableDatabase &db = *static_cast<Xapian::WritableDatabase *>(arg);
	Xapian::Document doc;

	doc.set_data(d->id);
	add_text(doc, d->title, TITLE);
	add_text(doc, d->body, 1);
	add_text(doc, d->phrasings, 1);
	db.add_document(doc);
}

int build(const char *path, const char *corpus)
{
	const std::string loose = std::string(path) + ".loose";
	{
		Xapian::WritableDatabase db(loose, Xapian::DB_CREATE_OR_OVERWRITE);
		peer_corpus(corpus, add, &db);
		db.commit();
	}
	Xapian::Database(loose).compact(path, Xapian::DBCOMPACT_NO_RENUMBER);
	return 0;
}

struct engine {
	Xapian::Database db;
	Xapian::Enquire enquire;

	explicit engine(const char *path) : db(path), enquire(db)
	{
	}
};

size_t ask(void *arg, const char *text, const char *mode, peer_hit *hits, size_t max)
{
	engine &x = *static_cast<engine *>(arg);
	const bool begun = !std::strcmp(mode, "key") || !std::strcmp(mode, "begun");
	std::vector<Xapian::Query> terms;
	size_t n, found = 0;
	const peer_token *v = peer_analyse(text, std::strlen(text), true, &n);

	for (size_t i = 0; i < n; i++) {
		terms.push_back(Xapian::Query(std::string(v[i].text, v[i].n)));
		// a begun word: its 8 most frequent completions, as many as ours takes
		if (begun && v[i].word && v[i].ends)
			terms.push_back(Xapian::Query(Xapian::Query::OP_WILDCARD, std::string(v[i].raw, v[i].nraw), 8,
						      Xapian::Query::WILDCARD_LIMIT_MOST_FREQUENT, Xapian::Query::OP_OR));
	}
	x.enquire.set_query(Xapian::Query(Xapian::Query::OP_OR, terms.begin(), terms.end()));
	const Xapian::MSet best = x.enquire.get_mset(0, static_cast<Xapian::doccount>(max));
	for (Xapian::MSetIterator i = best.begin(); i != best.end() && found < max; ++i) {
		std::snprintf(hits[found].id, sizeof(hits->id), "%s", i.get_document().get_data().c_str());
		hits[found++].score = i.get_weight();
	}
	return found;
}

} // namespace

int main(int argc, char **argv)
{
	try {
		if (argc == 4 && !std::strcmp(argv[2], "build"))
			return build(argv[1], argv[3]);
		if (argc == 3 && !std::strcmp(argv[2], "serve")) {
			engine x(argv[1]);
			return peer_serve(ask, &x);
		}
	} catch (const Xapian::Error &e) {
		std::fprintf(stderr, "xapian: %s\n", e.get_description().c_str());
		return 1;
	}
	std::fprintf(stderr, "usage: bench_xapian FOLDER build ARTICLES.JSONL | FOLDER serve\n");
	return 2;
}
