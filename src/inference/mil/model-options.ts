import { DEVICE_CHOICES, type DeviceChoice } from '../../onnx/open-on-device.ts';
import { OptionError } from '../../utils/errors.ts';
import type { Logger } from '../../utils/log.ts';
import { checkChoice, checkInteger, checkNumber } from '../../utils/options.ts';

/** How a classifier of slides is read; its card, where there is one, says the same. */
export interface MilReadOptions {
  /** Names of the classes in their order. Default: the card's, else numbers from 0. */
  classes?: readonly string[] | undefined;
  /** Probabilities are softmax(logits / temperature). Default: the card's, else 1. */
  temperature?: number | undefined;
  /** Of two classes: least probability of the second that decides for it. Default: the card's, else 0.5. */
  threshold?: number | undefined;
  /** Output with a number for each class. Default: `logits`, else the first. */
  logitsOutput?: string | undefined;
  /** Output with a number for each patch, that add up to 1. Default: `attention` where the model has it. */
  attentionOutput?: string | undefined;
  /** Output with the numbers of each patch by itself. Default: `instance_logits` where the model has it. */
  instanceOutput?: string | undefined;
}

export interface MilModelOptions extends MilReadOptions {
  /** Threads of onnxruntime. Default: one a core. */
  threads?: number | undefined;
  device?: DeviceChoice | undefined;
  /** The model runs in a thread of its own, so that the caller's stays free. Default true. */
  ownThread?: boolean | undefined;
  logger?: Logger | undefined;
}

/** @throws OptionError */
export function checkMilOptions({ classes, temperature, threshold, threads, device }: MilModelOptions): void {
  if (classes && (classes.length < 2 || new Set(classes).size < classes.length || classes.includes('')))
    throw new OptionError('classes', 'two or more different names', classes.join(', '));
  if (temperature !== undefined) checkNumber('temperature', temperature, { above: 0 });
  if (threshold !== undefined) checkNumber('threshold', threshold, { min: 0, max: 1 });
  if (threads !== undefined) checkInteger('threads', threads, { min: 1 });
  if (device !== undefined) checkChoice('device', device, DEVICE_CHOICES);
}
