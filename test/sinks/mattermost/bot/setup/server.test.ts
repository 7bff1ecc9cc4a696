// The settings of the server that may keep presses away, and what is said of each.
import { expect, test } from 'vitest';
import { linesOf, useSetups } from './setting-up.ts';

const stage = useSetups();

test.each([
  ['http://127.0.0.1:8080', '', false],
  ['http://127.0.0.1:8080', 'other.example, 127.0.0.1', true],
  ['http://10.1.2.3', '10.0.0.0/8', true],
  ['http://10.1.2.3', '10.2.0.0/16', false],
  ['http://10.1.2.3', '10.0.0.0/99 10.0.0.0/ nonsense/8', false],
  ['http://[fd00::1]:8080', 'fd00::/8', true],
  ['http://[fd00::1]:8080', '', false],
  ['http://tocsin', '', false],
  ['http://tocsin', 'tocsin', true],
  ['https://tocsin.corp.internal', '', false],
  ['https://tocsin.example.com', '', true],
])('%s, with %j allowed: is it reached? %s', async (publicUrl, allowed, isReached) => {
  const { run } = await stage({ settings: { AllowedUntrustedInternalConnections: allowed } });
  const [line = ''] = linesOf(await run({ publicUrl, isRehearsal: true }));
  const host = new URL(publicUrl).hostname.replace(/^\[|\]$/g, '');
  if (isReached) expect(line).toBe('right server: Its settings let all of this happen.');
  else expect(line).toContain(`todo server: Add ${host} to “Allow untrusted internal connections`);
});

test('every setting that is off is named at once', async () => {
  const { run } = await stage({
    settings: { EnableBotAccountCreation: false, EnableCommands: false },
  });
  const [line = ''] = linesOf(await run({ isRehearsal: true }));
  expect(line).toContain('EnableBotAccountCreation');
  expect(line).toContain('EnableCommands');
});

test('a sink that nobody acts on needs no way back', async () => {
  const { run } = await stage({ settings: { AllowedUntrustedInternalConnections: '' } });
  const report = await run({ settings: { people: undefined }, isRehearsal: true });
  expect(linesOf(report)[0]).toBe('right server: Its settings let all of this happen.');
});
