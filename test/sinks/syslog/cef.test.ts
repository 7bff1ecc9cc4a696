// The Common Event Format: a strict reader gets back what went in, and what has no key is left out.
import fc from 'fast-check';
import { expect, it, test } from 'vitest';
import { plainText } from '../../../src/kit/card.ts';
import { cefOf } from '../../../src/sinks/syslog/cef.ts';
import { storedEvent } from '../../support/events.ts';
import { messageOf } from '../../support/voice.ts';
import { readCef } from './receiver.ts';

const read = (...message: Parameters<typeof messageOf>) =>
  readCef(cefOf(messageOf(...message), 'soc-1'));

/** Full of the signs that are escaped, and of what looks like a key. */
const hostile = fc.string({
  unit: fc.constantFrom('|', '\\', '=', '\n', '\r', ' ', 'a', 'ก', ' act=', '\\n', 'CEF:0|'),
  minLength: 1,
  maxLength: 12,
});

test('a reader gets back each value, and no value makes a field or a key', () => {
  const keys = Object.keys(read(storedEvent()).extension);
  fc.assert(
    fc.property(hostile, hostile, hostile, hostile, (type, user, path, description) => {
      const { body } = storedEvent();
      const event = storedEvent({
        type,
        body: { ...body, user, file: { ...body.file, path }, description },
      });
      const { header, extension } = read(event);
      expect(extension).toMatchObject({ cat: type, duser: user, filePath: path, msg: description });
      expect(Object.keys(extension)).toEqual(keys);
      expect(header).toHaveLength(6);
      expect(header[4]).toBe(plainText(messageOf(event).card.headline));
    }),
    { numRuns: 300 },
  );
});

test('an event stands under the keys of the dictionary', () => {
  const { header, extension } = read(storedEvent());
  expect(header).toEqual([
    ...['Tocsin', 'Tocsin', '1', 'STATIC_ANALYSIS'],
    'Ransomware on ACCT-PC-07 (CORP\\somchai): blocked, quarantine FAILED',
    '8',
  ]);
  expect(extension).toMatchObject({
    ...{ rt: '1772330589120', start: '1772330584000', externalId: '1203', act: 'PREVENTED' },
    ...{ cn1: '4711', cn1Label: 'event', flexString1: 'soc-1', flexString1Label: 'delivery' },
    ...{ dhost: 'ACCT-PC-07', dst: '192.0.2.17', dmac: '00:00:5e:00:53:17', src: '198.51.100.23' },
    ...{ fsize: '482816', dpid: '7312', request: 'https://console.example/events/1203' },
    cs1: 'T1059.001 PowerShell, T1486 Data Encrypted for Impact',
  });
});

test.each([
  [0, '8'],
  [1, '1'],
  [2, '3'],
  [3, '5'],
  [4, '8'],
  [5, '10'],
] as const)('severity %i is %s', (severity, expected) => {
  expect(read(storedEvent({ severity })).header[5]).toBe(expected);
});

it('keeps an address of IPv6 under its own key, and leaves out what is no address', () => {
  const of = (ip: string, mac: string) =>
    read(storedEvent({ body: { device: { ip, mac }, remoteIp: ip } })).extension;
  expect(of('2001:db8::1', '00-00-5E-00-53-17')).toMatchObject({
    ...{ c6a3: '2001:db8::1', c6a3Label: 'Destination IPv6 Address', c6a2: '2001:db8::1' },
    dmac: '00-00-5E-00-53-17',
  });
  const wrong = of('not one', 'not one');
  for (const key of ['dst', 'src', 'c6a2', 'c6a3', 'dmac']) expect(wrong).not.toHaveProperty(key);
});

it('has no text of others in its bare form, and what is left is whole', () => {
  const { header, extension } = read(storedEvent(), { form: 'bare' });
  expect(header[3]).toBe('event');
  const ids = ['cn1', 'cn1Label', 'flexString1', 'flexString1Label'];
  expect(Object.keys(extension).sort()).toEqual([...ids, 'request', 'rt']);
});

it('says in remarks that it may be a repetition', () => {
  const { extension } = read(storedEvent(), { mayBeRepeated: true });
  expect(extension).toMatchObject({ flexString2Label: 'remarks' });
});

test.each([
  'CEF:0|a|b|1|c|name|5|msg=a=b',
  'CEF:0|a|b|1|c|na|me|5|msg=a',
  'CEF:0|a|b|1|c|name|5|msg=a\\q',
  'CEF:0|a|b|1|c|name|5|msg=a\nb=c',
])('the reader is strict: %j is none', (text) => {
  expect(() => readCef(text)).toThrow();
});
