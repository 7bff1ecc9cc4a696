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