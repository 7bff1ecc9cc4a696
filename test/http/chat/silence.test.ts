// The buttons that silence a file or a device.
import { expect, test } from 'vitest';
import { perform, silence } from '../../../src/operations/index.ts';
import { contextOn } from '../../operations/acting.ts';
import { useChat } from './chatting.ts';

const { db, posted, press, write, audited } = useChat();
const body = {
  itemId: '6001',
  device: { id: '7', name: '*' },
  file: { name: 'a.exe', hash: 'ABC' },
};
const listed = async () => (await perform(silence.list, contextOn(db()), {})).items;

test('silences the file, and says what that would have hidden', async () => {
  const event = await posted({ body, severity: 5 });
  const { text } = await press({ action: 'silenceFile', event, value: '4h' });
  const [made] = await listed();
  expect(text.split('\n')).toEqual([
    expect.stringMatching(/^Silence `\d+`: `a\.exe` is silent until 20\d\d-/),
    'It would have hidden `1` in the last 7 days, `1` of them CRITICAL.',
    expect.stringMatching(/^To end it earlier: `\/tocsin silence end \d+`/),
  ]);
  expect(made).toMatchObject({
    owner: 'ana',
    reason: 'file of event 6001, from the chat',
    matcher: { when: 'event.file.hash == "ABC"' },
  });
});

test('silences the device alone, whatever its name is', async () => {
  const event = await posted({ body });
  const { text } = await press({ action: 'silenceDevice', event, value: '24h' });
  expect(text).toContain('`*` is silent');
  expect((await listed())[0]?.matcher).toEqual({
    sources: ['a'],
    when: 'event.device.id == "7"',
  });
});

test.each([[undefined], [''], ['x'], ['-4h'], ['4h; drop']])(
  'for %j nothing is silenced',
  async (value) => {
    const event = await posted({ body });
    const { text } = await press({
      action: 'silenceFile',
      event,
      ...(value !== undefined && { value }),
    });
    expect(text).toMatch(/^Say for how long/);
    expect(await listed()).toEqual([]);
  },
);

test.each([
  ['silenceFile', 'This event names no file by its hash'],
  ['silenceDevice', 'This event names no device'],
] as const)('%s of an event that names none does nothing', async (action, said) => {
  const event = await posted({ body: { itemId: '1' } });
  expect((await press({ action, event, value: '4h' })).text).toContain(said);
  expect(await listed()).toEqual([]);
});

test('what is silenced is listed with its numbers, and ended by them', async () => {
  expect((await write('silences')).text).toBe('Nothing is silenced.');
  await posted({ body });
  await write('silence file 6001 4h');
  const { id } = (await listed())[0]!;
  const reader = { user: 'ureader', name: 'reader' };
  expect((await write('silences', reader)).text).toMatch(
    new RegExp(
      `^Silence \`${id}\` of \`ana\`, until 20.*: \`file of event 6001, from the chat\`\\. ` +
        'It matches `.*event\\.file\\.hash.*`, and hid 0 so far\\.$',
    ),
  );
  expect((await write(`silence end ${id}`, reader)).text).toMatch(/^You may look but not act/);
  expect((await write(`silence end \`${id}\``)).text).toBe(
    `Silence \`${id}\` of \`ana\` has ended: \`file of event 6001, from the chat\`.`,
  );
  expect(await listed()).toEqual([]);
  expect((await audited()).at(-1)).toMatchObject({
    ...{ actor: 'ana', via: 'chat', operation: 'silence-end', target: `silence:${id}` },
  });
});

test('one that is over, or that nobody made, is refused in the words of the sink', async () => {
  await posted({ body });
  await write('silence file 6001 4h');
  const { id } = (await listed())[0]!;
  await write(`silence end ${id}`);
  expect((await write(`silence end ${id}`)).text).toBe(
    `Nothing was done: Silence \`${id}\` is over already.`,
  );
  expect((await write('silence end 999', { settings: { locale: 'th' } })).text).toMatch(
    /^ไม่ได้ทำอะไร: ไม่มีการปิดเสียง `999`/,
  );
});

test('one that begins later says when', async () => {
  const startsAt = new Date(Date.now() + 86_400_000).toISOString();
  const matcher = { devices: ['PC-9'] };
  const silences = [{ matcher, reason: 'night', startsAt, for: '1h' }];
  await perform(silence.add, contextOn(db()), { silences });
  expect((await write('silences')).text).toMatch(/^Silence `\d+` of `.*`, from 20.*, until 20/);
});
