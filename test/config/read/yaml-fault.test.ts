// What is wrong with the form of a YAML text, in words that say what to do.
import { expect, it } from 'vitest';
import { LineCounter, parseDocument } from 'yaml';
import { yamlFaultOf } from '../../../src/config/read/yaml-fault.ts';

/** `line:column problem. remedy` */
function faultIn(text: string): string | undefined {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false, uniqueKeys: false });
  const fault = yamlFaultOf(document);
  if (fault === undefined) return undefined;
  const { line, col } = lineCounter.linePos(fault.offset);
  return `${line}:${col} ${fault.problem.replace('is not valid YAML: ', '')}. ${fault.remedy}`;
}

it.each([
  ['a:\n\tb: 1\n', '2:1 the line is indented with a tab. Indent it with blanks'],
  ['a:\n  b: "x\n  c: 1\nd: 2\n', '2:6 a quote is opened here and never closed. Close it'],
  ["a: 'x\nb: y\n", '1:4 a quote is opened here and never closed. Close it'],
  ['a: "x"\nb: "y\n', '2:4 a quote is opened here and never closed. Close it'],
  ['a: [1, 2\nb: 3\n', '2:1 a bracket that was opened before this is never closed.'],
  ['a: { b: 1\nc: 3\n', '2:1 a bracket that was opened before this is never closed.'],
  ['a:\n  - b\n c: 1\n', '3:1 the line is indented differently from those that it belongs to.'],
  ['a: b: c\n', '1:4 a "key: value" begins within a value. Put quotes around a value'],
  ['a:\n  b: 1\n   c: 2\n', '2:6 a "key: value" begins within a value.'],
  ['some text\nb: c\n', '1:1 the key before the colon has several lines. Write "key: value" on'],
  ['a: b\nc\n', '2:1 no colon follows this key. Write "key: value"'],
  ['a: @x\n', '1:4 a value cannot begin with this character. Put quotes around the value'],
  ['a: 1\n---\nb: 2\n', '2:1 a second document begins here. Remove this line'],
  ['a: "\\q"\n', '1:5 a backslash within double quotes begins nothing that is known.'],
  [
    'a: { b: {C} d }\n',
    '1:13 this cannot stand here. Correct this line, or the one before it. Inside',
  ],
  ['a: ]\n', '1:4 this cannot stand here. '],
])('%j', (text, expected) => {
  expect(faultIn(text)).toContain(expected);
});

it.each(['', '# nothing\n', 'a: [1, "2"]\n', 'a: |\n  b: c: d\n'])('%j has none', (text) => {
  expect(faultIn(text)).toBeUndefined();
});

it('what the file holds is not shown', () => {
  for (const secret of ['%s', '"%s', "'%s", '{ %s', '@%s', '&a &%s x', '*%s', '!%s', '%s: a: b'])
    expect(faultIn(`a: ${secret.replace('%s', 'geheim')}\nb: 1\n`) ?? '').not.toContain('geheim');
});
