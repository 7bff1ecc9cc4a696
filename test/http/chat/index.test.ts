// What the paths of chat products answer to what is no press and no command.
import { expect, test, vi } from 'vitest';
import { createChat } from '../../../src/http/chat/index.ts';
import { settledMs } from '../../support/stopwatch.ts';
import { commandToken, useChat } from './chatting.ts';

const { appOf, endOf, press, posted, write } = useChat();
const post = (path: string, body: string | Uint8Array, headers = {}) =>
  appOf().request(path, { method: 'POST', body: body as string, headers });

test.each(['/other/actions', '/other/command', '/soc/else', '/soc'])(
  '%s is not there',
  async (path) => {
    expect((await post(path, '{}')).status).toBe(404);
  },
);

test.each(['GET', 'PUT', 'DELETE'])('%s is not answered', async (method) => {
  const answer = await appOf().request('/soc/actions', { method });
  expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST']);
});

test.each([
  '',
  '{',
  '[]',
  'null',
  '{"user_id":"u","user_name":"n","post_id":"p"}',
  '{"user_id":"u","user_name":"n","post_id":"p","context":{}}',
  '{"user_id":"u","user_name":"n","post_id":"p","context":{"token":7}}',
  '{"user_id":"u/../x","user_name":"n","post_id":"p","context":{"token":"a.b"}}',
  `{"user_id":"u","user_name":"n","post_id":"p","context":{"token":"${'a'.repeat(500)}"}}`,
  '{"type":"dialog_submission","callback_id":"x","state":"a.b","user_id":"u","submission":{}}',
  '['.repeat(50_000),
  Uint8Array.from([0xff, 0xfe, 0]),
])('%j is no press', async (body) => {
  const answer = await post('/soc/actions', body);
  expect([answer.status, await answer.json()]).toEqual([
    400,
    { error: 'this is no press of a button' },
  ]);
});

test('a body that is too large is refused', async () => {
  expect((await post('/soc/actions', 'x'.repeat(200_000))).status).toBe(413);
});

test.each([
  ['', {}],
  [`token=${commandToken}x&user_id=u&user_name=n&text=help`, {}],
  ['user_id=u&user_name=n&text=help', { authorization: 'Token wrong' }],
  ['user_id=u&user_name=n&text=help', { authorization: `Bearer ${commandToken}` }],
  [`token=${commandToken}&user_id=u&user_name=n`, { authorization: 'Token wrong' }],
])('%j with %j is no command', async (body, headers) => {
  expect((await post('/soc/command', body, headers)).status).toBe(401);
});

test('a command of a known person is answered', async () => {
  expect((await write('help')).status).toBe(200);
});

test('while the database is not ready, it says so', async () => {
  const end = endOf();
  const onFailure = vi.fn();
  const app = createChat({ chatOf: () => end, contextOf: () => undefined, onFailure });
  const token = end.tokens.tokenOf({ action: 'why', eventId: 1, version: 0 });
  const body = { user_id: 'uana', user_name: 'ana', post_id: 'p1', context: { token } };
  const answer = await app.request('/soc/actions', { method: 'POST', body: JSON.stringify(body) });
  expect(await answer.json()).toMatchObject({
    ephemeral_text: expect.stringMatching(/^Tocsin is not ready/),
  });
});

test('an unknown failure is logged, and nothing of it is said', async () => {
  const end = endOf();
  const onFailure = vi.fn();
  const contextOf = () => {
    throw new Error('secret');
  };
  const app = createChat({ chatOf: () => end, contextOf, onFailure });
  const token = end.tokens.tokenOf({ action: 'why', eventId: 1, version: 0 });
  const body = { user_id: 'uana', user_name: 'ana', post_id: 'p1', context: { token } };
  const answer = await app.request('/soc/actions', { method: 'POST', body: JSON.stringify(body) });
  const { ephemeral_text } = (await answer.json()) as { readonly ephemeral_text: string };
  expect(ephemeral_text).toBe('Tocsin could not do this, and its log says why. Try again.');
  expect(onFailure).toHaveBeenCalledWith('chat of soc', expect.any(Error));
});

test('presses are answered within 300 ms', async () => {
  const event = await posted();
  await press({ event });
  const times: number[] = [];
  for (let index = 0; index < 20; index += 1) {
    times.push(await settledMs(press({ event, action: index % 2 === 0 ? 'details' : 'why' })));
  }
  expect(times.sort((a, b) => a - b)[10]).toBeLessThan(300);
});
