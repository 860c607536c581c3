/** A workload as a JSON config has it. */
export type ReportedWorkload =
  | { readonly http: Readonly<Record<string, unknown>> }
  /** Absolute path of the module. */
  | { readonly inApp: string }
  | { readonly idle: Readonly<Record<string, never>> }
