DROP INDEX "events_keys_idx";--> statement-breakpoint
CREATE INDEX "events_unkeyed_idx" ON "events" USING btree ("id") WHERE keys is null;--> statement-breakpoint
CREATE INDEX "events_keys_idx" ON "events" USING gin (array_append("keys", ("id" >> 13)::integer)) WITH (gin_pending_list_limit=128);