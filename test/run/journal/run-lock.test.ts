import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { thisProcess } from '../../../lib/run/journal/holder.js'
import type * as LockFile from '../../../lib/run/journal/run-lock.js'
import { heldBy, lockFolder } from '../../../lib/run/journal/run-lock.js'
import { projectPath } from '../../support/project-path.js'

const self = await thisProcess()
const fileIn = (folder: string): string => join(folder, 'run.lock')
const SIX_MINUTES_S = 360

/** Makes a lock look as if it had been written so long ago. */
const age = async (file: string, seconds: number): Promise<void> => {
  const at = Date.now() / 1_000 - seconds
  await utimes(file, at, at)
}

const goneProcess = async (): Promise<number> => {
  const gone = spawn(process.execPath, ['--eval', ''])
  await once(gone, 'exit')
  return gone.pid as number
}

t.test('a folder is written to by one run at a time', async t => {
  const folder = t.testdir()
  const lock = await lockFolder(folder)
  t.match(await heldBy(folder), { pid: process.pid })
  const message = new RegExp(`to be free, but process ${String(process.pid)} is writing to it since 2`)
  await t.rejects(lockFolder(folder), { code: 'ERR_OUTPUT', message })
  await lock.release()
  t.equal(await heldBy(folder), null)

  for (const left of [
    { pid: await goneProcess(), host: hostname(), started: '1' },
    // The number is another process's now.
    { ...self, started: '1' },
  ]) {
    await writeFile(fileIn(folder), JSON.stringify(left))
    t.equal(await heldBy(folder), null)
    await (await lockFolder(folder)).release()
  }
  await t.rejects(lockFolder(join(folder, 'x\0')), { code: 'ERR_OUTPUT', cause: Error })
  await mkdir(fileIn(folder))
  await t.rejects(lockFolder(folder), { code: 'ERR_OUTPUT', cause: { code: 'EISDIR' } })
  t.strictSame(await readdir(folder), ['run.lock'], 'nothing else is left')
})

t.test('a folder in which none can be made', { skip: !existsSync('/proc/self') }, async t => {
  // Node's own recursive way never comes back from there, whoever asks.
  await t.rejects(lockFolder('/proc/isolate-leak/out'), {
    code: 'ERR_OUTPUT',
    message: /to write to outDir \/proc\/isolate-leak\/out, got: ENOENT/,
  })
  const folder = t.testdir({ file: '' })
  await t.rejects(lockFolder(join(folder, 'file', 'out')), { code: 'ERR_OUTPUT', cause: { code: 'EEXIST' } })
  const deep = join(folder, 'a', 'b', 'c')
  const locks = await Promise.all([deep, join(folder, 'a', 'd')].map(async one => lockFolder(one)))
  t.strictSame(await readdir(deep), ['run.lock'], 'what is missing on the way is made, also by two at a time')
  await Promise.all(locks.map(async lock => lock.release()))
})

t.test('a process that was killed and not yet waited for has ended', async t => {
  const folder = t.testdir()
  // Its parent sleeps and does not ask how it ended.
  const parent = spawn('/bin/sh', ['-c', 'sleep 30 & echo $!; exec sleep 30'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  t.teardown(() => parent.kill('SIGKILL'))
  const [printed] = (await once(parent.stdout, 'data')) as [Buffer]
  const pid = Number(printed)
  const stat = await readFile(`/proc/${String(pid)}/stat`, 'utf8')
  const started = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
  await writeFile(fileIn(folder), JSON.stringify({ pid, host: hostname(), started }))
  t.match(await heldBy(folder), { pid })
  await age(fileIn(folder), SIX_MINUTES_S)
  t.match(await heldBy(folder), { pid }, 'one that is seen to live holds it, however old the lock is')
  process.kill(pid, 'SIGKILL')
  while ((await heldBy(folder)) !== null) await sleep(10)
  t.ok(existsSync(`/proc/${String(pid)}`), 'its number is still taken')
  await (await lockFolder(folder)).release()
})

t.test('a process that cannot be seen holds its lock until it gives no sign of life', async t => {
  const since = '2026-11-23T02:00:00.000Z'
  for (const [name, left, who] of [
    // With the number of one that does not live here.
    ['another machine', { ...self, pid: await goneProcess(), host: 'pod-1', since }, /process \d+ of pod-1/],
    ['another container', { ...self, pid: await goneProcess(), space: 'pid:[1]', since }, /process \d+ of /],
    ['nobody knows', { pid: 'x', since }, /an unknown process of an unknown machine/],
  ] as const) {
    const folder = t.testdir()
    const file = fileIn(folder)
    await writeFile(file, JSON.stringify(left))
    await age(file, 12)
    t.not(await heldBy(folder), null, name)
    const error = (await lockFolder(folder).catch((one: unknown) => one)) as Error & { code?: string }
    t.equal(error.code, 'ERR_OUTPUT', name)
    t.match(error.message, who)
    t.match(error.message, `since ${since}; its last sign of life is 12 s old`)
    t.match(error.message, `is gone, remove ${file}, or wait: it is free after 300 s without one`)
    await age(file, SIX_MINUTES_S)
    t.equal(await heldBy(folder), null, name)
    await (await lockFolder(folder)).release()
    t.strictSame(await readdir(folder), [])
  }
  const folder = t.testdir({ 'run.lock': '{"pid":' })
  t.strictSame(await heldBy(folder), { pid: null }, 'half of a lock is one')
})

t.test('a lock is renewed while it is held', async t => {
  const folder = t.testdir()
  const lock = await lockFolder(folder, 20)
  await age(fileIn(folder), SIX_MINUTES_S)
  while (Date.now() - (await stat(fileIn(folder))).mtimeMs > 60_000) await sleep(10)
  const other = JSON.stringify({ ...self, host: 'pod-1' })
  await rm(fileIn(folder))
  await writeFile(fileIn(folder), other)
  await age(fileIn(folder), 100)
  await sleep(100)
  await lock.release()
  t.equal(
    await readFile(fileIn(folder), 'utf8'),
    other,
    'what took its place is neither written to nor removed',
  )
  t.ok(Date.now() - (await stat(fileIn(folder))).mtimeMs > 60_000, 'nor renewed')
})

t.test('what a process left that was killed while it took a lock over is taken over as well', async t => {
  const folder = t.testdir()
  const gone = JSON.stringify({ ...self, pid: await goneProcess(), started: '1' })
  for (const name of ['run.lock', 'run.lock.next', 'run.lock.next.next'])
    await writeFile(join(folder, name), gone)
  const lock = await lockFolder(folder)
  t.strictSame(await readdir(folder), ['run.lock'])
  await lock.release()
  await writeFile(fileIn(folder), gone)
  await writeFile(join(folder, 'run.lock.next'), JSON.stringify(self))
  await t.rejects(lockFolder(folder), { code: 'ERR_OUTPUT' }, 'another takes it over just now')
})

t.test('where the file system has no hard links there is one holder as well', async t => {
  const folder = t.testdir()
  const link = async (): Promise<void> =>
    Promise.reject(Object.assign(new Error('not supported'), { code: 'EPERM' }))
  const { isOwn, takeLock } = await t.mockImport<typeof LockFile>(
    import.meta.resolve('../../../lib/run/journal/run-lock.js'),
    {
      'node:fs/promises': { ...(await import('node:fs/promises')), link },
    },
  )
  const all = async (): Promise<number> => {
    const locks = await Promise.all(Array.from({ length: 8 }, async () => takeLock(fileIn(folder))))
    return locks.filter(isOwn).length
  }
  t.equal(await all(), 1)
  await writeFile(fileIn(folder), JSON.stringify({ ...self, started: '1' }))
  t.equal(await all(), 1)
  t.strictSame(await readdir(folder), ['run.lock'])
})

interface Racer {
  ask(question: { folder: string | null; at?: number }): Promise<string>
  end(): void
}

const openRacer = async (): Promise<Racer> => {
  const script = projectPath('test', 'fixtures', 'lock', 'racer.mjs')
  const child = spawn('/usr/bin/env', ['-i', process.execPath, script], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const next = async (): Promise<string> => String((await lines.next()).value)
  await next()
  return {
    ask: async question => {
      child.stdin.write(`${JSON.stringify(question)}\n`)
      return next()
    },
    end: () => child.kill('SIGKILL'),
  }
}

t.test('of processes that race for a folder one gets it', async t => {
  const ROUNDS = 80
  const parent = t.testdir()
  const racers = await Promise.all(Array.from({ length: 4 }, openRacer))
  t.teardown(() => {
    for (const racer of racers) racer.end()
  })
  const gone = JSON.stringify({ ...self, pid: await goneProcess(), started: '1' })
  const elsewhere = JSON.stringify({ ...self, host: 'pod-1' })
  for (const [name, left] of [
    ['fresh', null],
    ['of a process that is gone', gone],
    ['of a machine that is gone', elsewhere],
    ['of a process that was killed while it took it over', gone],
  ] as const) {
    const holders: number[] = []
    const answers = new Set<string>()
    for (let round = 0; round < ROUNDS; round++) {
      const folder = join(parent, `${name} ${String(round)}`)
      await mkdir(folder)
      if (left !== null) await writeFile(fileIn(folder), left)
      if (left === elsewhere) await age(fileIn(folder), SIX_MINUTES_S)
      if (name.endsWith('over')) await writeFile(join(folder, 'run.lock.next'), gone)
      const at = Date.now() + 5
      const got = await Promise.all(racers.map(async racer => racer.ask({ folder, at })))
      for (const one of got) answers.add(one)
      holders.push(got.filter(one => one === 'held').length)
      await Promise.all(racers.map(async racer => racer.ask({ folder: null })))
      if ((await readdir(folder)).length > 0) holders.push(-1)
    }
    t.strictSame(
      [...new Set(holders)],
      [1],
      `${name}: one holder in each of ${String(ROUNDS)} rounds, and nothing left`,
    )
    t.strictSame([...answers].sort(), ['ERR_OUTPUT', 'held'])
  }
})
