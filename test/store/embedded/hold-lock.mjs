// Takes the lock of a directory, says how that went, and holds it until it is killed.
// Arguments: the built directory-lock.js, the directory. With a third, it first waits until that
// file exists: all start at once.
import { existsSync } from 'node:fs';

const [, , moduleFile, directory, startFile] = process.argv;
const { lockDirectory } = await import(moduleFile);
process.send('loaded');
if (startFile !== undefined) while (!existsSync(startFile));
try {
  const lock = await lockDirectory(directory);
  lock.serve(async (request) => Response.json({ method: request.method, pid: process.pid }));
  process.send('locked');
  setInterval(() => {}, 1000);
} catch (error) {
  process.send(error.name, () => process.exit(0));
}
