/** What is to be shown in a pane. */
export interface PaneSpec {
  /** Id. */
  readonly slide: string;
  /** Name of one of the slide's `views`; null: as it is stored. */
  readonly view: string | null;
}
