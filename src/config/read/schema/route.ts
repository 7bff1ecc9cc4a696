// The form of routes in tocsin.yaml.
import { z } from 'zod';
import { type GroupField, groupFields } from '../../../core/rules/group.ts';

/** A single value. The rules of the variable with the same meaning apply to it later. */
export const single = z
  .union([z.string(), z.number()], 'is not one value')
  .optional()
  .describe('one value, no list or map');

const texts = (what: string) => z.array(z.string()).min(1).optional().describe(`a list of ${what}`);

const matchKeys = {
  min_severity: single,
  sources: texts('ids of sources'),
  streams: texts('streams, such as event or suspicious; change only if a route names it'),
  types: texts('types of events, with * and ?'),
  actions: texts('actions, with * and ?'),
  statuses: texts('statuses, with * and ?'),
  tenants: texts('names of tenants, with * and ?'),
  devices: texts('names of devices, with * and ?'),
  groups: texts('groups of devices, with * and ?'),
  networks: texts('networks such as 10.0.0.0/8'),
};
/** The match of a silence. An exception of a route has the same keys. */
export const match = z.strictObject(matchKeys).optional().describe('a map of what must all hold');
const exception = z
  .strictObject(matchKeys)
  .refine((content) => Object.keys(content).length > 0, {
    error: 'says nothing',
    when: ({ issues }) => issues.length === 0,
  })
  .describe('a map with keys of match');
const not = z
  .array(exception)
  .min(1)
  .optional()
  .describe('a list of maps: an event that matches one of them is not taken');
const routeMatch = z
  .strictObject({ ...matchKeys, not })
  .optional()
  .describe('a map of what must all hold');

export const interval = z
  .strictObject({
    days: z.array(z.string()).min(1).optional().describe('a list of days such as mon or mon-fri'),
    from: z.string().optional().describe('a time in quotes, such as "18:00"'),
    to: z.string().optional().describe('a time in quotes, such as "08:00"'),
    first: z.string().optional().describe('the first day, a date such as 2026-04-13'),
    last: z.string().optional().describe('the last day, a date such as 2026-04-15'),
    time_zone: single,
  })
  .describe('a map with days, from, to, first, last');
const intervals = z.array(interval).min(1).optional().describe('a list of times');

const target = z
  .union(
    [
      z.string(),
      z.looseObject({
        sink: z.string().describe('the id of a sink'),
        template: z.string().optional().describe('the name of a template'),
      }),
    ],
    'is neither the id of a sink nor a map with a sink',
  )
  .describe('the id of a sink, or a map with a sink and what its type lets a route say about it');

const fields = z
  .array(z.enum(Object.keys(groupFields) as [GroupField, ...GroupField[]]))
  .describe(`a list of ${Object.keys(groupFields).join(', ')}`);
const group = z
  .strictObject({ by: fields, wait: single, interval: single, max: single })
  .optional()
  .describe('a map with by, wait, interval, max');
const throttle = z
  .strictObject({ by: fields, max: single, window: single })
  .optional()
  .describe('a map with by, max, window');

const quiet = z
  .strictObject({
    times: z.array(interval).min(1).describe('a list of times'),
    passes: single,
  })
  .optional()
  .describe('a map with times, passes');

export const mention = z
  .union([z.string(), z.array(z.string()).min(1)], 'is neither a mention nor a list of them')
  .optional()
  .describe('whom it pings, such as "@soc-oncall", or a list of them');
const escalationStep = z
  .strictObject({
    after: single,
    to: z.array(z.string()).min(1).describe('a list of ids of sinks, such as [soc]'),
    mention,
    repeat: single,
    min_severity: single,
    active: intervals,
  })
  .describe('a map with after, to, mention, repeat, min_severity, active');

export const route = z
  .strictObject({
    // It is shown in messages, and stored with every event.
    name: z.string().min(1).max(200).describe('a name for the route of at most 200 characters'),
    match: routeMatch,
    when: z.string().optional().describe('an expression about the event'),
    active: intervals,
    mute: intervals,
    to: z.array(target).min(1).describe('a list of ids of sinks, such as [soc]'),
    mention,
    mention_from: single,
    group,
    throttle,
    quiet,
    escalate: z
      .array(escalationStep)
      .min(1)
      .max(20)
      .optional()
      .describe('a list of steps that tell more people while nobody acknowledges'),
    repeats: z
      .boolean()
      .optional()
      .describe('true, or false to leave out events that the vendor has seen before'),
    changes: z
      .enum(['none', 'post'])
      .optional()
      .describe('none, or post to post news of an incident where a sink cannot reply'),
    continue: z
      .boolean()
      .optional()
      .describe('true, or false to keep what it takes from later routes'),
  })
  .describe('a map with name, to, and what the route takes when');

export type RouteContent = z.output<typeof route>;
