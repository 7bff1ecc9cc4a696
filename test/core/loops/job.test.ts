// The worker of a job on its own: when it acts again, after a success and after a failure.
import { expect, test } from 'vitest';
import { startJob } from '../../../src/core/loops/job.ts';
import type { Lease } from '../../../src/core/loops/lease.ts';
import { until } from '../../support/world.ts';

const lease: Lease = {
  name: 'job:x',
  holder: '',
  epoch: 1,
  isHeld: () => true,
  outlasts: () => true,
  lose() {},
};

test('what failed is tried again long before its next turn', async () => {
  let calls = 0;
  const errors: unknown[] = [];
  const act = async () => {
    calls += 1;
    if (calls === 1) throw new Error('the database does not answer');
  };
  const job = startJob(lease, {
    everyMs: 3_600_000,
    act,
    onError: (error) => void errors.push(error),
  });
  expect(await until(() => calls === 2, 20_000)).toBe(true);
  await job.stop();
  expect([calls, errors.length]).toEqual([2, 1]);
});
