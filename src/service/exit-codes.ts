// The exit codes of all commands.

export const exitCodes = { done: 0, failed: 1, usage: 2, config: 78 } as const;
