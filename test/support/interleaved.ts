// The order of the test files: those that start whole processes, which mostly wait, evenly between
// those that compute, so that one kind leaves the processor to the other.
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const folders = ['commands', 'e2e', 'monitoring', 'service', 'store/embedded'];

/** Those that start whole processes, which mostly wait. */
export const startsProcesses = folders.map((folder) => `test/${folder}/**/*.test.ts`);

/** Spreads the shorter list evenly over the longer one; each keeps its order. */
export function interleave<Item>(left: readonly Item[], right: readonly Item[]): Item[] {
  const placed = [left, right].flatMap((items) =>
    items.map((item, index) => ({ item, at: index / items.length })),
  );
  return placed.sort((a, b) => a.at - b.at).map(({ item }) => item);
}

export class Interleaved extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isWaiting = ({ moduleId }: TestSpecification) =>
      folders.some((folder) => moduleId.includes(`/test/${folder}/`));
    return interleave(
      sorted.filter(isWaiting),
      sorted.filter((file) => !isWaiting(file)),
    );
  }
}
