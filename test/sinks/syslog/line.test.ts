// A message of RFC 5424: what stands in it, and that a strict reader gets back what went in.
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { neutralText } from '../../../src/kit/text.ts';
import { type LineOptions, lineOf, weightOfPart } from '../../../src/sinks/syslog/line.ts';
import { eventOfTexts, storedEvent } from '../../support/events.ts';
import { messageOf } from '../../support/voice.ts';
import { readSyslog } from './receiver.ts';

const options: LineOptions = {
  ...{ format: 'plain', facility: 16, hostname: 'here', appName: 'tocsin' },
  dataId: 'tocsin@32473',
};

const shown = (text: string) => neutralText(text, { multiline: false });
/** Full of the signs that are escaped. */
const hostile = fc.string({ unit: fc.constantFrom(...'"\\]=| [\n\rก', '" x="y'), maxLength: 12 });

test('a reader gets back each value of the structured data, whatever is in it', () => {
  fc.assert(
    fc.property(hostile, hostile, (type, deliveryId) => {
      const message = messageOf(storedEvent({ type }));
      const { params } = readSyslog(lineOf(message, shown(deliveryId), options));
      expect(params).toMatchObject({
        ...{ type: shown(type), delivery: shown(deliveryId) },
        ...{ event: '4711', severity: 'HIGH' },
      });
    }),
    { numRuns: 300 },
  );
});

test.each([
  [0, 3],
  [1, 6],
  [2, 5],
  [3, 4],
  [4, 3],
  [5, 2],
] as const)('severity %i is %i of syslog', (severity, expected) => {
  const { priority } = readSyslog(lineOf(messageOf(storedEvent({ severity })), 'soc-1', options));
  expect(priority).toBe(16 * 8 + expected);
});

it('says when it happened, else when it arrived', () => {
  const atOf = (occurredAt: string | null) =>
    readSyslog(lineOf(messageOf(storedEvent({ occurredAt })), 'soc-1', options)).at;
  expect(atOf('2026-03-01T02:03:04.000Z')).toBe('2026-03-01T02:03:04.000Z');
  expect(atOf(null)).toBe('2026-03-01T02:03:09.120Z');
});

describe.each(['plain', 'json', 'ocsf', 'cef'] as const)('as %s', (format) => {
  it('is one line, whatever the event holds', () => {
    const event = eventOfTexts((field) => `${field}\n<13>1 - - - - - -\r\nforged`);
    for (const form of ['full', 'short', 'bare'] as const) {
      const line = lineOf(messageOf(event, { form }), 'soc-1', { ...options, format });
      expect(readSyslog(line).params.delivery).toBe('soc-1');
      expect(line.includes('forged')).toBe(form !== 'bare');
    }
  });
});

test('in plain text no value passes for another fact', () => {
  const event = storedEvent({ body: { user: 'x · Outcome: blocked', file: { name: 'a.exe' } } });
  const { message } = readSyslog(lineOf(messageOf(event), 'soc-1', options));
  expect(message).toContain('“x · Outcome: blocked”');
  expect(message).toMatch(/^🟠 HIGH · /u);
});

test('a part weighs what it has become', () => {
  expect(weightOfPart({ kind: 'code', text: 'a:b' })).toBe(3 + 6);
  expect(weightOfPart({ kind: 'word', text: 'ก' })).toBe(3);
  const link = { kind: 'link', text: 'here', url: 'https://console.example/' } as const;
  expect(weightOfPart(link)).toBe('here https://console.example/'.length);
});
