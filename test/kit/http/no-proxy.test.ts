// NO_PROXY: which addresses each way of writing stands for, and what is not understood.
import { describe, expect, test } from 'vitest';
import { readNoProxy } from '../../../src/kit/http/no-proxy.ts';

const isDirect = (entries: string, url: string) => readNoProxy(entries).isDirect(new URL(url));

describe('what is called without a proxy', () => {
  test.each<[string, string, boolean]>([
    ['chat.example', 'https://chat.example/hooks/x', true],
    ['chat.example', 'https://CHAT.example./', true],
    ['Chat.Example.', 'https://chat.example/', true],
    ['chat.example', 'https://my.chat.example/', true],
    ['chat.example', 'https://mychat.example/', false],
    ['chat.example', 'https://chat.example.org/', false],
    ['.example', 'https://chat.example/', true],
    ['.example', 'https://example/', true],
    ['*.example', 'https://a.b.example/', true],
    ['*.example', 'https://anexample/', false],
    ['my_service', 'http://my_service:8065/', true],
    ['bücher.example', 'https://xn--bcher-kva.example/', true],
    ['localhost', 'http://127.0.0.1/', false],
    ['*', 'https://anything.example/', true],
    ['*:8080', 'http://anything.example:8080/', true],
    ['*:8080', 'http://anything.example/', false],
    ['chat.example:8065', 'http://chat.example:8065/', true],
    ['chat.example:8065', 'http://chat.example/', false],
    ['chat.example:443', 'https://chat.example/', true],
    ['chat.example:80', 'http://chat.example/', true],
    ['.example:443', 'https://chat.example/', true],
    ['10.1.2.3', 'http://10.1.2.3:8065/', true],
    ['10.1.2.3', 'http://10.1.2.30/', false],
    ['10.1.2.3:80', 'http://10.1.2.3/', true],
    ['10.1.2.3:81', 'http://10.1.2.3/', false],
    ['10.0.0.0/8', 'https://10.255.0.1/', true],
    ['10.9.9.9/8', 'https://10.255.0.1/', true],
    ['10.0.0.0/8', 'https://11.0.0.1/', false],
    ['10.0.0.0/8', 'https://10.example/', false],
    ['10.0.0.0/8', 'https://[::ffff:10.0.0.1]/', true],
    ['192.168.4.0/22', 'https://192.168.7.255/', true],
    ['192.168.4.0/22', 'https://192.168.8.0/', false],
    ['0.0.0.0/0', 'https://198.51.100.1/', true],
    ['0.0.0.0/0', 'https://chat.example/', false],
    ['::1', 'http://[::1]:8065/', true],
    ['[::1]', 'http://[::1]/', true],
    ['[::1]:8065', 'http://[::1]:8065/', true],
    ['[::1]:8065', 'http://[::1]/', false],
    ['0:0:0:0:0:0:0:1', 'http://[::1]/', true],
    ['::1', 'http://[::2]/', false],
    ['fd00::/8', 'https://[fdab::1]/', true],
    ['[fd00::]/8', 'https://[fdab::1]/', true],
    ['FD00::/8', 'https://[fdab::1]/', true],
    ['fd00::/8', 'https://[fe80::1]/', false],
    ['a.example, b.example\tc.example,,', 'https://c.example/', true],
    ['a.example b.example', 'https://b.example/', true],
    ['', 'https://a.example/', false],
    [' , ', 'https://a.example/', false],
  ])('%s and %s: %s', (entries, url, expected) => {
    expect(readNoProxy(entries).unknown).toEqual([]);
    expect(isDirect(entries, url)).toBe(expected);
  });
});

describe('what is not understood', () => {
  test.each([
    ...[
      '::1;x',
      '10.0.0.0/33',
      'fd00::/129',
      '10.0.0/8',
      '10.0.0.0/',
      '10.0.0.0/8:80',
      '/8',
      '[fd00::/8]',
    ],
    ...[
      '10',
      '10.',
      '10.1',
      '010.1.2.3',
      '10.*',
      '192.168.*',
      '<local>',
      'http://chat.example',
      'chat.example/x',
    ],
    ...[
      'chat.example:',
      'chat.example:0',
      'chat.example:65536',
      'chat.example:http',
      'user@chat.example',
    ],
    ...[
      '.',
      '*.',
      '[::1',
      '::1]',
      'fe80::1%eth0',
      'fe80::/10%eth0',
      '[chat.example]',
      'c*t.example',
      '**',
      'a..b/8',
    ],
  ])('%s is named, and the entries around it hold', (entry) => {
    const { unknown, isDirect: matches } = readNoProxy(`a.example,${entry} b.example`);
    expect(unknown).toEqual([entry]);
    expect(['a', 'b', 'c'].map((name) => matches(new URL(`https://${name}.example/`)))).toEqual([
      true,
      true,
      false,
    ]);
  });
});
