// What becomes of an edit that failed.
import { expect, it, test } from 'vitest';
import {
  type EditVerdict,
  editVerdict,
  type FailedEditFacts,
  refusalsMax,
} from '../../../src/core/deliver/edit-verdict.ts';
import { AdapterError } from '../../../src/kit/errors.ts';

const facts = (error: AdapterError, more: Partial<FailedEditFacts> = {}): FailedEditFacts => ({
  failure: error,
  form: 'full',
  attempts: 1,
  check: 'none',
  random: 0.5,
  backoff: { firstMs: 100, maxMs: 1000 },
  ...more,
});
const retry = new AdapterError('retry', 'timeout', 'x');
const asks = new AdapterError('retry', 'server_error', 'x', { retryAfterMs: 5000 });
const limited = new AdapterError('retry', 'rate_limited', 'x');
const gone = new AdapterError('reject_event', 'gone', 'x');
const refused = new AdapterError('reject_event', 'rejected', 'x');
const auth = new AdapterError('reject_sink', 'auth', 'x');

test.each<[string, AdapterError, Partial<FailedEditFacts>, EditVerdict]>([
  ['no answer', retry, {}, { kind: 'later', delayMs: 100 }],
  ['no answer again', retry, { attempts: 3 }, { kind: 'later', delayMs: 400 }],
  ['no answer for the hundredth time', retry, { attempts: 100 }, { kind: 'later', delayMs: 1000 }],
  ['asked to wait', asks, {}, { kind: 'wait' }],
  ['too many requests', limited, {}, { kind: 'wait' }],
  ['removed', gone, {}, { kind: 'gone' }],
  ['refused as a whole', refused, {}, { kind: 'shorter', form: 'short' }],
  ['refused when short', refused, { form: 'short' }, { kind: 'shorter', form: 'bare' }],
  ['refused when bare', refused, { form: 'bare' }, { kind: 'dead' }],
  ['the sink refuses, and so does its check', auth, { check: 'failed' }, { kind: 'pause' }],
  [
    'the sink refuses, its check passes',
    auth,
    { check: 'passed' },
    { kind: 'later', delayMs: 100 },
  ],
  ['the sink refuses and has no check', auth, {}, { kind: 'later', delayMs: 100 }],
  ['refused for good', auth, { check: 'passed', attempts: refusalsMax }, { kind: 'dead' }],
])('%s', (_, error, more, expected) => {
  expect(editVerdict(facts(error, more))).toEqual(expected);
});

it('never ends an edit because the far end is away', () => {
  for (let attempts = 1; attempts < 1000; attempts += 1)
    expect(editVerdict(facts(retry, { attempts })).kind).toBe('later');
});
