// The client's address: the socket's, or what a trusted proxy says of it.
import { expect, test } from 'vitest';
import { clientBehind, networkOf } from '../../../src/http/identity/client.ts';

const isTrustedProxy = (address: string) => /^(10\.|fd00:)/.test(address);

test.each([
  ['192.0.2.7', undefined, '192.0.2.7'],
  // Nobody asked this client.
  ['192.0.2.7', '198.51.100.1', '192.0.2.7'],
  ['10.0.0.1', undefined, '10.0.0.1'],
  ['10.0.0.1', '198.51.100.1', '198.51.100.1'],
  ['10.0.0.1', '198.51.100.1, 10.0.0.2', '198.51.100.1'],
  // What stands further left is the client's own invention.
  ['10.0.0.1', '127.0.0.1, 203.0.113.9', '203.0.113.9'],
  ['10.0.0.1', '127.0.0.1, 203.0.113.9, 10.0.0.2', '203.0.113.9'],
  ['10.0.0.1', '203.0.113.9:4711', '203.0.113.9'],
  ['fd00::1', '[2001:db8::7]:4711', '2001:db8::7'],
  ['fd00::1', '2001:db8::7', '2001:db8::7'],
  ['10.0.0.1', '::ffff:203.0.113.9', '203.0.113.9'],
  ['10.0.0.1', 'unknown', '10.0.0.1'],
  ['10.0.0.1', '203.0.113.9, <script>, 10.0.0.2', '10.0.0.2'],
  ['10.0.0.1', '', '10.0.0.1'],
  ['', '203.0.113.9', ''],
])('%s with %j is the client %s', (peer, forwardedFor, client) => {
  expect(clientBehind(peer, forwardedFor, { isTrustedProxy })).toBe(client);
});

test('an endless header costs no time', () => {
  const header = Array.from({ length: 100_000 }, () => '10.0.0.2').join(',');
  expect(clientBehind('10.0.0.1', header, { isTrustedProxy })).toBe('10.0.0.2');
});

test.each([
  ['192.0.2.7', '192.0.2.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:DB8:1:2::9', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['', ''],
])('%s counts as %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});
