// The far ends for operations: those of the configuration that runs now, or a command's own, which
// are made only when one is called.
import { expect, onTestFinished, test } from 'vitest';
import { startMattermost } from '../../simulators/mattermost/index.ts';
import { AdapterError } from '../../src/kit/errors.ts';
import { farEndsOf, ownFarEnds } from '../../src/service/far-ends.ts';
import { configOf } from '../operations/acting.ts';

async function connected() {
  const mattermost = await startMattermost();
  onTestFinished(() => mattermost.close());
  const config = configOf(`
sources:
  a: { type: deepinstinct_events, url: "https://console.example", token: "0123456789abcdef" }
sinks:
  soc: { type: mattermost, url: "${mattermost.hookUrl}" }
`);
  const farEnds = ownFarEnds(config);
  onTestFinished(() => farEnds.close());
  return { mattermost, farEnds };
}

test('a sample gets to the channel of the sink that is named', async () => {
  const { mattermost, farEnds } = await connected();
  expect(await farEnds.testSink('soc', 5000)).toBe(true);
  expect(JSON.stringify(mattermost.posts)).toMatch(/sample/i);
  expect(farEnds.originOf('soc')).toBe(new URL(mattermost.hookUrl).origin);
});

test('of an id that is not configured nobody is called', async () => {
  const { mattermost, farEnds } = await connected();
  expect(await farEnds.testSink('sco', 5000)).toBe(false);
  expect([farEnds.originOf('sco'), farEnds.source('b')]).toEqual([undefined, undefined]);
  expect(farEnds.source('a')?.kind).toBe('poll');
  expect(mattermost.requests.posts).toBe(0);
});

test('what the far end refuses is an error without the secret of the hook', async () => {
  const { mattermost, farEnds } = await connected();
  mattermost.fail('unknown_hook', Number.POSITIVE_INFINITY);
  const failed = await farEnds.testSink('soc', 5000).catch((error: unknown) => error);
  expect(failed).toBeInstanceOf(AdapterError);
  expect(String(failed)).not.toContain(mattermost.hookUrl.split('/').at(-1));
});

test('if the sample is refused, and the check of the sink fails too, the error is that of the check', async () => {
  const sampleAlone = new AdapterError('reject_event', 'rejected', 'the card is refused');
  const everything = new AdapterError('reject_sink', 'auth', 'the hook is gone');
  const trying = (check: () => Promise<void>) => {
    const send = () => Promise.reject(sampleAlone);
    const sinks = [{ id: 'soc', sink: { send, check }, voice: { message: () => ({}) } }];
    return farEndsOf(() => ({ sources: [], sinks: sinks as never[] })).testSink('soc', 5000);
  };
  await expect(trying(() => Promise.reject(everything))).rejects.toBe(everything);
  await expect(trying(async () => undefined)).rejects.toBe(sampleAlone);
});

test('after another configuration came, its adapters are called', async () => {
  let sinks: never[] = [];
  const farEnds = farEndsOf(() => ({ sources: [], sinks }));
  expect(farEnds.originOf('soc')).toBeUndefined();
  sinks = [{ id: 'soc', sink: { origin: 'x:' } }] as never[];
  expect(farEnds.originOf('soc')).toBe('x:');
});
