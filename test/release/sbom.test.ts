// The bill of materials holds what runs, all of it and nothing else, and depends on the lock alone.
import { expect, test } from 'vitest';
import { manifest, readProjectFile } from '../tree/project-files.ts';
import { script } from './scripts.ts';

interface Entry {
  readonly version: string;
  readonly dev?: boolean;
  readonly devOptional?: boolean;
  readonly optional?: boolean;
  readonly license?: string;
  readonly integrity?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}
interface Lock {
  readonly packages: Readonly<Record<string, Entry>>;
}
interface Component {
  readonly name: string;
  readonly group?: string;
  readonly version: string;
  readonly purl: string;
  readonly scope: string;
  readonly hashes: readonly { readonly alg: string; readonly content: string }[];
  readonly licenses: readonly object[];
}
interface Sbom {
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: string[] }[];
}
const { sbomOf } = await script<{ sbomOf(lock: Lock, about: object): Sbom }>('sbom.mjs');

const lock = JSON.parse(readProjectFile('package-lock.json')) as Lock;
const sbom = sbomOf(lock, manifest);
const namesOf = (path: string) => path.split('node_modules/').at(-1)!;
const purlOf = ({ name, version }: { readonly name: string; readonly version: string }) =>
  `pkg:npm/${name.replace('@', '%40')}@${version}`;

test('it has each entry of the lock that is not for development alone', () => {
  const wanted = Object.entries(lock.packages)
    .filter(([path, { dev }]) => path !== '' && dev !== true)
    .map(([path, { version }]) => purlOf({ name: namesOf(path), version }));
  expect(sbom.components.map(({ purl }) => purl).sort()).toEqual([...new Set(wanted)].sort());
});

// Found by walking, without the marks that npm writes.
test('it has whatever the dependencies of the package lead to', () => {
  const found = new Set<string>();
  const walk = (from: string): void => {
    const entry = lock.packages[from]!;
    for (const name of Object.keys({ ...entry.dependencies, ...entry.optionalDependencies })) {
      const place = placeOf(name, from);
      if (place === undefined || found.has(place)) continue;
      found.add(place);
      walk(place);
    }
  };
  walk('');
  const listed = new Set(sbom.components.map(({ purl }) => purl));
  expect(found.size).toBeGreaterThan(100);
  for (const place of found)
    expect(listed).toContain(
      purlOf({ name: namesOf(place), version: lock.packages[place]!.version }),
    );
});

function placeOf(name: string, from: string): string | undefined {
  const folders = from.split('/node_modules/');
  for (let count = folders.length; count >= 0; count -= 1) {
    const above = folders.slice(0, count).join('/node_modules/');
    const place = `${above === '' ? '' : `${above}/`}node_modules/${name}`;
    if (place in lock.packages) return place;
  }
  return undefined;
}

const small: Lock = {
  packages: {
    '': { version: '1.0.0', dependencies: { '@s/a': '1' }, optionalDependencies: { o: '1' } },
    'node_modules/@s/a': {
      ...{ version: '1.2.0', license: 'MIT', dependencies: { b: '2' } },
      integrity: `sha512-${Buffer.from('bell').toString('base64')}`,
    },
    'node_modules/@s/a/node_modules/b': {
      version: '2.0.0',
      license: 'ISC',
      integrity: 'sha512-AA==',
    },
    'node_modules/b': { version: '1.0.0', dev: true, license: 'GPL-3.0', integrity: 'sha512-AA==' },
    'node_modules/o': {
      ...{ version: '1.0.0', devOptional: true, integrity: 'sha512-AA==' },
      license: '(MIT OR ISC)',
    },
  },
};
const about = { name: 'bell', version: '1.0.0', description: 'Rings', license: 'MIT' };

test('a component has name, version, hash and licence, and the graph its own copy', () => {
  const { components, dependencies } = sbomOf(small, about);
  expect(components.map(({ purl, scope }) => [purl, scope])).toEqual([
    ['pkg:npm/%40s/a@1.2.0', 'required'],
    ['pkg:npm/b@2.0.0', 'required'],
    ['pkg:npm/o@1.0.0', 'optional'],
  ]);
  expect(components[0]).toMatchObject({
    group: '@s',
    name: 'a',
    hashes: [{ alg: 'SHA-512', content: Buffer.from('bell').toString('hex') }],
    licenses: [{ license: { id: 'MIT' } }],
  });
  expect(components[2]!.licenses).toEqual([{ expression: '(MIT OR ISC)' }]);
  expect(dependencies).toEqual([
    { ref: 'pkg:npm/bell@1.0.0', dependsOn: ['pkg:npm/%40s/a@1.2.0', 'pkg:npm/o@1.0.0'] },
    { ref: 'pkg:npm/%40s/a@1.2.0', dependsOn: ['pkg:npm/b@2.0.0'] },
    { ref: 'pkg:npm/b@2.0.0', dependsOn: [] },
    { ref: 'pkg:npm/o@1.0.0', dependsOn: [] },
  ]);
});

test('nothing of the time or the machine is in it', () => {
  const text = JSON.stringify(sbom);
  expect(text).toBe(JSON.stringify(sbomOf(lock, manifest)));
  expect(text).not.toMatch(/serialNumber|timestamp/);
});
