import { useRef } from 'preact/hooks';
import { usePage } from './page.ts';

/** A button that lets the reader choose a topology or an experiment, for whoever cannot drop one. */
export function ChooseFile({ title, chosen }: { title: string; chosen?: () => void }) {
  const { openFile } = usePage();
  const field = useRef<HTMLInputElement>(null);
  return (
    <>
      <button type="button" class="act" data-choose="file" onClick={() => field.current?.click()}>
        {title}
      </button>
      <input
        ref={field}
        type="file"
        accept=".yaml,.yml"
        hidden
        tabIndex={-1}
        aria-label={title}
        onChange={(event) => {
          const file = event.currentTarget.files?.[0];
          event.currentTarget.value = '';
          if (file === undefined) return;
          chosen?.();
          void openFile(file);
        }}
      />
    </>
  );
}
