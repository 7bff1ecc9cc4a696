// The buttons that silence a file or a device.
import { expect, test } from 'vitest';
import { perform, silence } from '../../../src/operations/index.ts';
import { contextOn } from '../../operations/acting.ts';
import { useChat } from './chatting.ts';

const { db, posted, press } = useChat();
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
    expect.stringMatching(/^To end it earlier: `tocsin silence end \d+`/),
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
