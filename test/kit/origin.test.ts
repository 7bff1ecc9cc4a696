// Where an address leads: the port is told whether it is written or not.
import { expect, test } from 'vitest';
import { hostWithPort, originOf, portOf } from '../../src/kit/origin.ts';

test.each([
  ['https://chat.example/hooks/x', 443, 'chat.example:443', 'https://chat.example:443'],
  ['http://chat.example', 80, 'chat.example:80', 'http://chat.example:80'],
  ['https://CHAT.example:443', 443, 'chat.example:443', 'https://chat.example:443'],
  ['https://chat.example:8065/?q=1', 8065, 'chat.example:8065', 'https://chat.example:8065'],
  ['http://[::1]:8080', 8080, '[::1]:8080', 'http://[::1]:8080'],
  ['https://ann:secret@chat.example', 443, 'chat.example:443', 'https://chat.example:443'],
])('%s', (address, port, host, origin) => {
  const url = new URL(address);
  expect([portOf(url), hostWithPort(url), originOf(url)]).toEqual([port, host, origin]);
});
