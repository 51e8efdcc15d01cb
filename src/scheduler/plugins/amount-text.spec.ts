import { expect } from "chai";
import { amountText } from "./amount-text.js";

describe("amountText", () => {
  const mi = 1024 * 1024;
  const cases: readonly { resource: string; amount: number; down: string; up: string }[] = [
    { resource: "cpu", amount: 500, down: "500m", up: "500m" },
    { resource: "cpu", amount: 2000, down: "2", up: "2" },
    { resource: "cpu", amount: 1500, down: "1500m", up: "1500m" },
    { resource: "memory", amount: 100, down: "100", up: "100" },
    { resource: "memory", amount: 120 * mi, down: "120Mi", up: "120Mi" },
    { resource: "memory", amount: 1.5 * 1024 * mi, down: "1536Mi", up: "1536Mi" },
    { resource: "memory", amount: 8 * 1024 * mi, down: "8Gi", up: "8Gi" },
    { resource: "memory", amount: 120 * mi + 1, down: "120Mi", up: "121Mi" },
    { resource: "memory", amount: 8_149_917_696, down: "7772Mi", up: "7773Mi" },
    { resource: "memory", amount: 640 * 1024 * mi + 5, down: "640Gi", up: "641Gi" },
    { resource: "ephemeral-storage", amount: 5000, down: "5000", up: "5000" },
    { resource: "example.com/gpu", amount: 2048, down: "2048", up: "2048" },
  ];
  for (const { resource, amount, down, up } of cases) {
    it(`reads ${amount} of ${resource} as ${down}${up === down ? "" : `, or ${up}`}`, () => {
      expect([amountText(resource, amount, "down"), amountText(resource, amount, "up")]).to.deep.equal([down, up]);
    });
  }
});
