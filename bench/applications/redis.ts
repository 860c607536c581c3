import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { projectPath } from '../../test/support/project-path.js'

/** A process that answers as Redis does, while `use` runs. */
export async function withRedis<T>(use: (port: string) => Promise<T>): Promise<T> {
  const script = projectPath('bench', 'applications', 'ioredis', 'redis-stand-in.cjs')
  const child = spawn(process.execPath, [script], { stdio: ['pipe', 'pipe', 'inherit'] })
  try {
    const [port] = (await once(createInterface(child.stdout), 'line')) as [string]
    return await use(port)
  } finally {
    child.kill()
  }
}
