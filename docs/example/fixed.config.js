import config from './leak.config.js'

export default { ...config, agents: ['./agents/tracer.cjs', './agents/audit-bounded.cjs'] }
