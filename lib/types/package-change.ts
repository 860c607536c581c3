/** A package that differs between two installed trees. */
export interface PackageChange {
  readonly name: string
  /** `null`: not there. */
  readonly from: string | null
  readonly to: string | null
}
