import { expect } from "chai";
import { cursorAfter, startRevision, takeResponse, type WatchCursor } from "./watch-cursor.js";
import type { EtcdEvent, WatchResponse } from "./watch-messages.js";

const put = (key: string, revision: number, before?: { readonly value: string; readonly revision: number }): EtcdEvent => ({
  type: "Put",
  kv: { key: Buffer.from(key), value: Buffer.from("new"), mod_revision: revision },
  prev_kv: before === undefined ? null : { key: Buffer.from(key), value: Buffer.from(before.value), mod_revision: before.revision },
});

const response = (fields: Partial<WatchResponse> & { readonly revision?: number }): WatchResponse => ({
  header: { revision: fields.revision ?? 100 },
  created: false,
  canceled: false,
  compact_revision: 0,
  cancel_reason: "",
  fragment: false,
  events: [],
  ...fields,
});

/** A cursor whose last message told of one more revision in part. */
const holding = (revision: number, ...events: readonly EtcdEvent[]): WatchCursor => ({
  revision,
  held: takeResponse(cursorAfter(revision), response({ events, fragment: true })).cursor.held,
});

describe("takeResponse", () => {
  const cases = [
    { it: "stays put on created", cursor: cursorAfter(5), take: response({ created: true }), to: cursorAfter(5), keys: [] },
    {
      it: "moves by the events' revisions, not by the header",
      cursor: cursorAfter(5),
      take: response({ events: [put("a", 6), put("b", 8)] }),
      to: cursorAfter(8),
      keys: ["a@6", "b@8"],
    },
    {
      it: "moves by the header of an empty message",
      cursor: cursorAfter(5),
      take: response({}),
      to: cursorAfter(100),
      keys: ["progress@100"],
    },
    { it: "ignores progress of the past", cursor: cursorAfter(5), take: response({ revision: 4 }), to: cursorAfter(5), keys: [] },
    {
      it: "passes over what was delivered before a break",
      cursor: cursorAfter(6),
      take: response({ events: [put("a", 6), put("b", 6), put("b", 7)] }),
      to: cursorAfter(7),
      keys: ["b@7"],
    },
    {
      it: "holds a revision back while its message is in fragments",
      cursor: cursorAfter(5),
      take: response({ events: [put("a", 6), put("b", 7)], fragment: true }),
      to: holding(6, put("b", 7)),
      keys: ["a@6"],
    },
    {
      it: "completes a revision from the next fragment",
      cursor: holding(6, put("b", 7)),
      take: response({ events: [put("c", 7), put("a", 8)] }),
      to: cursorAfter(8),
      keys: ["b@7", "c@7", "a@8"],
    },
    {
      it: "tells a revision that was broken off as a whole",
      cursor: cursorAfter(holding(6, put("b", 7)).revision),
      take: response({ events: [put("a", 6), put("a", 7), put("b", 7), put("c", 7)] }),
      to: cursorAfter(7),
      keys: ["a@7", "b@7", "c@7"],
    },
    {
      it: "goes on holding a revision that has more fragments",
      cursor: holding(6, put("a", 7)),
      take: response({ events: [put("b", 7)], fragment: true }),
      to: holding(6, put("a", 7), put("b", 7)),
      keys: [],
    },
    {
      it: "tells what it held once a later revision has come",
      cursor: holding(6, put("a", 7)),
      take: response({ events: [put("b", 8)], fragment: true }),
      to: holding(7, put("b", 8)),
      keys: ["a@7"],
    },
    {
      it: "takes no progress for complete what it holds",
      cursor: holding(6, put("a", 7)),
      take: response({}),
      to: holding(6, put("a", 7)),
      keys: [],
    },
  ];

  for (const { it: does, cursor, take, to, keys } of cases) {
    it(does, () => {
      const step = takeResponse(cursor, take);

      expect(step.cursor).to.deep.equal(to);
      expect(step.events.map((event) => `${event.type === "progress" ? "progress" : event.key}@${event.revision}`)).to.deep.equal(keys);
      expect(step.end).to.equal(undefined);
    });
  }

  it("tells compaction from other ends", () => {
    const compacted = takeResponse(cursorAfter(5), response({ canceled: true, compact_revision: 9 }));
    const canceled = takeResponse(cursorAfter(5), response({ created: true, canceled: true, cancel_reason: "no permission" }));

    expect(compacted.end).to.deep.equal({ type: "compacted", revision: 9 });
    expect(canceled.end).to.deep.equal({ type: "canceled", reason: "no permission" });
  });

  it("carries values, deletions and what was there before", () => {
    const removal: EtcdEvent = { ...put("b", 7, { value: "old", revision: 3 }), type: "Delete" };
    const { events } = takeResponse(cursorAfter(5), response({ events: [put("a", 6), removal] }));

    expect(events).to.deep.equal([
      { type: "put", key: "a", revision: 6, value: Buffer.from("new") },
      { type: "delete", key: "b", revision: 7, previous: { key: "b", revision: 3, value: Buffer.from("old") } },
    ]);
  });
});

describe("startRevision", () => {
  it("is the last revision seen, and never etcd's word for now", () => {
    expect([0, 1, 7].map((revision) => startRevision(cursorAfter(revision)))).to.deep.equal([1, 1, 7]);
  });
});
