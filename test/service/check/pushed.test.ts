// What check says of a source that is pushed to: its address, and never its secret.
import { expect, test } from 'vitest';
import type { Access } from '../../../src/kit/access.ts';
import type { PushSource } from '../../../src/kit/source.ts';
import { lookAtPushed } from '../../../src/service/check/pushed.ts';

const source = (kind: string) =>
  ({ kind: 'push', proof: { kind, secrets: ['the-secret'] } }) as unknown as PushSource;
const config = (publicUrl?: string) => ({ access: { publicUrl } as Access });

test.each([
  [
    'path',
    'https://tocsin.example.com',
    'is pushed to at https://tocsin.example.com/hooks/siem/<secret>',
  ],
  ['header', 'https://tocsin.example.com', 'is pushed to at https://tocsin.example.com/hooks/siem'],
  [
    'basic',
    undefined,
    'is pushed to at /hooks/siem of this service. Set PUBLIC_URL to see the whole address',
  ],
])('a source with the proof %s at %s', (kind, url, text) => {
  expect(lookAtPushed({ id: 'siem', source: source(kind) }, config(url))).toEqual({
    ...{ status: 'ok', kind: 'source', id: 'siem', text },
  });
});
