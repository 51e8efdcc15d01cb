import { createProfile } from "./configuration/create-profile.js";
import { defaultProfileConfiguration } from "./configuration/scheduler-configuration.js";
import type { Profile } from "./framework/plugin.js";
import type { PluginContext } from "./framework/plugin-context.js";

/** The profile of the default scheduler that is told nothing: all plugins, with Kubernetes' weights. */
export function createDefaultProfile(context: PluginContext): Profile {
  return createProfile(defaultProfileConfiguration, context);
}
