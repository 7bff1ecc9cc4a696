// The one table of what the codes of failed calls mean.
import { constants } from 'node:os';
import { expect, test } from 'vitest';
import { isOutOfDescriptors } from '../../src/kit/descriptors.ts';
import {
  meanings,
  type Problem,
  problemOf,
  remedies,
  whyNotConnected,
} from '../../src/kit/error-codes.ts';

test.each<[string, Problem | undefined]>([
  ['ECONNREFUSED', 'refused'],
  ['ENOTFOUND', 'unresolved'],
  ['EAI_AGAIN', 'unresolved'],
  ['EHOSTUNREACH', 'unreachable'],
  ['ENETUNREACH', 'unreachable'],
  ['ETIMEDOUT', 'unreachable'],
  ['ECONNRESET', 'closed_early'],
  ['ECONNABORTED', 'closed_early'],
  ['EPIPE', 'closed_early'],
  ['EADDRINUSE', 'address_in_use'],
  ['EADDRNOTAVAIL', 'address_unavailable'],
  ['EAFNOSUPPORT', 'address_unavailable'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'untrusted'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'untrusted'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'untrusted'],
  ['UNABLE_TO_GET_ISSUER_CERT', 'untrusted'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'untrusted'],
  ['CERT_UNTRUSTED', 'untrusted'],
  ['CERT_HAS_EXPIRED', 'expired'],
  ['CERT_NOT_YET_VALID', 'not_yet_valid'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'misnamed'],
  ['EMFILE', 'no_descriptor'],
  ['ENFILE', 'no_descriptor'],
  ['ENOTDIR', 'no_directory'],
  ['EEXIST', 'no_directory'],
  ['EACCES', 'not_permitted'],
  ['EPERM', 'not_permitted'],
  ['EROFS', 'read_only'],
  ['ENOSPC', 'disk_full'],
  ['EDQUOT', 'quota_used_up'],
  ['ENAMETOOLONG', 'path_too_long'],
  // No problem in itself, or one that only its place can name.
  ['ENOENT', undefined],
  ['EINVAL', undefined],
  ['53100', undefined],
  ['UND_ERR_SOCKET', undefined],
  // Of Object.prototype.
  ['constructor', undefined],
  ['', undefined],
  [undefined as never, undefined],
])('%s is the problem %s', (code, problem) => {
  expect(problemOf(code)).toBe(problem);
});

test('the lack of descriptors is the same here as where it is asked for alone', () => {
  const known = Object.keys(constants.errno);
  expect(known.filter((code) => problemOf(code) === 'no_descriptor')).toEqual(
    known.filter(isOutOfDescriptors),
  );
});

test('meanings go on in the middle of a sentence, and remedies are sentences', () => {
  for (const meaning of Object.values(meanings)) expect(meaning).toMatch(/^[a-z].*[a-z]$/);
  for (const remedy of Object.values(remedies)) expect(remedy).toMatch(/^[A-Z].*\.$/);
});

test.each([
  ['ENOTFOUND', 'the host name cannot be resolved. Check the host of this sink, and the DNS'],
  ['ECONNREFUSED', 'nothing accepts connections there. Check host and port'],
  ['EHOSTUNREACH', 'there is no way to this host. Check host and port'],
  ['', 'it cannot be reached. Check host and port'],
])('a connection that fails by %s is explained, with what to check', (code, said) => {
  expect(whyNotConnected(code)).toContain(said);
});
