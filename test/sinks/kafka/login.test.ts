// Logins of the sink kafka: each mechanism, refusals, and brokers that are not what they say.
import { describe, expect, it, test } from 'vitest';
import { mechanisms } from '../../../src/sinks/kafka/login.ts';
import { abortMs, adapterError, expectNoSecret } from '../../contract/adapter-cases.ts';
import { storedEvent } from '../../support/events.ts';
import { messageOf } from '../../support/voice.ts';
import { context, kafkaBroker, keys, type Script, sinkOf } from './kafka-broker.ts';

const message = messageOf(storedEvent());
const password = 'hunter2-hunter2';
const users = { 'soc,a=b': password };
const login = { username: 'soc,a=b', password };

describe.each(mechanisms)('a login by %s', (mechanism) => {
  it('comes before the first question, once for a connection', async () => {
    const { port, asked, written } = await kafkaBroker({ users });
    const sink = sinkOf(port, { ...login, mechanism });
    for (let n = 0; n < 2; n += 1) await sink.send(message, context);
    expect(written).toHaveLength(2);
    const { versions, handshake, login: step, metadata, produce } = keys;
    const steps = mechanism === 'PLAIN' ? [step] : [step, step];
    expect(asked).toEqual([versions, handshake, ...steps, metadata, produce, produce]);
    expect((await sink.inspect!(context.signal, [])).tested).toContain('takes the login');
  });

  it('that is refused pauses the sink, and is in no error', async () => {
    const { port, written } = await kafkaBroker({ users: { 'soc,a=b': 'another' } });
    const sink = sinkOf(port, { ...login, mechanism });
    for (const tried of [() => sink.send(message, context), () => sink.check!(context.signal)]) {
      const failed = await adapterError(tried());
      expect(failed).toMatchObject({ outcome: 'reject_sink', reason: 'auth' });
      expect(failed.message).toContain('refuses the login');
      expectNoSecret(failed, [{ what: 'the password', text: password }]);
    }
    expect(written).toEqual([]);
  });

  it('that breaks is tried again', async () => {
    const { port } = await kafkaBroker({ users, at: 'login', does: 'reset' });
    const failed = await adapterError(sinkOf(port, { ...login, mechanism }).send(message, context));
    expect(failed).toMatchObject({ outcome: 'retry', reason: 'connection' });
  });

  it('that hangs ends with an abort', async () => {
    const { port, open } = await kafkaBroker({ users, at: 'login', does: 'hang' });
    const abort = new AbortController();
    const { signal } = abort;
    const pending = sinkOf(port, { ...login, mechanism }).send(message, { ...context, signal });
    pending.catch(() => {});
    await expect.poll(() => open.count).toBe(1);
    expect(await abortMs(abort, pending)).toBeLessThan(100);
    await expect.poll(() => open.count).toBe(0);
  });
});

const attempted = async (script: Script, settings: object = login) =>
  adapterError(sinkOf((await kafkaBroker(script)).port, settings).send(message, context));

it('says which mechanisms the broker has', async () => {
  const failed = await attempted({ users, mechanisms: ['PLAIN', 'SCRAM-SHA-256', 'x\u202ey'] });
  expect(failed).toMatchObject({ outcome: 'reject_sink', reason: 'auth' });
  expect(failed.message).toMatch(/has no such mechanism\..* It offers PLAIN, SCRAM-SHA-256\.$/);
});

it('says that a broker wants none', async () => {
  const failed = await attempted({});
  expect(failed).toMatchObject({ outcome: 'reject_sink', reason: 'bad_config' });
  expect(failed.message).toContain('takes no login there');
});

it('says that a broker may want one', async () => {
  const failed = await attempted({ users }, {});
  expect(failed).toMatchObject({ outcome: 'retry', reason: 'connection' });
  expect(failed.message).toContain('If it wants a login, set username and password');
});

test.each([
  ['of another nonce', 'r=other,s=c2FsdA==,i=4096', 'reject_sink'],
  ['of few rounds', 'r=:nonce:x,s=c2FsdA==,i=1', 'reject_sink'],
  ['of a billion rounds', 'r=:nonce:x,s=c2FsdA==,i=1000000000', 'retry'],
  ['without any', '', 'retry'],
  ['of nothing that it is made of', 'what,is,this', 'retry'],
])('a challenge %s is not answered', async (_title, challenge, outcome) => {
  const failed = await attempted({ users, challenge });
  expect(failed.outcome).toBe(outcome);
  expectNoSecret(failed, [{ what: 'the password', text: password }]);
});

it('takes nobody for the broker who does not know the password', async () => {
  const failed = await attempted({ users, proof: 'v=AAAA' });
  expect(failed).toMatchObject({ outcome: 'reject_sink', reason: 'auth' });
  expect(failed.message).toContain('does not prove that it knows the password');
});
