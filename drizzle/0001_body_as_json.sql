-- `json` is stored as it comes; `jsonb` costs the server a parse and a build of each object.
ALTER TABLE "events" ALTER COLUMN "body" SET DATA TYPE json;--> statement-breakpoint
-- A new type forgets the compression.
DO $$ BEGIN
	ALTER TABLE "events" ALTER COLUMN "body" SET COMPRESSION lz4;
EXCEPTION WHEN feature_not_supported OR invalid_parameter_value THEN
	RAISE NOTICE 'lz4 is not available, pglz stays';
END $$;
