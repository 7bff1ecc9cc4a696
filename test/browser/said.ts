// What a channel may be told, for whoever measures and looks: forty events of all kinds, digests
// and notices, as the store gives them to a sink.
import { createWireEvent, type TenantStream } from '../../simulators/events/index.ts';
import { composeDigest } from '../../src/core/deliver/digest.ts';
import { en } from '../../src/core/message/locales/en.ts';
import type { DigestMember, Notice, Severity, StoredEvent } from '../../src/kit/event.ts';
import { draftOf } from '../sources/deepinstinct/drafts.ts';
import { digestOfGroup, digestOfStorm, storedDigest } from '../support/digests.ts';
import { eventOfTexts, storedEvent } from '../support/events.ts';

export interface Said {
  readonly kind: string;
  readonly event: StoredEvent;
}

const atMs = Date.parse('2026-11-29T03:31:22.000Z');

/** The first event of each type that the simulated tenant makes. */
function ofTenant(stream: TenantStream): Said[] {
  const found = new Map<string, Said>();
  for (let id = 17_001; id < 17_400; id += 1) {
    const wire = createWireEvent({
      ...{ seed: 16, stream, id, insertedAtMs: atMs, hostileShare: 0 },
    });
    const kind = `${wire.type} ${wire.trigger === wire.type ? '' : (wire.trigger ?? '')}`.trim();
    if (!found.has(kind)) found.set(kind, { kind, event: stored(wire, stream) });
  }
  return [...found.values()];
}

function stored(wire: object, stream: TenantStream): StoredEvent {
  const draft = draftOf(wire, stream === 'events' ? 'event' : 'suspicious');
  const receivedAt = '2026-11-29T03:31:30.000Z';
  return { ...draft, id: 4711, source: 'di', receivedAt };
}

const script = Array.from(
  { length: 60 },
  (_, n) => `$client = New-Object Net.WebClient; $client.Get("/part/${n}") | Invoke-Expression`,
).join('\n');
const sentence = 'The process wrote to the memory of another one and started a thread there. ';
const thai = 'ไฟล์นี้มีพฤติกรรมคล้ายมัลแวร์เรียกค่าไถ่และพยายามเข้ารหัสไฟล์ในเครื่อง ';
const full = storedEvent({ severity: 5 });

function withBody(kind: string, more: object, rest: Partial<StoredEvent> = {}): Said {
  return { kind, event: { ...full, ...rest, body: { ...full.body, ...more } } };
}

function ofDevice(type: string, severity: Severity): Said {
  const { device, tenant } = full.body;
  const body = { ...(device && { device }), ...(tenant && { tenant }), itemId: '77' };
  return { kind: type, event: storedEvent({ type, severity, action: 'DEVICE_REPORT', body }) };
}

/** Each text of the event is that. */
function hostile(kind: string, text: string): Said {
  return { kind: `10 kB: ${kind}`, event: { ...eventOfTexts(() => text), severity: 5 } };
}

const times = (text: string) => text.repeat(Math.ceil(10_000 / text.length));

export const events: readonly Said[] = [
  ...ofTenant('events'),
  ...ofTenant('suspicious'),
  ...([0, 1, 2, 3, 4, 5] as const).map((severity) => ({
    kind: `everything, severity ${severity}`,
    event: storedEvent({ severity }),
  })),
  withBody(
    'a script of 60 lines',
    { file: { ...full.body.file, script } },
    { stream: 'suspicious' },
  ),
  withBody('a long description', { description: sentence.repeat(40) }),
  withBody('Thai texts', {
    description: thai.repeat(20),
    comment: thai,
    user: 'บริษัท\\สมชาย ใจดี',
    device: { ...full.body.device, name: 'คอมพิวเตอร์-ฝ่ายบัญชี-07' },
    file: { ...full.body.file, name: 'ใบแจ้งหนี้ค่าบริการประจำเดือน พฤศจิกายน 2569.pdf.exe' },
  }),
  {
    kind: 'everything absent',
    event: storedEvent({ severity: 0, status: null, action: null, occurredAt: null, body: {} }),
  },
  withBody('many techniques', {
    techniques: Array.from({ length: 12 }, (_, n) => ({ id: `T10${n + 10}`, name: 'Phishing' })),
  }),
  withBody('a name without a path, no user', { user: undefined, file: { name: 'update.exe' } }),
  ofDevice('D_CLIENT_UNINSTALL', 3),
  ofDevice('FIREWALL_OFF', 2),
  ofDevice('A_TYPE_THAT_NOBODY_KNOWS_YET', 4),
  hostile('no blanks', times('W')),
  hostile('words', times('mm ')),
  hostile('mentions', times('@channel ')),
  hostile('lines', times('x\n')),
  hostile('Thai', times('ก้')),
  hostile('emoji', times('💥')),
  hostile('Markdown', times('# **a**|`b`\n')),
];

function digest(count: number): Said {
  const members = Array.from({ length: count }, (_, n): DigestMember => {
    const severity = ([4, 3, 3, 2, 5] as const)[n % 5]!;
    const type = ['RANSOMWARE_FILE_ENCRYPTION', 'STATIC_ANALYSIS', 'SCRIPT_CONTROL_PATH'][n % 3]!;
    return {
      ...{ eventId: 9000 + n, severity, type, itemId: String(17_000 + n) },
      device: `BKK-FIN-PC${String(n % 40).padStart(3, '0')}`,
      tenant: ['Example Bank', 'โรงพยาบาลตัวอย่าง'][n % 2],
      fileHash: String(n % 7).repeat(64),
      fileName: n % 2 === 0 ? 'ใบแจ้งหนี้_2569.exe' : `report-${n}.docm`,
      receivedAtMs: atMs + n * 2_000,
      link: `https://console.example/events/${17_000 + n}`,
    };
  });
  const by = [{ field: 'tenant', value: 'Example Bank' }];
  const made = composeDigest(members, { kind: 'group', before: 0, route: 'night', by });
  return { kind: `digest of ${count}`, event: { ...storedDigest(made), id: 6100 + count } };
}

export const digests: readonly Said[] = [
  { kind: 'digest of a storm', event: storedDigest(digestOfStorm) },
  { kind: 'digest of a group', event: { ...storedDigest(digestOfGroup), id: 6002 } },
  ...[1, 2, 12, 200].map(digest),
];

const values: Readonly<Record<string, string>> = {
  since: '2026-11-29T03:00:00.000Z',
  until: '2026-11-29T03:31:00.000Z',
  now: '2026-11-29T03:31:00.000Z',
  ends: '2026-12-24T00:00:00.000Z',
  count: '412',
  digests: '7',
  source: 'deepinstinct-bangkok',
  sink: 'soc-alerts',
  host: 'bangkok.console.example.com',
  reason: 'console.example.com answered 403. The webhook may not post there.',
  severities: 'HIGH 12 · MEDIUM 400',
};

/** Each with a value for everything that it speaks of, and the far end's words. */
export const notices: readonly Said[] = Object.entries(en.notices).map(([kind, text]) => {
  const names = [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!);
  const said = names.map((name) => {
    const key = name === 'events' ? 'count' : name;
    return [key, values[key] ?? '17'];
  });
  const message = 'bangkok.console.example.com answered 403: the key is not accepted.';
  const notice = { kind, values: { ...Object.fromEntries(said), message } } as Notice;
  const rest = {
    source: 'tocsin',
    stream: 'notice',
    type: kind.toUpperCase(),
    severity: 4,
  } as const;
  return { kind, event: storedEvent({ ...rest, body: { notice } }) };
});
