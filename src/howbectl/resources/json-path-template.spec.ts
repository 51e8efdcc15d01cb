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
    { it: "reads escapes in literals", template: '{"a\\"b\\\\n\\u0041"}', text: 'a"b\\nA' },
    { it: "filters within a range", template: '{range .items[?(@.name=="b")]}{.ports}{end}', text: "[90]" },
    { it: "writes nothing for a range over nothing", template: "[{range .none[*]}x{end}]", text: "[]" },
  ];
  for (const { it: does, template, text } of cases) {
    it(does, () => {
      expect(parseJsonPathTemplate(template).text(root)).to.equal(text);
    });
  }

  it("gives what each path finds as a list", () => {
    const values = parseJsonPathTemplate("{.items[*].name} and {.kind}").values(root);
    expect(values).to.deep.equal([["a", "b"], ["List"]]);
  });

  for (const template of ["{end}", "{range .items[*]}{.name}", "{.name", "{.items[?]}"]) {
    it(`refuses ${template}`, () => {
      expect(() => parseJsonPathTemplate(template))
        .to.throw()
        .that.satisfies(isUsageError);
    });
  }
});
