// One message as the post that carries it: where to, whom it pings, how urgent it is, and how many
// posts it would be.
import { describe, expect, it, test } from 'vitest';
import { word } from '../../../src/kit/card.ts';
import { storedEvent } from '../../support/events.ts';
import { notice, post, sizes } from './posts.ts';

const critical = storedEvent({ severity: 5 });

it('goes to the webhook’s own channel, pings nobody and has no name of its own, if nothing is said', () => {
  const { props, text, attachments, ...rest } = post(critical);
  expect(JSON.parse(JSON.stringify(rest))).toEqual({});
  expect(text).not.toContain('@');
  expect(attachments).toHaveLength(1);
});

it('carries its channel, name and picture', () => {
  const options = { channel: 'soc', username: 'Tocsin', iconUrl: 'https://example.com/bell.png' };
  expect(post(critical, options)).toMatchObject({
    channel: 'soc',
    username: 'Tocsin',
    icon_url: 'https://example.com/bell.png',
  });
});

it('carries the ids by which a reader tells duplicates', () => {
  expect(post(critical).props.tocsin).toEqual({
    delivery_id: 'delivery-1',
    event_id: 4711,
    source: 'di',
  });
});

it('says that the channel that was asked for refused it, and shows its name as a value', () => {
  const { text } = post(critical, { refusedChannel: '@channel', mayBeRepeated: true });
  expect(text.split('\n').slice(1)).toEqual([
    'Possibly a repetition: an earlier attempt got no answer.',
    'Posted here because `@channel` refused it.',
  ]);
});

describe('the mention', () => {
  const mention = '@soc';

  it('stands at the end of the first line', () => {
    const { text } = post(critical, { mention, mayBeRepeated: true });
    expect(text.split('\n')[0]).toMatch(/: blocked, \*\*quarantine FAILED\*\* @soc$/);
  });

  test.each([
    [5, undefined, true],
    [4, undefined, false],
    [0, undefined, false],
    [4, 'HIGH', true],
    [0, 'HIGH', true],
    [3, 'HIGH', false],
    [2, 'LOW', true],
    [1, 'LOW', false],
  ] as const)('of severity %i, from %s on, is there: %s', (severity, mentionFrom, isThere) => {
    const { text } = post(storedEvent({ severity }), { mention, mentionFrom });
    expect(text.includes(' @soc')).toBe(isThere);
  });

  it('is there in the bare form, too', () => {
    expect(post(critical, { mention, form: 'bare' }).text).toContain(' @soc');
  });

  it('is never in what Tocsin says of itself', () => {
    const alarm = { ...notice('source_failing', {}), severity: 5 as const };
    expect(post(alarm, { mention, mentionFrom: 'LOW' }).text).not.toContain('@soc');
  });
});

describe('the priority', () => {
  test.each([
    [5, 'full', true, 'urgent'],
    [5, 'short', true, 'urgent'],
    [5, 'bare', true, undefined],
    [5, 'full', false, undefined],
    [4, 'full', true, undefined],
  ] as const)(
    'of severity %i in the form %s, if it is %s, is %s',
    (severity, form, has, urgent) => {
      const { priority } = post(storedEvent({ severity }), { form, hasPriority: has });
      expect(priority?.priority).toBe(urgent);
    },
  );
});

describe('a short form', () => {
  it('has all of its details where they are short to write', () => {
    expect(post(storedEvent(), { form: 'short' }).attachments[0]!.text).toContain('**Time**');
  });

  it('leaves out the last of them where they are long, and never the first', () => {
    const fields = Array.from({ length: 8 }, (_, n) => ({
      name: [word(`Fact ${n}`)],
      value: [{ kind: 'code', text: '😀'.repeat(400) } as const],
      isShort: n === 0,
    }));
    const written = { template: { fields } };
    const shown = post(storedEvent(), { ...written, form: 'short' });
    expect(sizes(shown).bytes).toBeLessThan(8_000);
    expect(shown.attachments[0]!.text).toContain('**Fact 0**');
    expect(shown.attachments[0]!.text).not.toContain('**Fact 7**');
    expect(post(storedEvent(), written).attachments[0]!.text).toContain('**Fact 7**');
  });
});
