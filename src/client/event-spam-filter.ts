import type { Clock } from "../base/clock.js";
import { remember } from "./remember.js";
import { TokenBucket, type TokenBucketOptions } from "./token-bucket.js";

/** client-go's: 25 at once, and one every five minutes in the long run, for things that are never well. */
const perObject: TokenBucketOptions = { burst: 25, perSecond: 1 / 300 };

/**
 * Bounds how many Events one source writes about one object.
 *
 * Unlike Kubernetes, Warnings are counted apart: a Deployment that scales a lot may still say that it was rolled back.
 */
export class EventSpamFilter {
  private readonly buckets = new Map<string, TokenBucket>();

  constructor(private readonly clock: Clock) {}

  /** Whether another of that type may be written about the object. */
  admits(object: string, type: "Normal" | "Warning"): boolean {
    const key = `${type} ${object}`;
    const bucket = this.buckets.get(key) ?? new TokenBucket(this.clock, perObject);
    remember(this.buckets, key, bucket);
    return bucket.tryTake();
  }
}
