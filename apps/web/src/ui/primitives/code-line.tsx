import { CopyButton } from './copy-button.tsx';

/**
 * A command or secret to be copied: in mono, whole, with a copy button. Long ones wrap so that nothing is hidden: at
 * their spaces, and inside a word only when that word alone is wider than the line.
 */
export function CodeLine({ text, label }: { text: string; label?: string }) {
  return (
    <div className="flex items-start gap-2 rounded-md border border-line bg-sunken py-1.5 pr-1.5 pl-3">
      <code className="min-w-0 flex-1 py-1 text-sm wrap-break-word whitespace-pre-wrap select-all">
        {text}
      </code>
      <CopyButton text={text} {...(label === undefined ? {} : { label })} />
    </div>
  );
}
