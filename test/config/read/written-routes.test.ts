// Each route as somebody wrote it: comments, variables and anchors stay, the margin goes.
import { expect, test } from 'vitest';
import { writtenRoutes } from '../../../src/config/read/written-routes.ts';

test('each is the text of its own, without the margin of the list', () => {
  const text = `# mine
sinks: {}
routes:
  - name: first   # the urgent ones
    match:
      types: [A, "\${TYPE}"]
    to: [soc]
  - { name: second, to: [soc] }
operations: soc
`;
  expect(writtenRoutes(text).map((one) => one.text)).toEqual([
    'name: first   # the urgent ones\nmatch:\n  types: [A, "${TYPE}"]\nto: [soc]',
    '{ name: second, to: [soc] }',
  ]);
});

test('its values stand beside the text, with what an anchor stands for', () => {
  const text = `night: &night [{ from: "18:00", to: "08:00" }]
routes:
  - { name: first, match: { types: ["\${TYPE}"] }, active: *night, to: [soc] }
`;
  expect(writtenRoutes(text).map((one) => one.content)).toEqual([
    {
      ...{ name: 'first', match: { types: ['${TYPE}'] }, to: ['soc'] },
      active: [{ from: '18:00', to: '08:00' }],
    },
  ]);
});

test.each([
  ['no file', ''],
  ['no routes', 'sinks: {}\n'],
  ['no list', 'routes: 5\n'],
])('of %s there is none', (_, text) => {
  expect(writtenRoutes(text)).toEqual([]);
});
