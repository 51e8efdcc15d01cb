import { configMapKind } from "../../api/kinds/configmap/kind.js";
import { daemonSetKind } from "../../api/kinds/daemonset/kind.js";
import { deploymentKind } from "../../api/kinds/deployment/kind.js";
import type { Kind } from "../../api/kinds/kind.js";
import type { ConfigReference } from "../../api/kinds/pod/config-references.js";
import { secretKind } from "../../api/kinds/secret/kind.js";
import { statefulSetKind } from "../../api/kinds/statefulset/kind.js";
import { type ApiObject, keyOf, type Whole } from "../../api/object.js";
import type { InformerHandler } from "../../client/contracts.js";
import { runReconciler } from "../../client/controller-loop.js";
import { createWorkQueue } from "../../client/work-queue.js";
import type { Controller, ControllerDeps } from "../controller.js";
import { rolloutOnConfigChangeAnnotation } from "./annotations.js";
import { configMapHash, secretHash } from "./data-hash.js";
import { ConfigRolloutReconciler, templateOf, type Workload } from "./reconciler.js";
import { configReferences } from "./references.js";

const name = "config-rollout";
const workers = 2;
// What is changed in one go, by an apply of several files say, is rolled for once.
const settleMs = 1_000;

/**
 * Rolls Deployments, DaemonSets and StatefulSets that are annotated so when the ConfigMaps and Secrets that their
 * templates name change. Looks again when a workload changes, and shortly after a ConfigMap or Secret does.
 *
 * Unlike Kubernetes: there pods go on with what was there when they started, until somebody says `rollout restart`.
 */
export function createConfigRolloutController(deps: ControllerDeps): Controller {
  const loops = [runsFor(deploymentKind, deps), runsFor(daemonSetKind, deps), runsFor(statefulSetKind, deps)];
  return {
    name,
    run: async (signal) => {
      await Promise.all(loops.map((run) => run(signal)));
    },
  };
}

function runsFor<T extends Workload>(kind: Kind<T>, { client, informers, events, clock, log, metrics }: ControllerDeps) {
  const workloads = informers.of(kind);
  const [configMaps, secrets] = [informers.of(configMapKind), informers.of(secretKind)];
  const queue = createWorkQueue({ clock });
  const watch = <C extends ApiObject>(of: ConfigReference["kind"], hash: (object: Whole<C>) => string): InformerHandler<C> => {
    const concerned = ({ metadata }: Whole<C>): readonly Whole<T>[] =>
      workloads.list(metadata.namespace).filter((workload) => isMadeOf(workload, of, metadata.name));
    const enqueue = (config: Whole<C>): void => {
      for (const workload of concerned(config)) queue.addAfter(keyOf(workload), settleMs);
    };
    return {
      added: enqueue,
      updated: (config, previous) => {
        if (concerned(config).length > 0 && hash(config) !== hash(previous)) enqueue(config);
      },
      deleted: enqueue,
    };
  };
  const look = (workload: Whole<T>): void => queue.add(keyOf(workload));
  workloads.addHandler({ added: look, updated: look, deleted: look });
  configMaps.addHandler(watch("configmap", configMapHash));
  secrets.addHandler(watch("secret", secretHash));

  const reconciler = new ConfigRolloutReconciler({ kind, workloads, configMaps, secrets, client: client.of(kind), events, clock });
  const loop = { name: `${name}-${kind.singular}`, queue, reconciler, workers, log, ...(metrics === undefined ? {} : { metrics }) };
  return (signal: AbortSignal) => runReconciler(loop, signal);
}

function isMadeOf<T extends Workload>(workload: Whole<T>, kind: ConfigReference["kind"], of: string): boolean {
  const asked = workload.metadata.annotations[rolloutOnConfigChangeAnnotation];
  if (asked === undefined) return false;
  return configReferences(asked, templateOf(workload)?.spec).references.some((each) => each.kind === kind && each.name === of);
}
