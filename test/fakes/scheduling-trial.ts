import { podKind } from "../../src/api/kinds/pod/kind.js";
import type { Whole } from "../../src/api/object.js";
import { createLog } from "../../src/base/log.js";
import { createEventRecorder } from "../../src/client/event-recorder.js";
import type { Pod } from "../../src/gen/howbernetes/core/v1/pod.js";
import { createDefaultProfile } from "../../src/scheduler/default-profile.js";
import type { Profile } from "../../src/scheduler/framework/plugin.js";
import type { PluginContext } from "../../src/scheduler/framework/plugin-context.js";
import { SchedulingTerm } from "../../src/scheduler/scheduling-term.js";
import { type PodOptions, pod } from "../builders/index.js";
import { FakeApi } from "./fake-api/fake-api.js";
import { settle } from "./fake-api/settle.js";
import { FakeClock } from "./fake-clock.js";

/** What a test changes of the default profile. */
export type ProfileChange = (profile: Profile) => Partial<Profile>;

/** A scheduler at work on a cluster in memory, and what has become of its pods, all of them in the default namespace. */
export class SchedulingTrial {
  readonly clock = new FakeClock();
  readonly api = new FakeApi(this.clock);
  /** Whether the term has ended by a failure. */
  hasFailed = false;
  private begun: SchedulingTerm | undefined;
  private readonly control = new AbortController();
  private ended: Promise<void> | undefined;

  /** The term, once it has been started. */
  get term(): SchedulingTerm {
    if (this.begun === undefined) throw new Error("the scheduler was not started");
    return this.begun;
  }

  async start(change: ProfileChange = () => ({})): Promise<void> {
    const { api, clock } = this;
    const log = createLog("test", "silent");
    const events = createEventRecorder({ client: api, component: "default-scheduler", clock, log });
    const profiles = (context: PluginContext): Profile[] => {
      const profile = createDefaultProfile(context);
      return [{ ...profile, ...change(profile) }];
    };
    this.begun = new SchedulingTerm({ client: api, events, profiles, clock, log });
    this.ended = this.begun.run(this.control.signal).then(
      () => undefined,
      () => {
        this.hasFailed = true;
      },
    );
    await settle();
  }

  async stop(): Promise<void> {
    this.control.abort();
    await this.ended;
  }

  /** Creates a pod that has no node. */
  async create(options: PodOptions): Promise<Whole<Pod>> {
    return await this.api.of(podKind).create(pod({ nodeName: "", resourceVersion: "", ...options }));
  }

  found(name: string): Whole<Pod> | undefined {
    return this.api.objects(podKind).find(({ metadata }) => metadata.name === name);
  }

  /** The node that a pod is bound to, or "". */
  nodeOf(name: string): string {
    return this.found(name)?.spec.nodeName ?? "";
  }

  /** Changes a pod as nobody in the test would. */
  change(name: string, change: (draft: Whole<Pod>) => void): void {
    this.api.change(podKind, { namespace: "default", name }, change);
  }

  /** Takes a pod away at once. */
  remove(name: string): void {
    this.api.remove(podKind, { namespace: "default", name });
  }
}
