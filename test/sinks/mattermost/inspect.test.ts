// What an inspection finds out about the settings of a webhook without posting, and what it cannot.
import { describe, expect, test } from 'vitest';
import { adapterError } from '../../contract/adapter-cases.ts';
import { never, server, sinkOf } from './hooks.ts';

describe('the inspection', () => {
  test.each([
    ['is missing', 'no-such-channel', {}, /no-such-channel is refused: there is none of that name/],
    [
      'is private',
      'board',
      { privateChannels: ['board'] },
      /board is refused: .*no member of this private one/,
    ],
    [
      'is another than the one it is locked to',
      'town-square',
      { isLocked: true },
      /town-square is refused: .*locked/,
    ],
  ])('says that a channel %s, and posts nothing', async (_, channel, options, words) => {
    const far = await server(options);
    const { tested, remarks } = await sinkOf(far.hookUrl, { channel }).inspect!(never, []);
    expect(remarks).toEqual([expect.stringMatching(words)]);
    expect(tested).not.toContain(channel);
    expect(far.posts).toEqual([]);
  });

  test('names the channels that were tried, those of routes too', async () => {
    const far = await server({ channels: ['town-square', 'soc'] });
    const { tested, remarks } = await sinkOf(far.hookUrl, { channel: 'soc' }).inspect!(never, [
      { channel: 'town-square' },
      { channel: 'nowhere' },
    ]);
    expect(tested).toContain('may post into soc, town-square');
    expect(remarks).toEqual([expect.stringContaining('nowhere')]);
    expect(far.posts).toEqual([]);
  });

  test('says whether it may still post into its own channel, where none is configured', async () => {
    const far = await server();
    const { tested } = await sinkOf(far.hookUrl).inspect!(never, []);
    expect(tested).toContain('may post into its own channel. ');
    // The check asks for a channel that cannot exist.
    far.fail(
      { status: 403, body: '{"id":"a","status_code":403}' },
      1,
      (body) => !/"channel"/.test(body),
    );
    const { tested: again, remarks } = await sinkOf(far.hookUrl).inspect!(never, []);
    expect(again).not.toContain('may post');
    expect(remarks).toEqual([expect.stringMatching(/^its own channel is refused: .*no member/)]);
    expect(far.posts).toEqual([]);
  });

  test.each(['@nobody', '@somchai'])('claims nothing of the user %s', async (channel) => {
    const far = await server({ users: ['somchai'] });
    const { tested, remarks } = await sinkOf(far.hookUrl, { channel, priority: false }).inspect!(
      never,
      [],
    );
    expect(tested).toBe(
      `answers, and knows the webhook. Posts bear the name of the account that owns the webhook, and reach whom that account may reach, so give it one of its own. Not tried, since only a post shows it: whether there is a user ${channel}`,
    );
    expect(remarks).toEqual([]);
  });

  test('says what it could not try: name, picture, priority', async () => {
    const far = await server();
    const settings = { username: 'Tocsin', icon_url: 'https://example.com/bell.png' };
    const { tested } = await sinkOf(far.hookUrl, settings).inspect!(never, []);
    expect(tested).toMatch(
      /Not tried.*username and icon_url, which do nothing unless.*; the priority of CRITICAL/,
    );
  });

  test('fails where the check fails', async () => {
    const far = await server();
    far.archive('security-alerts');
    expect(await adapterError(sinkOf(far.hookUrl).inspect!(never, []))).toMatchObject({
      status: 400,
    });
  });
});
