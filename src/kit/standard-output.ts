// Standard output for a sink that writes there for as long as the process runs.
import { createWriteStream, fstatSync } from 'node:fs';
import type { Writable } from 'node:stream';
import { isatty } from 'node:tty';

/**
 * The stream of a pipe or a terminal. For a file or a device, a function that opens another stream
 * after a fault: a stream of Node never recovers, but a full disk may get room again.
 */
export function standardOutput(): Writable | (() => Writable) {
  return isFile(1) ? () => createWriteStream('', { fd: 1, autoClose: false }) : process.stdout;
}

function isFile(fd: number): boolean {
  try {
    const status = fstatSync(fd);
    return status.isFile() || (status.isCharacterDevice() && !isatty(fd));
  } catch {
    return false;
  }
}
