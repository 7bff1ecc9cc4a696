// The first messages of a server, in whatever pieces they come.
import { describe, expect, test } from 'vitest';
import { Startup, type StartupStep } from '../../src/store/startup.ts';

function frame(kind: string, text = ''): Buffer {
  const head = Buffer.alloc(5);
  head.write(kind);
  head.writeInt32BE(Buffer.byteLength(text) + 4, 1);
  return Buffer.concat([head, Buffer.from(text)]);
}

const authentication = frame('R', '\0\0\0\0');
const greeting = [
  authentication,
  frame('S', 'in_hot_standby\0on\0'),
  frame('Z', 'I'),
  frame('D', 'rest'),
];
const all = Buffer.concat(greeting);

test.each([1, 7, all.length])('pieces of %i bytes are handed on whole and in order', (size) => {
  const startup = new Startup();
  const out: Buffer[] = [];
  let step: StartupStep = 'more';
  let from = 0;
  for (; from < all.length && step === 'more'; from += size) {
    const taken = startup.take(all.subarray(from, from + size));
    out.push(taken.whole);
    ({ step } = taken);
  }
  expect([step, startup.isReadOnly]).toEqual(['ready', true]);
  expect(Buffer.concat(out).equals(all.subarray(0, Buffer.concat(out).length))).toBe(true);
  expect(Buffer.concat(out).length).toBe(Math.min(from, all.length));
});

test('half a message is kept until the rest of it came', () => {
  const startup = new Startup();
  expect(startup.take(authentication.subarray(0, 6))).toEqual({
    whole: Buffer.alloc(0),
    step: 'more',
  });
  expect(startup.take(authentication.subarray(6))).toEqual({ whole: authentication, step: 'more' });
});

describe('how far the server is', () => {
  test.each<[string, Buffer[], StartupStep]>([
    ['it asks who we are', [authentication], 'more'],
    ['it takes statements', [authentication, frame('K', 'key'), frame('Z', 'I')], 'ready'],
    ['it refuses before it asks', [frame('E', 'x')], 'refused'],
    ['it refuses after it asked', [authentication, frame('E', 'x')], 'denied'],
    ['it begins with a notice', [frame('N', 'x'), frame('E', 'x')], 'denied'],
    [
      'it knows a part of the protocol',
      [frame('v', 'x'), authentication, frame('Z', 'I')],
      'ready',
    ],
    ['it speaks HTTP', [Buffer.from('HTTP/1.1 400')], 'stranger'],
    ['it takes statements before it asks', [frame('Z', 'I')], 'stranger'],
    ['a length too large', [Buffer.from('R\xff\xff\xff\xff', 'latin1')], 'stranger'],
    ['a length over 64 KB', [Buffer.from([82, 0, 1, 0, 1])], 'stranger'],
    ['a length of 64 KB', [Buffer.from([82, 0, 1, 0, 0])], 'more'],
    ['a length below its own', [Buffer.from([82, 0, 0, 0, 3])], 'stranger'],
    ['a later message too large', [authentication, Buffer.from([83, 0x7f, 0, 0, 0])], 'stranger'],
    ['one byte', [Buffer.from('R')], 'more'],
    ['one byte of a stranger', [Buffer.from('H')], 'stranger'],
    ['nothing', [Buffer.alloc(0)], 'more'],
  ])('%s', (_, messages, step) => {
    expect(new Startup().take(Buffer.concat(messages)).step).toBe(step);
  });

  test("a stranger's bytes are handed on, so that the driver can say what they are", () => {
    const bytes = Buffer.from('HTTP/1.1 400');
    expect(new Startup().take(bytes).whole).toEqual(bytes);
  });
});

test.each([
  ['in_hot_standby', 'on', true],
  ['in_hot_standby', 'off', false],
  ['default_transaction_read_only', 'on', true],
  ['default_transaction_read_only', 'off', false],
  ['server_version', 'on', false],
])('%s=%s says that it takes no writes: %s', (name, value, isReadOnly) => {
  const startup = new Startup();
  startup.take(Buffer.concat([authentication, frame('S', `${name}\0${value}\0`)]));
  expect(startup.isReadOnly).toBe(isReadOnly);
});
