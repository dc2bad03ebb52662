/** Options as a report shows them. */
export function listOptions(options: Readonly<Record<string, unknown>>): { name: string; value: unknown }[] {
  return Object.entries(options).map(([name, value]) => ({
    name,
    value: typeof value === 'object' && value !== null ? JSON.stringify(value) : value,
  }));
}
