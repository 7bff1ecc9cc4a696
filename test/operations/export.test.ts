// A file of events keeps every text, and a spreadsheet runs none of them.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { EventItem } from '../../src/operations/event-fields.ts';
import { csvHead, csvOf, ndjsonOf } from '../../src/operations/export.ts';

const item: EventItem = {
  ...{ id: '1', source: 'di', externalId: '17', itemId: '17', subject: 'event/17' },
  ...{ stream: 'event', type: 'STATIC_ANALYSIS', severity: 'HIGH', status: 'OPEN', action: null },
  ...{ occurredAt: null, receivedAt: '2026-03-02T15:00:00.000Z', device: 'PC-1', user: null },
  ...{ ip: null, tenant: null, file: 'a.exe', hash: null, threat: null, recurrence: 2, link: null },
  deliveries: [
    { sink: 'soc', state: 'delivered' },
    { sink: 'mail', state: 'dead' },
  ],
};

/** As RFC 4180 has it. */
function readCsv(text: string): string[][] {
  const lines: string[][] = [];
  let line: string[] = [];
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/gy;
  for (const [, quoted, plain, end] of text.matchAll(cell)) {
    line.push(quoted?.replaceAll('""', '"') ?? plain!);
    if (end === ',') continue;
    lines.push(line);
    line = [];
  }
  return lines;
}

test('a line of CSV has a cell for each column', () => {
  const [head, line] = readCsv(csvHead + csvOf([item]));
  expect(head).toHaveLength(line!.length);
  const cells = Object.fromEntries(head!.map((name, index) => [name, line![index]]));
  expect(cells).toMatchObject({ id: '1', severity: 'HIGH', user: '', recurrence: '2' });
  expect(cells.deliveries).toBe('soc: delivered; mail: dead');
});

test.each(['=1+1', '+1', '-1', '@SUM(A1)', ' =1', '\t=1', '\r=1', '\n=1', '＝1', '\0=1'])(
  '%j is text and no formula',
  (file) => {
    const cell = readCsv(csvOf([{ ...item, file }]))[0]![13]!;
    expect(cell).toBe(`'${file}`);
  },
);

test('whatever the texts are, each comes back, inert', () => {
  const text = fc.string({ unit: fc.constantFrom(...'a=-+@"\',;\r\n\t ก') });
  fc.assert(
    fc.property(text, text, (file, user) => {
      const lines = readCsv(csvOf([{ ...item, file, user }, item]));
      expect(lines).toHaveLength(2);
      for (const [place, value] of [
        [13, file],
        [10, user],
      ] as const) {
        const cell = lines[0]![place]!;
        expect(cell === value || cell === `'${value}`).toBe(true);
        expect(cell.trimStart()).not.toMatch(/^[=+\-@]/);
      }
    }),
    { numRuns: 500 },
  );
});

test('NDJSON is an object a line', () => {
  const odd = { ...item, file: 'a\n\u2028b' };
  const lines = ndjsonOf([item, odd]).split('\n');
  expect(lines.pop()).toBe('');
  expect(lines.map((line) => JSON.parse(line))).toEqual([item, odd]);
});
