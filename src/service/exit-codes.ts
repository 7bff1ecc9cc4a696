// How a process says how it ended.

export const exitCodes = { done: 0, failed: 1, usage: 2, config: 78 } as const;
