import { expect } from "chai";
import { modeForGroup } from "./group-ownership.js";

describe("modeForGroup", () => {
  const cases = [
    { it: "lets the group read what is only read", mode: 0o400, isFolder: false, isReadOnly: true, to: 0o440 },
    { it: "takes no permission away", mode: 0o644, isFolder: false, isReadOnly: true, to: 0o644 },
    { it: "lets the group write what may be written", mode: 0o600, isFolder: false, isReadOnly: false, to: 0o660 },
    { it: "lets the group enter folders, and what is made there be its own", mode: 0o777, isFolder: true, isReadOnly: false, to: 0o2777 },
    { it: "lets the group enter folders that are only read", mode: 0o700, isFolder: true, isReadOnly: true, to: 0o2750 },
    { it: "looks at permissions alone", mode: 0o100600, isFolder: false, isReadOnly: true, to: 0o640 },
  ];
  for (const { it: does, mode, isFolder, isReadOnly, to } of cases) {
    it(does, () => expect(modeForGroup(mode, isFolder, isReadOnly).toString(8)).to.equal(to.toString(8)));
  }
});
