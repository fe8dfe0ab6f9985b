// SPDX-License-Identifier: MIT
// Knows how a courier's file is read: whether it is whole and unchanged, and what the hub finds in it.
#include "src/base/i18n.h"
#include "src/sync/courier.h"
#include "src/sync/courier_part.h"
#include "src/wire/read.h"

enum { LINE_MAX_BYTES = 8 * WIRE_OP_BYTES }; // every byte of a body escaped

static bool cut_off(struct err *e)
{
	return err_set(e, ERR_PARSE, _("the file is cut off: copy it again from the station that wrote it"));
}

static bool foreign(struct err *e)
{
	return err_set(e, ERR_PARSE, _("this is not a file of zuoxi outbox export"));
}

// --- the head

static bool read_hex(const json_t *o, const char *key, unsigned char *out, size_t n, struct err *e)
{
	const char *hex;
	size_t got;

	return wire_need_text(o, key, 2 * n, &hex, e) && sodium_hex2bin(out, n, hex, strlen(hex), NULL, &got, NULL) == 0 && got == n;
}

// A name that becomes part of a file's name at a station that carries it.
static bool plain(const char *s)
{
	return *s && s[strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-")] == '\0';
}

static bool parse_head(struct sv line, struct courier_head *out)
{
	struct err e = {0};
	json_t *o = wire_parse(line, COURIER_HEAD, &e);
	const char *dev = NULL, *inc = NULL;
	bool ok = json_is_object(o) && wire_need_text(o, "dev", sizeof(out->dev) - 1, &dev, &e) &&
		  wire_need_text(o, "inc", sizeof(out->inc) - 1, &inc, &e) && plain(dev) && plain(inc) &&
		  wire_need_int(o, "from", 1, INT64_MAX, &out->from, &e) && wire_need_int(o, "to", out->from, INT64_MAX, &out->to, &e) &&
		  wire_need_int(o, "ops", 1, INT64_MAX, &out->ops, &e) && out->to - out->from == out->ops - 1 &&
		  wire_may_time(o, "made", &out->made, &e) && read_hex(o, "hub", out->hub, sizeof(out->hub), &e) &&
		  read_hex(o, "sign", out->sign, sizeof(out->sign), &e);

	if (ok) {
		snprintf(out->dev, sizeof(out->dev), "%s", dev);
		snprintf(out->inc, sizeof(out->inc), "%s", inc);
	}
	json_decref(o);
	return ok;
}

// Up to the sealed key; *line_n: bytes of the head with its end of line.
static bool read_head(FILE *f, struct courier_head *out, char line[COURIER_HEAD + 1], size_t *line_n, struct err *e)
{
	char magic[sizeof(COURIER_MAGIC) - 1];

	*out = (struct courier_head){0};
	if (fseek(f, 0, SEEK_SET) != 0 || fread(magic, 1, sizeof(magic), f) != sizeof(magic) ||
	    memcmp(magic, COURIER_MAGIC, sizeof(magic)) != 0)
		return foreign(e);
	if (!fgets(line, COURIER_HEAD + 1, f))
		return cut_off(e);
	*line_n = strlen(line);
	if (!*line_n || line[*line_n - 1] != '\n')
		return feof(f) ? cut_off(e) : foreign(e);
	return parse_head(sv_n(line, *line_n - 1), out) || foreign(e);
}

// --- is it whole and unchanged

// All that remains but the signature goes into the hash; the file ends with the signature.
static bool hash_rest(FILE *f, crypto_sign_state *hash, unsigned char sig[crypto_sign_BYTES], struct err *e)
{
	unsigned char buf[COURIER_CHUNK];
	long here = ftell(f);

	if (here < 0 || fseek(f, 0, SEEK_END) != 0)
		return err_set(e, ERR_IO, _("the file cannot be read"));
	long left = ftell(f) - here - (long)crypto_sign_BYTES;
	if (left < COURIER_SEALED_KEY + COURIER_STREAM_HEADER + 4 + COURIER_CHUNK_OVERHEAD)
		return cut_off(e);
	if (fseek(f, here, SEEK_SET) != 0)
		return err_set(e, ERR_IO, _("the file cannot be read"));
	while (left > 0) {
		size_t want = (size_t)left < sizeof(buf) ? (size_t)left : sizeof(buf), n = fread(buf, 1, want, f);
		if (n != want)
			return err_set(e, ERR_IO, _("the file cannot be read"));
		crypto_sign_update(hash, buf, n);
		left -= (long)n;
	}
	return fread(sig, 1, crypto_sign_BYTES, f) == crypto_sign_BYTES || cut_off(e);
}

// The chunks, unopened: a file that was cut in the middle ends without its last one, which is another thing than one that was changed.
static bool chunks_fit(FILE *f, long from, struct err *e)
{
	unsigned char size[4];
	long end;

	if (fseek(f, 0, SEEK_END) != 0 || (end = ftell(f) - (long)crypto_sign_BYTES) < 0)
		return err_set(e, ERR_IO, _("the file cannot be read"));
	for (long at = from + COURIER_SEALED_KEY + COURIER_STREAM_HEADER; at != end;) {
		if (at > end || fseek(f, at, SEEK_SET) != 0 || fread(size, 1, sizeof(size), f) != sizeof(size))
			return cut_off(e);
		long n = (long)size[0] | (long)size[1] << 8 | (long)size[2] << 16 | (long)size[3] << 24;
		if (n < COURIER_CHUNK_OVERHEAD || n > COURIER_CHUNK_MAX + COURIER_CHUNK_OVERHEAD)
			return cut_off(e);
		at += 4 + n;
	}
	return true;
}

bool courier_check(FILE *f, struct courier_head *out, struct err *e)
{
	unsigned char sig[crypto_sign_BYTES];
	char line[COURIER_HEAD + 1];
	crypto_sign_state hash;
	size_t n = 0;

	if (!read_head(f, out, line, &n, e))
		return false;
	long body = ftell(f);
	crypto_sign_init(&hash);
	crypto_sign_update(&hash, (const unsigned char *)COURIER_MAGIC, strlen(COURIER_MAGIC));
	crypto_sign_update(&hash, (const unsigned char *)line, n);
	if (!hash_rest(f, &hash, sig, e))
		return false;
	if (crypto_sign_final_verify(&hash, sig, out->sign) == 0)
		return true;
	return chunks_fit(f, body, e) && err_set(e, ERR_DENIED, _("the file was changed after the station wrote it: its signature does not fit"));
}

// --- what is in it

struct lines {
	const struct courier_hub *hub;
	const struct courier_head *head;
	struct str rest; // of a line whose end has not come
	int64_t next;
};

static bool hand_over(struct lines *l, struct sv line, struct err *e)
{
	struct wire_op op;
	json_t *o = wire_parse(line, LINE_MAX_BYTES, e);
	bool ok = o && wire_op_parse(o, &op, e);

	if (ok && op.n != l->next)
		ok = err_set(e, ERR_PARSE, _("operation %lld does not follow on the one before"), (long long)op.n);
	ok = ok && l->hub->op(l->hub->ctx, l->head, &op, e);
	l->next++;
	json_decref(o);
	return ok;
}

static bool take_lines(struct lines *l, const unsigned char *p, size_t n, struct err *e)
{
	str_addn(&l->rest, (const char *)p, n);
	struct sv left = sv_n(str_z(&l->rest), l->rest.n);
	const char *end;
	bool ok = true;

	while (ok && (end = memchr(left.p, '\n', left.n))) {
		ok = hand_over(l, sv_n(left.p, (size_t)(end - left.p)), e);
		left = sv_n(end + 1, left.n - (size_t)(end + 1 - left.p));
	}
	struct str kept = {0};
	str_addn(&kept, left.p, left.n);
	str_release(&l->rest);
	l->rest = kept;
	return ok && (kept.n <= LINE_MAX_BYTES || err_set(e, ERR_LIMIT, _("an operation in the file is too long")));
}

static bool next_chunk(FILE *f, crypto_secretstream_xchacha20poly1305_state *stream, struct lines *l, bool *last, struct err *e)
{
	unsigned char size[4], tag, *sealed, *open;
	unsigned long long got;

	if (fread(size, 1, sizeof(size), f) != sizeof(size))
		return cut_off(e);
	size_t n = (size_t)size[0] | (size_t)size[1] << 8 | (size_t)size[2] << 16 | (size_t)size[3] << 24;
	if (n < COURIER_CHUNK_OVERHEAD || n > COURIER_CHUNK_MAX + COURIER_CHUNK_OVERHEAD)
		return cut_off(e);
	sealed = xmalloc(n);
	open = xmalloc(n);
	bool ok = fread(sealed, 1, n, f) == n || cut_off(e);
	if (ok && crypto_secretstream_xchacha20poly1305_pull(stream, open, &got, &tag, sealed, n, NULL, 0) != 0)
		ok = err_set(e, ERR_DENIED, _("the file does not open: it is damaged"));
	if (ok) {
		*last = tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL;
		ok = take_lines(l, open, (size_t)got, e);
	}
	sodium_memzero(open, n);
	free(sealed);
	free(open);
	return ok;
}

static bool open_stream(FILE *f, const struct courier_hub *hub, crypto_secretstream_xchacha20poly1305_state *stream, struct err *e)
{
	unsigned char sealed[COURIER_SEALED_KEY], header[COURIER_STREAM_HEADER], key[crypto_secretstream_xchacha20poly1305_KEYBYTES];
	struct courier_head head;
	char line[COURIER_HEAD + 1];
	size_t n;

	if (!read_head(f, &head, line, &n, e))
		return false;
	if (fread(sealed, 1, sizeof(sealed), f) != sizeof(sealed) || fread(header, 1, sizeof(header), f) != sizeof(header))
		return cut_off(e);
	bool ok = crypto_box_seal_open(key, sealed, sizeof(sealed), hub->box_pk, hub->box_sk) == 0 &&
		  crypto_secretstream_xchacha20poly1305_init_pull(stream, header, key) == 0;
	sodium_memzero(key, sizeof(key));
	return ok || err_set(e, ERR_DENIED, _("the file does not open: it is damaged"));
}

static bool may_come(const struct courier_hub *hub, const struct courier_head *h, struct err *e)
{
	unsigned char known[JOINED_SIGN_PK];
	int64_t last_n = 0;

	if (memcmp(h->hub, hub->box_pk, sizeof(h->hub)) != 0)
		return err_set(e, ERR_DENIED, _("the file was written for another hub"));
	if (!hub->station(hub->ctx, h->dev, h->inc, known, &last_n, e))
		return false;
	if (sodium_memcmp(known, h->sign, sizeof(known)) != 0)
		return err_set(e, ERR_DENIED, _("the file says it is of station %s, but another one has signed it"), h->dev);
	return h->to > last_n || err_set(e, ERR_CONFLICT, _("everything in the file is here already (operations %lld to %lld of %s)"),
					 (long long)h->from, (long long)h->to, h->dev);
}

bool courier_read(FILE *f, const struct courier_hub *hub, struct courier_head *out, struct err *e)
{
	crypto_secretstream_xchacha20poly1305_state stream;
	bool last = false, ok = courier_check(f, out, e) && may_come(hub, out, e) && open_stream(f, hub, &stream, e);
	struct lines l = {.hub = hub, .head = out, .next = out->from};

	while (ok && !last)
		ok = next_chunk(f, &stream, &l, &last, e);
	if (ok && (l.rest.n || l.next != out->to + 1))
		ok = err_set(e, ERR_PARSE, _("the file is damaged: it does not hold what its head says"));
	str_release(&l.rest);
	return ok;
}
