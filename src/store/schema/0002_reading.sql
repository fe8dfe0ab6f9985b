-- What an agent had before the eyes, and what has been confirmed as read.
alter table kb_event add column ms integer not null default 0; -- read, preview: how long it was on the screen; at is the end
alter table kb_event add column trail text;                    -- read, preview: which lines, see kb_event.h
create index kb_event_agent on kb_event (agent_id, at);
create index kb_event_interaction on kb_event (interaction_id, at);

create table read_receipt (
	object_kind text not null,   -- article, gap
	object_id text not null,
	version integer not null,
	agent_id text not null,
	at integer not null,
	quiz_passed integer,
	primary key (object_kind, object_id, version, agent_id)
) strict, without rowid;
create trigger read_receipt_keep before update on read_receipt
begin select raise(abort, 'read_receipt is append-only'); end;
