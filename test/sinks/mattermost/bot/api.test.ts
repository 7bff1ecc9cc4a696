// One request a call, below the address of the server, with the token in a header alone.
import { expect, test } from 'vitest';
import { MattermostApi } from '../../../../src/sinks/mattermost/bot/api.ts';
import { adapterContext } from '../../../contract/adapter-cases.ts';
import { startFarEnd } from '../../../support/far-end.ts';

test('a server under a subpath is asked there', async () => {
  const farEnd = await startFarEnd();
  const api = new MattermostApi({
    ...{ http: adapterContext().http, url: `${farEnd.origin}/chat`, token: 'a-token-of-a-bot' },
  });
  const { signal } = new AbortController();
  await api.get('/users/me', signal);
  await api.send('PUT /posts/x/patch', { message: 'a' }, signal);
  expect(farEnd.received.map(({ method, target, body }) => [method, target, body])).toEqual([
    ['GET', '/chat/api/v4/users/me', ''],
    ['PUT', '/chat/api/v4/posts/x/patch', '{"message":"a"}'],
  ]);
  for (const { headers } of farEnd.received)
    expect(headers.authorization).toBe('Bearer a-token-of-a-bot');
});
