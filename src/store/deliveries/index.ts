// Deliveries of events to sinks: read when they are due, recorded, counted, given up and put back.

export { dropDeliveries, redriveDeliveries } from './acts.ts';
export { claimStep, suppressReply } from './admit.ts';
export { type Choice, type Chosen, chooseDeliveries } from './choose.ts';
export { countDead, countDeliveries } from './count.ts';
export { groupDead, groupedMax } from './groups.ts';
export { hastenDeliveries, hastenFailed, type Restoration, restoreDeliveries } from './hasten.ts';
export { type DeliverySearch, listDeliveries, readDeliveries } from './list.ts';
export { recordDelivered, recordFailed } from './record.ts';
export { type DueChoice, takeDue, takeRandomDue } from './take.ts';
