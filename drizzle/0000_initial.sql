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
