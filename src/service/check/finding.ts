// One line of what `tocsin check` reports.

/** `warn` fails nothing. */
export interface Finding {
  readonly status: 'ok' | 'warn' | 'failed';
  readonly kind: 'configuration' | 'policy' | 'address' | 'database' | 'source' | 'sink' | 'duty';
  /** Of a source or sink; of the policy, the rule of the lint. Empty where there is only one. */
  readonly id: string;
  /** `tocsin.yaml:12:5 routes[2]`, if it is about the policy. */
  readonly where?: string;
  readonly text: string;
}
