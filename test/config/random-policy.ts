// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references of tocsin.yaml
// Random routes and events out of few words, so that many of them match each other.
import fc from 'fast-check';
import type { EventDraft, Severity } from '../../src/kit/event.ts';

const weekMs = 7 * 86_400_000;
const patterns = fc.array(fc.constantFrom('*', 'a*', 'ab', 'A?', '*b', 'b'), {
  minLength: 1,
  maxLength: 3,
});
const text = fc.constantFrom('a', 'AB', 'ab', 'b', 'abb', '');
const time = fc.record(
  {
    days: fc.subarray(['mon', 'tue-fri', 'sat-sun'], { minLength: 1 }),
    from: fc.constantFrom('00:00', '08:00', '02:10', '22:30'),
    to: fc.constantFrom('18:00', '06:00', '23:45'),
    time_zone: fc.constantFrom('Europe/Berlin', 'Asia/Kathmandu'),
  },
  { requiredKeys: [] },
);
const times = fc.array(time, { minLength: 1, maxLength: 3 });
const ids = ['events', 'suspicious'];

const match = fc.record(
  {
    min_severity: fc.constantFrom('INFO', 'LOW', 'HIGH', 'CRITICAL', 'UNKNOWN'),
    sources: fc.subarray(ids, { minLength: 1 }),
    streams: fc.subarray(['event', 'suspicious'], { minLength: 1 }),
    types: patterns,
    tenants: patterns,
    devices: patterns,
    networks: fc.subarray(['10.0.0.0/8', '10.1.0.0/16', '10.1.2.3', '::/0'], { minLength: 1 }),
  },
  { requiredKeys: [] },
);
/** Mostly without conditions, or else nothing would ever lie in the shadow of anything. */
const route = fc.record(
  {
    to: fc.subarray(['soc', 'boss'], { minLength: 1 }),
    match: fc.oneof(match, fc.constant({}), fc.constant({ min_severity: 'LOW' })),
    when: fc.constantFrom('event.severity > 2', 'event.device.name.startsWith("a")'),
    active: times,
    mute: times,
    repeats: fc.boolean(),
    continue: fc.boolean(),
  },
  { requiredKeys: ['to'] },
);
const plainRoute = fc.record(
  { to: fc.subarray(['soc', 'boss'], { minLength: 1 }), match, continue: fc.boolean() },
  { requiredKeys: ['to'] },
);

/** The content of a tocsin.yaml. */
export const randomPolicy = fc
  .array(fc.oneof(route, plainRoute), { minLength: 1, maxLength: 5 })
  .map((routes) => ({
    sources: Object.fromEntries(
      ids.map((id) => [
        id,
        {
          type: `deepinstinct_${id === 'events' ? id : 'suspicious_events'}`,
          url: 'https://a.example.com',
          token: '${KEY}',
        },
      ]),
    ),
    sinks: { soc: { type: 'stdout' }, boss: { type: 'stdout' } },
    routes: routes.map((one, index) => ({ name: `r${index}`, ...one })),
  }));

interface RandomEvent {
  readonly source: string;
  readonly draft: EventDraft;
  readonly atMs: number;
}

/** In the week from 2026-03-18 09:41 UTC on. */
export const randomEvent: fc.Arbitrary<RandomEvent> = fc
  .record({
    source: fc.constantFrom(...ids),
    severity: fc.integer({ min: 0, max: 5 }),
    type: fc.constantFrom('a', 'ab', 'b'),
    tenant: text,
    provider: text,
    device: text,
    ip: fc.constantFrom('10.0.0.1', '10.1.2.3', '10.1.9.9', 'fe80::1', ''),
    recurrence: fc.constantFrom(undefined, 1, 2),
    minute: fc.integer({ min: 0, max: weekMs / 60_000 - 1 }),
  })
  .map(({ source, severity, type, tenant, provider, device, ip, recurrence, minute }) => ({
    source,
    atMs: Date.parse('2026-03-18T09:45:00Z') + minute * 60_000,
    draft: {
      externalId: '1',
      subject: '1',
      stream: source === 'events' ? 'event' : 'suspicious',
      type,
      severity: severity as Severity,
      status: null,
      action: null,
      occurredAt: null,
      body: {
        tenant: { name: tenant, provider },
        device: { name: device, ip },
        ...(recurrence && { recurrence }),
      },
      raw: '{}',
    },
  }));
