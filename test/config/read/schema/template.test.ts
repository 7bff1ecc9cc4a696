// The form of templates in tocsin.yaml.
import { expect, it } from 'vitest';
import { templatesSchema } from '../../../../src/config/read/schema/template.ts';
import { createLoader } from '../../loader.ts';

const { yamlProblems } = createLoader();

it.each([
  ['{ short: {} }', 'tocsin.yaml:2:14 templates.short says nothing.'],
  [
    '{ short: { titel: a } }',
    '"titel" is not a key that belongs here. Known keys: title, text, fields. Did you mean "title"?',
  ],
  ['{ short: { title: [a] } }', 'templates.short.title is not a text. Expected: a Liquid text'],
  [
    `{ short: { fields: [${'{ title: a, value: b },'.repeat(17)}] } }`,
    'Expected: a list of 1 to 16 fields',
  ],
  ['{ "sh rt": { title: a } , short: { title: a } }', 'is not a name: at most 63 letters'],
])('refuses %s', (written, problem) => {
  const sinks = 'sinks: { soc: { type: stdout, template: short } }';
  const found = yamlProblems(`${sinks}\ntemplates: ${written}\n`);
  expect(found).toHaveLength(1);
  expect(found[0]).toContain(problem);
});

const field = { title: 'a', value: 'b' };
it.each([
  ['one key of a template', { a: { text: 'x' } }, true],
  ['as many fields as a card can show', { a: { fields: Array(16).fill(field) } }, true],
  ['no fields', { a: { fields: [] } }, false],
  ['a field without a value', { a: { fields: [{ title: 'a' }] } }, false],
  ['a word in place of true', { a: { fields: [{ ...field, short: 'yes' }] } }, false],
  ['a name of 64 letters', { ['a'.repeat(64)]: { text: 'x' } }, false],
  ['a name that begins with a dash', { '-a': { text: 'x' } }, false],
])('%s: %j fits: %s', (_, content, does) => {
  expect(templatesSchema.safeParse(content).success).toBe(does);
});
