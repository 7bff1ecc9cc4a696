// A kept connection: shared, made anew after a failure, and ended when the last one leaves it.
import { describe, expect, it } from 'vitest';
import { AdapterError } from '../../src/kit/errors.ts';
import { KeptConnection } from '../../src/kit/kept-connection.ts';
import { abortMs, adapterError } from '../contract/adapter-cases.ts';

interface Line {
  readonly number: number;
  isOpen: boolean;
}

function bench(open?: (signal: AbortSignal) => Promise<unknown>) {
  const opened: Line[] = [];
  const ended: number[] = [];
  const kept = new KeptConnection<Line>({
    async open(signal) {
      await open?.(signal);
      const line = { number: opened.length + 1, isOpen: true };
      opened.push(line);
      return line;
    },
    isOpen: (line) => line.isOpen,
    async end({ number }) {
      ended.push(number);
    },
    failureOf: (error, isUnderWay) =>
      new AdapterError('retry', isUnderWay ? 'interrupted' : 'connection', error.message),
  });
  return { kept, opened, ended };
}

const { signal } = new AbortController();
const hang = () => new Promise<never>(() => {});
const numberOf = async ({ number }: Line) => number;

describe('a connection', () => {
  it('is opened once for all who use it, and kept', async () => {
    const { kept, ended } = bench();
    const first = [kept.use(signal, numberOf), kept.use(signal, numberOf)];
    expect(await Promise.all(first)).toEqual([1, 1]);
    expect(await kept.use(signal, numberOf)).toBe(1);
    expect(ended).toEqual([]);
  });

  it('is a new one after the far end closed it', async () => {
    const { kept, opened, ended } = bench();
    await kept.use(signal, numberOf);
    opened[0]!.isOpen = false;
    expect(await kept.use(signal, numberOf)).toBe(2);
    expect(ended).toEqual([1]);
  });

  it('is a new one after a failure, and what others do on the old one goes on', async () => {
    const { kept, ended } = bench();
    let finish = (_text: string) => {};
    const slow = kept.use(signal, () => new Promise<string>((resolve) => (finish = resolve)));
    const failed = kept.use(signal, () => Promise.reject(new Error('cut')));
    expect(await adapterError(failed)).toMatchObject({ reason: 'interrupted', message: 'cut' });
    expect(await kept.use(signal, numberOf)).toBe(2);
    expect(ended).toEqual([]);
    finish('whole');
    expect(await slow).toBe('whole');
    expect(ended).toEqual([1]);
  });

  it('that cannot be opened fails for all who wait, and the next one tries anew', async () => {
    let isDown = true;
    const { kept } = bench(() => (isDown ? Promise.reject(new Error('down')) : Promise.resolve()));
    const waiting = [kept.use(signal, numberOf), kept.use(signal, numberOf)];
    for (const one of waiting)
      expect(await adapterError(one)).toMatchObject({ reason: 'connection', message: 'down' });
    isDown = false;
    expect(await kept.use(signal, numberOf)).toBe(1);
  });

  it('keeps what the adapter threw on purpose', async () => {
    const { kept } = bench();
    const refusal = new AdapterError('reject_event', 'too_large', 'too large');
    await expect(kept.use(signal, () => Promise.reject(refusal))).rejects.toBe(refusal);
  });
});

describe('an abort', () => {
  it('ends what hangs, and the connection is not used again', async () => {
    const { kept, ended } = bench();
    const abort = new AbortController();
    const pending = kept.use(abort.signal, hang);
    pending.catch(() => {});
    expect(await abortMs(abort, pending)).toBeLessThan(100);
    await expect(pending).rejects.toBe(abort.signal.reason);
    expect(ended).toEqual([1]);
    expect(await kept.use(signal, numberOf)).toBe(2);
  });

  it('of the last one who waits ends the opening', async () => {
    let given: AbortSignal | undefined;
    const { kept } = bench((its) => {
      given = its;
      return hang();
    });
    const [one, other] = [new AbortController(), new AbortController()];
    const pending = [one, other].map((abort) => kept.use(abort.signal, numberOf));
    for (const each of pending) each.catch(() => {});
    await abortMs(one, pending[0]!);
    expect(given!.aborted).toBe(false);
    await abortMs(other, pending[1]!);
    expect(given!.aborted).toBe(true);
  });

  it('of an opening that ignores it ends what comes of it', async () => {
    let arrive = () => {};
    const { kept, ended } = bench(() => new Promise<void>((resolve) => (arrive = resolve)));
    const abort = new AbortController();
    const pending = kept.use(abort.signal, numberOf);
    pending.catch(() => {});
    await abortMs(abort, pending);
    arrive();
    await expect.poll(() => ended).toEqual([1]);
  });

  it('before anything opens nothing, and leaves no listener', async () => {
    const { kept, opened } = bench();
    await expect(kept.use(AbortSignal.abort(new Error('stop')), numberOf)).rejects.toThrow('stop');
    expect(opened).toEqual([]);
  });
});

describe('closing', () => {
  it('waits for what is under way, and ends the connection', async () => {
    const { kept, ended } = bench();
    let finish = () => {};
    const slow = kept.use(signal, () => new Promise<void>((resolve) => (finish = resolve)));
    await expect.poll(() => finish.name).not.toBe('');
    let isClosed = false;
    const closing = kept.close().then(() => {
      isClosed = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect([isClosed, ended]).toEqual([false, []]);
    finish();
    await Promise.all([slow, closing]);
    expect(ended).toEqual([1]);
    await kept.close();
  });
});
