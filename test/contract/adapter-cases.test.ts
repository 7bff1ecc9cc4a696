// What the suites say of a secret that leaks: which one and where, and never its value.
import { expect, test } from 'vitest';
import { z } from 'zod';
import { AdapterError } from '../../src/kit/errors.ts';
import { expectNoSecret, secretsIn } from './adapter-cases.ts';

const config = z.strictObject({ url: z.string(), token: z.string() });
const [hook, key, token] = ['0123456789abcdef', 'key-0123456789', 'fedcba9876543210'];
const url = `https://sample.example/in/${hook}?sig=${key}`;
const definition = { type: 'sample', config, example: {}, secrets: ['url', 'token'] } as const;
const secrets = secretsIn({ ...definition, create: () => undefined }, { url, token });

function withHidden(name: string, value: string): Error {
  return Object.defineProperty(new Error('quiet'), name, { value, enumerable: false });
}

test.each<[string, unknown, string]>([
  [
    'in the message',
    new AdapterError('retry', 'server_error', `${url} answered 500`),
    'url can be seen in the message of the error',
  ],
  [
    'in a kept answer',
    new AdapterError('retry', 'server_error', 'no', { answer: `bad ${token}` }),
    'token can be seen in `answer` of the error',
  ],
  [
    'in a cause',
    new Error('no', { cause: new Error(`POST /in/${hook}`) }),
    'a part of the path of url can be seen in the message of the cause of the error',
  ],
  [
    'in other letters',
    new Error(`sig=${key.toUpperCase()}`),
    'a value of the query of url can be seen in the message of the error',
  ],
  [
    'where only an inspection looks',
    withHidden('request', token),
    'token can be seen in what an inspection of the error shows',
  ],
  ['in what is no error', { text: token }, 'token can be seen in what an inspection of the error'],
])('a secret %s is named with its place, and what to do', (_where, error, sentence) => {
  let said = '';
  try {
    expectNoSecret(error, secrets);
  } catch (failure) {
    said = (failure as Error).message;
  }
  expect(said).toContain(sentence);
  expect(said).toContain('give failureOf and strangersAnswer of kit/http every value to hide');
  for (const { text } of secrets) expect(said.toLowerCase()).not.toContain(text);
});

test('an error that names the host alone passes', () => {
  expectNoSecret(new AdapterError('retry', 'server_error', 'sample.example answered 500'), secrets);
  expectNoSecret(undefined, secrets);
});
