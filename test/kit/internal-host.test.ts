// Hosts of nobody's public network, and lists that name them.
import { expect, test } from 'vitest';
import { isInternalHost, listsHost } from '../../src/kit/internal-host.ts';

test.each([
  ['127.0.0.1', true],
  ['10.9.8.7', true],
  ['172.31.0.1', true],
  ['172.32.0.1', false],
  ['192.168.1.1', true],
  ['203.0.113.7', false],
  ['::1', true],
  ['fd12::1', true],
  ['2001:db8::1', false],
  ['tocsin', true],
  ['tocsin.corp.Internal', true],
  ['tocsin.example.com', false],
])('%s is internal: %s', (host, is) => {
  expect(isInternalHost(host)).toBe(is);
});

test.each([
  ['', '10.1.2.3', false],
  ['a.example, Tocsin', 'tocsin', true],
  ['10.0.0.0/8', '10.1.2.3', true],
  ['10.2.0.0/16 10.0.0.0/99 10.0.0.0/ nonsense/8', '10.1.2.3', false],
  ['fd00::/8', 'fd12::1', true],
  ['0.0.0.0/0', 'fd12::1', false],
])('%j names %s: %s', (list, host, is) => {
  expect(listsHost(list, host)).toBe(is);
});
