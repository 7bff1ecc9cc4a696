// Settings of brokers, and what broken connections mean, by the codes of Node's errors.
import { describe, expect, it, test } from 'vitest';
import { z } from 'zod';
import {
  addressOf,
  brokerAddress,
  brokerFailure,
  brokerSettings,
  refuseHalves,
  tlsOptionsOf,
} from '../../src/kit/broker.ts';

describe('an address', () => {
  test.each([
    ['Broker.example.com', 'broker.example.com', 'broker.example.com:1883'],
    ['broker:8883', 'broker', 'broker:8883'],
    ['192.0.2.7', '192.0.2.7', '192.0.2.7:1883'],
    ['[2001:db8::1]:9', '2001:db8::1', '[2001:db8::1]:9'],
    ['[::1]', '::1', '[::1]:1883'],
  ])('%s', (text, host, shown) => {
    expect(brokerAddress.parse(text)).toBe(text);
    expect(addressOf(text, 1883)).toMatchObject({ host, shown });
  });

  test.each(['', 'a b', 'tls://a', 'user:word@a', 'a:0', 'a:65536', 'a:', '::1', '-a', 'a/b'])(
    '%j is none',
    (text) => {
      const { error } = brokerAddress.safeParse(text);
      expect(error?.issues).toMatchObject([{ message: 'is no host:port' }]);
    },
  );
});

const settings = z.strictObject(brokerSettings).superRefine(refuseHalves);

describe('the settings', () => {
  test.each<[object, string, string]>([
    [{ username: 'a' }, 'password', 'is missing, and username is there'],
    [{ password: 'a' }, 'username', 'is missing, and password is there'],
    [{ client_certificate: 'x' }, 'client_certificate', 'is no certificate in PEM'],
    [{ client_key: 'x' }, 'client_key', 'is no private key in PEM without a passphrase'],
  ])('%j is refused', (given, key, message) => {
    const { error } = settings.safeParse(given);
    expect(error?.issues).toContainEqual(expect.objectContaining({ path: [key], message }));
  });

  it('encrypt unless they say otherwise', () => {
    expect(tlsOptionsOf(settings.parse({}))).toEqual({});
    expect(tlsOptionsOf(settings.parse({ tls: false }))).toBeUndefined();
    const pair = { client_certificate: 'c', client_key: 'k' };
    expect(tlsOptionsOf({ tls: true, ...pair })).toEqual({ cert: 'c', key: 'k' });
  });
});

describe('a broken connection', () => {
  const failure = (code: string, isUnderWay = false) =>
    brokerFailure(Object.assign(new Error('secret'), { code }), 'broker:1', isUnderWay);

  test.each([
    ['ECONNREFUSED', 'retry', 'connection', 'nothing accepts connections there'],
    ['ENOTFOUND', 'retry', 'connection', 'the host name cannot be resolved'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'reject_sink', 'bad_config', 'NODE_EXTRA_CA_CERTS'],
    ['CERT_HAS_EXPIRED', 'reject_sink', 'bad_config', 'has expired'],
    ['CERT_NOT_YET_VALID', 'reject_sink', 'bad_config', 'not valid yet'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'reject_sink', 'bad_config', 'for another host name'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'reject_sink', 'bad_config', 'agree on no encryption'],
    ['EPROTO', 'reject_sink', 'bad_config', 'agree on no encryption'],
    ['', 'retry', 'connection', 'broker:1: it cannot be reached'],
  ])('%s is %s, %s', (code, outcome, reason, text) => {
    const error = failure(code);
    expect(error).toMatchObject({ outcome, reason });
    expect(error.cause).toBeUndefined();
    expect(error.message).toContain(text);
    expect(error.message).not.toContain('secret');
  });

  it('may have brought the message once it was open', () => {
    expect(failure('ECONNRESET', true)).toMatchObject({ outcome: 'retry', reason: 'interrupted' });
  });

  it('is found within what a library makes of it', () => {
    const inner = Object.assign(new Error('x'), { code: 'ECONNREFUSED' });
    for (const error of [
      new Error('outer', { cause: inner }),
      Object.assign(new AggregateError([new Error('y'), inner]), { code: 'PLT_NETWORK' }),
    ])
      expect(brokerFailure(error, 'broker:1', false).message).toContain('(ECONNREFUSED)');
  });
});
