// What is open, and what a search finds.
import { expect, test } from 'vitest';
import { useChat } from './chatting.ts';

const { posted, press, write } = useChat();
const hash = 'ab'.repeat(32);
const body = { itemId: '6001', device: { name: 'PC 1' }, file: { name: 'a.exe', hash } };

test('what is open is listed with who has it', async () => {
  expect((await write('open')).text).toBe('Nothing of severity HIGH or higher is open.');
  const event = await posted({ body, severity: 5 });
  expect((await write('open')).text).toMatch(
    /^\*\*CRITICAL\*\* · `STATIC_ANALYSIS` · `PC 1` · `6001` · 20.* · `#\d+` · It is open, and nobody has it\.$/,
  );
  await press({ action: 'acknowledge', event });
  expect((await write('open')).text).toContain('Acknowledged by `ana`');
  await press({ action: 'resolve', event });
  expect((await write('open')).text).toBe('Nothing of severity HIGH or higher is open.');
});

test('what is critical comes first, however old it is', async () => {
  const one = (index: number, severity: 4 | 5) =>
    posted({ body, severity, externalId: `${index}`, subject: `event/${index}` });
  const critical = await one(0, 5);
  for (let index = 1; index <= 16; index += 1) await one(index, 4);
  const lines = (await write('open')).text.split('\n');
  expect(lines).toHaveLength(16);
  expect(lines[0]).toMatch(new RegExp(`^\\*\\*CRITICAL\\*\\*.*#${critical}`));
  expect(lines[1]).toMatch(new RegExp(`^\\*\\*HIGH\\*\\*.*#${critical + 16}`));
});

test('there is more than one answer holds', async () => {
  for (let index = 0; index < 16; index += 1)
    await posted({ body, severity: 4, externalId: String(index), subject: `event/${index}` });
  const lines = (await write('open')).text.split('\n');
  expect(lines).toHaveLength(16);
  expect(lines.at(-1)).toBe('There are more: the page shows all of them.');
});

test.each([hash, hash.toUpperCase(), 'PC 1', 'pc 1', 'a.exe'])('%j is found', async (text) => {
  await posted({ body });
  expect((await write(`search ${text}`)).text).toContain('`PC 1` · `6001`');
});

test('what is nowhere is not found', async () => {
  await posted({ body });
  expect((await write('search nothing of it')).text).toBe('Nothing was found.');
});
