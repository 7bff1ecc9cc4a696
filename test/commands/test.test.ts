// `tocsin test`: a sample in the channel, or what keeps it from getting there.
import { expect, test } from 'vitest';
import { createWorld } from '../support/world.ts';
import { runIn } from './in-process.ts';

test('posts one sample to the sink that is named', async () => {
  const world = await createWorld({ database: 'embedded' });
  expect(await runIn(world, ['test', 'soc'])).toEqual({
    code: 0,
    stdout: '',
    stderr: 'a sample was posted to soc\n',
  });
  expect(world.mattermost.requests.posts).toBe(1);
  expect(JSON.stringify(world.mattermost.posts)).toMatch(/sample/i);
});

test('needs neither console nor database', async () => {
  const world = await createWorld({ database: 'embedded' });
  const less = {
    DEEPINSTINCT_URL: '',
    TOKENS_KEY: '',
    DATABASE_URL: 'postgres://user:word@127.0.0.1:1/tocsin',
  };
  expect((await runIn(world, ['test', 'soc'], less)).code).toBe(0);
});

test('an unknown sink is wrong usage, and those that there are are named', async () => {
  const world = await createWorld({ database: 'embedded' });
  const { code, stderr } = await runIn(world, ['test', 'sco']);
  expect(stderr).toContain('No sink is called "sco"; there is soc.');
  expect(code).toBe(2);
  expect(world.mattermost.requests.posts).toBe(0);
});

test.each([
  ['unknown_hook', /answered 400.*MATTERMOST_WEBHOOK_URL/],
  [
    'disabled',
    /answered 501\. Incoming webhooks are switched off there\. A system administrator can enable them/,
  ],
  [
    'html',
    /answered 200, but not with the “ok” of a Mattermost webhook.* Check MATTERMOST_WEBHOOK_URL/,
  ],
  [403, /answered 403\. The webhook may not post there\..* Integrations → Incoming Webhooks/],
  [500, /answered 500/],
] as const)(
  'a hook that answers with %s fails, and the words say what to do, not where the hook is',
  async (fault, words) => {
    const world = await createWorld({ database: 'embedded' });
    world.mattermost.fail(fault, Number.POSITIVE_INFINITY);
    const { code, stderr } = await runIn(world, ['test', 'soc']);
    expect(stderr).toMatch(words);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(stderr).not.toContain(world.mattermost.hookUrl.split('/').at(-1));
    expect(code).toBe(1);
  },
);
