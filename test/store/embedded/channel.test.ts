// The driver's end of the database's thread: borders of messages, and what never reaches the thread.
import { once } from 'node:events';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Channel, type ChannelOptions, Framer } from '../../../src/store/embedded/channel.ts';

describe('Framer', () => {
  test('gives whole messages only, and all bytes in order, however they are cut', () => {
    const message = fc.uint8Array({ maxLength: 40 }).map((body) => {
      const bytes = Buffer.alloc(5 + body.length, body.length === 0 ? 83 : 81);
      bytes.writeInt32BE(4 + body.length, 1);
      bytes.set(body, 5);
      return bytes;
    });
    fc.assert(
      fc.property(
        fc.array(message, { maxLength: 8 }),
        fc.array(fc.nat({ max: 30 }), { minLength: 1 }),
        (messages, cuts) => {
          const startup = Buffer.from([0, 0, 0, 9, 0, 3, 0, 0, 0]);
          const all = Buffer.concat([startup, ...messages]);
          const borders = new Set<number>([0]);
          let border = 0;
          for (const one of [startup, ...messages]) {
            border += one.length;
            borders.add(border);
          }
          const framer = new Framer();
          const taken: Buffer[] = [];
          let passed = 0;
          for (let offset = 0, n = 0; offset < all.length; n += 1) {
            const length = (cuts[n % cuts.length] ?? 0) + 1;
            const whole = Buffer.from(framer.take(all.subarray(offset, offset + length)));
            offset += length;
            passed += whole.length;
            expect(borders.has(passed)).toBe(true);
            taken.push(whole);
          }
          expect(Buffer.concat(taken)).toEqual(all);
        },
      ),
    );
  });
});

describe('Channel', () => {
  const startup = Buffer.from([0, 0, 0, 8, 0, 3, 0, 0]);
  const sync = Buffer.from([83, 0, 0, 0, 4]);
  const readyIn = (state: string) => Buffer.from([90, 0, 0, 0, 5, state.charCodeAt(0)]);

  function open(idleInTransactionMsMax = 60_000) {
    const begun: string[] = [];
    const sent: Buffer[] = [];
    const options: ChannelOptions = {
      begin: () => begun.push('begin'),
      request: (bytes) => sent.push(Buffer.from(bytes)),
      idleInTransactionMsMax,
    };
    return { channel: new Channel(options), begun, sent };
  }

  test('begins with the first whole message, once, and passes each one on as it is whole', () => {
    const { channel, begun, sent } = open();
    channel.write(startup.subarray(0, 5));
    expect([begun, sent]).toEqual([[], []]);
    channel.write(Buffer.concat([startup.subarray(5), sync.subarray(0, 3)]));
    channel.write(sync.subarray(3));
    expect(begun).toEqual(['begin']);
    expect(sent).toEqual([startup, sync]);
  });

  test('gives the thread a copy: what the driver does with its buffer later changes nothing', () => {
    const { channel, sent } = open();
    const bytes = Buffer.from(startup);
    channel.write(bytes);
    bytes.fill(0);
    expect(sent).toEqual([startup]);
  });

  test('keeps the farewell of the driver from the thread, which would end the database', () => {
    const { channel, sent } = open();
    channel.write(startup);
    channel.write(Buffer.from([88, 0, 0, 0, 4]));
    expect(sent).toEqual([startup]);
  });

  test('closes a connection that only asks to cancel another, and passes nothing on', async () => {
    const { channel, begun, sent } = open();
    const cancel = Buffer.alloc(16);
    cancel.writeInt32BE(16, 0);
    cancel.writeInt32BE(80_877_102, 4);
    const closed = once(channel, 'close');
    channel.write(cancel);
    await closed;
    expect([begun, sent, channel.readyState]).toEqual([[], [], 'closed']);
  });

  test('gives the driver what was answered, and nothing after it was closed', async () => {
    const { channel } = open();
    const got: Buffer[] = [];
    channel.on('data', (bytes) => got.push(bytes));
    channel.deliver(readyIn('I'));
    channel.deliver(new Uint8Array(0));
    await new Promise((done) => setImmediate(done));
    channel.destroy();
    channel.deliver(readyIn('I'));
    await new Promise((done) => setImmediate(done));
    expect(got).toEqual([readyIn('I')]);
  });

  test.each(['T', 'E'])(
    'ends a transaction (%s) that waits too long, and says so',
    async (state) => {
      const { channel } = open(1);
      const failed = once(channel, 'error');
      channel.deliver(readyIn(state));
      expect(String(await failed)).toContain(
        'A transaction waited 0.001 s for its next statement and was rolled back',
      );
    },
  );

  test('lets wait what is in no transaction, and a transaction whose next statement came', async () => {
    const idle = open(1);
    idle.channel.deliver(readyIn('I'));
    const busy = open(1);
    busy.channel.deliver(readyIn('T'));
    busy.channel.write(startup);
    const late = open(20);
    const failed = once(late.channel, 'error');
    late.channel.deliver(readyIn('T'));
    await failed;
    expect([idle.channel.readyState, busy.channel.readyState]).toEqual(['open', 'open']);
  });
});
