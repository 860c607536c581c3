// Else it takes the project, which has a lock file as well, for its root.
export default { turbopack: { root: import.meta.dirname } }
