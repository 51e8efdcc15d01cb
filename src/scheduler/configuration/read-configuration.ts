import { isJsonObject } from "../../api/codec/json.js";
import { parseYamlDocuments, YamlError } from "../../api/codec/yaml.js";
import type { FieldError } from "../../api/errors.js";
import { invalidField, required } from "../../api/validation/field-error.js";
import type { BackoffOptions } from "../../base/backoff.js";
import { defaultSchedulerName } from "../cluster/pod-info.js";
import { FieldReader } from "./field-reader.js";
import { readPluginConfig } from "./plugin-args.js";
import { readPlugins } from "./read-plugins.js";
import { defaultSchedulerConfiguration, type ProfileConfiguration, type SchedulerConfiguration } from "./scheduler-configuration.js";

/** A configuration that cannot be followed, with all that is wrong with it. */
export class ConfigurationError extends Error {
  override readonly name = "ConfigurationError";

  constructor(readonly errors: readonly FieldError[]) {
    super(errors.map(({ path, message }) => (path === "" ? message : `${path}: ${message}`)).join("\n"));
  }
}

const apiVersion = "kubescheduler.config.k8s.io/v1";
const kind = "KubeSchedulerConfiguration";

/** What the configuration has besides, and why it is not honoured. */
const unhonoured: Readonly<Record<string, string>> = {
  parallelism: "decisions are made one at a time here",
  clientConnection: "how the api-server is reached is said by the howbeconfig and by flags",
  extenders: "there are no extenders here: plugins are part of the scheduler",
  enableProfiling: "profiles are made by Node.js' own tools",
  enableContentionProfiling: "profiles are made by Node.js' own tools",
  healthzBindAddress: "where health is served is said by --http-listen",
  metricsBindAddress: "where metrics are served is said by --http-listen",
  delayCacheUntilActive: "a scheduler that does not lead keeps no caches here",
};

/**
 * Reads a KubeSchedulerConfiguration from YAML or JSON. Whatever it says that is not honoured is an error: nothing is
 * ignored in silence.
 *
 * @throws ConfigurationError
 */
export function readSchedulerConfiguration(text: string): SchedulerConfiguration {
  const errors: FieldError[] = [];
  const root = new FieldReader(documentOf(text), "", errors);
  const version = root.text("apiVersion");
  if (version !== apiVersion) root.wrong("apiVersion", version, `must be ${apiVersion}`);
  if (root.text("kind") !== kind) root.wrong("kind", root.text("kind"), `must be ${kind}`);
  const percentage = readPercentage(root, 0);
  const configuration: SchedulerConfiguration = {
    profiles: readProfiles(root, percentage),
    backoff: readBackoff(root),
    election: readElection(root.object("leaderElection")),
  };
  for (const [name, why] of Object.entries(unhonoured)) root.refuse(name, why);
  root.end();
  if (errors.length > 0) throw new ConfigurationError(errors);
  return configuration;
}

function documentOf(text: string) {
  try {
    const [first, ...others] = parseYamlDocuments(text);
    if (others.length === 0 && isJsonObject(first?.value)) return first.value;
  } catch (error: unknown) {
    if (!(error instanceof YamlError)) throw error;
    throw new ConfigurationError([invalidField("", `line ${error.line}: ${error.message}`)]);
  }
  throw new ConfigurationError([invalidField("", `must be one object of kind ${kind}`)]);
}

function readPercentage(reader: FieldReader, fallback: number): number {
  return reader.whole("percentageOfNodesToScore", fallback, (value) => value >= 0 && value <= 100, "not in valid range [0-100]");
}

function readProfiles(root: FieldReader, percentage: number): readonly ProfileConfiguration[] {
  if (!root.has("profiles")) {
    return defaultSchedulerConfiguration.profiles.map((profile) => ({ ...profile, percentageOfNodesToScore: percentage }));
  }
  const items = root.objects("profiles");
  if (items.length === 0) root.errors.push(required("profiles"));
  const seen = new Set<string>();
  return items.map((item) => {
    const schedulerName = item.text("schedulerName", items.length === 1 ? defaultSchedulerName : "");
    if (schedulerName === "") item.errors.push(required(item.at("schedulerName")));
    else if (seen.has(schedulerName)) item.repeated("schedulerName", schedulerName);
    seen.add(schedulerName);
    const profile = {
      schedulerName,
      plugins: readPlugins(item.object("plugins")),
      args: readPluginConfig(item.objects("pluginConfig")),
      percentageOfNodesToScore: readPercentage(item, percentage),
    };
    item.end();
    return profile;
  });
}

function readBackoff(root: FieldReader): BackoffOptions {
  const { backoff } = defaultSchedulerConfiguration;
  const initial = root.whole("podInitialBackoffSeconds", backoff.initialMs / 1_000, (value) => value > 0, "must be greater than 0");
  const isMost = (value: number): boolean => value >= initial;
  // Kubernetes' 10 s by default, also when the first wait is longer: then it must be said.
  const most = root.whole(
    "podMaxBackoffSeconds",
    backoff.maxMs / 1_000,
    isMost,
    "must be greater than or equal to PodInitialBackoffSeconds",
  );
  if (!root.has("podMaxBackoffSeconds") && !isMost(most)) {
    root.wrong("podMaxBackoffSeconds", most, "must be greater than or equal to PodInitialBackoffSeconds");
  }
  return { ...backoff, initialMs: initial * 1_000, maxMs: most * 1_000 };
}

function readElection(reader: FieldReader): SchedulerConfiguration["election"] {
  const { lease, times } = defaultSchedulerConfiguration.election;
  if (!reader.flag("leaderElect", true)) reader.refuse("leaderElect", "a scheduler works only while it leads, here");
  const lock = reader.text("resourceLock", "leases");
  if (lock !== "leases") reader.wrong("resourceLock", lock, 'resourceLock value must be "leases"');
  const read = {
    lease: { namespace: reader.text("resourceNamespace", lease.namespace), name: reader.text("resourceName", lease.name) },
    times: {
      leaseMs: reader.durationMs("leaseDuration", times.leaseMs),
      renewDeadlineMs: reader.durationMs("renewDeadline", times.renewDeadlineMs),
      retryMs: reader.durationMs("retryPeriod", times.retryMs),
    },
  };
  const { leaseMs, renewDeadlineMs, retryMs } = read.times;
  if (leaseMs <= renewDeadlineMs) {
    reader.wrong("leaseDuration", reader.json("leaseDuration") ?? "15s", "LeaseDuration must be greater than RenewDeadline");
  }
  if (renewDeadlineMs <= retryMs || retryMs <= 0) {
    reader.wrong("renewDeadline", reader.json("renewDeadline") ?? "10s", "RenewDeadline must be greater than RetryPeriod");
  }
  reader.end();
  return read;
}
