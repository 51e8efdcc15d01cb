import { expect } from "chai";
import { ownedBy, pod, replicaSet } from "../../../test/builders/index.js";
import { compileLabelSelector } from "../../api/selectors/label-selector.js";
import { planClaims } from "./claim-plan.js";

describe("planClaims", () => {
  const mine = replicaSet({ name: "web" });
  const other = replicaSet({ name: "other" });
  const impostor = replicaSet({ name: "web", uid: "an-earlier-web" });
  const web = { app: "web" };
  const nothing = { owned: [], adopt: [], release: [] };

  const cases = [
    { it: "keeps what it controls", owner: mine, pod: pod({ labels: web, owner: ownedBy(mine) }), plan: { owned: ["web"] } },
    { it: "adopts a matching orphan", owner: mine, pod: pod({ labels: web }), plan: { adopt: ["web"] } },
    { it: "leaves an orphan that does not match", owner: mine, pod: pod({ labels: { app: "db" } }), plan: {} },
    { it: "leaves an orphan of another namespace", owner: mine, pod: pod({ namespace: "far", labels: web }), plan: {} },
    {
      it: "leaves what refers to it from another namespace",
      owner: mine,
      pod: pod({ namespace: "far", labels: {}, owner: ownedBy(mine) }),
      plan: {},
    },
    { it: "leaves what another controls", owner: mine, pod: pod({ labels: web, owner: ownedBy(other) }), plan: {} },
    { it: "leaves what a namesake with another uid controls", owner: mine, pod: pod({ labels: web, owner: ownedBy(impostor) }), plan: {} },
    { it: "releases what no longer matches", owner: mine, pod: pod({ labels: {}, owner: ownedBy(mine) }), plan: { release: ["web"] } },
    { it: "does not adopt what is going", owner: mine, pod: pod({ labels: web, deleting: true }), plan: {} },
    { it: "adopts nothing while going itself", owner: replicaSet({ deleting: true }), pod: pod({ labels: web }), plan: {} },
    {
      it: "releases nothing while going itself",
      owner: replicaSet({ deleting: true }),
      pod: pod({ owner: ownedBy(mine) }),
      plan: { owned: ["web"] },
    },
  ];
  for (const { it: does, owner, pod: candidate, plan } of cases) {
    it(does, () => {
      const { owned, adopt, release } = planClaims(owner, compileLabelSelector(owner.spec.selector), [candidate]);
      const names = (pods: readonly { metadata: { name: string } }[]): string[] => pods.map(({ metadata }) => metadata.name);
      expect({ owned: names(owned), adopt: names(adopt), release: names(release) }).to.deep.equal({ ...nothing, ...plan });
    });
  }
});
