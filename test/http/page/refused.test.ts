// What an operation refuses, in the language of the visitor.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { refusalIn, strangerIn } from '../../../src/http/page/refused.ts';
import { strangerOf } from '../../../src/http/visitor.ts';
import { refusal } from '../../../src/kit/refusals.ts';
import { ConflictError, FormError, NotFoundError } from '../../../src/operations/index.ts';
import { projectFiles } from '../../tree/project-files.ts';
import { root } from '../../tree/source-files.ts';

const gone = new ConflictError([
  refusal('sourcePaused', { by: '<b>', until: '2026-02-03' }),
  refusal('sourcePushed', { source: 'di' }),
]);

test('it is said in Thai, one problem a line, with its values', () => {
  const lines = refusalIn('th', gone, gone.message).split('\n');
  expect(lines).toHaveLength(2);
  expect(lines[0]).toMatch(/[ก-๙].*<b>.*2026-02-03/);
  expect(lines[1]).toMatch(/[ก-๙].*di/);
  expect(refusalIn('en', gone, gone.message)).toBe(gone.message);
});

test('how a field should be written is said besides', () => {
  const form = new FormError('silence-add cannot take this input: for is not right.', ['for']);
  const [said, detail] = refusalIn('th', form, form.message).split('\n');
  expect(said).toMatch(/[ก-๙].*for/);
  expect(detail).toBe(form.message);
});

test('what has no other words is said in English', () => {
  expect(refusalIn('th', new NotFoundError('No such.'), 'No such.')).toBe('No such.');
  expect(refusalIn('th', new Error('x'), 'detail')).toBe('detail');
});

test('whoever may not come in reads why in Thai too, but for what a proxy did', () => {
  const late = strangerOf(429, 'loginsFailed', { seconds: '7' });
  expect(strangerIn('th', late)).toMatch(/[ก-๙].* 7 /);
  expect(strangerIn('en', late)).toBe(late.detail);
  expect(strangerIn('th', { status: 401, detail: 'The header came twice.' })).toBe(
    'The header came twice.',
  );
});

/** By file: why a refusal there need not be said in Thai. */
const englishAlone: Readonly<Record<string, string>> = {
  'src/operations/once.ts': 'keys of the API, which the page does not send',
  'src/operations/report.ts': 'a command and the API have it, and no form of the page',
};

test('whatever the page may refuse has words in each language', () => {
  const own = /new (?:Input|NotFound|Conflict|Changed|KeyReused|Permission)Error\(\s*(?!\[)['"`]/;
  const wordless = projectFiles()
    .filter((path) => /^src\/(operations|http\/page)\//.test(path))
    .filter((path) => own.test(readFileSync(`${root}${path}`, 'utf8')));
  const excused = Object.keys(englishAlone);
  expect(wordless.filter((path) => !excused.includes(path))).toEqual([]);
  expect(excused.filter((path) => !wordless.includes(path))).toEqual([]);
});
