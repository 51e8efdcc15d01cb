import type { ConformanceArea } from "./conformance-map.js";

/** A test that there is. */
export interface KnownTest {
  readonly file: string;
  readonly fullTitle: string;
}

/** What became of a test. */
export interface RunTest extends KnownTest {
  readonly outcome: "passed" | "failed" | "skipped";
  /** Why it failed. */
  readonly message: string;
}

const stores = ["the API on the embedded store ", "the API on etcd "];

/** The tests that a map's title means: all whose full title ends with it, for tests of the API one on each store. */
export function testsMeant<T extends KnownTest>(title: string, tests: readonly T[]): readonly T[] {
  return tests.filter(({ fullTitle }) => fullTitle === title || fullTitle.endsWith(` ${title}`));
}

/** What is wrong with a map, given the tests that there are. */
export function mapProblems(areas: readonly ConformanceArea[], tests: readonly KnownTest[]): readonly string[] {
  const titles = new Set(areas.flatMap(({ names }) => names.flatMap(({ mirroredBy }) => mirroredBy)));
  const missing = [...titles].flatMap((title) => missingTests(title, testsMeant(title, tests)));
  const full = areas.flatMap(({ area, names }) => names.map(({ name }) => `${area} ${name}`));
  const repeated = full.filter((name, index) => full.indexOf(name) !== index);
  const unreasoned = areas.flatMap(({ names }) => names.filter(({ mirroredBy, remark }) => mirroredBy.length === 0 && remark === ""));
  return [
    ...missing,
    ...repeated.map((name) => `twice in the map: ${name}`),
    ...unreasoned.map(({ name }) => `neither mirrored nor explained: ${name}`),
  ];
}

/** What is wrong with a run: tests that the map names and that did not pass, or were not run at all. */
export function outcomeProblems(areas: readonly ConformanceArea[], tests: readonly RunTest[]): readonly string[] {
  const titles = new Set(areas.flatMap(({ names }) => names.flatMap(({ mirroredBy }) => mirroredBy)));
  const meant = new Set([...titles].flatMap((title) => testsMeant(title, tests)));
  const wrong = [...meant].filter(({ outcome }) => outcome !== "passed");
  return [
    ...mapProblems(areas, tests),
    ...wrong.map(({ outcome, fullTitle, message }) => `${outcome}: ${fullTitle}${message === "" ? "" : `: ${message}`}`),
  ];
}

function missingTests(title: string, meant: readonly KnownTest[]): readonly string[] {
  if (meant.length === 0) return [`there is no test "${title}"`];
  if (!meant.some(({ fullTitle }) => stores.some((store) => fullTitle.startsWith(store)))) return [];
  return stores
    .filter((store) => !meant.some(({ fullTitle }) => fullTitle === `${store}${title}`))
    .map((store) => `there is no test "${store}${title}"`);
}
