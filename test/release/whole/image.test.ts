// The image, as the folder that `release/image.mjs` writes, and its root file system, run as a
// container would: read-only, as nobody, as process 1.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { manifest } from '../../tree/project-files.ts';
import { testJourney, writeConfig } from './journey.ts';
import { imagePlace, runAt, startAt, uid } from './place.ts';

const folder = join(inject('release'), 'image');

interface Blob {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}
interface Index {
  readonly manifests: readonly (Blob & { readonly platform: { readonly architecture: string } })[];
}
interface Manifest {
  readonly config: Blob;
  readonly layers: readonly Blob[];
}
interface Image {
  readonly architecture: string;
  readonly config: {
    readonly Entrypoint: readonly string[];
    readonly User: string;
    readonly Labels: Readonly<Record<string, string>>;
  };
  readonly rootfs: { readonly diff_ids: readonly string[] };
}

/** @throws the bytes are not those that their name promises */
function blob({ digest, size }: Blob): Buffer {
  const bytes = readFileSync(join(folder, 'blobs', ...digest.split(':')));
  expect([`sha256:${createHash('sha256').update(bytes).digest('hex')}`, bytes.length]).toEqual([
    digest,
    size,
  ]);
  return bytes;
}
const read = <T>(one: Blob) => JSON.parse(blob(one).toString()) as T;

const [named] = (JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8')) as Index).manifests;
const images = read<Index>(named!).manifests.map((one) => {
  const { config, layers } = read<Manifest>(one);
  return { platform: one.platform, layers, image: read<Image>(config) };
});
const ours = images.find(({ image }) => image.architecture === 'amd64')!;

describe('the image', () => {
  test('is there for both architectures, each part under its own digest', () => {
    expect(images.map(({ platform }) => platform)).toEqual([
      { architecture: 'amd64', os: 'linux' },
      { architecture: 'arm64', os: 'linux' },
    ]);
    for (const { layers, image } of images)
      expect(
        layers.map((layer) =>
          createHash('sha256')
            .update(gunzipSync(blob(layer)))
            .digest('hex'),
        ),
      ).toEqual(image.rootfs.diff_ids.map((id) => id.replace('sha256:', '')));
  });

  test('has one and the same program for both, without a file for a single processor', () => {
    const [one, other] = images.map(({ layers }) => layers.at(-1)!.digest);
    expect(one).toBe(other);
    const elf = filesOf('app').filter((path) =>
      readFileSync(path).subarray(0, 4).equals(Buffer.from('\x7fELF')),
    );
    expect(elf).toEqual([]);
  });

  test('is small', () => {
    for (const { layers } of images)
      expect(layers.reduce((sum, { size }) => sum + size, 0)).toBeLessThan(70e6);
  });

  test('says what it is and where it came from', () => {
    const { Labels: labels } = ours.image.config;
    const of = (name: string) => labels[`org.opencontainers.image.${name}`];
    expect(of('version')).toBe(manifest.version);
    expect(of('revision')).toMatch(/^[0-9a-f]{40}$/);
    expect(of('created')).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(of('licenses')).toBe('MIT');
    expect(of('source')).toMatch(/^https:/);
    expect(of('title')).toBe('tocsin');
  });

  test('holds no shell, no package manager, no compiler and no file that its user may change', () => {
    const programs = ['bin', 'sbin', 'usr/bin', 'usr/sbin', 'usr/local/bin'].flatMap((path) =>
      filesOf(path, true).map((name) => name.slice(rootFolder.length + 1)),
    );
    expect(programs).toEqual(['usr/local/bin/node', 'usr/local/bin/tocsin']);
    const found = execFileSync(
      'find',
      [rootFolder, '(', '-uid', String(uid), '-o', '-perm', '/6022', ')', '!', '-type', 'l'],
      { encoding: 'utf8' },
    );
    expect(found.trim().split('\n').sort()).toEqual([`${rootFolder}/data`, `${rootFolder}/tmp`]);
    expect(
      filesOf('').filter((path) => /node_modules|\.npmrc|\.map$|typescript/.test(path)),
    ).toEqual([]);
  });
});

let rootFolder: string;
beforeAll(() => {
  rootFolder = mkdtempSync(join(tmpdir(), 'tocsin-rootfs-'));
  chmodSync(rootFolder, 0o755);
  for (const layer of ours.layers)
    execFileSync('tar', ['-xzf', '-', '--numeric-owner', '-C', rootFolder], { input: blob(layer) });
  return () => rmSync(rootFolder, { recursive: true, force: true });
});

function filesOf(path: string, isOptional = false): string[] {
  const top = join(rootFolder, path);
  if (isOptional && statSync(top, { throwIfNoEntry: false }) === undefined) return [];
  return (readdirSync(top, { recursive: true }) as string[])
    .map((name) => join(top, name))
    .filter((name) => statSync(name, { throwIfNoEntry: false })?.isFile());
}

describe('from the image’s root file system', () => {
  const entrypoint = () => {
    const [program, ...words] = ours.image.config.Entrypoint;
    return [`/usr/local/bin/${program}`, ...words];
  };
  testJourney(() => imagePlace(rootFolder, entrypoint(), writeConfig()));

  test('it is process 1, as nobody, without a right, and can write to its data alone', async () => {
    const service = startAt(imagePlace(rootFolder, entrypoint(), writeConfig()), 'serve');
    await service.ready();
    const status = readFileSync(`/proc/${service.pid}/status`, 'utf8');
    expect(status).toMatch(/^NSpid:\t\d+\t1$/m);
    expect(status).toMatch(new RegExp(`^Uid:\t${uid}\t${uid}\t${uid}\t${uid}$`, 'm'));
    expect(status).toMatch(/^Groups:\t\s*$/m);
    expect(status).toMatch(/^CapEff:\t0+$/m);
    expect(status).toMatch(/^CapPrm:\t0+$/m);
    const mounts = readFileSync(`/proc/${service.pid}/mounts`, 'utf8').split('\n');
    expect(mounts.find((line) => line.split(' ')[1] === '/')).toMatch(/ ro[ ,]/);
    await service.end('SIGTERM');
  });

  test('the command on its path runs beside the service, and so does its health check', async () => {
    const place = imagePlace(rootFolder, ['/usr/local/bin/tocsin'], writeConfig());
    const said = await runAt(place, '--version');
    expect(said).toMatchObject({ code: 0, stdout: `${manifest.version}\n` });
  });
});
