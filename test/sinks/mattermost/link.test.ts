// The console's page as an address that may stand in Markdown.
import { expect, test } from 'vitest';
import { linkOf } from '../../../src/sinks/mattermost/link.ts';
import { post, withBody } from './posts.ts';

test.each([
  ['https://console.example/events/1203', 'https://console.example/events/1203'],
  ['http://console.example:8080/', 'http://console.example:8080/'],
  [
    'https://console.example/a) [x](https://evil.example',
    'https://console.example/a%29%20[x]%28https://evil.example',
  ],
  ['https://console.example/a|b*c`d', 'https://console.example/a%7Cb%2Ac%60d'],
  ['javascript:alert(1)', undefined],
  ['mmaction://x', undefined],
  ['https://u:p@console.example/', undefined],
  ['/relative', undefined],
  [`https://console.example/${'a'.repeat(1_000)}`, undefined],
  [undefined, undefined],
])('the link %s becomes %s', (link, shown) => {
  expect(linkOf(link)).toBe(shown);
  const body = link === undefined ? {} : { link };
  expect(post(withBody(body)).attachments[0]!.title_link).toBe(shown);
});
