// The form of tocsin.yaml as a whole. Files are read by it, and the JSON Schema for editors is made
// from it. It must not transform values.
import { z } from 'zod';
import { personPlaces } from '../../../core/rules/calendar/index.ts';
import { interval, mention, route, single } from './route.ts';
import { recurringSilences } from './silence.ts';
import { templatesSchema } from './template.ts';

const idRule =
  'is not an id: at most 63 letters, digits, "-" and "_", beginning with a letter or digit';
const id = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/, idRule);
const adapter = z
  .looseObject({ type: z.string().describe('the type of the source or sink') })
  .describe('a map with a type');
const adapters = z.record(id, adapter).optional().describe('a map from ids to sources or sinks');
const storm = z
  .union(
    [single, z.strictObject({ over: single, passes: single })],
    'is neither a number, nor off, nor a map with over and passes',
  )
  .optional()
  .describe('a number of events, off, or a map with over and passes');
/** The keys that core understands in every sink, whatever its type. */
export const sinkSchema = adapter
  .extend({
    template: z.string().optional().describe('the name of a template'),
    timeout: single.describe('how long one message may take, from 1s to 5m; 30s if not set'),
    locale: single.describe('the language of its messages; that of the file if not set'),
    time_zone: single.describe('the time zone of its messages; that of the file if not set'),
  })
  .describe('a map with a type');
/** The keys that every source, or every sink, may have. */
export const sourceKeys = Object.keys(adapter.shape);
export const sinkKeys = Object.keys(sinkSchema.shape);
const operations = z
  .union([z.string(), z.array(z.string()).min(1)], 'is neither the id of a sink nor a list of them')
  .optional()
  .describe('the id of a sink, or a list of them');
const text = (description: string) => z.string().optional().describe(description);
const who = z.string().min(1).max(100).describe('a name of at most 100 characters');
const calendar = z
  .strictObject({
    url: text('an http or https address, a secret'),
    url_file: text('a file that holds the url'),
    file: text('the path of an iCalendar file'),
    authorization: text('the value of the header Authorization, a secret'),
    authorization_file: text('a file that holds the authorization'),
    person: z
      .enum(personPlaces)
      .optional()
      .describe('summary or attendee: where an event names who is on duty; summary if not set'),
    people: z
      .record(who, mention.unwrap())
      .optional()
      .describe('a map from names or addresses of the calendar to whom to mention'),
    time_zone: single.describe('of days and of times without a zone; that of the file if not set'),
  })
  .optional()
  .describe('a map with url, url_file or file, authorization, person, people, time_zone');
export const fileSchema = z
  .strictObject({
    sources: adapters,
    sinks: z.record(id, sinkSchema).optional().describe('a map from ids to sources or sinks'),
    templates: templatesSchema,
    routes: z.array(route).min(1).optional().describe('a list of routes'),
    operations,
    heartbeat: z
      .strictObject({
        url: text('an http or https address'),
        url_file: text('a file that holds the url'),
      })
      .optional()
      .describe('a map with url or url_file'),
    storm,
    links: z
      .strictObject({
        hash: single.describe(
          'where the hash of a file leads, with {hash} in its place; https only. Tocsin itself never calls it',
        ),
        technique: single.describe(
          'where a technique of MITRE ATT&CK leads, with {technique} in its place, which becomes T1059 or T1059/001; https only',
        ),
      })
      .optional()
      .describe('a map with hash and technique'),
    escalation: z
      .strictObject({
        max_age: single.describe(
          'how long after it happened an incident may still tell anybody; 24h if not set',
        ),
      })
      .optional()
      .describe('a map with max_age'),
    duty: z
      .strictObject({
        table: z
          .array(
            z
              .strictObject({
                who,
                mention,
                from: z.string().describe('a time such as "2026-12-01T08:00"'),
                to: z.string().describe('a time such as "2026-12-08T08:00"'),
                time_zone: single,
              })
              .describe('a map with who, mention, from, to, time_zone'),
          )
          .min(1)
          .optional()
          .describe('a list of shifts'),
        calendar,
        fallback: z
          .strictObject({ who, mention })
          .describe('a map with who and mention: who is told while nobody is on duty'),
      })
      .optional()
      .describe('a map with table or calendar, and fallback'),
    business_hours: z
      .array(interval)
      .min(1)
      .optional()
      .describe('a list of times; Monday to Friday from nine to five if not set'),
    report: z
      .strictObject({
        to: z
          .union(
            [z.string(), z.array(z.string()).min(1)],
            'is neither the id of a sink nor a list of them',
          )
          .describe('the id of a sink, or a list of them'),
        day: text('the day on which it is told, such as mon, which it is if not set'),
        time: text('the time of that day, such as "09:00", which it is if not set'),
        time_zone: single,
      })
      .optional()
      .describe('a map with to, day, time, time_zone'),
    polling_interval: single,
    locale: single,
    time_zone: single,
    incidents: z
      .strictObject({
        ack_expires: single.describe(
          'how long an acknowledgement lasts that nobody renews, from 1m to 30d, or off; 8h if not set',
        ),
        snooze_max: single.describe('the longest that an incident may be snoozed; 7d if not set'),
      })
      .optional()
      .describe('a map with ack_expires and snooze_max'),
    silences: z
      .strictObject({ max: single, recurring: recurringSilences })
      .optional()
      .describe('a map with max, recurring'),
  })
  .describe('a map with sources, sinks, routes');
export type FileContent = z.output<typeof fileSchema>;
