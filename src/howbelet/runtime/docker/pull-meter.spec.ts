import { expect } from "chai";
import { type ProgressLine, PullMeter } from "./pull-meter.js";

const line = (status: string, id: string, current?: number, total?: number): ProgressLine => ({
  status,
  id,
  progressDetail: current === undefined ? {} : { current, ...(total === undefined ? {} : { total }) },
});

/** As an engine of 20.10 told them. */
const recorded: readonly ProgressLine[] = [
  { status: "Pulling from big", id: "1" },
  line("Already exists", "9bc809872b36"),
  line("Pulling fs layer", "6044c55b9e94"),
  line("Pulling fs layer", "5ba768bddb84"),
  line("Waiting", "5ba768bddb84"),
  line("Downloading", "6044c55b9e94", 111, 111),
  line("Verifying Checksum", "6044c55b9e94"),
  line("Download complete", "6044c55b9e94"),
  line("Extracting", "6044c55b9e94", 111, 111),
  line("Downloading", "5ba768bddb84", 302_080, 30_009_356),
  line("Pull complete", "6044c55b9e94"),
];

describe("PullMeter", () => {
  const cases: readonly {
    readonly it: string;
    readonly lines: readonly ProgressLine[];
    readonly sum: readonly [received: number, total: number, extracted: number];
  }[] = [
    { it: "counts nothing before a size is known", lines: recorded.slice(0, 5), sum: [0, 0, 0] },
    { it: "adds the layers up", lines: recorded, sum: [302_191, 30_009_467, 111] },
    {
      it: "counts a layer as received while it is checked",
      lines: [...recorded, line("Verifying Checksum", "5ba768bddb84")],
      sum: [30_009_467, 30_009_467, 111],
    },
    {
      it: "follows the unpacking",
      lines: [...recorded, line("Extracting", "5ba768bddb84", 327_680, 30_009_356)],
      sum: [30_009_467, 30_009_467, 327_791],
    },
    {
      it: "counts a layer anew that is tried again",
      lines: [...recorded, line("Retrying in 5 seconds", "5ba768bddb84"), line("Retrying in 4 seconds", "5ba768bddb84")],
      sum: [111, 30_009_467, 111],
    },
    {
      it: "knows that all is done",
      lines: [...recorded, line("Pull complete", "5ba768bddb84")],
      sum: [30_009_467, 30_009_467, 30_009_467],
    },
    { it: "takes no size for a layer whose size is not told", lines: [line("Downloading", "a", 5_000, -1)], sum: [0, 0, 0] },
    { it: "takes no size from a count of files", lines: [line("Downloading", "a", 5, 10), line("Extracting", "a", 3)], sum: [5, 10, 0] },
    { it: "never has more than there is", lines: [line("Downloading", "a", 11, 10), line("Extracting", "a", 12, 10)], sum: [10, 10, 10] },
  ];
  for (const { it: does, lines, sum } of cases) {
    it(does, () => {
      const meter = new PullMeter();
      for (const each of lines) meter.take(each);
      const { receivedBytes, totalBytes, extractedBytes } = meter.progress;
      expect([receivedBytes, totalBytes, extractedBytes]).to.deep.equal(sum);
    });
  }

  it("tells which lines change the sum", () => {
    const meter = new PullMeter();
    expect(recorded.map((each) => meter.take(each))).to.deep.equal([
      ...[false, false, false, false, false],
      ...[true, true, true, true, true, true],
    ]);
    expect(meter.take({ status: "Status: Downloaded newer image for x" })).to.equal(false);
  });
});
