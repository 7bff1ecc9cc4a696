CREATE TABLE "cursors" (
	"source" text PRIMARY KEY NOT NULL,
	"cursor" text,
	"generation" integer DEFAULT 1 NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "deliveries" (
	"event_id" bigint NOT NULL,
	"sink" text NOT NULL,
	"state" text NOT NULL,
	"reason" text,
	"priority" smallint NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"form" text DEFAULT 'full' NOT NULL,
	"scheduled_at" timestamp with time zone DEFAULT now() NOT NULL,
	"finalized_at" timestamp with time zone,
	CONSTRAINT "deliveries_event_id_sink_pk" PRIMARY KEY("event_id","sink"),
	CONSTRAINT "deliveries_state_check" CHECK ("deliveries"."state" in ('pending', 'delivered', 'suppressed', 'dead')),
	CONSTRAINT "deliveries_form_check" CHECK ("deliveries"."form" in ('full', 'short', 'bare')),
	CONSTRAINT "deliveries_finalized_check" CHECK (("deliveries"."state" = 'pending') = ("deliveries"."finalized_at" is null)),
	CONSTRAINT "deliveries_reason_check" CHECK ("deliveries"."state" not in ('suppressed', 'dead') or "deliveries"."reason" is not null)
);
--> statement-breakpoint
CREATE TABLE "delivery_attempts" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "delivery_attempts_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"event_id" bigint NOT NULL,
	"sink" text NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	"outcome" text NOT NULL,
	"reason" text,
	"status" integer,
	"duration_ms" integer NOT NULL,
	"answer" text
);
--> statement-breakpoint
CREATE TABLE "events" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "events_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"source" text NOT NULL,
	"external_id" text NOT NULL,
	"subject" text NOT NULL,
	"stream" text NOT NULL,
	"type" text NOT NULL,
	"severity" smallint NOT NULL,
	"status" text,
	"action" text,
	"occurred_at" timestamp with time zone,
	"received_at" timestamp with time zone DEFAULT now() NOT NULL,
	"body" jsonb NOT NULL,
	"raw" json NOT NULL,
	"routes" text[] NOT NULL,
	CONSTRAINT "events_source_external_id_key" UNIQUE("source","external_id"),
	CONSTRAINT "events_severity_check" CHECK ("events"."severity" between 0 and 5)
);
--> statement-breakpoint
CREATE TABLE "leases" (
	"name" text PRIMARY KEY NOT NULL,
	"holder" uuid,
	"epoch" bigint DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "replicas" (
	"id" uuid PRIMARY KEY NOT NULL,
	"expires_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "sinks" (
	"sink" text PRIMARY KEY NOT NULL,
	"state" text NOT NULL,
	"reason" text,
	"since" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "sinks_state_check" CHECK ("sinks"."state" in ('ok', 'backing_off', 'paused'))
);
--> statement-breakpoint
CREATE INDEX "deliveries_pending_idx" ON "deliveries" USING btree ("sink","priority","event_id") WHERE state = 'pending';--> statement-breakpoint
CREATE INDEX "deliveries_dead_idx" ON "deliveries" USING btree ("sink","event_id") WHERE state = 'dead';--> statement-breakpoint
CREATE INDEX "delivery_attempts_delivery_idx" ON "delivery_attempts" USING btree ("event_id","sink");--> statement-breakpoint
-- lz4 compresses the vendor's objects at a fraction of pglz's cost; some builds do not have it, and go without.
DO $$ BEGIN
	ALTER TABLE "events" ALTER COLUMN "raw" SET COMPRESSION lz4;
	ALTER TABLE "events" ALTER COLUMN "body" SET COMPRESSION lz4;
EXCEPTION WHEN feature_not_supported OR invalid_parameter_value THEN
	RAISE NOTICE 'lz4 is not available, pglz stays';
END $$;
--> statement-breakpoint
-- A pending delivery is updated exactly once in its life, and then it leaves the partial index: leave dead rows to vacuum early.
ALTER TABLE "deliveries" SET (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_insert_scale_factor = 0.1);
-- `json` is stored as it comes; `jsonb` costs the server a parse and a build of each object.
ALTER TABLE "events" ALTER COLUMN "body" SET DATA TYPE json;--> statement-breakpoint
-- A new type forgets the compression.
DO $$ BEGIN
	ALTER TABLE "events" ALTER COLUMN "body" SET COMPRESSION lz4;
EXCEPTION WHEN feature_not_supported OR invalid_parameter_value THEN
	RAISE NOTICE 'lz4 is not available, pglz stays';
END $$;
CREATE TABLE "groups" (
	"sink" text NOT NULL,
	"key" text NOT NULL,
	"sent_at" timestamp with time zone DEFAULT now() NOT NULL,
	"cards" integer DEFAULT 0 NOT NULL,
	"total" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "groups_sink_key_pk" PRIMARY KEY("sink","key")
);
--> statement-breakpoint
CREATE TABLE "silences" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "silences_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"matcher" json NOT NULL,
	"owner" text NOT NULL,
	"reason" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"starts_at" timestamp with time zone DEFAULT now() NOT NULL,
	"ends_at" timestamp with time zone NOT NULL,
	"summarised_at" timestamp with time zone,
	CONSTRAINT "silences_owner_check" CHECK ("silences"."owner" <> ''),
	CONSTRAINT "silences_reason_check" CHECK ("silences"."reason" <> '')
);
--> statement-breakpoint
ALTER TABLE "deliveries" ADD COLUMN "route" text;--> statement-breakpoint
ALTER TABLE "deliveries" ADD COLUMN "group_key" text;--> statement-breakpoint
ALTER TABLE "deliveries" ADD COLUMN "digest_id" bigint;--> statement-breakpoint
ALTER TABLE "deliveries" ADD COLUMN "silence_id" bigint;--> statement-breakpoint
CREATE INDEX "silences_open_idx" ON "silences" USING btree ("ends_at") WHERE summarised_at is null;--> statement-breakpoint
CREATE INDEX "deliveries_group_idx" ON "deliveries" USING btree ("sink","group_key","priority","event_id") WHERE state = 'pending' and digest_id is null and group_key is not null;--> statement-breakpoint
CREATE INDEX "deliveries_digest_idx" ON "deliveries" USING btree ("digest_id","sink") WHERE digest_id is not null;--> statement-breakpoint
CREATE INDEX "deliveries_silence_idx" ON "deliveries" USING btree ("silence_id") WHERE silence_id is not null;--> statement-breakpoint
-- Old rows hold to it as they are; to read them all would hold up everybody.
ALTER TABLE "deliveries" ADD CONSTRAINT "deliveries_held_check" CHECK (("deliveries"."priority" >= 10) = ("deliveries"."group_key" is not null or "deliveries"."digest_id" is not null)) NOT VALID;
ALTER TABLE "sinks" ADD COLUMN "storm" json;
CREATE TABLE "conditions" (
	"name" text PRIMARY KEY NOT NULL,
	"since" timestamp with time zone DEFAULT now() NOT NULL,
	"told" text
);
ALTER TABLE "events" ADD COLUMN "traceparent" text;
ALTER TABLE "cursors" ADD COLUMN "console" text;--> statement-breakpoint
ALTER TABLE "cursors" ADD COLUMN "former" json;--> statement-breakpoint
ALTER TABLE "sinks" ADD COLUMN "place" text;
create schema drizzle;
create table drizzle.__drizzle_migrations (id serial primary key, hash text not null, created_at bigint);
insert into drizzle.__drizzle_migrations (hash, created_at) values ('9d5d47e25736d08055ca842499c48bdfa64b453f7718a3a274873755476fd75f', 0),
('7ad2ad73c83ac2d855e3452f1b5b7d2c46db57ca2680361c9ac0a4dd8b761319', 0),
('7f39f25739820015d50d744b129783aeac998f953765bf158adeafec263539bb', 0),
('7bb7f4fe8afd82e2dfc6f9cf5a03da820a9e1cef82488aa16d211fdb275bc9d0', 0),
('899e272dd1d9e4bdf2d0ebc9373c56ae316a662ca0dd785cde1e9b96de8ce0b7', 0),
('9c58ba876658a8e22cb2f17386e805903c0a32319a87e573b99e93a422edb8dc', 0),
('35628461b3151d0af24ece36430c0eb4b14126d6819cdf9c438bb3963e8c7af3', 0);
create table tocsin_migrations (hash text primary key, applied_at timestamptz not null default now());
insert into tocsin_migrations (hash) values ('9d5d47e25736d08055ca842499c48bdfa64b453f7718a3a274873755476fd75f'),
('7ad2ad73c83ac2d855e3452f1b5b7d2c46db57ca2680361c9ac0a4dd8b761319'),
('7f39f25739820015d50d744b129783aeac998f953765bf158adeafec263539bb'),
('7bb7f4fe8afd82e2dfc6f9cf5a03da820a9e1cef82488aa16d211fdb275bc9d0'),
('899e272dd1d9e4bdf2d0ebc9373c56ae316a662ca0dd785cde1e9b96de8ce0b7'),
('9c58ba876658a8e22cb2f17386e805903c0a32319a87e573b99e93a422edb8dc'),
('35628461b3151d0af24ece36430c0eb4b14126d6819cdf9c438bb3963e8c7af3');

insert into "events" ("id", "source", "external_id", "subject", "stream", "type", "severity", "status", "action", "occurred_at", "received_at", "routes", "traceparent", "body", "raw") overriding system value values (1, 'edr', '1:1', '1', 'event', 'STATIC_ANALYSIS', 4, 'OPEN', 'PREVENTED', '2026-11-20T11:00:00.000Z', '2026-11-20T12:00:00.000Z', '{"default"}', '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', '{"itemId":"1","severityRaw":"HIGH","device":{"name":"PC-1"}}', '{"id":1,"text":"a\\b \"c\" ''d'' $1 %s <@x> 日本語 😀 ‮\nnew line","nothing":null}');
insert into "deliveries" ("event_id", "sink", "state", "priority", "finalized_at", "reason", "attempts", "form", "scheduled_at", "route", "group_key", "digest_id", "silence_id") overriding system value values (1, 'soc', 'delivered', 1, '2026-11-20T12:06:00.000Z', null, 1, 'full', '2026-11-20T12:00:00.000Z', 'default', null, null, null);
insert into "events" ("id", "source", "external_id", "subject", "stream", "type", "severity", "status", "action", "occurred_at", "received_at", "routes", "traceparent", "body", "raw") overriding system value values (2, 'edr', '1:2', '2', 'event', 'STATIC_ANALYSIS', 4, 'OPEN', 'PREVENTED', '2026-11-20T11:00:00.000Z', '2026-11-20T12:00:00.000Z', '{"default"}', '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', '{"itemId":"2","severityRaw":"HIGH","device":{"name":"PC-2"}}', '{"id":2,"text":"a\\b \"c\" ''d'' $1 %s <@x> 日本語 😀 ‮\nnew line","nothing":null}');
insert into "deliveries" ("event_id", "sink", "state", "priority", "finalized_at", "reason", "attempts", "form", "scheduled_at", "route", "group_key", "digest_id", "silence_id") overriding system value values (2, 'soc', 'pending', 1, null, null, 0, 'full', '2026-11-20T12:00:00.000Z', 'default', null, null, null);
insert into "events" ("id", "source", "external_id", "subject", "stream", "type", "severity", "status", "action", "occurred_at", "received_at", "routes", "traceparent", "body", "raw") overriding system value values (3, 'edr', '1:3', '3', 'event', 'STATIC_ANALYSIS', 3, 'OPEN', 'PREVENTED', '2026-11-20T11:00:00.000Z', '2026-11-20T12:00:00.000Z', '{"default"}', '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', '{"itemId":"3","severityRaw":"HIGH","device":{"name":"PC-3"}}', '{"id":3,"text":"a\\b \"c\" ''d'' $1 %s <@x> 日本語 😀 ‮\nnew line","nothing":null}');
insert into "deliveries" ("event_id", "sink", "state", "priority", "finalized_at", "reason", "attempts", "form", "scheduled_at", "route", "group_key", "digest_id", "silence_id") overriding system value values (3, 'soc', 'pending', 2, null, 'HTTP 503', 3, 'short', '2026-11-20T12:00:00.000Z', 'default', null, null, null);
insert into "events" ("id", "source", "external_id", "subject", "stream", "type", "severity", "status", "action", "occurred_at", "received_at", "routes", "traceparent", "body", "raw") overriding system value values (4, 'edr', '1:4', '4', 'event', 'STATIC_ANALYSIS', 5, 'OPEN', 'PREVENTED', '2026-11-20T11:00:00.000Z', '2026-11-20T12:00:00.000Z', '{"default"}', null, '{"itemId":"4","severityRaw":"HIGH","device":{"name":"PC-4"}}', '{"id":4,"text":"a\\b \"c\" ''d'' $1 %s <@x> 日本語 😀 ‮\nnew line","nothing":null}');
insert into "deliveries" ("event_id", "sink", "state", "priority", "finalized_at", "reason", "attempts", "form", "scheduled_at", "route", "group_key", "digest_id", "silence_id") overriding system value values (4, 'soc', 'dead', 0, '2026-11-20T12:06:00.000Z', 'refused', 10, 'bare', '2026-11-20T12:00:00.000Z', 'default', null, null, null);
insert into "events" ("id", "source", "external_id", "subject", "stream", "type", "severity", "status", "action", "occurred_at", "received_at", "routes", "traceparent", "body", "raw") overriding system value values (5, 'edr', '1:5', '5', 'event', 'STATIC_ANALYSIS', 1, 'OPEN', 'PREVENTED', '2026-11-20T11:00:00.000Z', '2026-11-20T12:00:00.000Z', '{"default"}', '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', '{"itemId":"5","severityRaw":"HIGH","device":{"name":"PC-5"}}', '{"id":5,"text":"a\\b \"c\" ''d'' $1 %s <@x> 日本語 😀 ‮\nnew line","nothing":null}');
insert into "deliveries" ("event_id", "sink", "state", "priority", "finalized_at", "reason", "attempts", "form", "scheduled_at", "route", "group_key", "digest_id", "silence_id") overriding system value values (5, 'soc', 'suppressed', 4, '2026-11-20T12:06:00.000Z', 'muted', 0, 'full', '2026-11-20T12:00:00.000Z', 'default', null, null, null);
insert into "events" ("id", "source", "external_id", "subject", "stream", "type", "severity", "status", "action", "occurred_at", "received_at", "routes", "traceparent", "body", "raw") overriding system value values (6, 'edr', '1:6', '6', 'event', 'STATIC_ANALYSIS', 5, 'OPEN', 'PREVENTED', '2026-11-20T11:00:00.000Z', '2026-11-20T12:00:00.000Z', '{"default"}', '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', '{"itemId":"6","severityRaw":"HIGH","device":{"name":"PC-6"},"description":"a\\b \"c\" ''d'' $1 %s <@x> 日本語 😀 ‮\nnew line","user":"a\\b \"c\" ''d'' $1 %s <@x> 日本語 😀 ‮\nnew line"}', '{"id":6,"text":"a\\b \"c\" ''d'' $1 %s <@x> 日本語 😀 ‮\nnew line","nothing":null}');
insert into "deliveries" ("event_id", "sink", "state", "priority", "finalized_at", "reason", "attempts", "form", "scheduled_at", "route", "group_key", "digest_id", "silence_id") overriding system value values (6, 'soc', 'pending', 0, null, null, 0, 'full', '2026-11-20T12:00:00.000Z', 'default', null, null, null);
insert into "events" ("id", "source", "external_id", "subject", "stream", "type", "severity", "status", "action", "occurred_at", "received_at", "routes", "traceparent", "body", "raw") overriding system value values (7, 'edr', '1:7', '7', 'event', 'STATIC_ANALYSIS', 0, null, null, null, '2026-11-20T12:00:00.000Z', '{}', '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', '{"itemId":"7","severityRaw":"HIGH","device":{"name":"PC-7"}}', '{"id":7,"text":"a\\b \"c\" ''d'' $1 %s <@x> 日本語 😀 ‮\nnew line","nothing":null}');
insert into "events" ("id", "source", "external_id", "subject", "stream", "type", "severity", "status", "action", "occurred_at", "received_at", "routes", "traceparent", "body", "raw") overriding system value values (8, 'edr', '1:8', '8', 'event', 'STATIC_ANALYSIS', 4, 'OPEN', 'PREVENTED', '2026-11-20T11:00:00.000Z', '2026-11-20T12:00:00.000Z', '{"a \"quoted\", name","b\\c",""}', '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', '{"itemId":"8","severityRaw":"HIGH","device":{"name":"PC-8"}}', '{"id":8,"text":"a\\b \"c\" ''d'' $1 %s <@x> 日本語 😀 ‮\nnew line","nothing":null}');
insert into "deliveries" ("event_id", "sink", "state", "priority", "finalized_at", "reason", "attempts", "form", "scheduled_at", "route", "group_key", "digest_id", "silence_id") overriding system value values (8, 'soc', 'delivered', 1, '2026-11-20T12:06:00.000Z', null, 0, 'full', '2026-11-20T12:00:00.000Z', 'default', null, null, null);
insert into "deliveries" ("event_id", "sink", "state", "priority", "finalized_at", "reason", "attempts", "form", "scheduled_at", "route", "group_key", "digest_id", "silence_id") overriding system value values (8, 'gone', 'pending', 1, null, null, 0, 'full', '2026-11-20T12:00:00.000Z', null, null, null, null);
insert into "events" ("id", "source", "external_id", "subject", "stream", "type", "severity", "status", "action", "occurred_at", "received_at", "routes", "traceparent", "body", "raw") overriding system value values (9, 'edr', '1:9', '9', 'event', 'STATIC_ANALYSIS', 2, 'OPEN', 'PREVENTED', '2026-11-20T11:00:00.000Z', '2026-11-20T12:00:00.000Z', '{"default"}', '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', '{"itemId":"9","severityRaw":"HIGH","device":{"name":"PC-9"}}', '{"id":9,"text":"a\\b \"c\" ''d'' $1 %s <@x> 日本語 😀 ‮\nnew line","nothing":null}');
insert into "deliveries" ("event_id", "sink", "state", "priority", "finalized_at", "reason", "attempts", "form", "scheduled_at", "route", "group_key", "digest_id", "silence_id") overriding system value values (9, 'soc', 'pending', 13, null, null, 0, 'full', '2026-11-20T12:00:00.000Z', 'quiet', '["quiet"]', null, null);
insert into "events" ("id", "source", "external_id", "subject", "stream", "type", "severity", "status", "action", "occurred_at", "received_at", "routes", "traceparent", "body", "raw") overriding system value values (10, 'edr', '1:10', '10', 'event', 'STATIC_ANALYSIS', 2, 'OPEN', 'PREVENTED', '2026-11-20T11:00:00.000Z', '2026-11-20T12:00:00.000Z', '{"default"}', '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', '{"itemId":"10","severityRaw":"HIGH","device":{"name":"PC-10"}}', '{"id":10,"text":"a\\b \"c\" ''d'' $1 %s <@x> 日本語 😀 ‮\nnew line","nothing":null}');
insert into "deliveries" ("event_id", "sink", "state", "priority", "finalized_at", "reason", "attempts", "form", "scheduled_at", "route", "group_key", "digest_id", "silence_id") overriding system value values (10, 'soc', 'pending', 13, null, null, 0, 'full', '2026-11-20T12:00:00.000Z', 'quiet', '["quiet"]', null, null);
insert into "events" ("id", "source", "external_id", "subject", "stream", "type", "severity", "status", "action", "occurred_at", "received_at", "routes", "traceparent", "body", "raw") overriding system value values (11, 'tocsin', 'digest-11', '11', 'digest', 'digest', 2, 'OPEN', 'PREVENTED', '2026-11-20T11:00:00.000Z', '2026-11-20T12:00:00.000Z', '{"default"}', '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', '{"itemId":"11","severityRaw":"HIGH","device":{"name":"PC-11"},"digest":{"kind":"group","count":2,"before":0,"route":"quiet","by":[],"firstAt":"2026-11-20T12:00:00.000Z","lastAt":"2026-11-20T12:00:00.000Z","severities":[0,0,2,0,0,0],"types":[{"name":"STATIC_ANALYSIS","count":2}],"typeCount":1,"devices":[{"name":"PC-12","count":2}],"deviceCount":1,"files":[],"fileCount":0,"rows":[]}}', '{"id":11,"text":"a\\b \"c\" ''d'' $1 %s <@x> 日本語 😀 ‮\nnew line","nothing":null}');
insert into "deliveries" ("event_id", "sink", "state", "priority", "finalized_at", "reason", "attempts", "form", "scheduled_at", "route", "group_key", "digest_id", "silence_id") overriding system value values (11, 'soc', 'pending', 3, null, null, 0, 'full', '2026-11-20T12:00:00.000Z', 'quiet', null, null, null);
insert into "events" ("id", "source", "external_id", "subject", "stream", "type", "severity", "status", "action", "occurred_at", "received_at", "routes", "traceparent", "body", "raw") overriding system value values (12, 'edr', '1:12', '12', 'event', 'STATIC_ANALYSIS', 2, 'OPEN', 'PREVENTED', '2026-11-20T11:00:00.000Z', '2026-11-20T12:00:00.000Z', '{"default"}', '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', '{"itemId":"12","severityRaw":"HIGH","device":{"name":"PC-12"}}', '{"id":12,"text":"a\\b \"c\" ''d'' $1 %s <@x> 日本語 😀 ‮\nnew line","nothing":null}');
insert into "deliveries" ("event_id", "sink", "state", "priority", "finalized_at", "reason", "attempts", "form", "scheduled_at", "route", "group_key", "digest_id", "silence_id") overriding system value values (12, 'soc', 'pending', 13, null, null, 0, 'full', '2026-11-20T12:00:00.000Z', 'quiet', '["quiet"]', 11, null);
insert into "events" ("id", "source", "external_id", "subject", "stream", "type", "severity", "status", "action", "occurred_at", "received_at", "routes", "traceparent", "body", "raw") overriding system value values (13, 'edr', '1:13', '13', 'event', 'STATIC_ANALYSIS', 2, 'OPEN', 'PREVENTED', '2026-11-20T11:00:00.000Z', '2026-11-20T12:00:00.000Z', '{"default"}', '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', '{"itemId":"13","severityRaw":"HIGH","device":{"name":"PC-13"}}', '{"id":13,"text":"a\\b \"c\" ''d'' $1 %s <@x> 日本語 😀 ‮\nnew line","nothing":null}');
insert into "deliveries" ("event_id", "sink", "state", "priority", "finalized_at", "reason", "attempts", "form", "scheduled_at", "route", "group_key", "digest_id", "silence_id") overriding system value values (13, 'soc', 'pending', 13, null, null, 0, 'full', '2026-11-20T12:00:00.000Z', 'quiet', null, 11, null);
insert into "events" ("id", "source", "external_id", "subject", "stream", "type", "severity", "status", "action", "occurred_at", "received_at", "routes", "traceparent", "body", "raw") overriding system value values (14, 'edr', '1:14', '14', 'event', 'STATIC_ANALYSIS', 4, 'OPEN', 'PREVENTED', '2026-11-20T11:00:00.000Z', '2026-11-20T12:00:00.000Z', '{"default"}', '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', '{"itemId":"14","severityRaw":"HIGH","device":{"name":"PC-14"}}', '{"id":14,"text":"a\\b \"c\" ''d'' $1 %s <@x> 日本語 😀 ‮\nnew line","nothing":null}');
insert into "deliveries" ("event_id", "sink", "state", "priority", "finalized_at", "reason", "attempts", "form", "scheduled_at", "route", "group_key", "digest_id", "silence_id") overriding system value values (14, 'soc', 'suppressed', 1, '2026-11-20T12:06:00.000Z', 'silenced', 0, 'full', '2026-11-20T12:00:00.000Z', 'default', null, null, 1);
insert into "delivery_attempts" ("id", "event_id", "sink", "at", "outcome", "reason", "status", "duration_ms", "answer") overriding system value values (1, 3, 'soc', '2026-11-20T12:00:00.000Z', 'retry', 'HTTP 503', 503, 12, 'a\b "c" ''d'' $1 %s <@x> 日本語 😀 ‮
new line');
insert into "delivery_attempts" ("id", "event_id", "sink", "at", "outcome", "reason", "status", "duration_ms", "answer") overriding system value values (5, 4, 'soc', '2026-11-20T12:00:00.000Z', 'poison', 'timeout', null, 30000, null);
insert into "cursors" ("source", "cursor", "generation", "updated_at") overriding system value values ('edr', '16', 2, '2026-11-20T12:00:00.000Z');
insert into "cursors" ("source", "cursor", "generation", "updated_at", "console", "former") overriding system value values ('renamed', null, 1, '2026-11-20T12:00:00.000Z', 'c1', '{"generation":1,"names":[{"id":"former","until":5}]}');
insert into "replicas" ("id", "expires_at") overriding system value values ('7b0f3c1e-8a53-4b8b-9d3e-0c1f5a6d7e80', '2026-11-20T12:00:00.000Z');
insert into "leases" ("name", "holder", "epoch") overriding system value values ('sink:soc', '7b0f3c1e-8a53-4b8b-9d3e-0c1f5a6d7e80', 7);
insert into "leases" ("name", "holder", "epoch") overriding system value values ('source:edr', null, 9007199254);
insert into "sinks" ("sink", "state", "reason", "since", "place") overriding system value values ('soc', 'backing_off', 'HTTP 503', '2026-11-20T12:00:00.000Z', null);
insert into "sinks" ("sink", "state", "reason", "since", "place", "storm") overriding system value values ('gone', 'paused', null, '2026-11-20T03:00:00.000Z', 'https://example.com', '{"sinceMs":1795176000000,"due":120,"digests":2,"events":90}');
insert into "groups" ("sink", "key", "sent_at", "total") overriding system value values ('soc', '["quiet"]', '2026-11-20T12:00:00.000Z', 3);
insert into "silences" ("id", "matcher", "owner", "reason", "starts_at", "created_at", "ends_at", "summarised_at") overriding system value values (1, '{"min_severity":"HIGH"}', 'anna', 'test', '2026-11-20T10:00:00.000Z', '2026-11-20T10:00:00.000Z', '2026-11-22T12:00:00.000Z', null);
insert into "silences" ("id", "matcher", "owner", "reason", "starts_at", "ends_at", "created_at", "summarised_at") overriding system value values (4, '{}', 'bo', 'a\b "c" ''d'' $1 %s <@x> 日本語 😀 ‮
new line', '2026-11-20T03:00:00.000Z', '2026-11-20T04:00:00.000Z', '2026-11-20T03:00:00.000Z', '2026-11-20T04:00:00.000Z');
insert into "conditions" ("name", "since", "told") overriding system value values ('sink:soc', '2026-11-20T11:00:00.000Z', 'failing');
insert into "conditions" ("name", "since", "told") overriding system value values ('dead:soc', '2026-11-20T11:00:00.000Z', null);
select setval(pg_get_serial_sequence('delivery_attempts', 'id'), 25);
select setval(pg_get_serial_sequence('events', 'id'), 34);
select setval(pg_get_serial_sequence('silences', 'id'), 24);
