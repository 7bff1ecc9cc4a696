// What is made of Mattermost's answers, and of the answers of what stands before it: to a post, and
// to the probe of a webhook.
import { describe, expect, test } from 'vitest';
import { adapterError, expectNoSecret } from '../../contract/adapter-cases.ts';
import { farEndSink, hookId, never, send, server, sinkOf } from './hooks.ts';

describe('an answer', () => {
  test.each([
    [200, '<html>Sign in</html>', /login page.*MATTERMOST_WEBHOOK_URL/],
    [200, '', /login page/],
    [201, 'ok', /login page/],
    [301, '', /redirects.*MATTERMOST_WEBHOOK_URL/],
    [401, '', /proxy.*MATTERMOST_WEBHOOK_URL/],
    [403, '', /Integrations → Incoming Webhooks/],
    [
      403,
      '{"id":"web.incoming_webhook.channel_locked.app_error","status_code":403}',
      /locked to another channel/,
    ],
    [403, '<html>blocked</html>', /a proxy or a web application firewall before it/],
    [404, '<html>', /no webhook at this address.*MATTERMOST_WEBHOOK_URL/],
    [410, '', /removed.*MATTERMOST_WEBHOOK_URL/],
    [501, '{}', /switched off.*System Console/],
  ])('of %i %s stops the sink and says where to look', async (status, body, advice) => {
    const { sink } = await farEndSink((_request, response) => response.writeHead(status).end(body));
    const error = await adapterError(send(sink));
    expect(error).toMatchObject({ outcome: 'reject_sink', status });
    expect(error.message).toMatch(advice);
  });

  test('of 200 with ok and a line break is a delivery', async () => {
    const { sink } = await farEndSink((_request, response) => response.end('ok\n'));
    await send(sink);
  });

  test('that repeats the webhook’s id leaves no trace of it', async () => {
    for (const status of [200, 302, 400, 403, 404, 500]) {
      const body = JSON.stringify({
        message: `Failed for incoming webhook ${hookId}.`,
        id: hookId.toUpperCase(),
      });
      const { sink } = await farEndSink(
        (_request, response) => response.writeHead(status).end(body),
        {
          channel: 'soc',
        },
      );
      const error = await adapterError(send(sink));
      expectNoSecret(error, [{ what: 'the hook', text: hookId }]);
      expect(error.answer).toContain('Failed for incoming webhook [secret]');
      const checked = await sink.check!(never).catch((reason: unknown) => reason);
      expectNoSecret(checked, [{ what: 'the hook', text: hookId }]);
    }
  });
});

describe('the check', () => {
  test('finds a webhook that was deleted, and says what to do', async () => {
    const far = await server();
    far.archive('security-alerts');
    const error = await adapterError(sinkOf(far.hookUrl).check!(never));
    expect(error).toMatchObject({ outcome: 'reject_sink', reason: 'bad_config', status: 400 });
    expect(error.message).toMatch(
      /does not know the webhook.*Create a new one.*MATTERMOST_WEBHOOK_URL/,
    );
  });

  test.each([
    [404, '{"id":"web.incoming_webhook.general.app_error","status_code":404}'],
    [
      403,
      '{"id":"web.incoming_webhook.channel_locked.app_error","message":"This webhook is locked."}',
    ],
    [200, 'ok'],
  ])('takes %i %s for a webhook that works', async (status, body) => {
    const { sink } = await farEndSink((_request, response) => response.writeHead(status).end(body));
    await sink.check!(never);
  });

  test.each([
    ['a page that is not there', 404, '<html>404</html>', 'reject_sink'],
    [
      'an address that the server does not know',
      404,
      '{"id":"api.context.404.app_error","status_code":404}',
      'reject_sink',
    ],
    [
      'an owner who lost the channel',
      403,
      '{"id":"web.incoming_webhook.permissions.app_error"}',
      'reject_sink',
    ],
    ['a proxy that forbids', 403, '<html>locked</html>', 'reject_sink'],
    [
      'webhooks that are switched off',
      501,
      '{"id":"web.incoming_webhook.disabled.app_error"}',
      'reject_sink',
    ],
    ['a login page', 200, '<html>', 'reject_sink'],
    ['a redirect', 302, '', 'reject_sink'],
    ['a limit', 429, 'limit exceeded', 'retry'],
    ['a fault', 503, '', 'retry'],
  ])('is not content with %s', async (_, status, body, outcome) => {
    const { sink } = await farEndSink((_request, response) => response.writeHead(status).end(body));
    expect(await adapterError(sink.check!(never))).toMatchObject({ outcome, status });
  });
});
