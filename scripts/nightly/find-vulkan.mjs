// Where WebGPU could run on this machine: a graphics driver, or SwiftShader, which is one in software (Debian's package chromium).
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const SWIFTSHADER = ['/usr/lib/chromium/vk_swiftshader_icd.json', '/usr/lib/chromium-browser/vk_swiftshader_icd.json'];
const DRIVERS = ['/usr/share/vulkan/icd.d', '/etc/vulkan/icd.d'];
const LOADERS = ['/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu', '/usr/lib64', '/usr/lib'];

/**
 * Of Vulkan on Linux. The environment is for a child process: the loader reads it as it starts, and a driver may crash.
 * @returns the kind, and what the child's environment needs; undefined where there is nothing
 */
export function findVulkan() {
  if (process.platform !== 'linux') return { kind: 'driver of the system', env: {} };
  if (!LOADERS.some((folder) => existsSync(join(folder, 'libvulkan.so.1')))) return undefined;
  const given = process.env.VK_ICD_FILENAMES;
  if (given) return { kind: given, env: {} };
  const drivers = DRIVERS.filter((folder) => existsSync(folder)).flatMap((folder) => readdirSync(folder));
  // Mesa's own software driver lacks what onnxruntime asks for, and others are there without their hardware.
  if (existsSync('/dev/dri') && drivers.some((name) => !name.startsWith('lvp'))) return { kind: 'driver', env: {} };
  const software = SWIFTSHADER.find((path) => existsSync(path));
  return software && { kind: 'SwiftShader, on the processor', env: { VK_ICD_FILENAMES: software } };
}
