import { listCodecs } from '../../../io/codec/codecs.ts';
import { listTransferSyntaxes } from '../../../io/dicom/transfer-syntax.ts';
import { FORMAT_FACTS, type FormatFacts, OPENSLIDE_FACTS } from '../../../slide/format-facts.ts';
import { loadOpenSlide } from '../../../slide/openslide/load-openslide.ts';
import { isSlideloomError } from '../../../utils/errors.ts';
import type { CommandContext, CommandExit } from '../../define-command.ts';
import { formatTable } from '../../format-table.ts';

/** OpenSlide as `--backend` finds it. */
type OpenSlideState =
  | { readonly available: true; readonly version: string; readonly library: string }
  | { readonly available: false; readonly reason: string; readonly hint: string | undefined };

/** What `formats --json` prints. */
export interface FormatsReport {
  readonly schema: 'slideloom/formats/v1';
  /** In the order in which they are asked. */
  readonly formats: readonly FormatFacts[];
  /** Of stored tiles. */
  readonly codecs: { readonly tiff: readonly string[]; readonly dicom: readonly string[] };
  /** `formats` are those that only OpenSlide reads. */
  readonly openslide: OpenSlideState & { readonly formats: readonly FormatFacts[] };
}

/** Lists what can be opened; nothing of it fails. */
export async function showFormats(context: CommandContext): Promise<CommandExit> {
  const report: FormatsReport = {
    schema: 'slideloom/formats/v1',
    formats: FORMAT_FACTS,
    codecs: { tiff: await listCodecs(), dicom: listTransferSyntaxes() },
    openslide: { ...(await findOpenSlide()), formats: OPENSLIDE_FACTS },
  };
  context.stdout(context.json ? report : formatReport(report));
  return 0;
}

async function findOpenSlide(): Promise<OpenSlideState> {
  try {
    const { version, name } = await loadOpenSlide();
    return { available: true, version, library: name };
  } catch (error) {
    if (!isSlideloomError(error, 'missing-part')) throw error;
    return { available: false, reason: error.message, hint: error.hint };
  }
}

function formatReport({ formats, codecs, openslide }: FormatsReport): string {
  const proven = { 'real files': 'real files', 'built files': 'built files only', none: 'not tried' };
  const list = (facts: readonly FormatFacts[]) =>
    facts.map(({ name, title, extensions, proof }) => [name, title, extensions.join(' '), proven[proof]]);
  const found = openslide.available
    ? [`OpenSlide ${openslide.version} (${openslide.library}) is here; it alone reads:`]
    : [`OpenSlide is not here: ${openslide.reason}`, `  -> ${openslide.hint ?? 'install it'}`, 'It would read:'];
  return [
    ...formatTable([['format', 'slides', 'files', 'proven on'], ...list(formats)]),
    '',
    `codecs of TIFF tiles: ${codecs.tiff.join(', ')}`,
    `transfer syntaxes of DICOM: ${codecs.dicom.join(', ')}`,
    '',
    ...found,
    ...formatTable(list(openslide.formats)).map((line) => `  ${line}`),
  ].join('\n');
}
