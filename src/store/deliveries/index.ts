// Deliveries of events to sinks: read when they are due, recorded, counted, given up and put back.

export { countDead, countDeliveries } from './count.ts';
export { listDead, redriveDead } from './dead.ts';
export { hastenDeliveries, hastenFailed, type Restoration, restoreDeliveries } from './hasten.ts';
export { recordDelivered, recordFailed } from './record.ts';
export { type DueChoice, takeDue, takeRandomDue } from './take.ts';
