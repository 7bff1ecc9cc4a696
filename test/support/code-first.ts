// The order of the test files: first those that start no process, which are nearly all and take a
// quarter of the time, so that little is left out where time runs short; each kind as vitest sorts
// it.
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const folders = ['commands', 'e2e', 'monitoring', 'service', 'store/embedded'];

/** Files that start whole processes, as patterns. */
export const startsProcesses = folders.map((folder) => `test/${folder}/**/*.test.ts`);

/** @param path with slashes */
export function doesStartProcesses(path: string): boolean {
  return folders.some((folder) => path.includes(`/test/${folder}/`));
}

export class CodeFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLater = ({ moduleId }: TestSpecification) => doesStartProcesses(moduleId);
    return [...sorted.filter((file) => !isLater(file)), ...sorted.filter(isLater)];
  }
}
