// The settings of a proof: each way has what it needs, and nothing that does nothing.
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { proofOf, proofSettings, withSoundProof } from '../../src/kit/proof.ts';

const schema = withSoundProof(z.strictObject({ ...proofSettings }));
const secret = 'x'.repeat(32);
const faultsOf = (given: unknown) =>
  schema
    .safeParse(given)
    .error?.issues.map(({ path, message }) => `${path.join('.')} ${message}`) ?? [];

describe('each way to prove who calls', () => {
  test.each([
    [
      { proof: 'path', secret },
      { kind: 'path', secrets: [secret] },
    ],
    [
      { proof: 'path', secret, old_secret: 'y'.repeat(20) },
      { kind: 'path', secrets: [secret, 'y'.repeat(20)] },
    ],
    [
      { proof: 'header', secret },
      { kind: 'header', header: 'authorization', secrets: [secret] },
    ],
    [
      { proof: 'header', secret, header: 'X-Token' },
      { kind: 'header', header: 'x-token', secrets: [secret] },
    ],
    [
      { proof: 'basic', username: 'u', secret },
      { kind: 'basic', username: 'u', secrets: [secret] },
    ],
    [
      { proof: 'certificate', header: 'X-Client', names: ['CN=a'] },
      { kind: 'certificate', header: 'x-client', names: ['CN=a'] },
    ],
  ])('%o is understood', (given, expected) => {
    expect(proofOf(schema.parse(given))).toEqual(expected);
  });

  test.each([
    [{}, /^proof /],
    [{ proof: 'path' }, /^secret is missing, which the proof "path" needs/],
    [{ proof: 'path', secret: 'short' }, /^secret has fewer than 20 characters/],
    [{ proof: 'basic', secret }, /^username is missing/],
    [{ proof: 'signature', secret }, /^signature is missing/],
    [{ proof: 'certificate', header: 'x' }, /^names is missing/],
    [
      { proof: 'path', secret, username: 'u' },
      /^username does nothing with the proof "path"; take it out/,
    ],
    [
      { proof: 'signature', secret, signature: { header: 'x', signed: 'fixed' } },
      /does not have \{body\}, so that anybody could change it/,
    ],
    [
      { proof: 'signature', secret, signature: { header: 'x', signed: '{timestamp}{body}' } },
      /both \{timestamp\} in signed and a timestamp_header, or neither/,
    ],
  ])('%o is refused with what to do', (given, fault) => {
    expect(faultsOf(given)).toEqual([expect.stringMatching(fault)]);
  });

  test('a signature has its usual form', () => {
    const given = { proof: 'signature', secret, signature: { header: 'X-Sig' } };
    expect(proofOf(schema.parse(given))).toEqual({
      kind: 'signature',
      secrets: [secret],
      signature: {
        ...{ header: 'x-sig', algorithm: 'sha256', encoding: 'hex', prefix: '', signed: '{body}' },
        ...{ toleranceMs: 300_000, key: 'text', timestampHeader: undefined, idHeader: undefined },
      },
    });
  });
});
