// Tar files that depend on their content alone: one time, given owners, an order that is the same
// everywhere.
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

const blockBytes = 512;

/** The time that npm gives to every file of a package, in seconds. */
export const fileTime = 499_162_500;

/**
 * @typedef {object} Entry
 * @property {string} name without a slash at either end
 * @property {'file' | 'folder' | 'link'} kind
 * @property {number} mode
 * @property {Buffer} [content] of a file
 * @property {string} [target] of a link
 * @property {number} [uid] 0 if absent
 * @property {number} [gid] 0 if absent
 */

/**
 * @param {string} folder
 * @param {string} top the name that it has in the archive; none if empty
 * @returns {Entry[]} each folder before what it holds, by the bytes of their names. A file is 0755
 *   if its owner may run it, else 0644: the umask of whoever builds leaves no trace
 * @throws {Error} something is no file, folder or link
 */
export function entriesOf(folder, top) {
  const entries = top === '' ? [] : [{ name: top, kind: 'folder', mode: 0o755 }];
  for (const name of readdirSync(folder).sort(byBytes)) {
    const path = join(folder, name);
    const inside = top === '' ? name : `${top}/${name}`;
    const stat = lstatSync(path);
    if (stat.isDirectory()) {
      entries.push({ name: inside, kind: 'folder', mode: 0o755 }, ...below(path, inside));
    } else if (stat.isSymbolicLink()) {
      entries.push({ name: inside, kind: 'link', mode: 0o777, target: readlinkSync(path) });
    } else if (stat.isFile()) {
      const mode = (stat.mode & 0o100) === 0 ? 0o644 : 0o755;
      entries.push({ name: inside, kind: 'file', mode, content: readFileSync(path) });
    } else {
      throw new Error(`${path} is no file, folder or link`);
    }
  }
  return entries;
}

function below(path, name) {
  return entriesOf(path, name).slice(1);
}

function byBytes(one, other) {
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}

/**
 * @param {readonly Entry[]} entries in the order in which they are to stand
 * @returns {Buffer} ustar, not compressed
 * @throws {Error} a name or a target is too long for ustar
 */
export function tar(entries) {
  const blocks = entries.flatMap((entry) => {
    const content = entry.content ?? Buffer.alloc(0);
    return [
      header(entry, content.length),
      content,
      Buffer.alloc(-content.length & (blockBytes - 1)),
    ];
  });
  return Buffer.concat([...blocks, Buffer.alloc(2 * blockBytes)]);
}

const types = { file: '0', link: '2', folder: '5' };

function header({ name, kind, mode, target = '', uid = 0, gid = 0 }, size) {
  const [prefix, rest] = split(kind === 'folder' ? `${name}/` : name);
  if (Buffer.byteLength(target) > 100) throw new Error(`the target is too long: ${target}`);
  const block = Buffer.alloc(blockBytes);
  block.write(rest, 0);
  octal(mode, 100, 8);
  octal(uid, 108, 8);
  octal(gid, 116, 8);
  octal(size, 124, 12);
  octal(fileTime, 136, 12);
  block.write(types[kind], 156);
  block.write(target, 157);
  block.write('ustar\x0000', 257);
  block.write(prefix, 345);
  block.fill(' ', 148, 156); // the checksum counts its own field as spaces
  block.write(
    `${block
      .reduce((sum, byte) => sum + byte, 0)
      .toString(8)
      .padStart(6, '0')}\0 `,
    148,
  );
  return block;

  function octal(value, offset, length) {
    block.write(value.toString(8).padStart(length - 1, '0'), offset);
  }
}

/** ustar has 100 bytes for the end of a path and 155 for what stands before a slash in it. */
function split(path) {
  if (Buffer.byteLength(path) <= 100) return ['', path];
  for (let slash = path.indexOf('/'); slash !== -1; slash = path.indexOf('/', slash + 1)) {
    const [before, after] = [path.slice(0, slash), path.slice(slash + 1)];
    if (Buffer.byteLength(before) > 155) break;
    if (after !== '' && Buffer.byteLength(after) <= 100) return [before, after];
  }
  throw new Error(`the path is too long for the archive: ${path}`);
}
