// What a route does, in sentences: each option of a route is said, in every language.
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { route as schema } from '../../../src/config/read/schema/route.ts';
import { groupFields } from '../../../src/core/rules/group.ts';
import { type Locale, locales } from '../../../src/kit/locale.ts';
import { sentencesOf } from '../../../src/operations/route-sentences/index.ts';
import { configOf } from '../acting.ts';

/** Of one route beside its name. */
function sentences(route: string, locale: Locale = 'en'): readonly string[] {
  const config = configOf(`
time_zone: Asia/Bangkok
sources:
  di: { type: deepinstinct_events, url: "https://console.example", token: "0123456789abcdef" }
  eu: { type: deepinstinct_events, url: "https://eu.example", token: "0123456789abcdef" }
sinks:
  soc: { type: mattermost, url: "https://chat.example/hooks/abcdefghijklmnopqrstuvwxyz" }
  boss: { type: mattermost, url: "https://chat.example/hooks/abcdefghijklmnopqrstuvwxya" }
duty: { table: [{ who: Ana, mention: "@ana", from: "2026-12-01T08:00", to: "2026-12-08T08:00" }], fallback: { who: Lead, mention: "@lead" } }
templates: { short: { title: "{{ event.type }}" } }
routes:
  - { name: one, ${route} }
`);
  const { routes, ground } = config;
  return sentencesOf(routes[0]!, ground.routes[0]?.content, locale);
}

const stays = 'to: [soc]';
const group = (more: string) => `group: { by: [device]${more} }`;
const throttle = (by: string, max: number, window: string) =>
  `throttle: { by: [${by}], max: ${max}, window: ${window} }`;
const quiet = (time: string, more = '') => `quiet: { times: [{ ${time} }]${more} }`;
const step = (more: string, after = '15m', to = 'soc') =>
  `escalate: [{ after: ${after}, to: [${to}]${more} }]`;

const criteria = {
  min_severity: 'HIGH',
  sources: '[di]',
  streams: '[suspicious]',
  types: '[PUA*, RANSOMWARE]',
  actions: '[BLOCKED]',
  statuses: '[OPEN]',
  tenants: '[Bakery]',
  devices: '["SRV-*"]',
  groups: '["Lab *"]',
  networks: '[10.0.0.0/8]',
};
const interval = {
  days: 'days: [mon-fri]',
  from: 'from: "18:00"',
  to: 'to: "08:00"',
  first: 'first: 2026-04-13',
  last: 'last: 2026-04-15',
  time_zone: 'time_zone: Europe/Berlin',
};

/** By path in the schema: a route without the option, and the same with it. */
const options: Readonly<Record<string, readonly [without: string, having: string]>> = {
  ...Object.fromEntries(
    Object.entries(criteria).flatMap(([key, value]) => [
      [`match.${key}`, [stays, `${stays}, match: { ${key}: ${value} }`]],
      [
        `match.not.${key}`,
        [
          `${stays}, match: { not: [{ types: [B] }] }`,
          `${stays}, match: { not: [{ ${key}: ${value} }] }`,
        ],
      ],
    ]),
  ),
  ...Object.fromEntries(
    Object.entries(interval).flatMap(([key, value]) => {
      const plain = 'from: "06:00"';
      const both = key === 'from' ? value : `${plain}, ${value}`;
      return [
        [`active.${key}`, [`${stays}, active: [{ ${plain} }]`, `${stays}, active: [{ ${both} }]`]],
        [`mute.${key}`, [`${stays}, mute: [{ ${plain} }]`, `${stays}, mute: [{ ${both} }]`]],
        [`quiet.times.${key}`, [`${stays}, ${quiet(plain)}`, `${stays}, ${quiet(both)}`]],
        [
          `escalate.active.${key}`,
          [
            `${stays}, ${step(`, active: [{ ${plain} }]`)}`,
            `${stays}, ${step(`, active: [{ ${both} }]`)}`,
          ],
        ],
      ];
    }),
  ),
  when: [stays, `${stays}, when: 'event.user == "root"'`],
  to: [stays, 'to: [boss]'],
  'to.sink': [stays, 'to: [{ sink: boss }]'],
  'to.template': [stays, 'to: [{ sink: soc, template: short }]'],
  mention: [stays, `${stays}, mention: "@soc"`],
  mention_from: [`${stays}, mention: "@soc"`, `${stays}, mention: "@soc", mention_from: HIGH`],
  'group.by': [`${stays}, ${group('')}`, `${stays}, group: { by: [user] }`],
  'group.wait': [`${stays}, ${group('')}`, `${stays}, ${group(', wait: 1m')}`],
  'group.interval': [`${stays}, ${group('')}`, `${stays}, ${group(', interval: 10m')}`],
  'group.max': [`${stays}, ${group('')}`, `${stays}, ${group(', max: 7')}`],
  'throttle.by': [
    `${stays}, ${throttle('device', 5, '1h')}`,
    `${stays}, ${throttle('user', 5, '1h')}`,
  ],
  'throttle.max': [
    `${stays}, ${throttle('device', 5, '1h')}`,
    `${stays}, ${throttle('device', 6, '1h')}`,
  ],
  'throttle.window': [
    `${stays}, ${throttle('device', 5, '1h')}`,
    `${stays}, ${throttle('device', 5, '2h')}`,
  ],
  'quiet.passes': [
    `${stays}, ${quiet('from: "22:00"')}`,
    `${stays}, ${quiet('from: "22:00"', ', passes: HIGH')}`,
  ],
  'escalate.after': [`${stays}, ${step('')}`, `${stays}, ${step('', '1h')}`],
  'escalate.to': [`${stays}, ${step('')}`, `${stays}, ${step('', '15m', 'boss')}`],
  'escalate.mention': [`${stays}, ${step('')}`, `${stays}, ${step(', mention: [duty]')}`],
  'escalate.repeat': [`${stays}, ${step('')}`, `${stays}, ${step(', repeat: 2')}`],
  'escalate.min_severity': [`${stays}, ${step('')}`, `${stays}, ${step(', min_severity: HIGH')}`],
  repeats: [stays, `${stays}, repeats: false`],
  changes: [stays, `${stays}, changes: post`],
  continue: [stays, `${stays}, continue: false`],
};

/** Every place of the schema at which a value stands. */
function placesOf(type: z.core.$ZodType, path: string): readonly string[] {
  if (type instanceof z.ZodOptional) return placesOf(type.unwrap(), path);
  if (type instanceof z.ZodArray) return placesOf(type.element, path);
  if (type instanceof z.ZodUnion) {
    const places = type.options.flatMap((option) => placesOf(option as z.core.$ZodType, path));
    return [...new Set(places)];
  }
  if (!(type instanceof z.ZodObject)) return [path];
  return Object.entries(type.shape).flatMap(([key, own]) =>
    placesOf(own, path === '' ? key : `${path}.${key}`),
  );
}

describe('every option of a route', () => {
  const places = placesOf(schema, '').filter((place) => place !== 'name');

  test('is one of those that are tried here', () => {
    expect(Object.keys(options).toSorted()).toEqual(places.toSorted());
  });

  test.each(locales.flatMap((locale) => places.map((place) => [place, locale] as const)))(
    '%s is said in %s',
    (place, locale) => {
      const [without, having] = options[place] ?? ['', ''];
      const said = sentences(having, locale);
      expect(said).not.toEqual(sentences(without, locale));
      expect(said.join(' ')).not.toMatch(/[?{}[\]]|undefined/);
    },
  );
});

test.each(locales)('every field of a group has a word of its own in %s', (locale) => {
  const fields = Object.keys(groupFields);
  const said = fields.map((field) => sentences(`${stays}, group: { by: [${field}] }`, locale)[1]);
  expect(new Set(said).size).toBe(fields.length);
});

test.each([
  [
    'match: { min_severity: HIGH, sources: [di] }, to: [soc], throttle: { by: [], max: 5, window: 1h }',
    [
      'HIGH and above from di go to soc.',
      'At most 5 in 1 hour go out one by one; the others follow in one digest.',
    ],
  ],
  [
    'match: { min_severity: CRITICAL, sources: [di, eu] }, to: [soc, boss]',
    ['CRITICAL alone from di and eu goes to soc and boss.'],
  ],
  [
    'to: [soc], match: { types: [A, B], devices: ["SRV-*"], not: [{ groups: [Lab], min_severity: LOW }] }',
    [
      'Everything goes to soc.',
      'Only if the type is A or B and the device is SRV-*.',
      'Not if the severity is LOW or above and the group of the device is Lab.',
    ],
  ],
  [
    'to: [{ sink: soc, channel: night }], mention: ["@a", "@b"], when: "event.user == \\"x\\"\\n && event.severity > 2"',
    [
      'Everything goes to soc (channel: night).',
      'Only where this is true: event.user == "x" && event.severity > 2',
      'It mentions @a and @b.',
    ],
  ],
  [
    'to: [soc], active: [{ days: [mon-fri, sun], from: "18:00", to: "08:00" }, { first: 2026-04-13, days: [sat, sun] }]',
    [
      'Everything goes to soc.',
      'Only in these times: Monday to Friday, Sunday 18:00 to 08:00 of the next day (Asia/Bangkok); Saturday, Sunday all day from 13 Apr 2026 on (Asia/Bangkok).',
    ],
  ],
  [
    'to: [soc], group: { by: [device, type], wait: 0s }',
    [
      'Everything goes to soc.',
      'What has the same device and type goes out together: the first at once, then every 5 minutes, or as soon as 1,000 wait.',
    ],
  ],
  [
    'to: [soc], quiet: { times: [{ from: "22:00", to: "07:00" }] }, escalate: [{ after: 15m, to: [boss], mention: [duty, "@x"], repeat: 1, min_severity: HIGH }]',
    [
      'Everything goes to soc.',
      'In these times events wait, and go out together afterwards: every day 22:00 to 07:00 of the next day (Asia/Bangkok). Only CRITICAL waits for nothing.',
      'If nobody acknowledges, it tells boss after 15 minutes, and mentions whoever is on duty and @x, once more, from HIGH up.',
    ],
  ],
])('%s', (route, said) => {
  expect(sentences(route)).toEqual(said);
});

test('the one route of no file is said by what it is', () => {
  const route = { name: 'default', minSeverity: 3, to: ['soc'] } as const;
  expect(sentencesOf(route, undefined, 'th')).toEqual(['เหตุการณ์ระดับปานกลางขึ้นไป ส่งไปที่ soc']);
});
