CREATE TABLE "calendars" (
	"name" text PRIMARY KEY NOT NULL,
	"origin" text NOT NULL,
	"read" json,
	"etag" text,
	"last_modified" text,
	"since" timestamp with time zone DEFAULT now() NOT NULL,
	"read_at" timestamp with time zone,
	"whole_at" timestamp with time zone,
	"error" text
);
