import { expect } from "chai";
import fc from "fast-check";
import { admitted, lines } from "../../../../test/builders/from-manifest.js";
import { type CronJobOptions, cronJob } from "../../../../test/builders/index.js";
import { timeFromMs } from "../../values/time.js";
import { cronJobKind } from "./kind.js";

const template = "jobTemplate: { spec: { template: { spec: { restartPolicy: Never, containers: [{ name: main, image: a }] } } } }";
const errorsOf = (fields: string, name = "tick"): string[] =>
  lines(cronJobKind.validate(admitted(cronJobKind, `metadata: { name: ${name} }\nspec: { ${fields} }`)));
const ofBuilt = (options: CronJobOptions): string[] => {
  const whole = cronJob(options);
  cronJobKind.applyDefaults(whole);
  return lines(cronJobKind.validate(whole));
};
const ofSchedule = (schedule: string): string[] => ofBuilt({ schedule });
const refusal = (schedule: string, problem: string): string => `spec.schedule: Invalid value: ${JSON.stringify(schedule)}: ${problem}`;

describe("CronJob", () => {
  it("has Kubernetes' defaults", () => {
    const { spec } = admitted(cronJobKind, `spec: { schedule: "@daily", ${template} }`);
    expect(spec).to.deep.include({
      concurrencyPolicy: "Allow",
      suspend: false,
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 1,
    });
    expect(spec.jobTemplate?.spec?.backoffLimit, "a Job's own defaults").to.equal(undefined);
    expect(spec.jobTemplate?.spec?.template?.spec?.dnsPolicy).to.equal("ClusterFirst");
  });

  const schedule = 'schedule: "@daily"';
  const cases: readonly (readonly [fields: string, errors: readonly string[]])[] = [
    [`${schedule}, timeZone: Europe/Berlin, concurrencyPolicy: Forbid, startingDeadlineSeconds: 0`, []],
    ["", ["spec.schedule: Required value"]],
    [
      `${schedule}, concurrencyPolicy: Queue`,
      ['spec.concurrencyPolicy: Unsupported value: "Queue": supported values: "Allow", "Forbid", "Replace"'],
    ],
    [
      `${schedule}, startingDeadlineSeconds: -1, failedJobsHistoryLimit: -1`,
      [
        "spec.startingDeadlineSeconds: Invalid value: -1: must be greater than or equal to 0",
        "spec.failedJobsHistoryLimit: Invalid value: -1: must be greater than or equal to 0",
      ],
    ],
  ];
  for (const [fields, errors] of cases) {
    it(`${errors.length === 0 ? "accepts" : "refuses"} { ${fields} }`, () => {
      expect(errorsOf(fields === "" ? template : `${fields}, ${template}`)).to.deep.equal(errors);
    });
  }

  it("refuses what its Jobs could not be", () => {
    const spec = "manualSelector: true, selector: { matchLabels: { a: b } }, template: { spec: { containers: [] } }";
    expect(errorsOf(`${schedule}, jobTemplate: { spec: { backoffLimit: -1, ${spec} } }`)).to.deep.equal([
      "spec.jobTemplate.spec.backoffLimit: Invalid value: -1: must be greater than or equal to 0",
      "spec.jobTemplate.spec.template.spec.containers: Required value",
      'spec.jobTemplate.spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"',
      'spec.jobTemplate.spec.selector: Invalid value: {"matchLabels":{"a":"b"}}: `selector` will be auto-generated',
      'spec.jobTemplate.spec.manualSelector: Unsupported value: true: supported values: "nil", "false"',
    ]);
  });

  it("leaves room in its name for the time of a Job", () => {
    expect(errorsOf(`${schedule}, ${template}`, "t".repeat(52))).to.deep.equal([]);
    const name = "t".repeat(53);
    expect(errorsOf(`${schedule}, ${template}`, name)).to.deep.equal([
      `metadata.name: Invalid value: "${name}": must be no more than 52 characters`,
    ]);
  });

  it("shows when it last ran", () => {
    const nowMs = 1_000_000_000;
    const shown = (spec: object, status: object): string =>
      cronJobKind.columns
        .slice(0, 6)
        .map(({ cell }) => cell(cronJob({ spec, status }), nowMs))
        .join("|");
    expect(shown({}, {})).to.equal("tick|* * * * *|<none>|False|0|<none>");
    expect(shown({ suspend: true, timeZone: "Etc/UTC" }, { active: [{}], lastScheduleTime: timeFromMs(nowMs - 30_000) })).to.equal(
      "tick|* * * * *|Etc/UTC|True|1|30s",
    );
  });
});

describe("CronJob's schedule", () => {
  const accepted = [
    ...["* * * * *", "0 0 1 1 0", "*/5 * * * *", "0-30/10,45 8-18 * * mon-fri", "0 0 ? JAN-mar Sun", "5/15 * * * *"],
    ...["@hourly", "@every 1h30m", "@every 5s", "  0   0 * *\t*  "],
  ];
  for (const schedule of accepted) {
    it(`may be ${JSON.stringify(schedule)}`, () => {
      expect(ofSchedule(schedule)).to.deep.equal([]);
    });
  }

  const refused: Readonly<Record<string, string>> = {
    x: "expected exactly 5 fields, found 1: [x]",
    "0 0 0 0 0 0": "expected exactly 5 fields, found 6: [0 0 0 0 0 0]",
    "60 * * * *": "end of range (60) above maximum (59): 60",
    "* * 0 * *": "beginning of range (0) below minimum (1): 0",
    "* * * * 7": "end of range (7) above maximum (6): 7",
    "5-2 * * * *": "beginning of range (5) beyond end of range (2): 5-2",
    "*/0 * * * *": "step of range should be a positive number: */0",
    "1-2-3 * * * *": "too many hyphens: 1-2-3",
    "1/2/3 * * * *": "too many slashes: 1/2/3",
    "a * * * *": 'failed to parse int from a: strconv.Atoi: parsing "a": invalid syntax',
    "* * L * *": 'failed to parse int from L: strconv.Atoi: parsing "L": invalid syntax',
    "@fortnightly": "unrecognized descriptor: @fortnightly",
    "@every soon": 'failed to parse duration @every soon: time: invalid duration "soon"',
    " ": "empty spec string",
  };
  for (const [schedule, problem] of Object.entries(refused)) {
    it(`may not be ${JSON.stringify(schedule)}`, () => {
      expect(ofSchedule(schedule)).to.deep.equal([refusal(schedule, problem)]);
    });
  }

  it("holds no time zone", () => {
    const problem = "cannot use TZ or CRON_TZ in schedule, use timeZone field instead";
    for (const schedule of ["TZ=Europe/Berlin 0 0 * * *", "CRON_TZ=UTC @daily", "TZ=../../etc/passwd 0 0 * * *"]) {
      expect(ofSchedule(schedule)).to.deep.equal([refusal(schedule, problem)]);
    }
  });

  it("is accepted or refused with a reason, whatever it is", () => {
    const piece = fc.constantFrom(
      "*",
      "?",
      "0",
      "5",
      "59",
      "60",
      "-",
      "/",
      ",",
      "-1",
      "jan",
      "sun",
      "@",
      "every",
      "1h",
      " ",
      "TZ=",
      "99999999999",
    );
    const schedules = fc.oneof(
      fc.string(),
      fc.array(piece, { maxLength: 20 }).map((pieces) => pieces.join("")),
    );
    const property = fc.property(schedules, (schedule) => {
      for (const error of ofSchedule(schedule)) expect(error).to.match(/^spec\.schedule: ./);
    });
    fc.assert(property, { seed: 20_260_101, numRuns: 500 });
  });
});

describe("CronJob's time zone", () => {
  const zones: Readonly<Record<string, string | undefined>> = {
    UTC: undefined,
    "Etc/GMT+1": undefined,
    "America/Argentina/Buenos_Aires": undefined,
    "": "timeZone must be nil or non-empty string",
    Local: "timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones",
    "Europe/Atlantis": "unknown time zone Europe/Atlantis",
    "../etc/passwd": "unknown time zone ../etc/passwd",
    "+01:00": "unknown time zone +01:00",
    "-08": "unknown time zone -08",
    "Europe//Berlin": "unknown time zone Europe//Berlin",
  };
  for (const [timeZone, problem] of Object.entries(zones)) {
    it(`${problem === undefined ? "may" : "may not"} be ${JSON.stringify(timeZone)}`, () => {
      expect(ofBuilt({ spec: { timeZone } })).to.deep.equal(
        problem === undefined ? [] : [`spec.timeZone: Invalid value: ${JSON.stringify(timeZone)}: ${problem}`],
      );
    });
  }
});
