// The link of a card to the console.
import { expect, test } from 'vitest';
import { card, withBody } from './cards.ts';

test.each([
  ['https://console.example/events/1203', 'https://console.example/events/1203'],
  ['http://console.example:8080/', 'http://console.example:8080/'],
  [
    'https://console.example/a) [x](https://evil.example',
    'https://console.example/a%29%20[x]%28https://evil.example',
  ],
  ['javascript:alert(1)', undefined],
  ['mmaction://x', undefined],
  ['https://u:p@console.example/', undefined],
  ['/relative', undefined],
  [`https://console.example/${'a'.repeat(1_000)}`, undefined],
])('the link %s becomes %s', (link, shown) => {
  expect(card(withBody({ link })).attachments[0]!.title_link).toBe(shown);
});
