// What each reason code means: given to a login, to a message, or with the end of the connection.
import { describe, expect, it, test } from 'vitest';
import { failureOf } from '../../../src/sinks/mqtt/answers.ts';
import { adapterError } from '../../contract/adapter-cases.ts';
import { storedEvent } from '../../support/events.ts';
import { messageOf } from '../../support/voice.ts';
import { type Answer, context, mqttBroker, type Script, sinkOf } from './mqtt-broker.ts';

const message = messageOf(storedEvent());

const attempted = async (script: Script, settings: object = {}) =>
  adapterError(sinkOf((await mqttBroker(script)).port, settings).send(message, context));

describe('a message', () => {
  test.each<[Answer, string, string]>([
    [0x10, 'retry', 'server_error'],
    [0x80, 'retry', 'server_error'],
    [0x83, 'retry', 'server_error'],
    [0x87, 'reject_sink', 'auth'],
    [0x90, 'reject_sink', 'bad_config'],
    [0x91, 'retry', 'server_error'],
    [0x97, 'retry', 'rate_limited'],
    [0x99, 'reject_event', 'rejected'],
    [{ disconnect: 0x95 }, 'reject_event', 'too_large'],
    [{ disconnect: 0x8b }, 'retry', 'server_error'],
    [{ disconnect: 0x93 }, 'retry', 'rate_limited'],
  ])('that is answered %j is not delivered', async (answer, outcome, reason) => {
    const failed = await attempted({ publish: () => answer });
    expect(failed).toMatchObject({ outcome, reason });
  });

  it('that nobody has subscribed to is dropped by the broker, and the error says so', async () => {
    const failed = await attempted({ publish: () => 0x10 });
    expect(failed.message).toContain('answered 0x10: it drops the message, since nobody');
  });

  it('that is dropped makes no other one pass for dropped', async () => {
    const codes = [0x10, 0, 0];
    const { port } = await mqttBroker({ publish: () => codes.shift()! });
    const sink = sinkOf(port);
    const ends = await Promise.allSettled([1, 2, 3].map(() => sink.send(message, context)));
    expect(ends.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
  });

  it('that is larger than the broker takes is not sent', async () => {
    // Maximum packet size, 200 bytes.
    const { port, published } = await mqttBroker({ properties: [0x27, 0, 0, 0, 200] });
    const failed = await adapterError(sinkOf(port).send(message, context));
    expect(failed).toMatchObject({ outcome: 'reject_event', reason: 'too_large' });
    expect(published).toEqual([]);
  });

  it('is not sent to a broker that stores none', async () => {
    const { port, published } = await mqttBroker({ properties: [0x24, 0] });
    const failed = await adapterError(sinkOf(port).send(message, context));
    expect(failed).toMatchObject({ outcome: 'reject_sink', reason: 'bad_config' });
    expect(published).toEqual([]);
  });
});

describe('a login', () => {
  test.each<[number, string, string]>([
    [0x84, 'reject_sink', 'bad_config'],
    [0x85, 'reject_sink', 'bad_config'],
    [0x86, 'reject_sink', 'auth'],
    [0x87, 'reject_sink', 'auth'],
    [0x88, 'retry', 'server_error'],
    [0x8a, 'reject_sink', 'auth'],
    [0x97, 'retry', 'rate_limited'],
    [0x9d, 'reject_sink', 'bad_config'],
    [0x9f, 'retry', 'rate_limited'],
  ])('of version 5 that is answered %i', async (code, outcome, reason) => {
    expect(await attempted({ login: () => code })).toMatchObject({ outcome, reason });
  });

  test.each<[number, string, string]>([
    [1, 'reject_sink', 'bad_config'],
    [2, 'reject_sink', 'bad_config'],
    [3, 'retry', 'server_error'],
    [4, 'reject_sink', 'auth'],
    [5, 'reject_sink', 'auth'],
  ])('of version 3.1.1 that is answered %i', async (code, outcome, reason) => {
    const failed = await attempted({ login: () => code }, { version: '3.1.1' });
    expect(failed).toMatchObject({ outcome, reason });
  });
});

test('an error that nobody knows is tried again', () => {
  const error = failureOf(new Error('what?'), 'host', true);
  expect(error).toMatchObject({ outcome: 'retry', reason: 'interrupted' });
});
