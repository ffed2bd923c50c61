import { NotFound } from '../ui/shell/not-found.tsx';

export default function NotFoundPage() {
  return (
    <main className="pt-[12dvh]">
      <NotFound />
    </main>
  );
}
