// Loaded into the service before anything else: its wall clock can be wrong from the start
// (CLOCK_OFFSET_MS), and jumps an hour forward at SIGUSR2 and back at the next. The monotonic clock
// goes on as it does on a real machine.
const hourMs = 3_600_000;
const RealDate = Date;
let offsetMs = Number(process.env.CLOCK_OFFSET_MS ?? 0);
let isForward = false;

globalThis.Date = class extends RealDate {
  constructor(...args) {
    if (args.length === 0) super(RealDate.now() + offsetMs);
    else super(...args);
  }
  static now() {
    return RealDate.now() + offsetMs;
  }
};

process.on('SIGUSR2', () => {
  offsetMs += isForward ? -hourMs : hourMs;
  isForward = !isForward;
});
