import type { WatchEvent, WatchResponse } from "../src/gen/howbernetes/api/v1/resources.js";

/** The events of a watch one by one, however many of them come in a message. */
export async function* eventsOf(responses: AsyncIterable<WatchResponse>): AsyncGenerator<WatchEvent> {
  for await (const { events } of responses) yield* events;
}
