import type { Whole } from "../../src/api/object.js";
import { ControllerRevision } from "../../src/gen/howbernetes/apps/v1/controller_revision.js";
import { type MetadataOptions, metadata } from "./metadata.js";

/** What a test may say of a ControllerRevision. */
export interface ControllerRevisionOptions extends MetadataOptions {
  /** 1 by default. */
  readonly revision?: number;
  /** What JSON it holds; {} by default. */
  readonly data?: object;
}

/** The first revision of something, named web-1. */
export function controllerRevision(options: ControllerRevisionOptions = {}): Whole<ControllerRevision> {
  const { revision = 1, data = {} } = options;
  return ControllerRevision.fromPartial({
    metadata: metadata(options, { name: `web-${revision}`, namespace: "default" }),
    data: { raw: Buffer.from(JSON.stringify(data)) },
    revision,
  }) as Whole<ControllerRevision>;
}
