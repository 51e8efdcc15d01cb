import { FakeClock } from "./fake-clock.js";

/** A clock by which every look takes long, so that whatever may give way to others does so at once. */
export class SlowClock extends FakeClock {
  private looks = 0;

  override monotonicMs(): number {
    this.looks += 1;
    return super.monotonicMs() + this.looks * 6;
  }
}
