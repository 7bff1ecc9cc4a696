// What Mattermost sends when people act, as its server sends it, and the answers that it takes.
import { describe, expect, test } from 'vitest';
import { strong, type Text, word } from '../../../src/kit/card.ts';
import { chatOf } from '../../../src/sinks/mattermost/chat.ts';
import { limits } from '../../../src/sinks/mattermost/render.ts';

const commandToken = 'abcdefghijklmnopqrstuvwxyz';
const chat = chatOf({ people: [{ id: 'u1', role: 'operate' }], commandToken });

const request = (body: string, headers: Record<string, string> = {}) => ({
  headers: new Headers(headers),
  query: new URLSearchParams(),
  body: Buffer.from(body),
});

const press = {
  ...{ user_id: 'u1', user_name: 'bob', channel_id: 'c1', channel_name: 'soc', team_id: 't1' },
  ...{ team_domain: 'secops', post_id: 'p1', trigger_id: 'x', type: 'button', data_source: '' },
  context: { token: 'a.b' },
};

describe('a press', () => {
  test('of a button', () => {
    expect(chat.button(request(JSON.stringify(press)))).toEqual({
      ...{ person: { id: 'u1', name: 'bob' }, token: 'a.b', value: undefined, messageId: 'p1' },
    });
  });

  test('of an entry of a menu', () => {
    const context = { token: 'a.b', selected_option: '4h' };
    const chosen = { ...press, type: 'select', context };
    expect(chat.button(request(JSON.stringify(chosen)))?.value).toBe('4h');
  });

  test.each(['user_id', 'user_name', 'post_id', 'context'])('without %s is none', (key) => {
    expect(chat.button(request(JSON.stringify({ ...press, [key]: undefined })))).toBeUndefined();
  });
});

const written = new URLSearchParams({
  ...{ channel_id: 'c1', channel_name: 'soc', command: '/tocsin', team_domain: 'secops' },
  ...{ team_id: 't1', text: 'ack 17 @ana ~soc', trigger_id: 'x', user_id: 'u1', user_name: 'bob' },
  token: commandToken,
}).toString();

describe('a command', () => {
  const known = { person: { id: 'u1', name: 'bob' }, text: 'ack 17 @ana ~soc' };

  test.each([
    [written, { authorization: `Token ${commandToken}` }],
    [written, {}],
    [written.replace(commandToken, ''), { authorization: `Token ${commandToken}` }],
  ])('is known by its token', (body, headers) => {
    expect(chat.command(request(body, headers))).toEqual(known);
  });

  test.each([
    [written.replace(commandToken, 'x'), {}],
    [written.replace(`token=${commandToken}`, ''), {}],
    [written, { authorization: 'Token x' }],
    [written.replace('user_id=u1', 'user_id='), {}],
    ['', {}],
  ])('%j with %j is none', (body, headers) => {
    expect(chat.command(request(body, headers))).toBeUndefined();
  });

  test('where no token is configured there is none, not even an empty one', () => {
    const without = chatOf({ people: 'members', commandToken: undefined });
    expect(without.command(request(written))).toBeUndefined();
    expect(without.command(request(written.replace(commandToken, '')))).toBeUndefined();
  });
});

describe('an answer', () => {
  const lines: Text[] = [
    [strong('Path'), word(' '), { kind: 'code', text: '@all <!channel> `x`' }],
  ];

  test('to a press is for the person alone', () => {
    expect(chat.answer({ to: 'button', lines })).toEqual({
      ephemeral_text: '**Path** `@all ‹!channel> ˋxˋ`',
    });
  });

  test('to a command too', () => {
    expect(chat.answer({ to: 'command', lines: [[word('yes')], [word('no')]] })).toEqual({
      ...{ response_type: 'ephemeral', text: 'yes\nno' },
    });
  });

  test('of nothing is empty', () => {
    expect(chat.answer({ to: 'button', lines: [] })).toEqual({});
  });

  test('shows a script on lines of its own', () => {
    const script: Text = [strong('Script'), word(' '), { kind: 'block', text: 'a\nb' }];
    expect(chat.answer({ to: 'button', lines: [script] })).toMatchObject({
      ephemeral_text: '**Script** \n```\na\nb\n```',
    });
  });

  test('has no more than one message holds', () => {
    const long = Array.from({ length: 50 }, (): Text => [{ kind: 'prose', text: 'x'.repeat(900) }]);
    const { ephemeral_text } = chat.answer({ to: 'button', lines: long }) as {
      readonly ephemeral_text: string;
    };
    expect(ephemeral_text.length).toBeLessThanOrEqual(limits.total);
    expect(ephemeral_text).toMatch(/\n…$/);
  });
});
