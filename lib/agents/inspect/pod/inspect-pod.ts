import { resolve } from 'node:path'
import * as v from 'valibot'
import { checkObject } from '../../../options/check/check-object.js'
import { nonEmpty } from '../../../options/check/fields.js'
import { optionsOf, parse } from '../../../options/check/parse.js'
import { toPath } from '../../../options/check/to-path.js'
import { presets } from '../../presets/index.js'
import { scriptAt } from '../inspect-process.js'
import type { PodInspection } from '../inspection.js'
import { describePod } from './describe-pod.js'
import { readManifest } from './manifest.js'

/** Options of {@link inspectPod}. */
export interface InspectPodOptions {
  /** Name of the container, or that of what it is in and its own (`shop/app`). Default: the only one that runs Node. */
  readonly container?: string
  /** Folder of the application on this machine, which what the container has in its own stands for. Default: the working directory. */
  readonly root?: string
}

const OPTIONS = optionsOf({ container: v.optional(nonEmpty), root: v.optional(nonEmpty, '.') })

/**
 * Reads how a pod starts Node and what is attached to it, as options of {@link isolateLeak}, without secrets: also the agents
 * that operators put beside it. Nothing is asked of a cluster. What stands only in the image, in secrets or in config maps is
 * named, not known.
 *
 * @param file manifest in YAML or JSON, as `kubectl get -o yaml` prints it, of up to 2 MB: a Pod, or a Deployment, StatefulSet,
 * DaemonSet, ReplicaSet, Job or CronJob; several documents and lists as well. A path or a `file:` URL
 * @throws IsolateLeakError `ERR_OPTION_INVALID` (also when several containers run Node), `ERR_CONFIG` (the file is missing, no YAML, or
 * has none of these) or `ERR_PROCESS_NOT_NODE` (no container of it runs Node)
 */
export async function inspectPod(
  file: string | URL,
  options: InspectPodOptions = {},
): Promise<PodInspection> {
  const path = toPath('file', file, process.cwd())
  const given = checkObject('options of inspectPod()', options)
  const { container, root } = parse(OPTIONS, given, '', 'options of inspectPod()')
  const folder = resolve(root)
  return describePod(
    await readManifest(path),
    container,
    { file: path, root, folder, exists: script => scriptAt(resolve(script)) !== undefined },
    presets,
  )
}
