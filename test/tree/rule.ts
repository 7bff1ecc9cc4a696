// A rule about the tree, together with a file that would break it, so that no rule can go blind
// unnoticed.
import { expect, test } from 'vitest';
import type { SourceFile } from './source-files.ts';

export interface Rule {
  /** A sentence: `an adapter never sleeps`. */
  readonly title: string;
  /** One line for each breach, with the path. */
  faults(files: readonly SourceFile[]): string[];
  /** Each of them, added to the tree, is a breach. */
  readonly breaches: readonly SourceFile[];
}

/** Holds `files` to the rule, and the rule to its breaches. */
export function testRule(rule: Rule, files: readonly SourceFile[]): void {
  test(rule.title, () => {
    expect(rule.faults(files)).toEqual([]);
    for (const breach of rule.breaches) {
      expect(
        rule.faults([...files, breach]),
        `${breach.path} was not found out: ${breach.text}`,
      ).not.toEqual([]);
    }
  });
}

/** A rule that looks at one file at a time. */
export function eachFile(
  title: string,
  isBroken: (file: SourceFile) => boolean | string[],
  breaches: readonly SourceFile[],
): Rule {
  const faultsOf = (file: SourceFile) => {
    const found = isBroken(file);
    if (typeof found !== 'boolean') return found.map((fault) => `${file.path}: ${fault}`);
    return found ? [file.path] : [];
  };
  return { title, breaches, faults: (files) => files.flatMap(faultsOf) };
}
