// How a method of the Web API is called: where, with which token, in which form.
import { expect, it } from 'vitest';
import { SlackApi } from '../../../../src/sinks/slack/bot/api.ts';
import { adapterContext } from '../../../contract/adapter-cases.ts';
import { startFarEnd } from '../../../support/far-end.ts';

it('calls a method by its name, and shows the token in the header alone', async () => {
  const { origin: url, received } = await startFarEnd();
  const api = new SlackApi({ http: adapterContext().http, url, token: 'xoxb-secret' });
  const { signal } = new AbortController();
  await api.post('chat.update', { ts: '1.2' }, signal);
  await api.get('conversations.info', { channel: 'C1&x' }, signal);
  expect(received).toMatchObject([
    { method: 'POST', target: '/api/chat.update', body: '{"ts":"1.2"}' },
    { method: 'GET', target: '/api/conversations.info?channel=C1%26x', body: '' },
  ]);
  for (const { headers, target } of received) {
    expect(headers.authorization).toBe('Bearer xoxb-secret');
    expect(target).not.toContain('secret');
  }
  expect(received[0]!.headers['content-type']).toBe('application/json; charset=utf-8');
});
