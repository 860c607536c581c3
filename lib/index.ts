export { isolateLeak, mergeRuns, type MergeOptions } from './isolate-leak.js'
export { isolateInstrumentation } from './compare/instrumentation/isolate-instrumentation.js'
export { checkUpgrade } from './compare/upgrade/check-upgrade.js'
export { checkSince } from './compare/since/check-since.js'
export { inspectProcess } from './agents/inspect/inspect-process.js'
export { inspectPod, type InspectPodOptions } from './agents/inspect/pod/inspect-pod.js'
export type {
  InspectedAgent,
  InspectedEntry,
  InspectedStart,
  Inspection,
  PodInspection,
} from './agents/inspect/inspection.js'
export type { MergedRuns } from './run/merge-runs.js'
export { judgeJournal, type Rejudged } from './run/judge-journal.js'
export { compareNodes } from './compare/nodes/compare-nodes.js'
export type { NodeComponent, NodesData, NodeSide, NodesOptions, NodesReport } from './compare/nodes/types.js'
export { replay } from './compare/replay/replay.js'
export { bisectVersions } from './compare/bisect/bisect-versions.js'
export { http } from './trial/workload/http.js'
export { command } from './trial/workload/command.js'
export { inApp } from './trial/workload/in-app.js'
export { idle } from './trial/workload/idle.js'
export { fromHar } from './trial/recorded/from-har.js'
export { fromAccessLog } from './trial/recorded/from-access-log.js'
export { IsolateLeakError, LeakError, type ErrorCode } from './errors.js'
export type {
  LeakNotification,
  NotificationKind,
  NotifiedReport,
  NotifyFunction,
  NotifyTarget,
  WebhookFormat,
  WebhookTarget,
} from './types/notification.js'
export type { Difference, Change, SeriesKey } from './types/history.js'
export type { Sidecar } from './options/sidecar.js'
export type {
  AgentOptions,
  EntryOptions,
  HistoryOptions,
  IsolateLeakOptions,
  ReadyContext,
  ShardOptions,
} from './options/types.js'
export type {
  InstrumentationData,
  InstrumentationOptions,
  InstrumentationReport,
} from './compare/instrumentation/types.js'
export type {
  UpgradeData,
  UpgradeDifference,
  UpgradeOptions,
  UpgradeReport,
  UpgradeSide,
  UpgradeVerdict,
} from './compare/upgrade/types.js'
export type {
  AgentChange,
  JudgedChange,
  NotJudgedChange,
  NotJudgedReason,
  SinceData,
  SinceOptions,
  SinceReport,
  SinceVerdict,
} from './compare/since/types.js'
export type { BisectOptions, BisectReport } from './compare/bisect/types.js'
export type { BisectData, BisectEdge, BisectVerdict, BisectVersion, PackageChange } from './types/bisect.js'
export type {
  ReplayData,
  ReplayDifference,
  ReplayedCulprit,
  ReplayOptions,
  ReplayReport,
  ReplayVerdict,
} from './compare/replay/types.js'
export type {
  AccessLogFormat,
  AccessLogOptions,
  DroppedRequests,
  HarOptions,
  Recording,
  RecordingOptions,
} from './types/recording.js'
export type {
  ExpectedStatus,
  CommandOptions,
  CommandWorkload,
  HttpOptions,
  HttpRequest,
  HttpWorkload,
  IdleOptions,
  IdleWorkload,
  InAppOptions,
  InAppWorkload,
  RecordedTraffic,
  Workload,
  WorkloadContext,
  WorkloadFunction,
} from './types/workload.js'
export type {
  AgentCosts,
  AllocationSite,
  AnswerTimes,
  Backend,
  CollectorRecord,
  Component,
  BackendResult,
  Conditions,
  Cost,
  CostName,
  Culprit,
  DrivenServer,
  EstimateSoFar,
  Evidence,
  EvidenceOfGrowth,
  EvidenceOfHolding,
  EvidenceOfResource,
  EvidencePlace,
  EvidenceStep,
  Forecast,
  GivenAgent,
  Growth,
  Judged,
  IsolationReport,
  Metric,
  MetricResult,
  PartSample,
  PlannedTrial,
  Received,
  ReceivedItems,
  ReportData,
  ReportedAgent,
  ReportedCommand,
  ReportedOptions,
  FirstAnswers,
  ReportedPattern,
  ReportedVariables,
  ReportedWorkload,
  RerunOptions,
  RunEnvironment,
  NextLaunches,
  MachineLoad,
  RunEvent,
  Sample,
  SetPurpose,
  TrialOutcome,
  TrialRecord,
  TrialTimings,
  UnreadPart,
  Verdict,
  RunWarning,
  WarningCode,
  WorkloadCounts,
} from './types/index.js'
