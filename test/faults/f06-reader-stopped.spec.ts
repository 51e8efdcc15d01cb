import { expect } from "chai";
import { unpackAny } from "../../src/api/codec/any.js";
import { isTooManyRequests } from "../../src/api/errors.js";
import { configMapKind } from "../../src/api/kinds/configmap/kind.js";
import type { RemoteApiClient } from "../../src/client/index.js";
import { ResourcesService, type WatchEvent, WatchRequest } from "../../src/gen/howbernetes/api/v1/resources.js";
import { ConfigMap } from "../../src/gen/howbernetes/core/v1/config_map.js";
import { eventsOf } from "../watch-events.js";
import { namespace } from "./config-map-register.js";
import { ControlPlane } from "./control-plane.js";
import { factor } from "./seed.js";

const stalledReaders = 40;
const changeBytes = 100_000;
/** Few enough for the server's history to hold them all: whoever was ended can resume. */
const changes = 500;
/** Growth that the changes themselves (history, store, garbage) stay well below; a copy of each for each reader is four times as much. */
const memoryBound = (stalledReaders * changeBytes * changes) / 4;

describe("F6: watchers that stop reading", function () {
  this.timeout(120_000);
  let plane: ControlPlane;
  let client: RemoteApiClient;

  before(async () => {
    plane = await ControlPlane.start("embedded");
    client = await plane.client(0, 60_000);
  });
  after(() => plane?.stop());

  for (let round = 1; round <= factor; round += 1) {
    it(`cost bounded memory, slow nobody, are ended with a status to resume from, and catch up (${round})`, () => stall(`large-${round}`));
  }

  async function stall(name: string): Promise<void> {
    const key = { namespace, name };
    const configMaps = client.of(configMapKind);
    await configMaps.create(ConfigMap.fromPartial({ metadata: key, data: { payload: "x".repeat(changeBytes), number: "0" } }));
    const stalled = await Promise.all(Array.from({ length: stalledReaders }, async () => openWatch(await plane.client(0, 0), name)));
    for (const stream of stalled) expect(await nextNumber(stream)).to.equal(0);
    const reading = openWatch(await plane.client(0, 0), name);
    expect(await nextNumber(reading)).to.equal(0);
    const before = await plane.metric("process_resident_memory_bytes");

    const read = numbersUntil(reading, changes);
    for (let number = 1; number <= changes; number += 1) await configMaps.patch(key, "merge", { data: { number: String(number) } });

    expect(await read, "a reader beside them").to.deep.equal(ascending(1, changes));
    expect((await plane.metric("process_resident_memory_bytes")) - before, "growth in bytes").to.be.lessThan(memoryBound);
    for (const stream of stalled) {
      const { numbers, revision, error } = await drain(stream);
      const last = numbers.at(-1) ?? 0;
      expect(isTooManyRequests(error), String(error)).to.equal(true);
      expect(numbers).to.deep.equal(ascending(1, last));
      expect(last).to.be.lessThan(changes);
      expect(await resumed(client, name, revision), "after resuming").to.deep.equal(ascending(last + 1, changes));
    }
  }
});

function openWatch(client: RemoteApiClient, name: string): AsyncIterator<WatchEvent> {
  const type = { group: "", version: "v1", resource: "configmaps" };
  const request = WatchRequest.fromPartial({ type, namespace, fieldSelector: `metadata.name=${name}`, resourceVersion: "0" });
  return eventsOf(client.raw(ResourcesService, "watch").watch(request));
}

const configMapOf = ({ object }: WatchEvent): ConfigMap => unpackAny(configMapKind, object);
const numberOf = (configMap: ConfigMap): number => Number(configMap.data.number);

async function nextNumber(stream: AsyncIterator<WatchEvent>): Promise<number> {
  const { value, done } = await stream.next();
  if (done === true) throw new Error("the watch ended");
  return numberOf(configMapOf(value));
}

async function numbersUntil(stream: AsyncIterator<WatchEvent>, last: number): Promise<readonly number[]> {
  const numbers: number[] = [];
  while (numbers.at(-1) !== last) numbers.push(await nextNumber(stream));
  await stream.return?.();
  return numbers;
}

/** Reads what a stream still holds, up to its end. */
async function drain(stream: AsyncIterator<WatchEvent>) {
  const numbers: number[] = [];
  let revision = "";
  try {
    for (let { value, done } = await stream.next(); done !== true; { value, done } = await stream.next()) {
      const configMap = configMapOf(value);
      numbers.push(numberOf(configMap));
      revision = configMap.metadata?.resourceVersion ?? "";
    }
    return { numbers, revision, error: undefined };
  } catch (error: unknown) {
    return { numbers, revision, error };
  }
}

async function resumed(client: RemoteApiClient, name: string, resourceVersion: string): Promise<readonly number[]> {
  const stopping = new AbortController();
  const fieldSelector = `metadata.name=${name}`;
  const numbers: number[] = [];
  for await (const event of client.of(configMapKind).watch({ namespace, fieldSelector, resourceVersion, signal: stopping.signal })) {
    if (event.type === "bookmark") continue;
    numbers.push(Number(event.object.data.number));
    if (numbers.at(-1) === changes) return numbers;
  }
  return numbers;
}

function ascending(first: number, last: number): readonly number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
