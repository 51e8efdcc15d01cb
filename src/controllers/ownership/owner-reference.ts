export { controllerOf, controllerReference, isControlledBy } from "../../api/owner-reference.js";
