// What an administrator's requests answer, and what is told of a refusal.
import { afterEach, expect, test } from 'vitest';
import { z } from 'zod';
import { type Mattermost, startMattermost } from '../../../../../simulators/mattermost/index.ts';
import { AdapterError } from '../../../../../src/kit/errors.ts';
import { createHttpClient } from '../../../../../src/kit/http/index.ts';
import { MattermostApi } from '../../../../../src/sinks/mattermost/bot/api.ts';
import {
  Administrator,
  SetupRefusal,
} from '../../../../../src/sinks/mattermost/bot/setup/administrator.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function administrator(): Promise<{ server: Mattermost; admin: Administrator }> {
  const server = await startMattermost();
  const http = createHttpClient();
  closing.push(
    () => http.close(),
    () => server.close(),
  );
  const { token } = server.addUser('root', { isAdmin: true });
  const api = new MattermostApi({ http, url: server.url, token });
  return { server, admin: new Administrator(api, 'chat.example', AbortSignal.timeout(30_000)) };
}

const me = z.object({ username: z.string() });

test('what is there is read, and what is not there is undefined', async () => {
  const { admin } = await administrator();
  expect(await admin.get(me, '/users/me')).toEqual({ username: 'root' });
  expect(await admin.get(me, '/users/username/nobody')).toBeUndefined();
});

test.each([
  [{ status: 404, body: '<html>' }, 'chat.example answered 404.'],
  [{ status: 200, body: '<html>' }, 'chat.example answered 200.'],
  [{ status: 501, body: '{"id":"api.x.off"}' }, 'chat.example answered 501 (api.x.off).'],
  [{ status: 403, body: '{"id":"<b>\\n evil"}' }, 'chat.example answered 403 (bevil).'],
])('%j is a refusal', async (fault, words) => {
  const { server, admin } = await administrator();
  server.fail(fault);
  await expect(admin.get(me, '/users/me')).rejects.toThrow(new SetupRefusal(words));
});

test('a server that does not answer is no refusal', async () => {
  const { server, admin } = await administrator();
  server.fail('reset_before');
  await expect(admin.get(me, '/users/me')).rejects.toThrow(AdapterError);
});

test('without a token everything is refused, and nobody is asked', async () => {
  const admin = new Administrator(undefined, 'chat.example', AbortSignal.timeout(1000));
  await expect(admin.get(me, '/users/me')).rejects.toThrow(SetupRefusal);
});
