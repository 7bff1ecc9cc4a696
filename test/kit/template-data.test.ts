// What a template says, for sinks that pass on data: its words alone, and only what it has.
import { expect, test } from 'vitest';
import { type Part, strong, word } from '../../src/kit/card.ts';
import { templateData } from '../../src/kit/template-data.ts';

const code: Part = { kind: 'code', text: 'PC-1' };
const link: Part = { kind: 'link', text: 'runbook', url: 'https://wiki.example/runbook' };

test('words, values and links are plain text, and lines stay lines', () => {
  const fields = [{ name: [word('Host')], value: [code, word('!')], isShort: true }];
  const text = [[strong('Look at '), code], [], [link]];
  expect(templateData({ title: [word('On '), code], text, fields })).toEqual({
    title: 'On PC-1',
    text: 'Look at PC-1\n\nrunbook',
    fields: [{ title: 'Host', value: 'PC-1!' }],
  });
});

test('what a template does not have is no key', () => {
  expect(templateData({})).toEqual({});
  expect(Object.keys(templateData({ text: [[code]] }))).toEqual(['text']);
  expect(templateData({ fields: [] })).toEqual({ fields: [] });
});
