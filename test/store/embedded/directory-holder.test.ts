// The error for a process that finds the directory taken: it names the holder if that answers.
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { holderPath, lockedError } from '../../../src/store/embedded/directory-holder.ts';
import { closeServer, listen } from '../../../src/store/embedded/directory-socket.ts';

function makeDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

test('names the process and its host', async () => {
  const directory = makeDirectory();
  const path = join(directory, 's');
  const server = createServer((request, response) => {
    expect(request.url).toBe(holderPath);
    response.end('{"pid":17,"host":"node-a"}');
  });
  await listen(server, path);
  onTestFinished(() => closeServer(server));
  const error = await lockedError(directory, path);
  expect(error.pid).toBe(17);
  expect(error.message).toContain(
    'it is in use by process 17 on host node-a. Stop that process, or set DATA_DIR',
  );
});

test('of one that does not answer, says that', async () => {
  const directory = makeDirectory();
  const error = await lockedError(directory, join(directory, 's'));
  expect(error.pid).toBeNull();
  expect(error.message).toContain('it is in use by a process that does not answer.');
});
