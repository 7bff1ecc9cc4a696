// The settings of the sink jira: what proves it, and what must not be seen of that.
import { expect, test } from 'vitest';
import { authorization, config, secretsOf } from '../../../src/sinks/jira/config.ts';

const common = { url: 'https://jira.example.com', token: 'the-token', project: 'SOC' };

test('a user goes with the token by HTTP Basic, which is a secret as well', () => {
  const settings = config.parse({ ...common, username: 'a@b.example' });
  const basic = Buffer.from('a@b.example:the-token').toString('base64');
  expect(authorization(settings)).toBe(`Basic ${basic}`);
  expect(secretsOf(settings)).toEqual(['the-token', basic]);
});

test('without a user it is a bearer token', () => {
  const settings = config.parse({ ...common, edition: 'data_center' });
  expect(authorization(settings)).toBe('Bearer the-token');
  expect(secretsOf(settings)).toEqual(['the-token']);
});

test.each([
  [{ username: 'a', project: 'soc' }, 'project'],
  [{ username: 'a', labels: ['a b'] }, 'labels'],
  [{ username: 'a', priorities: { WORST: 'x' } }, 'priorities'],
  [{ username: 'a', transitions: { done: 'x' } }, 'transitions'],
])('%j is refused', (more, key) => {
  const { error } = config.safeParse({ ...common, ...more });
  expect(error?.issues[0]?.path[0]).toBe(key);
});
