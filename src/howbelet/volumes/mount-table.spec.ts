import { expect } from "chai";
import { mountPointsBelow, parseMountPoints } from "./mount-table.js";

const mountInfo = `22 27 0:21 / /proc rw,relatime - proc proc rw
31 27 8:1 / /data rw shared:1 - ext4 /dev/sda1 rw
44 31 0:39 / /data/with\\040space rw - tmpfs tmpfs rw
45 31 0:40 / /data/pods rw - tmpfs tmpfs rw
46 45 0:41 / /data/pods/a rw - tmpfs tmpfs rw
47 31 0:42 / /data/pods2 rw - tmpfs tmpfs rw
`;

describe("mount points", () => {
  it("are read as the kernel writes them", () => {
    expect(parseMountPoints(mountInfo)).to.deep.equal(["/proc", "/data", "/data/with space", "/data/pods", "/data/pods/a", "/data/pods2"]);
  });

  it("below a folder are those in it, the last first, and none beside it", () => {
    expect(mountPointsBelow(parseMountPoints(mountInfo), "/data/pods")).to.deep.equal(["/data/pods/a", "/data/pods"]);
  });
});
