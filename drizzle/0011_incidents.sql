CREATE TABLE "chat_tokens" (
	"hash" text PRIMARY KEY NOT NULL,
	"used_at" timestamp with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "incident_changes" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "incident_changes_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"incident_id" bigint NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	"kind" text NOT NULL,
	"from_state" text NOT NULL,
	"to_state" text NOT NULL,
	"actor" text NOT NULL,
	"via" text NOT NULL,
	"note" text,
	"values" json
);
--> statement-breakpoint
CREATE TABLE "incidents" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "incidents_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"source" text NOT NULL,
	"subject" text NOT NULL,
	"event_id" bigint NOT NULL,
	"state" text NOT NULL,
	"severity" smallint NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"opened_at" timestamp with time zone DEFAULT now() NOT NULL,
	"changed_at" timestamp with time zone DEFAULT now() NOT NULL,
	"by" text,
	"via" text,
	"until" timestamp with time zone,
	"note" text,
	"acknowledged_at" timestamp with time zone,
	"resolved_at" timestamp with time zone,
	"occurrences" integer DEFAULT 1 NOT NULL,
	"last_seen_at" timestamp with time zone,
	"route" text,
	"step" integer DEFAULT 0 NOT NULL,
	"step_at" timestamp with time zone,
	"escalated_to" text,
	CONSTRAINT "incidents_source_subject_key" UNIQUE("source","subject"),
	CONSTRAINT "incidents_state_check" CHECK ("incidents"."state" in ('open', 'acknowledged', 'snoozed', 'resolved')),
	CONSTRAINT "incidents_snoozed_check" CHECK ("incidents"."state" <> 'snoozed' or "incidents"."until" is not null)
);
--> statement-breakpoint
CREATE TABLE "message_edits" (
	"event_id" bigint NOT NULL,
	"sink" text NOT NULL,
	"wanted" integer NOT NULL,
	"done" integer DEFAULT 0 NOT NULL,
	"scheduled_at" timestamp with time zone DEFAULT now() NOT NULL,
	"edited_at" timestamp with time zone,
	"attempts" integer DEFAULT 0 NOT NULL,
	"state" text DEFAULT 'current' NOT NULL,
	"reason" text,
	CONSTRAINT "message_edits_event_id_sink_pk" PRIMARY KEY("event_id","sink"),
	CONSTRAINT "message_edits_state_check" CHECK ("message_edits"."state" in ('current', 'gone', 'dead'))
);
--> statement-breakpoint
ALTER TABLE "deliveries" ADD COLUMN "kind" text DEFAULT 'card' NOT NULL;--> statement-breakpoint
ALTER TABLE "deliveries" ADD COLUMN "to_event" bigint;--> statement-breakpoint
CREATE INDEX "incident_changes_incident_idx" ON "incident_changes" USING btree ("incident_id","id");--> statement-breakpoint
CREATE INDEX "incidents_event_idx" ON "incidents" USING btree ("event_id");--> statement-breakpoint
CREATE INDEX "incidents_unresolved_idx" ON "incidents" USING btree ("changed_at") WHERE state <> 'resolved';--> statement-breakpoint
CREATE INDEX "incidents_until_idx" ON "incidents" USING btree ("until") WHERE until is not null;--> statement-breakpoint
CREATE INDEX "incidents_step_idx" ON "incidents" USING btree ("step_at") WHERE step_at is not null;--> statement-breakpoint
CREATE INDEX "message_edits_pending_idx" ON "message_edits" USING btree ("sink","scheduled_at") WHERE wanted > done and state = 'current';--> statement-breakpoint
CREATE INDEX "deliveries_to_event_idx" ON "deliveries" USING btree ("to_event","sink") WHERE to_event is not null;--> statement-breakpoint
ALTER TABLE "deliveries" ADD CONSTRAINT "deliveries_kind_check" CHECK ("deliveries"."kind" in ('card', 'reply', 'step')) NOT VALID;--> statement-breakpoint
ALTER TABLE "deliveries" ADD CONSTRAINT "deliveries_to_event_check" CHECK (("deliveries"."kind" = 'card') = ("deliveries"."to_event" is null)) NOT VALID;