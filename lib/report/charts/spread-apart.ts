/**
 * Moves heights apart, as little as possible, until neighbours are `distance` from each other; all stay between `least` and
 * `most` where there is room. The order of those returned is that of those given.
 */
export function spreadApart(
  heights: readonly number[],
  distance: number,
  least: number,
  most: number,
): readonly number[] {
  interface Block {
    readonly members: readonly number[]
    /** Height of the first. */
    readonly start: number
  }
  const order = heights.map((_, index) => index).sort((a, b) => (heights[a] ?? 0) - (heights[b] ?? 0))
  const blockOf = (members: readonly number[]): Block => {
    const wanted = members.map((member, place) => (heights[member] ?? 0) - place * distance)
    const mean = wanted.reduce((sum, height) => sum + height, 0) / members.length
    return { members, start: Math.max(least, Math.min(mean, most - (members.length - 1) * distance)) }
  }
  const blocks: Block[] = []
  for (const one of order) {
    let block = blockOf([one])
    for (let before = blocks.at(-1); before !== undefined; before = blocks.at(-1)) {
      if (before.start + before.members.length * distance <= block.start) break
      blocks.pop()
      block = blockOf([...before.members, ...block.members])
    }
    blocks.push(block)
  }
  const moved = new Map(
    blocks.flatMap(({ members, start }) =>
      members.map((member, place) => [member, start + place * distance] as const),
    ),
  )
  return heights.map((height, index) => moved.get(index) ?? height)
}
