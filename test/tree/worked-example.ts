// The programs in the documents that a test runs: each block names in its first line the file that
// it would be.
import { blocksOf, type Document } from './documents.ts';

/** Documents whose programs are run by worked-example.test.ts; no other may hold any. */
export const documentsWithPrograms = ['docs/adding-a-sink.md'];

export interface Program {
  /** `src/sinks/pushover.ts`. */
  readonly path: string;
  readonly text: string;
}

export function programsOf(document: Document): Program[] {
  return blocksOf(document)
    .filter(({ language }) => language === 'ts')
    .map(({ text }) => ({ path: /^\/\/ (\S+\.ts)\n/.exec(text)?.[1] ?? '', text }));
}
