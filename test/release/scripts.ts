// The scripts of `release`, which are JavaScript because they run before anything is compiled, with
// the types that their tests need.

/** A module below `release`, such as `sbom.mjs`. */
export async function script<Module>(path: string): Promise<Module> {
  return import(new URL(`../../release/${path}`, import.meta.url).href) as Promise<Module>;
}
