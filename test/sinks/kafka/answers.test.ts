// What each error code means: about a message, a topic, a login.
import { expect, it, test } from 'vitest';
import { failureOf, refusal } from '../../../src/sinks/kafka/answers.ts';
import { adapterError } from '../../contract/adapter-cases.ts';
import { storedEvent } from '../../support/events.ts';
import { messageOf } from '../../support/voice.ts';
import { type Answer, context, kafkaBroker, type Script, sinkOf, topic } from './kafka-broker.ts';

const message = messageOf(storedEvent());

const attempted = async (script: Script) =>
  adapterError(sinkOf((await kafkaBroker(script)).port).send(message, context));

test.each<[Answer, string, string]>([
  // The topic may be new there: only what a broker says of the topic itself pauses the sink.
  [3, 'retry', 'server_error'],
  [5, 'retry', 'server_error'],
  [6, 'retry', 'server_error'],
  [7, 'retry', 'interrupted'],
  [10, 'reject_event', 'too_large'],
  [17, 'reject_sink', 'bad_config'],
  [18, 'reject_event', 'too_large'],
  [19, 'retry', 'server_error'],
  [20, 'retry', 'interrupted'],
  [29, 'reject_sink', 'auth'],
  [31, 'reject_sink', 'auth'],
  [32, 'reject_sink', 'bad_config'],
  [56, 'retry', 'server_error'],
  [74, 'retry', 'server_error'],
  [87, 'reject_event', 'rejected'],
  [89, 'retry', 'rate_limited'],
  [-1, 'retry', 'server_error'],
  // One that the library does not know.
  [12_345, 'retry', 'interrupted'],
  ['else', 'retry', 'malformed'],
])('a message that is answered %j is not delivered', async (answer, outcome, reason) => {
  expect(await attempted({ write: () => answer })).toMatchObject({ outcome, reason });
});

it('says what the broker answered', async () => {
  const { message: said } = await attempted({ write: () => 19 });
  expect(said).toMatch(/^127\.0\.0\.1:\d+ answered 19: it has fewer replicas in step/);
});

test.each([
  [3, 'reject_sink', 'bad_config', `has no topic ${topic}`],
  [5, 'retry', 'server_error', 'does not lead this partition'],
  [17, 'reject_sink', 'bad_config', 'takes no messages for this topic'],
  [29, 'reject_sink', 'auth', 'does not let this user write'],
])('a topic of which a broker says %i is not written to', async (code, outcome, reason, text) => {
  const failed = await attempted({ topic: () => ({ code }) });
  expect(failed).toMatchObject({ outcome, reason });
  expect(failed.message).toContain(text);
});

test.each([{ 0: [12, 13] }, { 3: [0, 8] }] as const)(
  'a broker that takes %j alone is none for this sink',
  async (versions) => {
    const failed = await attempted({ versions });
    expect(failed).toMatchObject({ outcome: 'reject_sink', reason: 'bad_config' });
    expect(failed.message).toContain('speaks no version');
  },
);

test('an error that nobody knows is tried again', () => {
  const error = failureOf(new Error('what?'), 'host', true);
  expect(error).toMatchObject({ outcome: 'retry', reason: 'interrupted' });
});

test('a refusal is passed on as it is', () => {
  const error = refusal(58, 'host');
  expect(failureOf(error, 'another', false)).toBe(error);
});
