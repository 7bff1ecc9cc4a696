// Incoming webhooks beside the bot: one for each channel, and once.
import { expect, test } from 'vitest';
import { linesOf, settingOf, useSetups } from './setting-up.ts';

const stage = useSetups();
const hooks = (lines: readonly string[]) =>
  lines.filter((line) => /^\w+ incoming webhook:/.test(line));

test('one is made, works, and is not made again', async () => {
  const { run } = await stage();
  const report = await run({ isHookWanted: true });
  expect(hooks(linesOf(report))).toEqual([
    'done incoming webhook: Made a webhook for secops/soc-alerts.',
  ]);
  const url = settingOf(report, 'url')!;
  const answer = await fetch(url, { method: 'POST', body: JSON.stringify({ text: 'hello' }) });
  expect([answer.status, await answer.text()]).toEqual([200, 'ok']);
  const again = await run({ isHookWanted: true });
  expect(hooks(linesOf(again))[0]).toMatch(
    /^right incoming webhook: secops\/soc-alerts has the webhook/,
  );
  expect(settingOf(again, 'url')).toBeUndefined();
});

test('where webhooks are switched off, the setting is named', async () => {
  const { run } = await stage({ settings: { EnableIncomingWebhooks: false } });
  const lines = linesOf(await run({ isHookWanted: true }));
  expect(lines[0]).toContain('EnableIncomingWebhooks');
  expect(hooks(lines)[0]).toMatch(
    /^todo incoming webhook: .* answered 501 .* then make one for secops\/soc/,
  );
});

test('nobody who did not ask for one gets one', async () => {
  const { run } = await stage();
  expect(hooks(linesOf(await run()))).toEqual([]);
});
