// The bill of materials of a release, in the form of CycloneDX 1.5: what package-lock.json has for
// running. Pure, and without a time or a serial number, so that the same lock gives the same bytes.

/** @typedef {Readonly<Record<string, any>>} Entry of package-lock.json */

/**
 * @param {{ packages: Readonly<Record<string, Entry>> }} lock
 * @returns {[path: string, entry: Entry][]} those that `npm ci --omit=dev` installs on some platform,
 *   by path. `devOptional` is installed: an optional package wants it, too
 */
export function runtimeEntries({ packages }) {
  return Object.entries(packages)
    .filter(([path, entry]) => path !== '' && !entry.dev && !entry.link)
    .sort(([one], [other]) => (one < other ? -1 : 1));
}

/** @param {string} path of an entry @returns {string} `@scope/name` */
export function nameOf(path) {
  return path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
}

/**
 * @param {{ packages: Readonly<Record<string, Entry>> }} lock
 * @param {{ name: string, version: string, description: string, license: string }} manifest
 * @returns {object} to be written as JSON
 */
export function sbomOf(lock, { name, version, description, license }) {
  const entries = runtimeEntries(lock);
  const known = new Map(
    entries.map(([path, entry]) => [path, purlOf(nameOf(path), entry.version)]),
  );
  const self = purlOf(name, version);
  const graph = new Map([[self, needsOf('', lock.packages[''], known)]]);
  for (const [path, entry] of entries) {
    const purl = known.get(path);
    graph.set(purl, [...(graph.get(purl) ?? []), ...needsOf(path, entry, known)]);
  }
  const components = new Map(entries.map(([path, entry]) => [known.get(path), [path, entry]]));
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    version: 1,
    metadata: {
      component: {
        type: 'application',
        'bom-ref': self,
        name,
        version,
        description,
        licenses: [{ license: { id: license } }],
        purl: self,
      },
    },
    components: [...components].map(([purl, [path, entry]]) => componentOf(purl, path, entry)),
    dependencies: [...graph].map(([ref, on]) => ({ ref, dependsOn: [...new Set(on)].sort() })),
  };
}

function componentOf(purl, path, entry) {
  const [, group, name] = /^(?:(@[^/]+)\/)?(.+)$/.exec(nameOf(path));
  return {
    type: 'library',
    'bom-ref': purl,
    ...(group === undefined ? {} : { group }),
    name,
    version: entry.version,
    scope: entry.optional || entry.devOptional ? 'optional' : 'required',
    hashes: entry.integrity.split(' ').map(hashOf),
    licenses: [licenceOf(entry.license)],
    purl,
  };
}

/** An expression has brackets, AND, OR or WITH; anything else is one licence. */
function licenceOf(text = 'NOASSERTION') {
  return /[\s()]/.test(text) ? { expression: text } : { license: { id: text } };
}

/** From `sha512-<base64>`. */
function hashOf(integrity) {
  const [algorithm, base64] = integrity.split(/-(.*)/s);
  const alg = algorithm.toUpperCase().replace('SHA', 'SHA-');
  return { alg, content: Buffer.from(base64, 'base64').toString('hex') };
}

function purlOf(name, version) {
  return `pkg:npm/${name.replace('@', '%40')}@${version}`;
}

function needsOf(path, entry, known) {
  const names = Object.keys({
    ...entry.dependencies,
    ...entry.optionalDependencies,
    ...entry.peerDependencies,
  });
  return names.flatMap((name) => known.get(placeOf(name, path, known)) ?? []);
}

/** Where Node finds `name`: inside of the package, else in each folder above. */
function placeOf(name, from, known) {
  for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf('/node_modules/')))) {
    const place = `${at === '' ? '' : `${at}/`}node_modules/${name}`;
    if (known.has(place) || at === '') return place;
  }
}
