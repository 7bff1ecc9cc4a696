// The ground that the image stands on, where there is no engine and no registry of images: Node, and
// the four packages of Debian that it links to. No shell, no package manager. Needs mmdebstrap, apt
// and npm.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileTime } from './tar.mjs';

const { debian, packages, node } = JSON.parse(
  readFileSync(new URL('base.json', import.meta.url), 'utf8'),
);
const libraries = { amd64: 'x86_64-linux-gnu', arm64: 'aarch64-linux-gnu' };
const npmNames = { amd64: 'x64', arm64: 'arm64' };

/** Read by the C library and by Node; a container's runtime adds hosts and resolv.conf. */
const written = {
  'etc/passwd':
    'root:x:0:0:root:/root:/sbin/nologin\ntocsin:x:10001:10001:Tocsin:/data:/sbin/nologin\n',
  'etc/group': 'root:x:0:\ntocsin:x:10001:\n',
  'etc/nsswitch.conf': 'passwd: files\ngroup: files\nhosts: files dns\n',
};

/**
 * Fills `folder` with the C and C++ libraries, what Debian says of itself, the licences, and for
 * each package the record by which scanners know its version.
 * @param {'amd64' | 'arm64'} architecture
 * @param {string} folder empty
 */
export function makeDebian(architecture, folder) {
  const whole = mkdtempSync(join(tmpdir(), 'tocsin-debian-'));
  try {
    const options = ['--variant=extract', '--quiet', '--skip=cleanup', '--format=directory'];
    const what = [`--architectures=${architecture}`, `--include=${packages.join(',')}`];
    const env = { ...process.env, SOURCE_DATE_EPOCH: String(fileTime) };
    execFileSync('mmdebstrap', [...options, ...what, debian, join(whole, 'root')], {
      env,
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    const root = join(whole, 'root');
    const loader = readdirSync(join(root, 'lib')).filter((name) => name.startsWith('ld-linux'));
    const kept = [
      'etc/debian_version',
      'etc/os-release',
      'usr/lib/os-release',
      `lib/${libraries[architecture]}`,
      ...loader.map((name) => `lib/${name}`),
      ...readdirSync(join(root, 'usr', 'lib', libraries[architecture]))
        .filter((name) => /^lib(stdc\+\+|gcc_s)\.so/.test(name))
        .map((name) => `usr/lib/${libraries[architecture]}/${name}`),
      ...(architecture === 'amd64' ? ['lib64'] : []),
    ];
    for (const path of kept) copy(root, folder, path);
    record(root, folder);
  } finally {
    rmSync(whole, { recursive: true, force: true });
  }
  for (const [path, text] of Object.entries(written)) writeFileSync(join(folder, path), text);
  for (const name of ['dev', 'home', 'proc', 'root', 'run', 'sys', 'tmp'])
    mkdirSync(join(folder, name));
}

function copy(from, to, path) {
  mkdirSync(join(to, path, '..'), { recursive: true });
  cpSync(join(from, path), join(to, path), { recursive: true, verbatimSymlinks: true });
}

/** In the manner of distroless images: there is no dpkg that would write /var/lib/dpkg/status. */
function record(root, folder) {
  const archives = join(root, 'var', 'cache', 'apt', 'archives');
  mkdirSync(join(folder, 'var', 'lib', 'dpkg', 'status.d'), { recursive: true });
  for (const file of readdirSync(archives).filter((name) => name.endsWith('.deb'))) {
    const text = execFileSync('dpkg-deb', ['-f', join(archives, file)], { encoding: 'utf8' });
    const name = /^Package: (.*)$/m.exec(text)[1];
    if (![...packages, 'gcc-12-base'].includes(name)) continue;
    writeFileSync(join(folder, 'var', 'lib', 'dpkg', 'status.d', name), text);
    const documents = `usr/share/doc/${name}`;
    const isLink = lstatSync(join(root, documents)).isSymbolicLink();
    copy(root, folder, isLink ? documents : `${documents}/copyright`);
  }
}

/**
 * Puts Node into `folder`, from the package in which npm's registry carries its program.
 * @param {'amd64' | 'arm64'} architecture
 * @param {string} folder empty
 * @throws {Error} the package is not the one that base.json names
 */
export function makeNode(architecture, folder) {
  const temporary = mkdtempSync(join(tmpdir(), 'tocsin-node-'));
  try {
    const wanted = `node-linux-${npmNames[architecture]}@${node.version}`;
    execFileSync('npm', ['pack', '--silent', '--pack-destination', temporary, wanted]);
    const [file] = readdirSync(temporary);
    const bytes = readFileSync(join(temporary, file));
    const found = `sha512-${createHash('sha512').update(bytes).digest('base64')}`;
    if (found !== node.integrity[architecture])
      throw new Error(`${wanted} is not the package that release/base.json names: ${found}`);
    execFileSync('tar', ['-xzf', file, 'package/bin/node', 'package/LICENSE'], { cwd: temporary });
    mkdirSync(join(folder, 'usr/local/bin'), { recursive: true });
    mkdirSync(join(folder, 'usr/local/share/doc/node'), { recursive: true });
    cpSync(join(temporary, 'package/bin/node'), join(folder, 'usr/local/bin/node'));
    cpSync(join(temporary, 'package/LICENSE'), join(folder, 'usr/local/share/doc/node/LICENSE'));
    chmodSync(join(folder, 'usr/local/bin/node'), 0o755);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}
