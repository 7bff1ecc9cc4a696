ALTER TABLE "cursors" ADD COLUMN "console" text;--> statement-breakpoint
ALTER TABLE "cursors" ADD COLUMN "former" json;--> statement-breakpoint
ALTER TABLE "sinks" ADD COLUMN "place" text;