// What tocsin.yaml may say of a route; and the same once more for a file with faults, of which it takes what is right.
import { z } from 'zod';
import { unresolved } from './problems.ts';

/** Single values go through the rules of the variable of the same meaning. */
export const single = z
  .union([z.string(), z.number()], 'is not one value')
  .optional()
  .describe('one value, no list or map');

const texts = (what: string) => z.array(z.string()).min(1).optional().describe(`a list of ${what}`);

const matchKeys = {
  min_severity: single,
  sources: texts('ids of sources'),
  streams: texts('streams, such as event or suspicious'),
  types: texts('types of events, with * and ?'),
  actions: texts('actions, with * and ?'),
  statuses: texts('statuses, with * and ?'),
  tenants: texts('names of tenants, with * and ?'),
  devices: texts('names of devices, with * and ?'),
  groups: texts('groups of devices, with * and ?'),
  networks: texts('networks such as 10.0.0.0/8'),
};
const match = z.strictObject(matchKeys).optional().describe('a map of what must all hold');

const interval = z
  .strictObject({
    days: z.array(z.string()).min(1).optional().describe('a list of days such as mon or mon-fri'),
    from: z.string().optional().describe('a time such as "18:00"'),
    to: z.string().optional().describe('a time such as "08:00"'),
    time_zone: single,
  })
  .describe('a map with days, from, to');
const intervals = z.array(interval).min(1).optional().describe('a list of times');

export const route = z
  .strictObject({
    name: z.string().min(1).describe('a name for the route'),
    match,
    when: z.string().optional().describe('an expression about the event'),
    active: intervals,
    mute: intervals,
    to: z.array(z.string()).min(1).describe('a list of ids of sinks'),
    continue: z.boolean().optional().describe('true or false'),
  })
  .describe('a map');

/** The same keys, each without its value where that is wrong. */
function forgiving<Keys extends Readonly<Record<string, z.ZodOptional>>>(keys: Keys) {
  const caught = Object.entries(keys).map(([key, schema]) => [key, schema.catch(undefined)]);
  return Object.fromEntries(caught) as { [Key in keyof Keys]: z.ZodCatch<Keys[Key]> };
}
const idsLeft = z.array(z.string().catch(unresolved));
const intervalsLeft = z.array(interval.catch({})).optional().catch(undefined);

export const brokenRoute = { name: unresolved, to: [unresolved] };
export const routeLeft = z.object({
  name: z.string().catch(unresolved),
  match: z
    .object({ ...forgiving(matchKeys), sources: idsLeft.optional().catch(undefined) })
    .optional()
    .catch(undefined),
  when: z.string().optional().catch(undefined),
  active: intervalsLeft,
  mute: intervalsLeft,
  to: idsLeft.catch([unresolved]),
  continue: z.boolean().optional().catch(undefined),
});
export type RouteContent = z.output<typeof routeLeft>;
