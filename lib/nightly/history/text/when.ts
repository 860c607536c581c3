/** `2026-11-23 02:00`, in UTC. */
export function when(startedAt: string): string {
  return new Date(startedAt).toISOString().slice(0, 16).replace('T', ' ')
}
