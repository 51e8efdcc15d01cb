import type { Clock } from "../../base/clock.js";
import type { Caller } from "../../rpc/contracts.js";
import type { WatchCaches } from "../../storage/cacher/watch-caches.js";
import type { Store } from "../../storage/interface.js";
import type { Admission } from "../admission/admission.js";
import type { Action } from "../auth/authorize.js";
import type { ObjectStore } from "../object-store.js";
import type { Authorize } from "./request-scope.js";

/** What the Resources service is built from. */
export interface ResourcesDeps {
  readonly objects: ObjectStore;
  readonly caches: Pick<WatchCaches, "of">;
  readonly store: Pick<Store, "list" | "get">;
  readonly admission: Admission;
  readonly clock: Pick<Clock, "now" | "monotonicMs">;
  readonly authorize: Authorize;
  /** As `authorize`, about an object that is not there: whoever could do it to one of theirs may know so. */
  readonly authorizeAbsent: (caller: Caller, action: Action) => void;
}
