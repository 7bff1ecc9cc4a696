// docs/delivery.md says with its numbers what the policy does; a changed number must change both.
import { expect, test } from 'vitest';
import { Concurrency } from '../../src/core/deliver/concurrency.ts';
import { defaultPolicy as policy } from '../../src/core/deliver/policy.ts';
import { orderMaxMs } from '../../src/core/deliver/precedence.ts';
import { readProjectFile } from './project-files.ts';

const text = readProjectFile('docs/delivery.md').replace(/\s+/g, ' ');
const words = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];
const word = (count: number) => words[count] ?? String(count);
const capital = (said: string) => said.replace(/^./, (first) => first.toUpperCase());
const duration = (ms: number) =>
  ms === 1000 ? 'a second' : ms === 3_600_000 ? 'an hour' : `${ms} ms`;

test.each([
  ['send time-out', `no answer within ${policy.sendTimeoutMs / 1000} s`],
  ['its default', `by default ${policy.sendTimeoutMs / 1000} s`],
  ['what the lease must have left', `unless ${policy.leaseLeftMs / 1000} s of it are left`],
  ['a stop', `finishes what is in flight, for up to ${policy.drainMs / 1000} s`],
  [
    'first and longest wait',
    `waits ${policy.backoff.firstMs} ms, then twice as long each time, up to ${policy.backoff.maxMs / 60_000} min`,
  ],
  ['maximum age', `add up to ${policy.maxAgeMs / 3_600_000} h it is dead`],
  [
    'longest Retry-After',
    `obeyed as given, from ${duration(policy.sinkBackoff.firstMs)} up to ${duration(policy.retryAfterMaxMs)}`,
  ],
  ['outage', `${capital(word(policy.outageFailures))} deliveries in a row that fail`],
  ['repeats that may have arrived', '5 s, 1 min, then 10 min each'],
  ['poison', `failed ${word(policy.poisonFailures)} times while others passed`],
  [
    'probes of a sink that is down',
    `first after ${duration(policy.sinkBackoff.firstMs)}, at last every ${policy.sinkBackoff.maxMs / 1000} s`,
  ],
  [
    'probes of a paused sink',
    `looked at after ${policy.pausedBackoff.firstMs / 1000} s, then 2, 4 and so on, at last every ${policy.pausedBackoff.maxMs / 1000} s`,
  ],
  [
    'concurrency',
    `${word(new Concurrency(Infinity, 10).limit())} at first and soon ${policy.concurrency}`,
  ],
  ['held', `that its route held for a ${policy.heldMs === 60_000 ? 'minute' : '?'} or more`],
  [
    'order',
    `Up to twenty of one severity that are due together go out one after the other, each after the answer to the one before, or ${orderMaxMs} ms`,
  ],
  ['delayed', `held up for ${word(policy.delayedMs / 60_000)} minutes or more says so`],
])('%s', (_name, phrase) => {
  expect(text).toContain(phrase);
});
