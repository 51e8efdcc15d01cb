import { expect } from "chai";
import { isUsageError } from "../usage-error.js";
import { parseJsonPathTemplate } from "./json-path-template.js";

const root = {
  kind: "List",
  items: [
    { name: "a", ports: [80, 81] },
    { name: "b", ports: [90] },
  ],
};

describe("parseJsonPathTemplate", () => {
  const cases = [
    { it: "leaves text alone", template: "plain", text: "plain" },
    { it: "joins what a path finds with blanks", template: "{.items[*].name}", text: "a b" },
    { it: "writes literals", template: '{.kind}{"\\t{}\\n"}', text: "List\t{}\n" },
    { it: "repeats a range for each element", template: '{range .items[*]}{.name}={.ports[0]}{"\\n"}{end}', text: "a=80\nb=90\n" },
    { it: "nests ranges", template: "{range .items[*]}{range .ports[*]}{@}{','}{end}{end}", text: "80,81,90," },
    { it: "reaches the whole from within a range", template: "{range .items[*]}{$.kind}/{.name} {end}", text: "List/a List/b " },
    { it: "writes nothing for a range over nothing", template: "[{range .none[*]}x{end}]", text: "[]" },
  ];
  for (const { it: does, template, text } of cases) {
    it(does, () => {
      expect(parseJsonPathTemplate(template)(root)).to.equal(text);
    });
  }

  for (const template of ["{end}", "{range .items[*]}{.name}", "{.name", "{.items[?]}"]) {
    it(`refuses ${template}`, () => {
      expect(() => parseJsonPathTemplate(template))
        .to.throw()
        .that.satisfies(isUsageError);
    });
  }
});
