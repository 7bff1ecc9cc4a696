// The settings: what is refused, with a reason that does not repeat the webhook's address.
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { mattermost } from '../../../src/sinks/mattermost/index.ts';
import { fitsJsonSchema } from '../../config/json-schema-check.ts';

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
    { card: 'tall' },
    { title: 'severity' },
  ])('refuse %o', (settings) => {
    const url = 'https://chat.example.com/hooks/abc';
    expect(mattermost.config.safeParse({ url, ...settings }).success).toBe(false);
  });

  test('take a server under a subpath, and blanks around the URL', () => {
    const { url } = mattermost.config.parse({ url: ' https://example.com/chat/hooks/abc\n' });
    expect(url).toBe('https://example.com/chat/hooks/abc');
  });

  test('give a compact card with its number over it, and mark CRITICAL, if nothing is said', () => {
    const settings = mattermost.config.parse({ url: 'https://example.com/hooks/abc' });
    expect(settings).toMatchObject({ card: 'compact', title: 'number', priority: true });
  });
});

describe('the name on posts, to an editor that reads the JSON Schema', () => {
  const url = 'https://chat.example.com/hooks/abc';
  const { username } = z.toJSONSchema(mattermost.config, { io: 'input' }).properties as {
    username: { pattern: string };
  };
  /** Some readers of patterns set the flag, others know none. */
  const patterns = [new RegExp(username.pattern, 'u'), new RegExp(username.pattern)];
  const isTaken = (name: string) => mattermost.config.safeParse({ url, username: name }).success;

  test('is marked for no character that the loader takes, and for each that is controlled or private', () => {
    const wrong: string[] = [];
    for (let code = 0; code <= 0xffff; code += 1) {
      // Half of a pair is no character.
      if (code >= 0xd800 && code <= 0xdfff) continue;
      const character = String.fromCharCode(code);
      const isMarked = patterns.map((pattern) => !pattern.test(character));
      const mustBe = /[\p{Cc}\p{Zl}\p{Zp}\p{Co}@<>`]/u.test(character);
      const isRight = isMarked.every((one) => one === mustBe) && !(mustBe && isTaken(character));
      if (!isRight) wrong.push(code.toString(16));
    }
    expect(wrong).toEqual([]);
  });

  test.each(['Tocsin', '🔔 Tocsin', '👩🏽‍💻 Ann', 'می‌خواهم', 'Zoë'])('may be %s', (name) => {
    expect(patterns.map((pattern) => pattern.test(name))).toEqual([true, true]);
    expect(isTaken(name)).toBe(true);
  });

  test.each(['a\u0007b', 'a\u009Bb', 'a\uE000b', 'a\nb'])(
    'is marked in docs/tocsin.schema.json, and refused: %j',
    (name) => {
      const file = (text: string) => ({
        sinks: { soc: { type: 'mattermost', url, username: text } },
      });
      expect(fitsJsonSchema(file(name))).not.toEqual([]);
      expect(fitsJsonSchema(file('Tocsin'))).toEqual([]);
      expect(isTaken(name)).toBe(false);
    },
  );
});
