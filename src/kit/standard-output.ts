// Standard output for a sink that writes there for as long as the process runs.
import { createWriteStream, fstatSync } from 'node:fs';
import type { Writable } from 'node:stream';
import { isatty } from 'node:tty';

/**
 * The stream itself; of a file or a device such as /dev/full, what opens one anew after each fault:
 * a stream of Node never recovers, and a full disk has room again.
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
