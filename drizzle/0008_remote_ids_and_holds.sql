ALTER TABLE "deliveries" ADD COLUMN "remote_id" text;--> statement-breakpoint
ALTER TABLE "deliveries" ADD COLUMN "held_by" text;--> statement-breakpoint
ALTER TABLE "deliveries" ADD COLUMN "held_until" timestamp with time zone;