import { notFound } from "../../api/errors.js";
import { kinds } from "../../api/kinds/index.js";
import type { Kind } from "../../api/kinds/kind.js";
import type { ApiObject, Whole } from "../../api/object.js";
import type { HorizontalPodAutoscaler } from "../../gen/howbernetes/autoscaling/v2/horizontal_pod_autoscaler.js";
import type { CrossVersionObjectReference } from "../../gen/howbernetes/autoscaling/v2/metric.js";
import type { SharedInformers } from "../shared-informers.js";

/** What is scaled, as its scale subresource shows it. */
export interface ScaleTarget {
  readonly kind: Kind;
  readonly object: Whole<ApiObject>;
  /** Replicas wanted. */
  readonly wanted: number;
  /** Replicas counted. */
  readonly counted: number;
  /** As in `kubectl -l`. */
  readonly selector: string;
}

/** Finds what a HorizontalPodAutoscaler scales. @throws Error when there is no such thing, or it does not scale */
export function findScaleTarget(informers: SharedInformers, { metadata, spec }: Whole<HorizontalPodAutoscaler>): ScaleTarget {
  const { kind, name = "" } = { kind: kindOf(spec.scaleTargetRef), name: spec.scaleTargetRef?.name };
  if (kind.scale === undefined) throw new Error("the server could not find the requested resource");
  const object = informers.of(kind).get({ namespace: metadata.namespace, name });
  if (object === undefined) throw notFound({ group: kind.group, kind: kind.plural, name });
  const { read, readStatus, selector } = kind.scale;
  return { kind, object, wanted: read(object), counted: readStatus(object), selector: selector(object) };
}

/** Whatever the version: a manifest may name one that is no more. */
function kindOf({ kind: wanted = "", apiVersion = "" }: Partial<CrossVersionObjectReference> = {}): Kind {
  const group = apiVersion.includes("/") ? apiVersion.slice(0, apiVersion.indexOf("/")) : "";
  const kind = kinds.find((each) => each.kind === wanted && (apiVersion === "" || each.group === group));
  if (kind === undefined) throw new Error(`no matches for kind "${wanted}" in group "${group}"`);
  return kind;
}
