// What Tocsin answers in a chat, in each language.
import { expect, test } from 'vitest';
import { en } from '../../../../src/core/chat/words/en.ts';
import { createChatWords } from '../../../../src/core/chat/words/index.ts';
import { th } from '../../../../src/core/chat/words/th.ts';
import { thRefusals } from '../../../../src/core/chat/words/th-refusals.ts';
import { plainText } from '../../../../src/kit/card.ts';
import { type RefusalCode, refusal, refusalSentences } from '../../../../src/kit/refusals.ts';

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

test.each(Object.keys(refusalSentences) as RefusalCode[])(
  'the refusal %s is said in either language, with its values',
  (code) => {
    const names = namesIn(refusalSentences[code]);
    // Of a kind, Thai knows by what it names; the others are words of English.
    const wanted = names.filter((name) => !['silence', 'kind', 'hint'].includes(name!));
    expect(namesIn(thRefusals[code])).toEqual(wanted);
    const values = Object.fromEntries(names.map((name) => [name, `<${name}>`]));
    const said = plainText(createChatWords('th', 'UTC').refuse(refusal(code, values)));
    expect(said).toMatch(/[ก-๙]/);
    for (const name of wanted) expect(said).toContain(`<${name}>`);
    expect(plainText(createChatWords('en', 'UTC').refuse(refusal(code, values)))).toMatch(
      /^["A-Z<]/,
    );
  },
);

test('what others wrote in a refusal is code', () => {
  const { refuse } = createChatWords('th', 'UTC');
  const said = refuse(refusal('silenceUnknown', { name: '@all', known: '**x**', kind: 'sink' }));
  expect(said.filter(({ kind }) => kind === 'code').map(({ text }) => text)).toEqual([
    '@all',
    '**x**',
  ]);
});

test('what a silence is called begins a sentence, and is no code', () => {
  const { refuse } = createChatWords('en', 'UTC');
  const [name] = refuse(refusal('silenceEmpty', { silence: 'The silence' }));
  expect(name).toEqual({ kind: 'word', text: 'The silence' });
});
