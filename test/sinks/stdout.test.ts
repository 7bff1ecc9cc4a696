// The sink stdout: the suite over streams of every temper, and its line.

import { spawn } from 'node:child_process';
import { Writable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { word } from '../../src/kit/card.ts';
import type { Message } from '../../src/kit/sink.ts';
import { createStreamSink, stdout } from '../../src/sinks/stdout.ts';
import { describeSink, skipsWithoutHttp } from '../contract/sink-suite.ts';
import { builtFile } from '../support/built.ts';
import { digestOfStorm, storedDigest } from '../support/digests.ts';
import { eventOfTexts, storedEvent } from '../support/events.ts';
import { joinedTexts, saidBy, saidFile } from '../support/said.ts';
import { messageOf } from '../support/voice.ts';

describeSink(stdout, {
  start(temper) {
    const { stream, lines } = memory();
    if (temper === 'hung') return { sink: createStreamSink(stuck()), received: () => [] };
    return { sink: createStreamSink(stream), received: lines };
  },
  /** One line, of which a terminal obeys nothing. */
  data({ body }) {
    if (!/^\{[^\n]*\}\n$/.test(body)) throw new Error('it is not one line');
    const terminal = /[\p{Cc}\p{Cf}\u2028\u2029]/u.exec(body.slice(0, -1));
    if (terminal) throw new Error(`the terminal would see ${JSON.stringify(terminal[0])}`);
    return JSON.parse(body) as unknown;
  },
  skip: {
    ...skipsWithoutHttp('a stream has no statuses, headers or connections'),
    'a far end that hangs is given up and tried again':
      'the time-out is the caller’s signal; see the abort',
  },
});

const context = { deliveryId: 'delivery-1', attempt: 1, signal: new AbortController().signal };

function message({ event = storedEvent(), ...more }: Partial<Message> = {}): Message {
  return messageOf(event, more);
}

describe('the line', () => {
  test('says an event, a digest and a notice as the file shows, whatever the language', async () => {
    const texts = await Promise.all(
      saidBy({}).map(async ({ messages }) => {
        const lines = await Promise.all(messages.map(lineOf));
        return joinedTexts(lines.map((line) => JSON.stringify(line, null, 1)));
      }),
    );
    expect(new Set(texts).size).toBe(1);
    await expect(texts[0]).toMatchFileSnapshot(saidFile('stdout', 'en'));
  });

  test('has its fields in the documented order, with the body as stored', async () => {
    const line = await lineOf(message());
    expect(Object.keys(line)).toEqual([
      'id',
      'source',
      'external_id',
      'stream',
      'type',
      'severity',
      'status',
      'action',
      'occurred_at',
      'received_at',
      'delivery_id',
      'body',
    ]);
    expect(line).toMatchObject({
      id: 4711,
      external_id: '1203',
      severity: 'HIGH',
      delivery_id: 'delivery-1',
    });
    expect(line.body).toEqual(storedEvent().body);
  });

  test('what the source did not say is null at the top and absent in the body', async () => {
    const line = await lineOf(
      message({ event: storedEvent({ status: null, action: null, occurredAt: null, body: {} }) }),
    );
    expect(line).toMatchObject({ status: null, action: null, occurred_at: null, body: {} });
  });

  test('says how long it was held up, and by what', async () => {
    const delayed = { seconds: 7_200, reason: 'sink' } as const;
    expect(await lineOf(message({ delayed }))).toMatchObject({ delayed });
  });

  test('ends with what a template gave, as text', async () => {
    const template = {
      title: [word('@channel')],
      text: [[word('one')], [word('two')]],
      fields: [{ name: [word('User')], value: [word('<b>')], isShort: true }],
    };
    const line = await lineOf(message({ template }));
    expect(Object.keys(line).at(-1)).toBe('template');
    expect(line.template).toEqual({
      title: '@channel',
      text: 'one\ntwo',
      fields: [{ title: 'User', value: '<b>' }],
    });
  });

  test('a short one keeps head and tail of long texts', async () => {
    const line = await lineOf(
      message({ event: eventOfTexts(() => `begin${'x'.repeat(1_000)}end`), form: 'short' }),
    );
    const { description } = line.body as { description: string };
    expect(description).toMatch(/^beginx+…x+end$/);
    expect(description).toHaveLength(200);
  });

  test('a bare one holds id, severity, times, and the link', async () => {
    expect(await lineOf(message({ form: 'bare' }))).toEqual({
      id: 4711,
      source: 'di',
      severity: 'HIGH',
      occurred_at: '2026-03-01T02:03:04.000Z',
      received_at: '2026-03-01T02:03:09.120Z',
      delivery_id: 'delivery-1',
      body: { link: 'https://console.example/events/1203' },
    });
  });

  test('of a digest holds all of it, a short one without rows, a bare one in numbers', async () => {
    const event = storedDigest(digestOfStorm);
    const line = await lineOf(message({ event }));
    expect(line).toMatchObject({
      source: 'tocsin',
      stream: 'digest',
      type: 'DIGEST',
      severity: 'HIGH',
    });
    expect(line.body).toEqual({ digest: digestOfStorm });
    const short = await lineOf(message({ event, form: 'short' }));
    expect(short.body).toEqual({ digest: { ...digestOfStorm, rows: [] } });
    const bare = await lineOf(message({ event, form: 'bare' }));
    const { count, firstAt, lastAt, severities } = digestOfStorm;
    const sizes = { typeCount: 4, deviceCount: 37, fileCount: 3 };
    expect(bare.body).toEqual({
      digest: { kind: 'storm', count, before: 0, firstAt, lastAt, severities, ...sizes },
    });
  });

  test('is printable, and the same text once it is parsed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), async (text) => {
        const { stream, lines } = memory();
        await createStreamSink(stream).send(message({ event: eventOfTexts(() => text) }), context);
        expect(lines()[0]).not.toMatch(/[\p{Cc}\p{Cf}](?!$)/u);
        expect(JSON.parse(lines()[0]!).body.description).toBe(text);
      }),
    );
  });
});

describe('the stream', () => {
  test('a send resolves only when the stream has passed the line on', async () => {
    const { stream, lines, release } = memory({ isHeld: true });
    let isDone = false;
    const sent = createStreamSink(stream)
      .send(message(), context)
      .then(() => {
        isDone = true;
      });
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(isDone).toBe(false);
    release();
    await sent;
    expect(lines()).toHaveLength(1);
  });

  test('a full stream is not filled further, however often it is tried', async () => {
    const stream = stuck();
    const sink = createStreamSink(stream);
    for (let attempt = 0; attempt < 20; attempt += 1) {
      const signal = AbortSignal.timeout(5);
      await expect(sink.send(message(), { ...context, signal })).rejects.toThrow();
    }
    expect(stream.writableLength).toBeLessThan(2 * 4_096);
  });

  test('goes on when a full stream has been drained', async () => {
    const { stream, lines, release } = memory({ isHeld: true });
    const sink = createStreamSink(stream);
    const sends = [1, 2, 3].map(() => sink.send(message(), context));
    await new Promise((resolve) => setTimeout(resolve, 20));
    release();
    await Promise.all(sends);
    expect(lines()).toHaveLength(3);
  });

  test('a fault of writing is tried again', async () => {
    const stream = new Writable({
      write: (_chunk, _encoding, done) =>
        done(Object.assign(new Error('full'), { code: 'ENOSPC' })),
    });
    const sent = createStreamSink(stream).send(message(), context);
    await expect(sent).rejects.toMatchObject({ outcome: 'retry', reason: 'connection' });
  });

  test('a file on a full disk takes lines again once there is room, on lines of their own', async () => {
    let taken = '';
    let room = 3;
    const open = () =>
      new Writable({
        write(chunk: Buffer, _encoding, done) {
          taken += chunk.subarray(0, room).toString();
          const isFull = chunk.length > room;
          room = Math.max(0, room - chunk.length);
          done(isFull ? Object.assign(new Error('full'), { code: 'ENOSPC' }) : null);
        },
      });
    const sink = createStreamSink(open);
    const both = await Promise.allSettled([
      sink.send(message(), context),
      sink.send(message(), context),
    ]);
    for (const { reason } of both as PromiseRejectedResult[])
      expect(reason).toMatchObject({ outcome: 'retry' });
    await expect(sink.send(message(), context)).rejects.toMatchObject({ outcome: 'retry' });
    room = 1_000_000;
    await sink.send(message(), context);
    await sink.send(message(), context);
    const [torn, ...lines] = taken.trim().split('\n');
    expect(torn).toBe('{"i');
    expect(lines.map((line) => JSON.parse(line).delivery_id)).toEqual([
      context.deliveryId,
      context.deliveryId,
    ]);
  });

  test('a pipe that nobody reads any more stops the sink and not the process', async () => {
    const program = `
      import { stdout } from ${JSON.stringify(pathToFileURL(builtFile('sinks/stdout.ts')).href)};
      const sink = stdout.create({}, {});
      const message = ${JSON.stringify(message())};
      for (let n = 0; n < 3; n += 1) {
        await new Promise((resolve) => setTimeout(resolve, 100));
        await sink.send(message, { deliveryId: 'd', attempt: 1, signal: new AbortController().signal }).catch((error) =>
          process.stderr.write(error.outcome + ' ' + error.message + '\\n'));
      }
      process.stderr.write('still here');`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    onTestFinished(() => void child.kill());
    child.stdout.destroy();
    let told = '';
    child.stderr.on('data', (chunk) => {
      told += chunk;
    });
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect(told).toMatch(
      /^(reject_sink stdout: nobody reads standard output any more \(EPIPE\)\..*\n){3}still here$/,
    );
    expect(code).toBe(0);
  });
});

async function lineOf(what: Message): Promise<Record<string, unknown>> {
  const { stream, lines } = memory();
  await createStreamSink(stream).send(what, context);
  return JSON.parse(lines()[0]!);
}

/** A stream that keeps what it gets; `isHeld`: until it is released it passes nothing on. */
function memory({ isHeld = false } = {}) {
  const lines: string[] = [];
  let isOpen = !isHeld;
  let waiting: (() => void) | undefined;
  const stream = new Writable({
    highWaterMark: 1_000,
    write(chunk: Buffer, _encoding, done) {
      const take = () => {
        lines.push(chunk.toString());
        done();
      };
      if (isOpen) setImmediate(take);
      else waiting = take;
    },
  });
  const release = () => {
    isOpen = true;
    waiting?.();
  };
  return { stream, lines: () => lines, release };
}

/** A stream whose reader sleeps. */
function stuck(): Writable {
  return new Writable({ highWaterMark: 4_096, write: () => {} });
}
