// What Tocsin answers in a chat, in each language.
import { expect, test } from 'vitest';
import { en } from '../../../../src/core/chat/words/en.ts';
import { createChatWords } from '../../../../src/core/chat/words/index.ts';
import { th } from '../../../../src/core/chat/words/th.ts';
import { plainText } from '../../../../src/kit/card.ts';

const placesIn = (text: string) => [...text.matchAll(/[{[\]}`]|\{\w+\}/g)].join(' ');
const namesIn = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();

test.each(Object.keys(en) as (keyof typeof en)[])('%s says the same in Thai', (name) => {
  expect(namesIn(th[name])).toEqual(namesIn(en[name]));
  expect(placesIn(th[name]).match(/[[\]]/g)).toEqual(placesIn(en[name]).match(/[[\]]/g));
  expect(th[name]).not.toBe(en[name]);
});

test('both languages have the same sentences', () => {
  expect(Object.keys(th).sort()).toEqual(Object.keys(en).sort());
});

test('a sentence is filled in, and leaves out what is not known', () => {
  const { say, language } = createChatWords('en', 'Asia/Bangkok');
  expect(plainText(say('whyNotNow'))).toBe(
    'As the routes and silences are now, it would not come here.',
  );
  const until = language.time('2026-02-03T01:00:00.000Z');
  const said = say('silenced', {
    silence: [{ kind: 'code', text: '7' }],
    name: [{ kind: 'code', text: 'PC-1' }],
    until,
  });
  expect(plainText(said)).toBe('Silence 7: PC-1 is silent until 2026-02-03 08:00:00 +07:00.');
});
