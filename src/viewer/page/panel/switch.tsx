/** A checkbox with its name. */
export function Switch(props: {
  readonly label: string;
  readonly checked: boolean;
  readonly change: (checked: boolean) => void;
}) {
  return (
    <label>
      <input
        type="checkbox"
        checked={props.checked}
        onChange={({ currentTarget }) => props.change(currentTarget.checked)}
      />
      {props.label}
    </label>
  );
}
