// The settings: what is refused, with a reason that does not repeat the webhook's address.
import { describe, expect, test } from 'vitest';
import { mattermost } from '../../../src/sinks/mattermost/index.ts';

describe('the settings', () => {
  test.each([
    ['a page', 'https://chat.example.com/team/channels/town-square', /ends in \/hooks\//],
    ['an id with other signs', 'https://chat.example.com/hooks/a-b', /letters and digits/],
    ['no id', 'https://chat.example.com/hooks/', /ends in \/hooks\//],
    ['another scheme', 'ftp://chat.example.com/hooks/abc', /no http or https/],
    ['no scheme', 'chat.example.com/hooks/abc', /is no URL/],
    ['a password', 'https://u:p@chat.example.com/hooks/abc', /a user or a password/],
    ['a query', 'https://chat.example.com/hooks/abc?x=1', /something behind/],
    ['a fragment', 'https://chat.example.com/hooks/abc#x', /something behind/],
  ])('refuse a URL with %s and say why without repeating it', (_, url, why) => {
    const { error } = mattermost.config.safeParse({ url });
    expect(error?.issues[0]?.message).toMatch(why);
    expect(error?.issues[0]?.message).not.toContain('chat.example.com');
  });

  test.each([
    { channel: 'two words' },
    { channel: '<!channel>' },
    { username: '@channel' },
    { username: '' },
    { icon_url: 'javascript:alert(1)' },
    { mention: 'soc' },
    { mention: '@soc, hurry' },
    { priority: 'yes' },
  ])('refuse %o', (settings) => {
    const url = 'https://chat.example.com/hooks/abc';
    expect(mattermost.config.safeParse({ url, ...settings }).success).toBe(false);
  });

  test('take a server under a subpath, and blanks around the URL', () => {
    const { url } = mattermost.config.parse({ url: ' https://example.com/chat/hooks/abc\n' });
    expect(url).toBe('https://example.com/chat/hooks/abc');
  });
});
