// The two ways in which alerts of Wazuh come: pushed by a script or a monitor, read from the indexer.
export { wazuhIndexer } from './indexer.ts';
export { wazuh } from './push.ts';
