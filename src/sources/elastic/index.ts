// The two ways in which alerts of Kibana's rules come: pushed by its connector, read from their index.
export { elasticAlerts } from './alerts.ts';
export { elastic } from './push.ts';
