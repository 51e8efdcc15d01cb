import { expect } from "chai";
import type { ConfigReference } from "../../api/kinds/pod/config-references.js";
import { planConfigRollout } from "./plan.js";

const app: ConfigReference = { kind: "configmap", name: "app", optional: false };
const db: ConfigReference = { kind: "secret", name: "db", optional: false };
const extra: ConfigReference = { kind: "configmap", name: "extra", optional: true };

/** What objects hold, by name; a reference to any other finds nothing. */
type Held = Readonly<Record<string, string>>;

const planOf = (references: readonly ConfigReference[], held: Held, seen?: string, rolledFor?: string) =>
  planConfigRollout({ references, hashOf: ({ name }) => held[name], seen, rolledFor });

describe("planConfigRollout", () => {
  interface Case {
    readonly it: string;
    readonly references: readonly ConfigReference[];
    readonly held: Held;
    readonly seen?: string;
    /** What is noted, and what has changed so that it rolls; neither when all is as it was. */
    readonly notes?: string;
    readonly changed?: readonly string[];
  }
  const cases: readonly Case[] = [
    {
      it: "notes what there is at first, and rolls nothing",
      references: [app, db],
      held: { app: "1", db: "2" },
      notes: "configmap/app:1,secret/db:2",
    },
    { it: "does nothing while nothing changes", references: [app], held: { app: "1" }, seen: "configmap/app:1" },
    { it: "does nothing where there is nothing", references: [], held: {} },
    {
      it: "rolls for a change",
      references: [app, db],
      held: { app: "1", db: "3" },
      seen: "configmap/app:1,secret/db:2",
      notes: "configmap/app:1,secret/db:3",
      changed: ["secret/db"],
    },
    {
      it: "only notes what is named newly, for what names it is new",
      references: [app, db],
      held: { app: "1", db: "2" },
      seen: "configmap/app:1",
      notes: "configmap/app:1,secret/db:2",
    },
    {
      it: "forgets what is named no more",
      references: [app],
      held: { app: "1" },
      seen: "configmap/app:1,secret/db:2",
      notes: "configmap/app:1",
    },
    { it: "does not roll when what pods need is gone", references: [app], held: {}, seen: "configmap/app:1" },
    { it: "does not roll when it is back unchanged", references: [app], held: { app: "1" }, seen: "configmap/app:1" },
    {
      it: "rolls when it is back changed",
      references: [app],
      held: { app: "2" },
      seen: "configmap/app:1",
      notes: "configmap/app:2",
      changed: ["configmap/app"],
    },
    {
      it: "does not roll when what pods have waited for comes",
      references: [app],
      held: { app: "1" },
      seen: "configmap/app:-",
      notes: "configmap/app:1",
    },
    {
      it: "rolls when what is optional comes",
      references: [extra],
      held: { extra: "1" },
      seen: "configmap/extra:-",
      notes: "configmap/extra:1",
      changed: ["configmap/extra"],
    },
    {
      it: "rolls when what is optional goes",
      references: [extra],
      held: {},
      seen: "configmap/extra:1",
      notes: "configmap/extra:-",
      changed: ["configmap/extra"],
    },
    { it: "makes nothing of a note that is none", references: [app], held: { app: "1" }, seen: "nonsense", notes: "configmap/app:1" },
  ];
  for (const { it: does, references, held, seen, notes, changed } of cases) {
    it(does, () => {
      const plan = planOf(references, held, seen);
      expect(plan?.seen).to.equal(notes);
      expect(plan?.kind === "roll" ? plan.changed : undefined).to.deep.equal(changed);
    });
  }

  const hashFor = (held: string, rolledFor?: string): string => {
    const plan = planOf([app], { app: held }, "configmap/app:before", rolledFor);
    return plan?.kind === "roll" ? plan.hash : "";
  };

  it("leaves a template alone that was brought back, though it was rolled for something else", () => {
    expect(planOf([app], { app: "2" }, "configmap/app:2", hashFor("1"))).to.equal(undefined);
  });

  it("gives the same configuration the same hash, and another one another", () => {
    expect(hashFor("1")).to.equal(hashFor("1", hashFor("2")));
    expect(hashFor("1")).to.not.equal(hashFor("2"));
  });

  it("gives another hash when configuration comes back to what an undone template was rolled for", () => {
    const undone = hashFor("1");
    expect(hashFor("1", undone)).to.not.equal(undone);
    expect(hashFor("1", hashFor("1", undone))).to.equal(undone);
  });
});
