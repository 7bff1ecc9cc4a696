// The digest of many events: exact numbers, short lists, the worst first, and a size that no text
// can move.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { composeDigest, digestEvent, partsOf } from '../../../src/core/deliver/digest.ts';
import type { DigestMember, Severity } from '../../../src/kit/event.ts';
import { validText } from '../../../src/kit/text.ts';

const startMs = Date.parse('2026-03-01T02:00:00.000Z');
const storm = { kind: 'storm', before: 0, by: [] } as const;

const unsaid = {
  device: undefined,
  fileHash: undefined,
  fileName: undefined,
  itemId: undefined,
  link: undefined,
};
function member(eventId: number, more: Partial<DigestMember> = {}): DigestMember {
  return {
    ...unsaid,
    eventId,
    severity: 3,
    type: 'PUA',
    receivedAtMs: startMs + eventId * 1000,
    ...more,
  };
}
const members = (count: number, more: (n: number) => Partial<DigestMember> = () => ({})) =>
  Array.from({ length: count }, (_, n) => member(n, more(n)));
const text = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.constantFrom('PUA', 'a.exe', 'SRV-1', '\u{1F480}', '__proto__'),
);
const maybe = fc.option(text, { nil: undefined });
const anyMember: fc.Arbitrary<DigestMember> = fc.record({
  eventId: fc.nat(),
  severity: fc.constantFrom<Severity>(0, 1, 2, 3, 4, 5),
  type: text,
  receivedAtMs: fc.integer({ min: 0, max: startMs }),
  device: maybe,
  fileHash: maybe,
  fileName: maybe,
  itemId: maybe,
  link: maybe,
});

describe('what a digest counts', () => {
  test('is every member, whatever its lists leave out', () => {
    fc.assert(
      fc.property(fc.array(anyMember, { minLength: 1, maxLength: 60 }), (all) => {
        const digest = composeDigest(all, storm);
        const distinct = (value: (one: DigestMember) => string | undefined) =>
          new Set(all.map(value).filter((one) => one !== undefined)).size;
        expect(digest.count).toBe(all.length);
        expect(digest.severities).toEqual(
          [0, 1, 2, 3, 4, 5].map((n) => all.filter((m) => m.severity === n).length),
        );
        expect(digest.typeCount).toBe(distinct(({ type }) => type));
        expect(digest.deviceCount).toBe(distinct(({ device }) => device));
        expect(digest.fileCount).toBe(distinct(({ fileHash }) => fileHash));
        for (const { name, count } of digest.types) {
          expect(count).toBe(all.filter(({ type }) => type === name).length);
        }
        for (const { name, count } of digest.devices) {
          expect(count).toBe(all.filter(({ device }) => device === name).length);
        }
        for (const { hash, count, devices } of digest.files) {
          const same = all.filter(({ fileHash }) => fileHash === hash);
          expect(count).toBe(same.length);
          expect(devices).toBe(new Set(same.flatMap(({ device }) => device ?? [])).size);
        }
        const times = all.map(({ receivedAtMs }) => receivedAtMs);
        expect(digest.firstAt).toBe(new Date(Math.min(...times)).toISOString());
        expect(digest.lastAt).toBe(new Date(Math.max(...times)).toISOString());
      }),
    );
  });

  test('stands most frequent first, of equals the earlier, in eight types, eight devices and five files', () => {
    const often = ['b', 'a', 'a', 'c', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'j', 'j'];
    const digest = composeDigest(
      often.map((name, n) => member(n, { type: name, device: name, fileHash: name })),
      storm,
    );
    expect(digest.types.map(({ name, count }) => `${name}${count}`).join(' ')).toBe(
      'j3 a2 c2 b1 d1 e1 f1 g1',
    );
    expect(digest.devices).toEqual(digest.types);
    expect(digest.files.map(({ hash, count }) => `${hash}${count}`).join(' ')).toBe(
      'j3 a2 c2 b1 d1',
    );
    expect(digest).toMatchObject({ typeCount: 10, deviceCount: 10, fileCount: 10 });
  });

  test('of a file is one incident: by its hash, with a name that it had and the devices that it was on', () => {
    const digest = composeDigest(
      [
        member(1, { fileHash: 'ff', device: 'A' }),
        member(2, { fileHash: 'ff', device: 'A', fileName: 'evil.exe' }),
        member(3, { fileHash: 'ff', device: 'B', fileName: 'other.exe' }),
        member(4, { fileHash: 'ff' }),
        member(5, { fileName: 'evil.exe', device: 'C' }),
      ],
      storm,
    );
    expect(digest.files).toEqual([{ hash: 'ff', name: 'evil.exe', count: 4, devices: 2 }]);
  });
});

describe('the rows of a digest', () => {
  test('are the twelve most severe, oldest first within a severity, and an unknown severity goes with HIGH', () => {
    const severities: Severity[] = [1, 3, 4, 0, 5, 2];
    const all = members(60, (n) => ({ severity: severities[n % 6]! })).toReversed();
    const { rows } = composeDigest(all, storm);
    expect(rows.map(({ id, severity }) => `${id}:${severity}`).join(' ')).toBe(
      '4:5 10:5 16:5 22:5 28:5 34:5 40:5 46:5 52:5 58:5 2:4 3:0',
    );
  });

  test('say what is known of the event, and nothing else', () => {
    const link = 'https://console.example/events/7';
    const known = { device: 'SRV-1', fileName: 'a.exe', itemId: '7', link };
    const { rows } = composeDigest([member(1, known), member(2)], storm);
    expect(rows).toEqual([
      {
        id: 1,
        severity: 3,
        type: 'PUA',
        device: 'SRV-1',
        file: 'a.exe',
        at: '2026-03-01T02:00:01.000Z',
        itemId: '7',
        link,
      },
      { id: 2, severity: 3, type: 'PUA', at: '2026-03-01T02:00:02.000Z' },
    ]);
  });

  test.each([
    `https://console.example/${'a'.repeat(400)}`,
    'https://console.example/\n',
    'https://คอนโซล.example/',
  ])('have no link rather than a cut or an odd one: %j', (link) => {
    expect(composeDigest([member(1, { link })], storm).rows[0]).not.toHaveProperty('link');
  });
});

describe('a device in a digest', () => {
  const dc01 = (tenant: string, deviceId: string) => ({
    device: 'DC01',
    deviceId,
    tenant,
    source: 'events',
  });
  const pc9 = { device: 'PC-9', deviceId: '9', tenant: 'Bakery', source: 'events' };
  const rows = [dc01('Bakery', '1'), dc01('Clinic', '2'), dc01('Harbour', '3'), pc9];

  test('is told by tenant and number: three servers of one name are three, and their tenants are named', () => {
    const digest = composeDigest(
      members(4, (n) => ({ ...rows[n]!, fileHash: 'ff00' })),
      storm,
    );
    expect(digest.deviceCount).toBe(4);
    expect(digest.files).toEqual([{ hash: 'ff00', count: 4, devices: 4 }]);
    expect(digest.devices.map(({ name, tenant }) => [name, tenant])).toEqual([
      ['DC01', 'Bakery'],
      ['DC01', 'Clinic'],
      ['DC01', 'Harbour'],
      ['PC-9', 'Bakery'],
    ]);
    expect(digest).toMatchObject({
      tenantCount: 3,
      tenants: [{ name: 'Bakery', count: 2 }, {}, {}],
    });
    expect(digest.rows.map(({ tenant }) => tenant)).toEqual([
      'Bakery',
      'Clinic',
      'Harbour',
      'Bakery',
    ]);
  });

  test.each([
    [
      'one number at one console, whichever stream',
      { deviceId: '1' },
      { deviceId: '1', source: 'suspicious' },
      1,
    ],
    [
      'one number at two consoles',
      { deviceId: '1' },
      { deviceId: '1', link: 'https://b.example/' },
      2,
    ],
    ['two numbers of one tenant', { deviceId: '1' }, { deviceId: '2' }, 2],
    ['one name without a number', {}, {}, 1],
    [
      'one name at two sources without a console',
      { link: undefined },
      { link: undefined, source: 'b' },
      2,
    ],
  ])('%s', (_title, first, second, count) => {
    const same = { device: 'DC01', tenant: 'Bakery', source: 'events', link: 'https://a.example/' };
    const digest = composeDigest(
      [member(1, { ...same, ...first }), member(2, { ...same, ...second })],
      storm,
    );
    expect(digest.deviceCount).toBe(count);
    expect(JSON.stringify(digest)).not.toContain('Bakery');
  });

  test('without a number is another one in another tenant', () => {
    const same = { device: 'DC01', source: 'events', link: 'https://a.example/' };
    const both = [
      member(1, { ...same, tenant: 'Bakery' }),
      member(2, { ...same, tenant: 'Clinic' }),
    ];
    expect(composeDigest(both, storm).deviceCount).toBe(2);
  });
});

describe('the size of a digest', () => {
  const everything = (unit: string) => (n: number) => {
    const long = `${n}${unit.repeat(Math.ceil(3000 / unit.length))}`;
    return {
      type: long,
      device: long,
      tenant: long,
      fileHash: long,
      fileName: long,
      itemId: long,
      link: `https://${long}`,
    };
  };
  const context = (unit: string) => ({
    kind: 'group' as const,
    before: 123_456_789,
    route: unit.repeat(3000),
    by: Array.from({ length: 20 }, () => ({ field: unit.repeat(3000), value: unit.repeat(3000) })),
  });

  test.each([
    '\u0001',
    '"',
    '\\',
    '\uD83D',
    '\u{1F480}',
    '👩🏽‍💻',
    '\0',
    'ก',
    '\u2028',
    'x',
    '@channel ',
  ])('with %j everywhere stays under 60 kB of JSON, valid Unicode without NUL', (unit) => {
    const digest = composeDigest(members(200, everything(unit)), context(unit));
    const json = JSON.stringify(digest);
    expect(Buffer.byteLength(json)).toBeLessThan(60_000);
    expect(json).not.toMatch(/\\u0000|\\ud[89a-f]/);
    expect(digest.rows).toHaveLength(12);
  });

  test('does not move with any text', () => {
    const unit = fc.oneof(fc.string({ unit: 'binary', minLength: 1 }), fc.string({ minLength: 1 }));
    fc.assert(
      fc.property(unit, (one) => {
        const digest = composeDigest(members(30, everything(one)), context(one));
        expect(Buffer.byteLength(JSON.stringify(digest))).toBeLessThan(60_000);
        const valid = JSON.stringify(digest, (_key, value) =>
          typeof value === 'string' ? validText(value) : value,
        );
        expect(JSON.stringify(digest)).toBe(valid);
      }),
    );
  });

  test('takes no more time for each of ten thousand members than for each of a thousand', () => {
    const all = members(10_000, (n) => ({
      type: `T${n}`,
      device: `D${n}`,
      fileHash: `${n}`.padStart(64, '0'),
      severity: 4,
      receivedAtMs: startMs - n,
    }));
    /** Of the processor, in microseconds a member; of several turns the quickest. */
    const cost = (some: typeof all, turns: number) => {
      const spent = Array.from({ length: 8 }, () => {
        const before = process.cpuUsage();
        for (let turn = 0; turn < turns; turn += 1) composeDigest(some, storm);
        return process.cpuUsage(before).user / turns / some.length;
      });
      return Math.min(...spent);
    };
    // Sorting costs a little more for each of many; a look at each for each would cost ten times.
    expect(cost(all, 1) / cost(all.slice(0, 1_000), 10)).toBeLessThan(5);
  });
});

describe('the parts of a digest that is not accepted', () => {
  const sizes = (count: number) => {
    const { digests, cards } = partsOf(Array.from({ length: count }, (_, n) => n));
    return [digests.map(({ length }) => length), cards.length];
  };

  test('are what its table shows and two halves of the rest, at last single cards', () => {
    expect(sizes(1000)).toEqual([[12, 494, 494], 0]);
    expect(sizes(14)).toEqual([[12], 2]);
    expect(sizes(12)).toEqual([[6, 3, 3], 0]);
    expect(sizes(4)).toEqual([[], 4]);
    expect(sizes(1)).toEqual([[], 1]);
  });

  test('are each smaller than the whole, and leave nothing out', () => {
    for (let count = 1; count < 200; count += 1) {
      const members = Array.from({ length: count }, (_, n) => n);
      const { digests, cards } = partsOf(members);
      expect([...digests.flat(), ...cards].sort((a, b) => a - b)).toEqual(members);
      for (const { length } of digests) expect(length).toBeLessThan(count);
    }
  });
});

describe('the event of a digest', () => {
  const digest = composeDigest([member(1), member(2, { severity: 2 })], storm);

  test('is Tocsin’s own, pending for one sink before every single card', () => {
    expect(digestEvent(digest, '6f1c', 'soc', 'night')).toEqual({
      routes: [],
      decisions: [{ sink: 'soc', state: 'pending', reason: null, priority: 0, route: 'night' }],
      draft: {
        externalId: 'digest:6f1c',
        subject: 'storm',
        stream: 'digest',
        type: 'DIGEST',
        severity: 3,
        status: null,
        action: null,
        occurredAt: '2026-03-01T02:00:02.000Z',
        body: { digest },
        raw: JSON.stringify(digest),
      },
    });
    expect(digestEvent(digest, '6f1c', 'soc').decisions[0]).not.toHaveProperty('route');
  });

  test.each<[Severity[], Severity]>([
    [[1, 5, 4], 5],
    [[0, 4], 4],
    [[4, 0], 4],
    [[0, 3], 0],
    [[2, 1], 2],
  ])('of severities %j has severity %i', (severities, expected) => {
    const of = composeDigest(
      severities.map((severity, n) => member(n, { severity })),
      storm,
    );
    expect(digestEvent(of, '1', 'soc').draft.severity).toBe(expected);
  });
});
