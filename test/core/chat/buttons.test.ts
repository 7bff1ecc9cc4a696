// The tokens of buttons: what one proves, and what nobody can make of it.
import { describe, expect, test } from 'vitest';
import { actionNames, ButtonTokens } from '../../../src/core/chat/buttons.ts';

const dayMs = 86_400_000;
const noon = Date.UTC(2026, 1, 3, 12);
const made = (sink = 'soc', nowMs = noon, credential = 'https://chat.example/hooks/abc') =>
  new ButtonTokens({ sink, credential, now: () => nowMs });
const button = { action: 'acknowledge', eventId: 6001, version: 0 } as const;

test.each(actionNames)('the token of %s gives the button back', (action) => {
  const one = { action, eventId: 17, version: 3 };
  expect(made().read(made().tokenOf(one))).toEqual(one);
});

test('the button of a step says in whose message it stands', () => {
  const one = { ...button, stepId: 6010 };
  expect(made().read(made().tokenOf(one))).toEqual(one);
  expect(made().tokenOf(one)).not.toBe(made().tokenOf({ ...button, stepId: 6011 }));
});

test('a button that is composed again on the same day has the same token', () => {
  expect(made().tokenOf(button)).toBe(made('soc', noon + 11 * 3_600_000).tokenOf(button));
});

test.each([
  ['another action', { ...button, action: 'resolve' as const }],
  ['another incident', { ...button, eventId: 6002 }],
  ['another version', { ...button, version: 1 }],
])('the token of %s is another', (_what, other) => {
  expect(made().tokenOf(other)).not.toBe(made().tokenOf(button));
});

test('it counts for its own sink and its own credential alone', () => {
  const token = made().tokenOf(button);
  expect(made('mail').read(token)).toBe('forged');
  expect(made('soc', noon, 'https://chat.example/hooks/abd').read(token)).toBe('forged');
});

test('it counts for seven days, and to the end of the last one', () => {
  const token = made().tokenOf(button);
  expect(made('soc', Date.UTC(2026, 1, 10, 23, 59, 59, 999)).read(token)).toEqual(button);
  expect(made('soc', Date.UTC(2026, 1, 11)).read(token)).toBe('expired');
  expect(made().endMs).toBeGreaterThanOrEqual(Date.UTC(2026, 1, 11));
  expect(made().endMs).toBeLessThan(noon + 9 * dayMs);
});

test('the button of a later release counts as one that is too old', () => {
  const later = { ...button, action: 'later' as never };
  expect(made().read(made().tokenOf(later))).toBe('expired');
});

describe('what Tocsin did not make', () => {
  const token = made().tokenOf(button);
  const [payload = '', seal = ''] = token.split('.');
  const of = (said: string) => `${Buffer.from(said).toString('base64url')}.${seal}`;

  test('the same bytes written in another way are none of its tokens: each counts once', () => {
    const ways = [
      `${token}=`,
      `${token}$`,
      ` ${token}`,
      `${payload}=.${seal}`,
      `${payload} .${seal}`,
    ];
    for (const way of ways) expect(made().read(way), way).toBe('forged');
  });

  test.each([
    ['', '.', '..', 'x', payload, `${payload}.`, `.${seal}`],
    [`${token}.`, `${token}.x`, `${payload}.${seal.slice(1)}`, `${payload}.${seal}A`],
    [of('resolve.6001.0.20495'), of('acknowledge.6002.0.20495'), of('acknowledge.6001.0.99999')],
    [token.repeat(2), `${'A'.repeat(1_000_000)}.${seal}`, `${payload}.${'A'.repeat(43)}`],
  ])('%j and its like', (...texts) => {
    for (const text of texts) expect(made().read(text), text.slice(0, 100)).toBe('forged');
  });

  test('every change of one character', () => {
    for (let at = 0; at < token.length; at += 1) {
      const other = token[at] === 'A' ? 'B' : 'A';
      const changed = `${token.slice(0, at)}${other}${token.slice(at + 1)}`;
      const read = made().read(changed);
      // The last digits of base64 hold bits that say nothing.
      if (typeof read === 'object') expect(at).toSatisfy((index) => isLastOf(token, index));
      else expect(read).toBe('forged');
    }
  });
});

function isLastOf(token: string, index: number): boolean {
  return index === token.length - 1 || token[index + 1] === '.';
}

test('a thousand cards with their buttons take little time', () => {
  const tokens = made();
  const beganMs = performance.now();
  for (let eventId = 1; eventId <= 1000; eventId += 1)
    for (const action of actionNames) tokens.tokenOf({ action, eventId, version: 0 });
  expect(performance.now() - beganMs).toBeLessThan(2000);
});
