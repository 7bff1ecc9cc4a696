// A folder as one compressed tar file (ustar: plain files and folders only), for the prepared
// database.
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';

const blockBytes = 512;

/** Everything below `folder`, except files named in `without`: the same bytes for the same files. */
export async function packFolder(folder: string, without: readonly string[]): Promise<Buffer> {
  const blocks: Buffer[] = [];
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const found = entries.map((entry) => {
    const path = join(entry.parentPath, entry.name);
    return { entry, path, name: path.slice(folder.length + 1) };
  });
  // A folder's name is the beginning of the names in it, so it comes first.
  for (const { entry, path, name } of found.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.isDirectory()) {
      blocks.push(header(name, 0, '5'));
    } else if (entry.isFile() && !without.includes(name)) {
      const content = await readFile(path);
      blocks.push(
        header(name, content.length, '0'),
        content,
        Buffer.alloc(paddedLength(content.length) - content.length),
      );
    }
  }
  blocks.push(Buffer.alloc(2 * blockBytes));
  return promisify(gzip)(Buffer.concat(blocks), { level: 9 });
}

/**
 * Writes the archive's content into `folder`, readable by the owner alone.
 * @throws {Error} it is no such archive, or it is cut off
 */
export async function unpackFolder(archive: Buffer, folder: string): Promise<void> {
  const data = await promisify(gunzip)(archive);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  let offset = 0;
  for (;;) {
    const block = data.subarray(offset, offset + blockBytes);
    if (block.length < blockBytes) throw new Error('the archive is cut off');
    const name = text(block, 0, 100);
    if (name === '') return;
    if (text(block, 257, 5) !== 'ustar' || name.startsWith('/') || name.split('/').includes('..')) {
      throw new Error('the archive is damaged');
    }
    const length = Number.parseInt(text(block, 124, 12), 8);
    const start = offset + blockBytes;
    if (text(block, 156, 1) === '5')
      await mkdir(join(folder, name), { recursive: true, mode: 0o700 });
    else await writeFile(join(folder, name), data.subarray(start, start + length), { mode: 0o600 });
    offset = start + paddedLength(length);
  }
}

function header(name: string, length: number, type: '0' | '5'): Buffer {
  if (Buffer.byteLength(name) > 100)
    throw new Error(`the path is too long for the archive: ${name}`);
  const block = Buffer.alloc(blockBytes);
  block.write(name, 0);
  block.write(type === '5' ? '0000700' : '0000600', 100);
  block.write('0000000', 108);
  block.write('0000000', 116);
  block.write(length.toString(8).padStart(11, '0'), 124);
  block.write('00000000000', 136);
  block.fill(' ', 148, 156); // the checksum counts its own field as spaces
  block.write(type, 156);
  block.write('ustar', 257);
  block.write('00', 263);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

function text(block: Buffer, start: number, length: number): string {
  return block.toString('utf8', start, start + length).replace(/\0.*$/s, '');
}

function paddedLength(length: number): number {
  return Math.ceil(length / blockBytes) * blockBytes;
}
