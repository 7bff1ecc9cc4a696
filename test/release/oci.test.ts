// The folder of an image: every part under its digest, and nothing in it but what it was made of.
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';

interface Layer {
  readonly packed: Buffer;
  readonly diffId: string;
}
const { layerOf, writeLayout } = (await import(
  new URL('../../release/oci.mjs', import.meta.url).href
)) as {
  layerOf(bytes: Buffer, createdBy: string): Layer;
  writeLayout(folder: string, about: object): string;
};

function write(created = '2026-01-31T00:00:00Z') {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-oci-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const program = layerOf(Buffer.from('the program'), 'program');
  const digest = writeLayout(folder, {
    tag: '1.2.3',
    created,
    config: { User: '1:1', Labels: { 'org.opencontainers.image.title': 'a' } },
    layers: { amd64: [program], arm64: [layerOf(Buffer.from('other'), 'base'), program] },
  });
  return { folder, digest };
}

const parse = (bytes: Buffer) => JSON.parse(bytes.toString());

test('the same parts give the same digest, and another time another one', () => {
  expect(write().digest).toBe(write().digest);
  expect(write('2027-01-31T00:00:00Z').digest).not.toBe(write().digest);
});

test('from the index down, every name is the digest of what it names', () => {
  const { folder, digest } = write();
  const blob = (name: string) => readFileSync(join(folder, 'blobs', ...name.split(':')));
  for (const name of readdirSync(join(folder, 'blobs/sha256')))
    expect(
      createHash('sha256')
        .update(blob(`sha256:${name}`))
        .digest('hex'),
    ).toBe(name);
  expect(parse(readFileSync(join(folder, 'oci-layout')))).toEqual({ imageLayoutVersion: '1.0.0' });
  const [named] = parse(readFileSync(join(folder, 'index.json'))).manifests;
  expect(named).toMatchObject({
    digest,
    annotations: { 'org.opencontainers.image.ref.name': '1.2.3' },
  });
  const { manifests } = parse(blob(digest));
  expect(manifests.map(({ platform }: { platform: object }) => platform)).toEqual([
    { architecture: 'amd64', os: 'linux' },
    { architecture: 'arm64', os: 'linux' },
  ]);
  for (const one of manifests) {
    const { config, layers, annotations } = parse(blob(one.digest));
    const image = parse(blob(config.digest));
    expect(image.architecture).toBe(one.platform.architecture);
    expect(image.config.User).toBe('1:1');
    expect(annotations).toEqual({ 'org.opencontainers.image.title': 'a' });
    const plain = layers.map(({ digest: name }: { digest: string }) => gunzipSync(blob(name)));
    expect(
      plain.map((bytes: Buffer) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`),
    ).toEqual(image.rootfs.diff_ids);
  }
});
