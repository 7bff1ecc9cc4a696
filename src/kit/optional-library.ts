// Loads a package that only some adapters need, and that an installation may lack.
import { AdapterError } from './errors.ts';

/**
 * @param sink the type of the sink that needs it
 * @param name the package, as `npm install` takes it
 * @param load imports it dynamically, so that nothing is loaded before
 * @throws {AdapterError} `reject_sink` if it is not installed
 */
export async function optionalLibrary<Library>(
  sink: string,
  name: string,
  load: () => Promise<Library>,
): Promise<Library> {
  try {
    return await load();
  } catch (error) {
    const { code } = error as { code?: string };
    if (code !== 'ERR_MODULE_NOT_FOUND' && code !== 'MODULE_NOT_FOUND') throw error;
    throw new AdapterError(
      'reject_sink',
      'bad_config',
      `The sink \`${sink}\` needs the package \`${name}\`: npm install ${name}`,
    );
  }
}
