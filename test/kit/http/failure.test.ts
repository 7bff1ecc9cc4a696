// What an exchange without an answer is called: where, what, and what to look at.
import { describe, expect, test } from 'vitest';
import {
  connectionFailure,
  overheadFailure,
  timeoutFailure,
} from '../../../src/kit/http/failure.ts';

const url = new URL('https://chat.example/hooks/verysecret?token=verysecret');
const coded = (code: unknown, more: object = {}) =>
  Object.assign(new Error('verysecret'), { code }, more);

const messageOf = (error: Error, isProxied = false) =>
  connectionFailure(error, url, isProxied, false).message;

describe('a connection that failed', () => {
  test.each([
    ['ECONNREFUSED', 'nothing accepts connections there', 'Check that the service runs'],
    ['ENOTFOUND', 'the host name cannot be resolved', 'the DNS of this machine'],
    ['EAI_AGAIN', 'the host name cannot be resolved', 'the DNS of this machine'],
    ['EHOSTUNREACH', 'there is no way to this host', 'whether HTTPS_PROXY is needed'],
    ['ENETUNREACH', 'there is no way to this host', 'whether HTTPS_PROXY is needed'],
    ['EACCES', 'there is no way to this host', 'a firewall'],
    ['EMFILE', 'this process has no file descriptor left', 'Raise the limit'],
    ['ECONNRESET', 'the connection was closed before the answer', 'may have got the request'],
    ['EPIPE', 'the connection was closed before the answer', 'may have got the request'],
    ['UND_ERR_SOCKET', 'the connection was closed before the answer', 'may have got the request'],
    ['ETIMEDOUT', 'no connection within 5 s', 'Check host, port and firewall'],
    ['UND_ERR_CONNECT_TIMEOUT', 'no connection within 5 s', 'Check host, port and firewall'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'its certificate is not trusted', 'NODE_EXTRA_CA_CERTS'],
    ['CERT_REVOKED', 'its certificate is not trusted', 'NODE_EXTRA_CA_CERTS'],
    ['UNABLE_TO_GET_CRL', 'its certificate is not trusted', 'NODE_EXTRA_CA_CERTS'],
    ['CERT_HAS_EXPIRED', 'its certificate has expired', 'set the clock of this machine'],
    ['CERT_NOT_YET_VALID', 'its certificate is not valid yet', 'Set the clock'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'its certificate is for another host name', 'where DNS leads'],
    ['EPROTO', 'no TLS connection could be agreed on', 'speaks HTTPS'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'no TLS connection could be agreed on', 'speaks HTTPS'],
    ['ERR_TLS_HANDSHAKE_TIMEOUT', 'no TLS connection could be agreed on', 'speaks HTTPS'],
    ['UND_ERR_PRX_TLS', 'the TLS connection to the proxy failed', 'HTTPS_PROXY'],
    ['UND_ERR_HEADERS_OVERFLOW', 'more headers than fit', 'those of the service'],
    ['UND_ERR_HEADERS_TIMEOUT', 'the proxy opened no tunnel in time', 'Check the proxy'],
    ['UND_ERR_DESTROYED', 'the client is being closed', 'Nothing was sent'],
    ['HPE_INVALID_CONSTANT', 'does not speak HTTP', 'whether https:// is meant'],
    ['ESOMETHING', 'the connection failed', 'Check host, port and network'],
    // Of a file, and no failure of a connection.
    ['ENOSPC', 'the connection failed', 'Check host, port and network'],
    ['constructor', 'the connection failed (unknown)', 'Check host, port and network'],
  ])('%s: says what it means and what to look at', (code, meaning, remedy) => {
    const message = messageOf(coded(code));
    expect(message).toMatch(/^chat\.example:443: /);
    expect(message).toContain(meaning);
    expect(message).toContain(remedy);
    expect(message).not.toContain('verysecret');
    if (code !== 'constructor') expect(message).toContain(`(${code})`);
  });

  test.each([
    ['a text', 'GET /verysecret'],
    ['a number', 7],
    ['nothing', undefined],
    ['a code of 61 characters', 'E'.repeat(61)],
  ])('takes %s for no code: it may be of the far end', (_, code) => {
    expect(messageOf(coded(code))).toBe(
      'chat.example:443: the connection failed (unknown). Check host, port and network.',
    );
  });

  test.each([
    [false, 'connection'],
    [true, 'interrupted'],
  ])('is tried again; the request may have arrived: %s', (isUnderWay, reason) => {
    const error = connectionFailure(coded('ECONNRESET'), url, false, isUnderWay);
    expect(error.cause, 'it may carry a URL or a piece of an answer').toBeUndefined();
    expect(error).toMatchObject({ outcome: 'retry', reason });
  });

  test.each([
    [{ address: '192.0.2.7', port: 443 }, ' at 192.0.2.7:443'],
    [{ address: '2001:db8::7', port: 8443 }, ' at [2001:db8::7]:8443'],
    [{ address: 'chat.example', port: 443 }, ''],
    [{ address: '192.0.2.7' }, ''],
    [{}, ''],
  ])('names the address that was really called: %j', (reached, words) => {
    expect(messageOf(coded('ECONNREFUSED', reached))).toContain(`(ECONNREFUSED${words}).`);
  });

  test('with a proxy, points at NO_PROXY; but not where this process could not even try', () => {
    expect(messageOf(coded('ECONNREFUSED'), true)).toMatch(/A proxy is configured.*NO_PROXY\.$/);
    expect(messageOf(coded('EMFILE'), true)).not.toContain('NO_PROXY');
  });

  test.each([
    ['Proxy response (407) !== 200 when HTTP Tunneling', '407', 'Put user and password into'],
    ['Proxy Authentication Required (407)', '407', 'Put user and password into HTTPS_PROXY.'],
    ['Proxy response (403) !== 200 when HTTP Tunneling', '403', 'whether the proxy allows'],
  ])('names what the proxy answered: %s', (text, status, remedy) => {
    const message = messageOf(Object.assign(new Error(text), { code: 'UND_ERR_ABORTED' }));
    expect(message).toContain(`the proxy answered ${status} instead of passing the request on`);
    expect(message).toContain(remedy);
  });
});

describe('a request that HTTP does not allow', () => {
  test('is a fault of the configuration', () => {
    const error = connectionFailure(coded('UND_ERR_INVALID_ARG'), url, false, false);
    expect(error).toMatchObject({ outcome: 'reject_sink', reason: 'bad_config' });
    expect(error.message).toContain('Check the configured token for line breaks and blanks.');
  });

  test('is none if undici means the proxy', () => {
    const error = Object.assign(new Error('Proxy opts.uri is mandatory'), {
      code: 'UND_ERR_INVALID_ARG',
    });
    expect(connectionFailure(error, url, true, false).outcome).toBe('retry');
  });
});

describe('no complete answer in time', () => {
  test.each([
    ['connecting', 'connection', 'no connection was free or could be made.'],
    ['waiting', 'timeout', 'it took the request and sent no answer. It may have done'],
    ['reading', 'timeout', 'its answer began and did not end. It may have done'],
  ] as const)('while %s', (phase, reason, words) => {
    const error = timeoutFailure(url, 1500, phase, false);
    expect(error).toMatchObject({ outcome: 'retry', reason });
    expect(error.message).toContain(`chat.example:443: no complete answer within 1.5 s: ${words}`);
    expect(error.message).not.toContain('NO_PROXY');
    expect(timeoutFailure(url, 1500, phase, true).message).toContain('NO_PROXY');
  });
});

test('megabytes before any answer may have come after the request did its work', () => {
  expect(overheadFailure(url)).toMatchObject({
    outcome: 'retry',
    reason: 'interrupted',
    message: expect.stringContaining('its answer has more headers than fit'),
  });
});
