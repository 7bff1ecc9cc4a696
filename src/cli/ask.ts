// Asks for a secret on a terminal, which shows nothing of what is typed.
import { createInterface } from 'node:readline/promises';
import { type Readable, Writable } from 'node:stream';
import { UsageError } from './command.ts';

/**
 * What is typed up to the end of the line; "" if the input ends before.
 * @throws {UsageError} Ctrl-C
 */
export async function askSecret(
  question: string,
  input: Readable,
  output: { write(text: string): unknown },
): Promise<string> {
  output.write(question);
  // The line editor repeats what is typed.
  const silent = new Writable({ write: (_chunk, _encoding, end) => end() });
  const lines = createInterface({ input, output: silent, terminal: true });
  try {
    return await new Promise((resolve, reject) => {
      lines.once('line', resolve);
      lines.once('SIGINT', () => reject(new UsageError('Interrupted; nothing was done.')));
      lines.once('close', () => resolve(''));
    });
  } finally {
    lines.close();
    output.write('\n');
  }
}
