// What `serve` does before it is the service; the service itself is tested in test/e2e.
import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { heapPace } from '../../src/commands/serve.ts';

test('the pace of the collector is an option that this Node knows', () => {
  const started = (option: string) =>
    spawnSync(process.execPath, [option, '--eval', '0'], { encoding: 'utf8' });
  expect(started(heapPace)).toMatchObject({ status: 0, stderr: '' });
  expect(started('--heap-growing-cent=150').status).not.toBe(0);
});
