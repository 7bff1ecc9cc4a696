// The errors that cross rooms: what they carry, and how they read.
import { expect, test } from 'vitest';
import {
  AdapterError,
  ConfigError,
  failureReasons,
  unansweredReasons,
} from '../../src/kit/errors.ts';

test('an error of an adapter carries its facts, and a fact that is not known is undefined', () => {
  const cause = new Error('socket');
  const quota = { limit: 10, remaining: 0, resetMs: 1000 };
  const facts = { status: 429, retryAfterMs: 1500, quota, answer: 'slow down', cause };
  const error = new AdapterError('retry', 'rate_limited', 'chat.example answered 429.', facts);
  expect(error).toMatchObject({ outcome: 'retry', reason: 'rate_limited', ...facts });
  expect([error.name, error.message]).toEqual(['AdapterError', 'chat.example answered 429.']);
  const bare = new AdapterError('reject_sink', 'auth', 'refused');
  expect(bare).toMatchObject({ status: undefined, retryAfterMs: undefined, quota: undefined });
});

test('an error without a cause has no such property, which a log would show as one', () => {
  expect('cause' in new AdapterError('retry', 'unknown', 'x')).toBe(false);
  expect('cause' in new AdapterError('retry', 'unknown', 'x', { status: 500 })).toBe(false);
});

test('what is unanswered is a failure that may have been carried out, and a known reason', () => {
  expect(unansweredReasons).toEqual(['timeout', 'interrupted']);
  for (const reason of unansweredReasons) expect(failureReasons).toContain(reason);
});

test('an error of the configuration names every problem, each on a line with what to do', () => {
  const problems = [
    { where: 'TOKENS_KEY', problem: 'is missing', remedy: 'Set it' },
    { where: 'tocsin.yaml:3:5 sinks.soc.url', problem: 'is no URL', remedy: 'Write it in full' },
  ];
  const error = new ConfigError(problems, ['TOKEN_KEY: did you mean TOKENS_KEY?']);
  expect(error.message).toBe(
    'TOKENS_KEY: is missing. Set it\ntocsin.yaml:3:5 sinks.soc.url: is no URL. Write it in full',
  );
  expect(error).toMatchObject({ name: 'ConfigError', problems });
  expect(error.warnings).toEqual(['TOKEN_KEY: did you mean TOKENS_KEY?']);
  expect(new ConfigError(problems).warnings).toEqual([]);
});
