-- The station's store. Times are UTC milliseconds; *_x columns are sealed (seal.h). Foreign keys are not enforced: a row
-- may arrive before what it refers to.
create table meta (
	k text primary key,
	v text
) strict, without rowid;

create table counter (
	name text not null,
	day text not null,
	value integer not null,
	primary key (name, day)
) strict, without rowid;

create table customer (
	id text primary key,
	rev integer not null,
	created_at integer not null,
	created_by text,
	updated_at integer not null,
	updated_by text,
	origin text,
	initial text,          -- first character of the name, folded
	last4 text,            -- of the first phone
	tier text,
	used_at integer not null,
	name_x blob,
	doc_x blob not null
) strict, without rowid;
create index customer_initial on customer (initial, used_at);
create index customer_used on customer (used_at);

create table customer_key (
	field text not null,   -- phone, id, order, name
	hash blob not null,    -- keyed BLAKE2b-128 of the normalised value
	customer_id text not null,
	primary key (field, hash, customer_id)
) strict, without rowid;
create index customer_key_owner on customer_key (customer_id);

create table customer_change (
	n integer primary key,
	customer_id text not null,
	at integer not null,
	by text,
	field text not null,
	old_masked text,
	new_masked text,
	reason text
) strict;
create trigger customer_change_keep before update on customer_change
begin select raise(abort, 'customer_change is append-only'); end;

create table interaction (
	id text primary key,
	no text unique,
	rev integer not null,
	created_at integer not null,
	created_by text,
	updated_at integer not null,
	updated_by text,
	origin text,
	state text not null,
	channel text not null,
	direction text not null,
	source text,
	mode text not null,
	agent_id text,
	queue_code text,
	customer_id text,
	category_id text,
	disposition text,
	started_at integer not null,
	connected_at integer,
	ended_at integer,
	closed_at integer,
	version integer not null,
	is_open integer not null generated always as (state not in ('closed', 'missed', 'abandoned')) stored,
	doc_x blob
) strict, without rowid;
create index interaction_started on interaction (started_at);
create index interaction_agent on interaction (agent_id, started_at);
create index interaction_customer on interaction (customer_id, started_at);
create index interaction_open on interaction (is_open, started_at);
create index interaction_closed on interaction (closed_at);

create table interaction_event (
	interaction_id text not null,
	seq integer not null,
	t_ms integer not null,
	at integer not null,
	type text not null,
	data_x blob,
	primary key (interaction_id, seq)
) strict, without rowid;
-- A timeline goes only with its contact, after the contact itself is gone.
create trigger interaction_event_keep before update on interaction_event
begin select raise(abort, 'interaction_event is append-only'); end;
create trigger interaction_event_stay before delete on interaction_event
when exists (select 1 from interaction where id = old.interaction_id)
begin select raise(abort, 'interaction_event is append-only'); end;

create table interaction_version (
	interaction_id text not null,
	version integer not null,
	at integer not null,
	by text,
	reason_x blob,
	doc_x blob,
	primary key (interaction_id, version)
) strict, without rowid;
create trigger interaction_version_keep before update on interaction_version
begin select raise(abort, 'interaction_version is append-only'); end;
create trigger interaction_version_stay before delete on interaction_version
when exists (select 1 from interaction where id = old.interaction_id)
begin select raise(abort, 'interaction_version is append-only'); end;

create table ticket (
	id text primary key,
	no text not null unique,
	rev integer not null,
	created_at integer not null,
	created_by text,
	updated_at integer not null,
	updated_by text,
	origin text,
	state text not null,
	kind text not null,
	customer_id text,
	interaction_id text,
	category_id text,
	owner_id text,
	team_id text,
	queue_code text,
	impact integer,
	urgency integer,
	priority integer not null,
	pinned integer not null,
	score integer not null,
	respond_due_at integer,
	resolve_due_at integer,
	first_response_at integer,
	resolved_at integer,
	closed_at integer,
	version integer not null,
	is_open integer not null generated always as (state not in ('closed', 'merged', 'cancelled')) stored,
	title_x blob,
	doc_x blob
) strict, without rowid;
create index ticket_owner on ticket (owner_id, is_open);
create index ticket_queue on ticket (queue_code, is_open);
create index ticket_customer on ticket (customer_id, is_open);
create index ticket_interaction on ticket (interaction_id, is_open);
create index ticket_created on ticket (created_at);

create table ticket_event (
	ticket_id text not null,
	seq integer not null,
	at integer not null,
	by text,
	type text not null,
	data_x blob,
	primary key (ticket_id, seq)
) strict, without rowid;
create trigger ticket_event_keep before update on ticket_event
begin select raise(abort, 'ticket_event is append-only'); end;
create trigger ticket_event_stay before delete on ticket_event
when exists (select 1 from ticket where id = old.ticket_id)
begin select raise(abort, 'ticket_event is append-only'); end;

create table callback (
	id text primary key,
	rev integer not null,
	created_at integer not null,
	created_by text,
	updated_at integer not null,
	updated_by text,
	origin text,
	interaction_id text,
	customer_id text,
	owner_id text,
	status text not null,
	due_at integer not null,
	window_min integer not null,
	attempts integer not null,
	doc_x blob
) strict, without rowid;
create index callback_due on callback (status, due_at);

create table kb_event (
	n integer primary key,
	at integer not null,
	agent_id text,
	interaction_id text,
	type text not null,
	query_x blob,
	results integer not null,
	rank integer not null,
	article_version_id text
) strict;
create index kb_event_type on kb_event (type, at);
create trigger kb_event_keep before update on kb_event
begin select raise(abort, 'kb_event is append-only'); end;

create table journal (
	interaction_id text not null,
	field text not null,
	text_x blob not null,
	caret integer not null,
	at integer not null,
	primary key (interaction_id, field)
) strict, without rowid;

create table outbox (
	n integer primary key,
	id text not null unique,
	k text not null,
	t text not null,
	e text not null,
	s text not null,
	base text,
	body_x blob not null,
	h blob not null,
	st text not null check (st in ('queued', 'sending', 'acked', 'settled', 'conflict', 'rejected')),
	dep text,
	tries integer not null,
	next_at integer,
	res_x blob,
	at_seq integer,
	made integer not null,
	acked integer
) strict;
create index outbox_st on outbox (st, n);
create index outbox_e on outbox (e, n);
create index outbox_s on outbox (s, st);

create table audit (
	n integer primary key,
	at integer not null,
	actor text not null,
	station text not null,
	action text not null,
	object text not null,
	purpose text,
	detail text,
	prev_hash blob not null,
	hash blob not null
) strict;
create trigger audit_keep before update on audit
begin select raise(abort, 'audit is append-only'); end;
create trigger audit_stay before delete on audit
begin select raise(abort, 'audit is append-only'); end;
