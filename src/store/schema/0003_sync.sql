-- What the hub has said and how far it was heard; where the answer to an operation stands; what was acknowledged.
create table stream (
	s text primary key,
	epoch integer not null,
	seq integer not null,
	head integer not null,
	synced_at integer not null
) strict, without rowid;

-- Rows of a stream are sealed with a key made from this: without it none of them opens, wherever a copy may lie.
create table stream_salt (
	s text primary key,
	salt blob not null
) strict, without rowid;

-- The last row of each entity as the hub sent it, unknown members included.
create table ent (
	t text not null,
	e text not null,
	s text not null,
	q integer not null,      -- its place in the stream
	rev integer not null,
	by text,
	at integer,
	stale integer not null,  -- of a stream that starts over: not known to the hub until it is sent again
	d_x blob not null,
	primary key (t, e)
) strict, without rowid;
create index ent_stream on ent (s, stale);

alter table outbox add column by text;                        -- agent at the time
alter table outbox add column off integer not null default 0; -- made while the hub was out of reach
alter table outbox add column at_s text;                      -- stream in which at_seq counts
create index outbox_at on outbox (at_s, st);
update outbox set at_s = s where at_seq is not null;

-- A line of a ticket's history that is an entity of its own at the hub: it is written once.
alter table ticket_event add column ref text;
create unique index ticket_event_ref on ticket_event (ref) where ref is not null;

create table bc_seen (
	e text not null,
	agent_id text not null,
	at integer not null,
	primary key (e, agent_id)
) strict, without rowid;

create index customer_change_owner on customer_change (customer_id);
