// SPDX-License-Identifier: MIT
// Knows how a courier's file is written: head, sealed key, chunks, signature.
#include "src/sync/courier.h"

#include <errno.h>
#include <sodium.h>

#include "src/base/clock.h"
#include "src/base/i18n.h"
#include "src/base/path.h"
#include "src/sync/courier_part.h"

struct courier_writer {
	FILE *to;
	struct str plain;
	crypto_secretstream_xchacha20poly1305_state stream;
	crypto_sign_state hash;
	unsigned char sk[JOINED_SIGN_SK];
	int64_t next, left; // n expected, operations still to come
};

static bool put(struct courier_writer *w, const void *p, size_t n, struct err *e)
{
	crypto_sign_update(&w->hash, p, n);
	return fwrite(p, 1, n, w->to) == n || err_set(e, err_from_errno(errno), _("the file cannot be written: %s"), strerror(errno));
}

static bool put_head(struct courier_writer *w, const struct courier_head *h, struct err *e)
{
	char hub[2 * sizeof(h->hub) + 1], sign[2 * sizeof(h->sign) + 1], made[32];

	sodium_bin2hex(hub, sizeof(hub), h->hub, sizeof(h->hub));
	sodium_bin2hex(sign, sizeof(sign), h->sign, sizeof(h->sign));
	clock_rfc3339(h->made, made, sizeof(made));
	json_t *o = json_pack("{s:s, s:s, s:I, s:I, s:I, s:s, s:s, s:s}", "dev", h->dev, "inc", h->inc, "from", (json_int_t)h->from, "to",
			      (json_int_t)h->to, "ops", (json_int_t)h->ops, "made", made, "hub", hub, "sign", sign);
	char *text = wire_print(o);
	bool ok = put(w, COURIER_MAGIC, strlen(COURIER_MAGIC), e) && put(w, text, strlen(text), e) && put(w, "\n", 1, e);
	free(text);
	json_decref(o);
	return ok;
}

static bool put_key(struct courier_writer *w, const unsigned char hub[JOINED_BOX_PK], struct err *e)
{
	unsigned char key[crypto_secretstream_xchacha20poly1305_KEYBYTES], sealed[COURIER_SEALED_KEY], header[COURIER_STREAM_HEADER];

	crypto_secretstream_xchacha20poly1305_keygen(key);
	crypto_secretstream_xchacha20poly1305_init_push(&w->stream, header, key);
	// Fails only for a public key that is none.
	bool ok = crypto_box_seal(sealed, key, sizeof(key), hub) == 0 || err_set(e, ERR_PARSE, _("the hub's key is damaged; join the hub again with zuoxi enrol URL CODE"));
	sodium_memzero(key, sizeof(key));
	return ok && put(w, sealed, sizeof(sealed), e) && put(w, header, sizeof(header), e);
}

bool courier_begin(struct courier_writer **out, FILE *to, const struct courier_head *head, const unsigned char sign_sk[JOINED_SIGN_SK],
		   struct err *e)
{
	struct courier_writer *w = xcalloc(1, sizeof(*w));

	w->to = to;
	w->next = head->from;
	w->left = head->ops;
	memcpy(w->sk, sign_sk, sizeof(w->sk));
	crypto_sign_init(&w->hash);
	if (put_head(w, head, e) && put_key(w, head->hub, e)) {
		*out = w;
		return true;
	}
	courier_abandon(w);
	*out = NULL;
	return false;
}

static bool put_chunk(struct courier_writer *w, bool last, struct err *e)
{
	unsigned char *sealed = xmalloc(w->plain.n + COURIER_CHUNK_OVERHEAD), size[4];
	unsigned long long n;

	crypto_secretstream_xchacha20poly1305_push(&w->stream, sealed, &n, (const unsigned char *)str_z(&w->plain), w->plain.n, NULL, 0,
						   last ? crypto_secretstream_xchacha20poly1305_TAG_FINAL : 0);
	for (int i = 0; i < 4; i++)
		size[i] = (unsigned char)(n >> (8 * i));
	bool ok = put(w, size, sizeof(size), e) && put(w, sealed, (size_t)n, e);
	free(sealed);
	str_clear(&w->plain);
	return ok;
}

bool courier_add(struct courier_writer *w, const struct wire_op *op, struct err *e)
{
	if (op->n != w->next || !w->left)
		return err_set(e, ERR_CONFLICT, _("operation %lld does not follow on the one before"), (long long)op->n);
	w->next++;
	w->left--;
	json_t *o = wire_op_print(op);
	char *text = wire_print(o);
	str_add(&w->plain, text);
	str_addc(&w->plain, '\n');
	free(text);
	json_decref(o);
	return w->plain.n < COURIER_CHUNK || put_chunk(w, false, e);
}

bool courier_finish(struct courier_writer *w, struct err *e)
{
	unsigned char sig[crypto_sign_BYTES];
	bool ok = !w->left || err_set(e, ERR_CONFLICT, _("%lld operations are missing"), (long long)w->left);

	ok = ok && put_chunk(w, true, e);
	if (ok) {
		crypto_sign_final_create(&w->hash, sig, NULL, w->sk);
		ok = (fwrite(sig, 1, sizeof(sig), w->to) == sizeof(sig) && fflush(w->to) == 0) ||
		     err_set(e, err_from_errno(errno), _("the file cannot be written: %s"), strerror(errno));
	}
	courier_abandon(w);
	return ok;
}

void courier_abandon(struct courier_writer *w)
{
	if (!w)
		return;
	str_release(&w->plain);
	sodium_memzero(w, sizeof(*w));
	free(w);
}
