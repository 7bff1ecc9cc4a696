// Whether and where the service could listen, in words with the variable to change.
import { describe, expect, test } from 'vitest';
import { listenErrorText, lookAtAddress } from '../../src/service/address.ts';
import { closedPort, startFarEnd } from '../support/far-end.ts';

describe('an address', () => {
  test('that is free stays so', async () => {
    const address = { host: '127.0.0.1', port: await closedPort() };
    const found = { status: 'ok', text: `127.0.0.1:${address.port} is free to listen on` };
    expect([await lookAtAddress(address), await lookAtAddress(address)]).toEqual([found, found]);
  });

  test('of any port is free', async () => {
    expect(await lookAtAddress({ host: '127.0.0.1', port: 0 })).toEqual({
      ...{ status: 'ok', text: 'any port of 127.0.0.1 is free to listen on' },
    });
  });

  test('at which somebody listens is a warning: it may be Tocsin itself', async () => {
    const { port } = await startFarEnd();
    expect(await lookAtAddress({ host: '127.0.0.1', port })).toEqual({
      status: 'warn',
      text: expect.stringMatching(
        new RegExp(`^another process listens on 127\\.0\\.0\\.1:${port}\\. That is right if`),
      ),
    });
  });

  test('of another machine fails', async () => {
    expect(await lookAtAddress({ host: '192.0.2.1', port: 0 })).toEqual({
      status: 'failed',
      text: expect.stringContaining('HOST is no address of this machine'),
    });
  });
});

describe('what kept it from listening names the remedy:', () => {
  const at = { host: '::1', port: 80 };
  test.each([
    ['EADDRINUSE', /^cannot listen on \[::1\]:80 \(EADDRINUSE\)\. Another process uses the port/],
    ['EADDRNOTAVAIL', /HOST is no address of this machine\. Set it to :: for all/],
    ['EAFNOSUPPORT', /HOST is no address of this machine/],
    ['EINVAL', /HOST is no address of this machine/],
    ['ENOTFOUND', /HOST is a name that cannot be resolved/],
    ['EAI_AGAIN', /HOST is a name that cannot be resolved/],
    ['EACCES', /set PORT to one above 1023\.$/],
  ])('%s', (code, words) => {
    expect(listenErrorText(at, Object.assign(new Error(), { code }))).toMatch(words);
  });

  test('and of what is not known it says the code alone', () => {
    const error = Object.assign(new Error('secret'), { code: 'EWHATEVER' });
    expect(listenErrorText({ host: 'h', port: 1 }, error)).toBe(
      'cannot listen on h:1 (EWHATEVER).',
    );
  });
});
