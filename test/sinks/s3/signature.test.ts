// The signature, by what AWS publishes: the examples of the documentation of S3.
import { expect, it, test } from 'vitest';
import { signed, uriEncoded } from '../../../src/sinks/s3/signature.ts';

const signer = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  region: 'us-east-1',
};
const now = Date.parse('2013-05-24T00:00:00Z');
const bucket = 'https://examplebucket.s3.amazonaws.com';

function signatureOf(request: Parameters<typeof signed>[0]): string | undefined {
  return /Signature=([0-9a-f]{64})$/.exec(signed(request, signer, now).authorization!)?.[1];
}

test.each([
  [
    'GET of a part of an object',
    { method: 'GET', url: new URL(`${bucket}/test.txt`), headers: { range: 'bytes=0-9' } },
    'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
  ],
  [
    'PUT of an object with a dollar in its name',
    {
      method: 'PUT',
      url: new URL(`${bucket}/test$file.text`),
      headers: {
        date: 'Fri, 24 May 2013 00:00:00 GMT',
        'x-amz-storage-class': 'REDUCED_REDUNDANCY',
      },
      body: 'Welcome to Amazon S3.',
    },
    '98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
  ],
  [
    'GET with a parameter without a value',
    { method: 'GET', url: new URL(`${bucket}/?lifecycle`) },
    'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543',
  ],
  [
    'GET with two parameters',
    { method: 'GET', url: new URL(`${bucket}/?prefix=J&max-keys=2`) },
    '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
  ],
] as const)('%s has the signature of the documentation', (_title, request, signature) => {
  expect(signatureOf(request)).toBe(signature);
});

it('says with which key it was made, and what it covers', () => {
  const headers = signed({ method: 'GET', url: new URL(`${bucket}/a`) }, signer, now);
  expect(headers.authorization).toContain(
    'Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, SignedHeaders=host;x-amz-content-sha256;x-amz-date, ',
  );
  expect(headers['x-amz-date']).toBe('20130524T000000Z');
  expect(JSON.stringify(headers)).not.toContain(signer.secretAccessKey);
});

it('is the same for a path however much of it was encoded before', () => {
  const of = (path: string) => signatureOf({ method: 'PUT', url: new URL(bucket + path) });
  expect(of('/a=b(c)/ก')).toBe(of('/a%3Db%28c%29/%E0%B8%81'));
  expect(of('/a')).not.toBe(of('/b'));
});

test('every byte but the unreserved ones is encoded', () => {
  expect(uriEncoded("a-Z_0.~!'()* =/ก")).toBe('a-Z_0.~%21%27%28%29%2A%20%3D%2F%E0%B8%81');
});
