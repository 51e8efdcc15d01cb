/** Who may import whom (docs/architecture.md, "Folders"), and which folder may use which third party. */
const layers = {
  gen: [],
  base: [],
  api: ["gen", "base"],
  rpc: ["gen", "base", "api"],
  storage: ["gen", "base", "api"],
  client: ["gen", "base", "api", "rpc"],
  apiserver: ["gen", "base", "api", "rpc", "storage"],
  controllers: ["gen", "base", "api", "client"],
  scheduler: ["gen", "base", "api", "client"],
  howbelet: ["gen", "base", "api", "rpc", "client"],
  howbectl: ["gen", "base", "api", "client"],
};

/** Third parties that only these paths may import. */
const fences = {
  etcd3: ["src/storage/etcd/"],
  "@grpc/proto-loader": ["src/storage/etcd/"],
  "@grpc/grpc-js": ["src/rpc/", "src/gen/", "src/storage/etcd/"],
  lmdb: ["src/storage/embedded/"],
  dockerode: ["src/howbelet/runtime/docker/"],
  commander: ["src/howbectl/", "src/[^/]+/main\\.ts$", "src/standalone/"],
  "js-yaml": ["src/api/codec/"],
  "fast-json-patch": ["src/api/patch/"],
  pino: ["src/base/"],
  "prom-client": ["src/base/"],
  "@peculiar/x509": ["src/base/tls/"],
};

const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
const specs = "\\.spec\\.ts$";

const layerRules = Object.entries(layers).map(([layer, allowed]) => ({
  name: `layer-${layer}`,
  comment: `${layer} may import ${allowed.join(", ") || "nothing of ours"}`,
  severity: "error",
  from: { path: `^src/${layer}/`, pathNot: specs },
  to: { path: "^src/", pathNot: [layer, ...allowed].map((name) => `^src/${name}/`) },
}));

const fenceRules = Object.entries(fences).map(([dependency, paths]) => ({
  name: `fence-${dependency}`,
  comment: `${dependency} is used in ${paths.join(", ")} alone`,
  severity: "error",
  from: { path: "^src/", pathNot: [...paths.map((path) => `^${path}`), specs] },
  to: { path: `(^|/)node_modules/(@types/)?${escaped(dependency)}/` },
}));

// biome-ignore lint/style/noDefaultExport: dependency-cruiser reads its configuration so
export default {
  forbidden: [
    { name: "no-cycles", severity: "error", from: { path: "^src/" }, to: { circular: true } },
    {
      name: "no-tests-in-product",
      severity: "error",
      from: { path: "^src/", pathNot: specs },
      to: { path: `^(test|bench|scripts)/|${specs}` },
    },
    { name: "resolvable", severity: "error", from: {}, to: { couldNotResolve: true } },
    ...layerRules,
    ...fenceRules,
  ],
  options: {
    parser: "swc",
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "default", "types"],
      extensions: [".ts", ".js", ".mjs", ".cjs", ".json"],
      extensionAlias: { ".js": [".ts", ".js"] },
    },
  },
};
