// Images as a folder in the layout of the OCI, which every tool that moves images reads
// (`skopeo copy oci:…`, `crane push`, `podman pull oci:…`).
import { createHash } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const type = (name) => `application/vnd.oci.image.${name}`;

/**
 * @typedef {object} Layer
 * @property {Buffer} packed compressed by gzip
 * @property {string} diffId the digest of what is not compressed
 * @property {string} createdBy one line for `history`
 */

/**
 * @param {Buffer} bytes a tar file
 * @param {string} createdBy
 * @returns {Layer}
 */
export function layerOf(bytes, createdBy) {
  return { packed: gzipSync(bytes, { level: 6 }), diffId: digestOf(bytes), createdBy };
}

/**
 * @param {string} folder made anew
 * @param {object} about
 * @param {string} about.tag
 * @param {string} about.created of the form 2026-01-31T00:00:00Z
 * @param {object} about.config as dockerfile.mjs reads it
 * @param {Readonly<Record<string, readonly Layer[]>>} about.layers by architecture, the base first
 * @returns {string} the digest of the index, by which all architectures are named at once
 */
export function writeLayout(folder, { tag, created, config, layers }) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, 'blobs', 'sha256'), { recursive: true });
  const annotations = config.Labels;
  const manifests = Object.entries(layers).map(([architecture, own]) => {
    const described = own.map(({ packed }) => blob(packed, type('layer.v1.tar+gzip')));
    const image = json({
      architecture,
      os: 'linux',
      created,
      config,
      rootfs: { type: 'layers', diff_ids: own.map(({ diffId }) => diffId) },
      history: own.map(({ createdBy }) => ({ created, created_by: createdBy })),
    });
    const manifest = json({
      schemaVersion: 2,
      mediaType: type('manifest.v1+json'),
      config: blob(image, type('config.v1+json')),
      layers: described,
      annotations,
    });
    const platform = { architecture, os: 'linux' };
    return { ...blob(manifest, type('manifest.v1+json')), platform };
  });
  const mediaType = type('index.v1+json');
  const both = blob(json({ schemaVersion: 2, mediaType, manifests, annotations }), mediaType);
  const named = { ...both, annotations: { 'org.opencontainers.image.ref.name': tag } };
  writeFileSync(
    join(folder, 'index.json'),
    json({ schemaVersion: 2, mediaType, manifests: [named] }),
  );
  writeFileSync(join(folder, 'oci-layout'), json({ imageLayoutVersion: '1.0.0' }));
  return both.digest;

  function blob(bytes, mediaType) {
    const digest = digestOf(bytes);
    writeFileSync(join(folder, 'blobs', ...digest.split(':')), bytes);
    return { mediaType, digest, size: bytes.length };
  }
}

function json(value) {
  return Buffer.from(JSON.stringify(value));
}

function digestOf(bytes) {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
