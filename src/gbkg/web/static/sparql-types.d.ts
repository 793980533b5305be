/** What of Yasgui is used here. */
export interface Hint {
  text: string;
  displayText: string;
}

export interface Completer {
  name: string;
  bulk: boolean;
  autoShow: boolean;
  persistenceId: null;
  isValidCompletionPosition(editor: Editor): boolean;
  get(editor: Editor, token?: { string: string }): string[];
  postprocessHints(editor: Editor, hints: Hint[]): Hint[];
}

export interface Editor {
  getValue(): string;
  setValue(text: string): void;
  getCompleteToken(): { string: string; type: string | null };
  getInputField(): HTMLElement;
  getWrapperElement(): HTMLElement;
  on(event: string, call: (...values: unknown[]) => void): void;
  setOption(name: string, value: unknown): void;
  addLineClass(line: number, where: string, name: string): void;
  removeLineClass(line: number, where: string, name: string): void;
  lineCount(): number;
  focus(): void;
  refresh(): void;
  collapsePrefixes(collapse: boolean): void;
}

export interface EditorClass {
  new (parent: HTMLElement, options: object): Editor;
  defaults: { autocompleters: string[] };
  registerAutocompleter(completer: Completer, enable?: boolean): void;
}

declare global {
  const Yasgui: { Yasqe: EditorClass };
}

export interface TermItem {
  id: string;
  label: string;
  kind: string;
  count: number;
}
