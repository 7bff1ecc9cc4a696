// The container image, as far as it can be known without an engine: what goes in, what comes out,
// who runs it, and that it starts.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { knownVariables } from '../../src/config/read/known.ts';
import { builtFile } from '../support/built.ts';
import { manifest, readProjectFile } from './project-files.ts';
import { root } from './source-files.ts';

const { taken } = (await import(new URL('../../release/stage.mjs', import.meta.url).href)) as {
  readonly taken: readonly string[];
};

interface Instruction {
  readonly name: string;
  readonly text: string;
}

/** One list of instructions a stage. */
const stages = readProjectFile('Dockerfile')
  .replace(/^#.*\n/gm, '')
  .replace(/\s*\\\n\s*/g, ' ')
  .split(/^(?=FROM )/m)
  .slice(1)
  .map((stage) =>
    stage
      .split('\n')
      .filter((line) => line !== '')
      .map(instruction),
  );
const [build, , unpacked] = stages as Instruction[][] as [Instruction[], unknown, Instruction[]];
const runtime = stages.at(-1)!;

function instruction(line: string): Instruction {
  const [, name = '', text = ''] = /^(\w+)\s+(.*)$/.exec(line) ?? [];
  return { name, text };
}

function textOf(name: string, stage = runtime): string {
  return stage.findLast((entry) => entry.name === name)?.text ?? '';
}

/** What a stage copies out of the project, and where to. */
function copies(stage: readonly Instruction[]): { from: string[]; to: string }[] {
  return stage
    .filter(({ name, text }) => name === 'COPY' && !text.startsWith('--from'))
    .map(({ text }) => text.split(/\s+/))
    .map((words) => ({ from: words.slice(0, -1), to: words.at(-1)! }));
}

describe('the image’s build', () => {
  test('copies files that exist and that .dockerignore lets through', () => {
    const allowed = readProjectFile('.dockerignore')
      .split('\n')
      .filter((line) => line.startsWith('!'));
    for (const path of stages.flatMap(copies).flatMap(({ from }) => from)) {
      if (path === '.') continue; // all that .dockerignore lets through
      expect(existsSync(`${root}${path}`), path).toBe(true);
      expect(allowed, path).toContain(`!${path.replace(/^\.\//, '')}`);
    }
  });

  test('stands in all stages on the one image that its caller may name by a digest', () => {
    const from = readProjectFile('Dockerfile').match(/^FROM .*$/gm) ?? [];
    const grounds = from.map((line) => line.replace(/^FROM \$\{NODE_IMAGE\}/, 'FROM the one'));
    expect(grounds).toEqual([
      'FROM the one AS build',
      // Its caller may put a folder with a tarball here.
      'FROM scratch AS release',
      'FROM the one AS unpacked',
      'FROM the one',
    ]);
    expect(readProjectFile('Dockerfile')).toMatch(/^ARG NODE_IMAGE=\S+\n\nFROM /m);
  });

  test('lets nothing in but by name, so that no secret is in the way of a layer', () => {
    const lines = readProjectFile('.dockerignore')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
    expect(lines[0]).toBe('*');
    const harmless = ['!.env.example', 'release/out'];
    const wrong = lines
      .slice(1)
      .filter((line) => !line.startsWith('!') || /\.env|\*/.test(line))
      .filter((line) => !harmless.includes(line));
    expect(wrong).toEqual([]);
  });

  test('makes the tarball from what it lets through, and runs nothing but its content', () => {
    expect(textOf('RUN', build)).toBe('node release/tarball.mjs');
    const allowed = readProjectFile('.dockerignore').split('\n');
    for (const path of taken) expect(allowed, path).toContain(`!${path.split('/')[0]}`);
    for (const path of ['package-lock.json', 'release', 'simulators', 'src', 'tsconfig.json'])
      expect(allowed, path).toContain(`!${path}`);
    expect(runtime.filter(({ name }) => ['COPY', 'ADD', 'RUN'].includes(name))).toEqual([
      { name: 'COPY', text: '--from=unpacked /root-of-image/ /' },
    ]);
  });
});

describe('the image', () => {
  test('is run by a numbered user that is not root and that owns the data folder alone', () => {
    const [user, group] = textOf('USER').split(':').map(Number);
    expect(user).toBeGreaterThan(0);
    expect(textOf('RUN', unpacked)).toContain(
      `install -d -o ${user} -g ${group} -m 0700 /root-of-image/data`,
    );
    expect(textOf('RUN', unpacked)).toContain('--no-same-owner');
    expect(textOf('VOLUME')).toBe('/data');
    expect(runtime.at(-1)?.name).toBe('CMD');
    expect(runtime.findIndex(({ name }) => name === 'USER')).toBeGreaterThan(
      runtime.findLastIndex(({ name }) => name === 'COPY'),
    );
  });

  test('starts Node itself, so that SIGTERM reaches it', () => {
    expect(JSON.parse(textOf('ENTRYPOINT'))).toEqual([
      'node',
      '--max-semi-space-size=16',
      '/app/dist/main.js',
    ]);
    expect(JSON.parse(textOf('CMD'))).toEqual(['serve']);
    expect(textOf('STOPSIGNAL')).toBe('SIGTERM');
  });

  test('says its version and commit as its builder states them', () => {
    const labels = textOf('LABEL');
    for (const [label, argument] of [
      ['version', 'VERSION'],
      ['revision', 'REVISION'],
      ['created', 'CREATED'],
    ]) {
      expect(labels).toContain(`org.opencontainers.image.${label}="\${${argument}}"`);
      expect(runtime).toContainEqual({ name: 'ARG', text: `${argument}=unknown` });
    }
    expect(labels).toContain(`description="${manifest.description}"`);
  });

  test('sets no variable that Tocsin does not read', () => {
    const names = [...textOf('ENV').matchAll(/(\w+)=/g)].map(([, name]) => name);
    expect(
      names.filter(
        (name) => name !== 'NODE_ENV' && !(knownVariables as readonly string[]).includes(name!),
      ),
    ).toEqual([]);
  });

  test('starts with no package but those of the runtime', () => {
    const folder = mkdtempSync(join(tmpdir(), 'tocsin-image-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    cpSync(dirname(dirname(builtFile('main.ts'))), join(folder, 'dist'), { recursive: true });
    cpSync(`${root}drizzle`, join(folder, 'drizzle'), { recursive: true });
    cpSync(`${root}package.json`, join(folder, 'package.json'));
    for (const path of runtimePackages()) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      // Each nested package is linked along with the one that holds it.
      if (!existsSync(join(folder, path))) symlinkSync(join(root, path), join(folder, path));
    }
    const run = (...argv: string[]) =>
      spawnSync(
        process.execPath,
        ['--preserve-symlinks', join(folder, 'dist', 'main.js'), ...argv],
        {
          cwd: folder,
          env: {},
          encoding: 'utf8',
          timeout: 25_000,
        },
      );
    // The help loads every command, and with them every package that any of them imports.
    expect(run('--help')).toMatchObject({ status: 0, stderr: '' });
    // So does the registry of sinks. One that needs an optional package says so when it is used.
    writeFileSync(join(folder, 'say.mjs'), saysWhatIsMissing);
    const said = spawnSync(process.execPath, ['--preserve-symlinks', join(folder, 'say.mjs')], {
      ...{ cwd: folder, env: {}, encoding: 'utf8', timeout: 25_000 },
    });
    expect(said.stderr).toBe('');
    const missing = JSON.parse(said.stdout) as Record<string, string>;
    const packages = Object.values(missing).map((text) => text.replace(/^.* npm install /, ''));
    expect(packages.sort()).toEqual(Object.keys(manifest.optionalDependencies).sort());
    for (const [type, text] of Object.entries(missing))
      expect(text).toMatch(
        new RegExp(`^The sink \`${type}\` needs the package \`.*\`: npm install `),
      );
  });

  test('its health check passes while Tocsin says that it lives, and only then', async () => {
    let status = 200;
    const asked: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url);
      response.writeHead(status).end();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    expect(await healthCheck(port)).toBe(0);
    status = 503;
    expect(await healthCheck(port)).toBe(1);
    expect(asked).toEqual(['/healthz', '/healthz']);
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
    expect(await healthCheck(port)).toBe(1);
  });
});

/** Checks every sink by its example, and prints what those say that need a package. */
const saysWhatIsMissing = `
import { sinks } from './dist/src/sinks/index.js';
const http = { request: () => Promise.reject(new Error('no far end')), close: async () => {} };
const said = {};
for (const [type, { config, create, example }] of Object.entries(sinks)) {
  const sink = create(config.parse(example), { id: 'a', http, now: Date.now });
  const abort = AbortSignal.timeout(2_000);
  const message = await sink.check?.(abort).then(() => '', (error) => error.message);
  if (/needs the package/.test(message)) said[type] = message;
}
console.log(JSON.stringify(said));
process.exit(0);
`;

/** Paths of the packages that every installation has, as the lock file knows them. */
function runtimePackages(): string[] {
  const { packages } = JSON.parse(readProjectFile('package-lock.json')) as {
    packages: Record<string, { dev?: boolean; devOptional?: boolean; optional?: boolean }>;
  };
  return Object.entries(packages)
    .filter(([path, entry]) => path !== '' && !entry.dev && !entry.devOptional && !entry.optional)
    .map(([path]) => path)
    .filter((path) => existsSync(`${root}${path}`));
}

async function healthCheck(port: number): Promise<number | null> {
  const [program, ...argv] = JSON.parse(textOf('HEALTHCHECK').replace(/^.*?CMD /, '')) as string[];
  expect(program).toBe('node');
  const child = spawn(process.execPath, argv, { env: { PORT: String(port) }, stdio: 'ignore' });
  const [code] = (await once(child, 'close')) as [number | null];
  return code;
}
