/** The strings of a snapshot, decoded when they are asked for. */
export interface StringTable {
  readonly length: number
  /**
   * The string at a position, whole: V8 cuts the contents of strings to 1,024 characters itself.
   * @throws RangeError for a position outside the table
   */
  get(position: number): string
  /** Position of the first string that equals `text`, -1 where there is none. */
  indexOf(text: string): number
}
