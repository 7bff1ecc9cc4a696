// What a visitor of the chat may do, and what they are told of a refusal.
import { describe, expect, test, vi } from 'vitest';
import { Visit } from '../../../src/http/chat/visit.ts';
import { plainText } from '../../../src/kit/card.ts';
import {
  ConflictError,
  InputError,
  NotFoundError,
  PermissionError,
} from '../../../src/operations/index.ts';
import { contextOn } from '../../operations/acting.ts';
import { useChat } from './chatting.ts';

const { db, endOf, posted, press, write } = useChat();

function visitBy(id = 'uana') {
  const onFailure = vi.fn();
  const contextOf = vi.fn((actor) => ({ ...contextOn(db()), actor }));
  const person = { id, name: 'somebody' };
  const visit = new Visit(endOf(), { contextOf, onFailure, person, address: '10.0.0.1' });
  return { visit, contextOf, onFailure };
}

test('whoever is known acts under the name and role of the setting', async () => {
  const { visit, contextOf } = visitBy();
  expect(await visit.enter()).toBeUndefined();
  expect(contextOf).toHaveBeenCalledWith({
    ...{ name: 'ana', role: 'operate', via: 'chat', address: '10.0.0.1' },
  });
});

test('whoever is unknown has no context', async () => {
  const { visit, contextOf } = visitBy('ux');
  expect(plainText((await visit.enter())![0]!)).toMatch(/^Tocsin does not know you/);
  expect(contextOf).not.toHaveBeenCalled();
});

test.each([
  [
    new ConflictError('It is over\nalready.'),
    ['Nothing was done: It is over', 'Nothing was done: already.'],
  ],
  [new InputError('x'.repeat(2000)), [expect.stringMatching(/^Nothing was done: x+…x+$/)]],
  [new NotFoundError('There is none.'), ['Nothing was done: There is none.']],
  [new PermissionError('no'), [expect.stringMatching(/^You may look but not act/)]],
])('%o is said in words', async (error, said) => {
  const { visit, onFailure } = visitBy();
  const lines = await visit.answer(() => Promise.reject(error));
  expect(lines.map(plainText)).toEqual(said);
  expect(onFailure).not.toHaveBeenCalled();
});

const thai = { locale: 'th' } as const;
const body = { itemId: '6001', device: { name: 'PC-1' }, file: { name: 'a.exe', hash: 'AB' } };

describe('in a Thai chat a refusal', () => {
  test.each([
    ['show #999999', 'ไม่มีเหตุการณ์ `999999` เก็บไว้'],
    ['ack #999999', 'ไม่มีเหตุการณ์ `999999` เก็บไว้'],
    [`note 6001 ${'x'.repeat(1500)}`, 'ค่าของ `note` ไม่ถูกต้อง'],
    ['snooze 6001 99d', 'ระยะเวลาต้องอยู่ระหว่าง `1m` ถึง `7d`'],
    ['escalate 6001', 'ไม่มีขั้นตอนการแจ้งต่อ'],
    ['silence file 6001 999d', 'การปิดเสียงนานเกิน `720` ชั่วโมง'],
    ['silence file 6001 0s', 'การปิดเสียงจะสิ้นสุดก่อนเริ่ม'],
    ['redrive 0', 'แต่ที่ระบุไว้คือ `0`'],
  ])('of %j is Thai', async (text, said) => {
    await posted({ body });
    if (text.startsWith('redrive')) await giveUpMany();
    const answer = await write(text, { settings: thai });
    expect(answer.text).toContain(said);
    expect(answer.text).toMatch(/^ไม่ได้ทำอะไร: /);
    expect(englishOf(answer.text)).toBe('');
  });

  test('of a button is Thai', async () => {
    const event = await posted({ body });
    const asked = { event, action: 'snooze' as const, settings: thai };
    const { text } = await press({ ...asked, value: '99d' });
    expect(text).toMatch(/^ไม่ได้ทำอะไร: ระยะเวลา/);
    expect(englishOf(text)).toBe('');
  });
});

/** Words of English outside of code; names and settings are no words. */
function englishOf(text: string): string {
  const words = text.replace(/`[^`]*`/g, '').match(/[A-Za-z]{2,}/g) ?? [];
  return words.filter((one) => one !== 'Tocsin' && one !== 'RETENTION').join(' ');
}

/** More than may have joined those that were shown. */
async function giveUpMany(): Promise<void> {
  await db().$client`
    insert into deliveries (event_id, sink, state, reason, priority, finalized_at)
    select min(id), 'other' || n, 'dead', 'timeout', 1, now() from events, generate_series(1, 12) n group by n`;
}
