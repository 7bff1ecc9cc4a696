// One message as the posts of a bot: what stands on the card, below it, and in an edit.
import { describe, expect, it, test } from 'vitest';
import { type CardState, word } from '../../../../src/kit/card.ts';
import {
  type BotPostOptions,
  cardEdit,
  cardPost,
  detailsPost,
  pendingIdOf,
  replyPost,
} from '../../../../src/sinks/mattermost/bot/posts.ts';
import { messageNow } from './bots.ts';

const place = { channelId: 'c', pendingId: 'p' };
const options: BotPostOptions = {
  ...{ style: 'compact', hasPriority: true, hasThread: true, channel: 'secops/soc' },
};
const stateOf = (kind: CardState['kind']): CardState => ({ kind, text: [word(`is ${kind}`)] });

describe('the details', () => {
  it('stand below the card and not on it', () => {
    const message = messageNow();
    const card = cardPost(message, 'soc-1', place, options);
    const details = detailsPost(message, 'soc-1', place, options);
    const [onCard, below] = [card, details!].map((post) => post.props.attachments[0]!.text ?? '');
    expect(onCard).not.toContain('**Hash**');
    expect(below).toContain('a1b2c3d4');
    expect(details!.props.tocsin).toEqual({ details_of: 'soc-1' });
  });

  it('of full cards are fields', () => {
    const details = detailsPost(messageNow(), 'soc-1', place, { ...options, style: 'full' });
    const [attachment] = details!.props.attachments;
    expect(attachment!.fields!.length).toBeGreaterThan(5);
  });

  test.each<[string, object, Partial<BotPostOptions>]>([
    ['it is bare', { form: 'bare' }, {}],
    ['it is a notice', { card: { ...messageNow().card, kind: 'notice' } }, {}],
    ['there is no thread', {}, { hasThread: false }],
  ])('stay on the card where %s', (_, more, asked) => {
    const message = { ...messageNow(), ...more };
    expect(detailsPost(message, 'soc-1', place, { ...options, ...asked })).toBeUndefined();
    const card = cardPost(message, 'soc-1', place, { ...options, ...asked });
    expect(card.props.attachments[0]!.text).toContain('a1b2c3d4');
  });

  it('that are none make no reply', () => {
    const message = messageNow({}, { details: [] });
    expect(detailsPost(message, 'soc-1', place, options)).toBeUndefined();
  });
});

describe('an edit', () => {
  test.each([
    ['open', '#FF6600'],
    ['acknowledged', '#7B4FC9'],
    ['snoozed', '#5C6270'],
    ['resolved', '#1F7A3D'],
  ] as const)('to %s says so below the headline, in the colour %s', (kind, color) => {
    const { message, props } = cardEdit(messageNow({}, { state: stateOf(kind) }), 'soc-1', options);
    expect(message.split('\n')[1]).toBe(`is ${kind}`);
    expect(props.attachments[0]!.color).toBe(color);
    expect(props.from_bot).toBe('true');
  });

  test.each([
    ['resolved', 'HIGH', false],
    ['resolved', 'CRITICAL', undefined],
    ['acknowledged', 'HIGH', undefined],
  ] as const)('to %s, pinned from %s up, changes the pin to %s', (kind, pinFrom, isPinned) => {
    const message = messageNow({}, { state: stateOf(kind) });
    expect(cardEdit(message, 'soc-1', { ...options, pinFrom }).is_pinned).toBe(isPinned);
  });
});

test('a menu is one, with its choices', () => {
  const choices = [{ label: 'An hour', value: '1h' }];
  const actions = [{ name: 'snooze', label: 'Snooze', token: 't', choices }];
  const url = 'https://tocsin.example/chat/soc/actions';
  const message = { ...messageNow({}, { actions }), actionsUrl: url };
  const { props } = cardPost(message, 'soc-1', place, options);
  expect(JSON.parse(JSON.stringify(props.attachments[0]))).toMatchObject({
    actions: [
      {
        ...{ id: 'snooze', name: 'Snooze', type: 'select' },
        options: [{ text: 'An hour', value: '1h' }],
        integration: { url, context: { token: 't' } },
      },
    ],
  });
});

test('a reply has everything on it and no priority', () => {
  const reply = replyPost(messageNow({ severity: 5 }), 'soc-2', place, options);
  expect(reply.props.attachments[0]!.text).toContain('a1b2c3d4');
  expect(reply).not.toHaveProperty('metadata');
});

test('the id of a repetition is the same for the same, and another for anything else', () => {
  const of = (...what: string[]) => pendingIdOf('token', ...what);
  expect(of('card', 'soc-1')).toBe(of('card', 'soc-1'));
  const ids = [
    of('card', 'soc-1'),
    of('card', 'soc-2'),
    of('details', 'soc-1'),
    of('card,soc', '-1'),
  ];
  expect(new Set([...ids, pendingIdOf('other', 'card', 'soc-1')]).size).toBe(5);
});
