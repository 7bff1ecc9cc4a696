// Sample events for tests: one with everything in it, and texts that an attacker would choose.
import type { StoredEvent } from '../../src/kit/event.ts';

/** An event in which every field is set, about a host of a Thai tenant. */
export function storedEvent(overrides: Partial<StoredEvent> = {}): StoredEvent {
  return {
    id: 4711,
    source: 'di',
    externalId: '1203',
    subject: '1203',
    stream: 'event',
    type: 'STATIC_ANALYSIS',
    severity: 4,
    status: 'OPEN',
    action: 'PREVENTED',
    occurredAt: '2026-03-01T02:03:04.000Z',
    receivedAt: '2026-03-01T02:03:09.120Z',
    body: {
      itemId: '1203',
      severityRaw: 'HIGH',
      observedAt: '2026-03-01T02:03:06.000Z',
      lastAction: 'QUARANTINE_FAILED',
      trigger: 'FILE_WRITE',
      threatType: 'RANSOMWARE',
      description: 'A file was written that behaves like known ransomware.',
      comment: 'seen before on this floor',
      device: {
        id: '88',
        name: 'ACCT-PC-07',
        os: 'WINDOWS',
        osVersion: 'Windows 11 Pro 23H2',
        ip: '192.0.2.17',
        mac: '00:00:5e:00:53:17',
        domain: 'corp.example',
        group: 'Finance',
        policy: 'Windows default',
        agentVersion: '5.1.0.12',
      },
      user: 'CORP\\somchai',
      tenant: { name: 'บริษัท ตัวอย่าง จำกัด', id: '12', provider: 'ผู้ให้บริการตัวอย่าง' },
      file: {
        name: 'invoice 2026-02.pdf.exe',
        path: 'C:\\Users\\somchai\\Downloads\\invoice 2026-02.pdf.exe',
        script: 'powershell -NoProfile -File C:\\Windows\\Temp\\a_b*c.ps1',
        hash: 'a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f90',
        size: 482_816,
        type: 'PE',
        signer: 'Example Software Co., Ltd.',
      },
      process: {
        name: 'invoice 2026-02.pdf.exe',
        path: 'C:\\Users\\somchai\\Downloads\\invoice 2026-02.pdf.exe',
        commandLine: '"invoice 2026-02.pdf.exe" /quiet',
        user: 'CORP\\somchai',
        id: 7312,
      },
      parentProcess: {
        name: 'outlook.exe',
        path: 'C:\\Program Files\\Office\\outlook.exe',
        commandLine: 'outlook.exe /recycle',
        user: 'CORP\\somchai',
        id: 5120,
      },
      target: 'lsass.exe',
      remoteIp: '198.51.100.23',
      techniques: [
        { id: 'T1059.001', name: 'PowerShell', tactic: 'Execution' },
        { id: 'T1486', name: 'Data Encrypted for Impact', tactic: 'Impact' },
      ],
      recurrence: 3,
      affectedDevices: 2,
      link: 'https://console.example/events/1203',
    },
    ...overrides,
  };
}

/**
 * An event whose every text is what `textOf` gives for the field's name (`file.path`): all that the
 * device, its user or an attacker may have chosen. Times, numbers, the link and the source's id,
 * which they cannot choose, are as in {@link storedEvent}.
 */
export function eventOfTexts(textOf: (field: string) => string): StoredEvent {
  const base = storedEvent();
  const { itemId: _itemId, observedAt, link, recurrence, affectedDevices, ...texts } = base.body;
  const body = replaced(texts, '', textOf) as StoredEvent['body'];
  return {
    ...base,
    externalId: textOf('externalId').slice(0, 200),
    subject: textOf('subject'),
    type: textOf('type'),
    status: textOf('status'),
    action: textOf('action'),
    body: {
      ...body,
      itemId: textOf('itemId'),
      ...(observedAt === undefined ? {} : { observedAt }),
      ...(link === undefined ? {} : { link }),
      ...(recurrence === undefined ? {} : { recurrence }),
      ...(affectedDevices === undefined ? {} : { affectedDevices }),
    },
  };
}

function replaced(value: unknown, field: string, textOf: (field: string) => string): unknown {
  if (typeof value === 'string') return textOf(field);
  if (Array.isArray(value))
    return value.map((item, index) => replaced(item, `${field}.${index}`, textOf));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, item]) => [
    key,
    replaced(item, field === '' ? key : `${field}.${key}`, textOf),
  ]);
  return Object.fromEntries(entries);
}

/**
 * Texts that want to be obeyed by some reader: mentions, markup, links, terminals, databases, and
 * readers' eyes.
 */
export const hostileStrings: readonly string[] = [
  '@channel',
  '@all @here (@channel) _@channel_ x\\@here',
  '\uFF20channel',
  '<!channel> <!here> <!all> <!everyone>',
  '<@U012AB3CD>',
  '<https://evil.example/|console.example>',
  '[console](https://evil.example/)',
  '![seen](https://evil.example/pixel.png)',
  'https://evil.example/login',
  'www.evil.example',
  'go to soc.evil.com, or write to eve@evil.co.th',
  '~town-square #hashtag :skull:',
  '`code` ``two`` ```three```',
  '```\nout of the fence\n```',
  '**bold** _thin_ ~~gone~~',
  '# heading\n> quote\n- item\n1. item',
  '| a | b |\n|---|---|\n| 1 | 2 |',
  '$x^2$ \\(y\\)',
  '<script>alert(1)</script><img src=x onerror=alert(1)>',
  '&lt;b&gt; &amp; &#64;channel',
  `{{constructor}} \${process.env.TOKENS_KEY} $(id) %s %n`,
  '"quoted" \'single\' \\" \\u0000',
  '","text":"@channel","x":"',
  'one\nline\rmore\r\nlines\u2028and\u2029paragraphs\u0085',
  'photo\u202Egnp.exe',
  '\u2066isolate\u2069\u200Fmark',
  'zero\u200Bwidth\u200Djoin\u2060\uFEFF',
  '\u001b[2J\u001b[31mred\u0007 \u009b31mred\u009d0;title\u009c',
  'nul\u0000inside',
  'lone\uD800surrogate\uDC00',
  `${'\u0301'.repeat(200)}stacked`,
  '\u{E0041}\u{E0042}tags',
  'C:\\Users\\_x_\\*.lnk\\',
  '   ',
  '-',
  'ไฟล์ 👩‍💻 ทดสอบ',
  'x'.repeat(100_000),
  '💥'.repeat(50_000),
  '`'.repeat(5_000),
  '@channel '.repeat(5_000),
];
