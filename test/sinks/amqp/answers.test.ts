// What each reply code means: given to a login, to a message, or with the end of the connection.
import { expect, it, test } from 'vitest';
import { failureOf } from '../../../src/sinks/amqp/answers.ts';
import { adapterError } from '../../contract/adapter-cases.ts';
import { storedEvent } from '../../support/events.ts';
import { messageOf } from '../../support/voice.ts';
import { type Answer, amqpBroker, context, type Script, sinkOf } from './amqp-broker.ts';

const message = messageOf(storedEvent());

const attempted = async (script: Script) =>
  adapterError(sinkOf((await amqpBroker(script)).port).send(message, context));

const larger = 'PRECONDITION_FAILED - message size 9 is larger than configured max size 8';
test.each<[Answer, string, string]>([
  ['nack', 'retry', 'server_error'],
  ['return', 'reject_sink', 'bad_config'],
  [{ of: 'channel', code: 403 }, 'reject_sink', 'auth'],
  [{ of: 'channel', code: 404 }, 'reject_sink', 'bad_config'],
  [{ of: 'channel', code: 406, text: larger }, 'reject_event', 'too_large'],
  [{ of: 'channel', code: 406 }, 'reject_sink', 'bad_config'],
  [{ of: 'channel', code: 311 }, 'reject_event', 'too_large'],
  [{ of: 'connection', code: 320 }, 'retry', 'interrupted'],
  [{ of: 'connection', code: 541 }, 'retry', 'server_error'],
])('a message that is answered %j is not delivered', async (answer, outcome, reason) => {
  expect(await attempted({ publish: () => answer })).toMatchObject({ outcome, reason });
});

it('says that no queue takes a message that comes back', async () => {
  const failed = await attempted({ publish: () => 'return' });
  expect(failed.message).toContain('answered 312: it drops the message, since no queue is bound');
});

it('takes no other message for one that came back', async () => {
  const answers: Answer[] = ['return', 'ack', 'ack'];
  const { port } = await amqpBroker({ publish: () => answers.shift()! });
  const sink = sinkOf(port);
  const ends = await Promise.allSettled(
    ['a', 'b', 'a'].map((id) => sink.send(message, { ...context, deliveryId: `${id}-1` })),
  );
  expect(ends.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
});

it('a virtual host that this user may not enter pauses the sink', async () => {
  const failed = await attempted({ open: { of: 'connection', code: 530 } });
  expect(failed).toMatchObject({ outcome: 'reject_sink', reason: 'bad_config' });
  expect(failed.message).toContain('into the virtual host');
});

test('an error that nobody knows is tried again', () => {
  const error = failureOf(new Error('what?'), 'host', true);
  expect(error).toMatchObject({ outcome: 'retry', reason: 'interrupted' });
});
